// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/rejoin.h"

namespace coppice::subtree {

Result<git::Oid> writeRejoins(git::Repository &repository, const git::Oid &head, const std::vector<Rejoin> &rejoins)
{
    COPPICE_TRY(const auto tree, repository.treeOf(head));
    const auto person = repository.defaultSignature();
    git::Oid tip = head;
    for (const auto &[prefix, split] : rejoins) {
        COPPICE_TRY(const bool there, repository.isAncestor(split, tip));
        if (there)
            continue;
        const QByteArray message = "Split '" + prefix + "/' into commit '" + split.hex() + "'\n\ngit-subtree-dir: " + prefix
            + "\ngit-subtree-mainline: " + head.hex() + "\ngit-subtree-split: " + split.hex() + '\n';
        COPPICE_TRY(tip, repository.writeCommit(tree, {tip, split}, person, person, message));
    }
    return tip;
}

} // namespace coppice::subtree

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/accepted.h"

#include <QCryptographicHash>

#include <algorithm>

namespace coppice::shipping {

Result<QString> contentHash(const git::Repository &repository, const git::Oid &base, const git::Oid &composed)
{
    COPPICE_TRY(const auto changes, repository.changes(base, composed));
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto put = [&](const QByteArray &bytes) { // length-prefixed: no two different lists have equal bytes
        hash.addData(QByteArray(QByteArray::number(bytes.size()) + ':'));
        hash.addData(bytes);
    };
    const auto entry = [&](const std::optional<git::TreeEntry> &one) {
        put(one ? QByteArray(QByteArray::number(quint32(one->mode), 8) + ' ' + one->id.hex()) : QByteArray());
    };
    for (const auto &change : changes) {
        put(change.path);
        entry(change.before);
        entry(change.after);
    }
    return QString::fromLatin1(hash.result().toHex());
}

Result<Accepted> acceptedOf(git::Repository &repository, review::Reviews &reviews, const review::Patch &patch)
{
    COPPICE_TRY(const auto decisions, reviews.decisions(patch.id.toString()));
    using Verdict = review::Decision::Verdict;
    Accepted accepted;
    std::vector<review::Decision> taken;
    COPPICE_TRY(accepted.files, review::filesOf(repository, patch.last()));
    for (const auto &file : accepted.files) {
        for (const auto &hunk : file.hunks) {
            const auto it = std::ranges::find(decisions, hunk.id, &review::Decision::hunk);
            const auto decision = it == decisions.end() ? review::Decision() : *it;
            const bool inPart = decision.verdict == Verdict::Partly && !decision.lines.isEmpty();
            if (decision.verdict == Verdict::Accepted || inPart) {
                accepted.hunks << hunk.id;
                taken.push_back(decision);
                accepted.inPart += inPart ? 1 : 0;
            } else if (decision.whole()) {
                ++accepted.rejected;
            } else {
                ++accepted.undecided;
            }
        }
    }
    if (accepted.hunks.isEmpty())
        return accepted;
    COPPICE_TRY(accepted.composed, review::composeAccepted(repository, patch.last(), accepted.files, taken));
    COPPICE_TRY(accepted.content, contentHash(repository, patch.last().base, accepted.composed));
    return accepted;
}

} // namespace coppice::shipping

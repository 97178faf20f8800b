// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/patch_text.h"

#include <git2.h>

#include <memory>

namespace coppice::evals {

namespace {

using Tree = std::unique_ptr<git_tree, decltype(&git_tree_free)>;

Tree treeAt(const git::Repository &repository, const git::Oid &oid)
{
    git_oid id;
    git_oid_fromraw(&id, oid.raw());
    git_tree *tree = nullptr;
    if (git_tree_lookup(&tree, repository.raw(), &id) < 0)
        tree = nullptr;
    return {tree, git_tree_free};
}

} // namespace

Result<QByteArray> patchText(const git::Repository &repository, const git::Oid &base, const git::Oid &result)
{
    const Tree before = treeAt(repository, base), after = treeAt(repository, result);
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags |= GIT_DIFF_SHOW_BINARY;
    git_diff *diff = nullptr;
    git_buf text = GIT_BUF_INIT;
    int rc = git_diff_tree_to_tree(&diff, repository.raw(), before.get(), after.get(), &options);
    if (rc == 0)
        rc = git_diff_to_buf(&text, diff, GIT_DIFF_FORMAT_PATCH);
    QByteArray patch(text.ptr ? text.ptr : "", qsizetype(text.size));
    git_buf_dispose(&text);
    git_diff_free(diff);
    if (rc < 0)
        return fail(QStringLiteral("eval.diff"), QStringLiteral("The difference of two trees cannot be written"), repository.gitDir());
    return patch;
}

} // namespace coppice::evals

// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/squash.h"

#include "subtree/objects.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

/// More lines than this in a squash message help nobody.
constexpr size_t squashLines = 1000;

/// The shortest form that git would show.
QByteArray shortHex(git::Repository &repository, const git::Oid &id)
{
    const git_oid oid = toGit(id);
    git_object *object = nullptr;
    QByteArray text = id.hex().left(10);
    if (git_object_lookup(&object, repository.raw(), &oid, GIT_OBJECT_COMMIT) == 0) {
        git_buf buffer = GIT_BUF_INIT;
        if (git_object_short_id(&buffer, object) == 0)
            text = QByteArray(buffer.ptr, qsizetype(buffer.size));
        git_buf_dispose(&buffer);
        git_object_free(object);
    }
    return text;
}

Result<QByteArray> logLines(git::Repository &repository, const git::Oid &from, const git::Oid &to, const QByteArray &mark)
{
    COPPICE_TRY(auto commits, repository.walk(to, {from}));
    std::ranges::reverse(commits);
    QByteArray lines;
    for (size_t i = 0; i < commits.size(); ++i) {
        if (i == squashLines) {
            lines += mark + "and " + QByteArray::number(qulonglong(commits.size() - i)) + " more\n";
            break;
        }
        COPPICE_TRY(const auto commit, repository.commit(commits[i]));
        QByteArrayList subject;
        for (const QByteArray &line : commit.message.trimmed().split('\n')) {
            if (line.trimmed().isEmpty())
                break;
            subject << line.trimmed();
        }
        lines += mark + shortHex(repository, commits[i]) + ' ' + subject.join(' ') + '\n';
    }
    return lines;
}

/// The commit that the next squash has as its parent. A join that names no mainline passes for a squash but is a commit
/// of the library's own branch: a merge, or a pull request with a squash in it that was itself squashed. Built on that one,
/// the squash would pull the library's history into the split of every other plugin. Null where there is no squash.
Result<git::Oid> builtOn(git::Repository &repository, const SplitResult::Squash &last)
{
    COPPICE_TRY(const auto content, repository.treeOf(last.split));
    std::vector<git::Oid> candidates{last.commit};
    COPPICE_TRY(const auto joined, repository.commit(last.commit));
    if (joined.parents.size() > 1 && last.commit != last.split)
        candidates.push_back(joined.parents[1]);
    for (const auto &candidate : candidates) {
        COPPICE_TRY(const auto tree, repository.treeOf(candidate));
        if (tree == content)
            return candidate;
    }
    return git::Oid();
}

} // namespace

QByteArray trailers(const QByteArray &prefix, const git::Oid &mainline, const git::Oid &split)
{
    QByteArray text = "git-subtree-dir: " + prefix + '\n';
    if (!mainline.isNull())
        text += "git-subtree-mainline: " + mainline.hex() + '\n';
    return text + "git-subtree-split: " + split.hex() + '\n';
}

Result<git::Oid> squashCommit(git::Repository &repository, const QByteArray &prefix, const git::Oid &upstream,
                              const std::optional<SplitResult::Squash> &last)
{
    QByteArray message;
    std::vector<git::Oid> parents;
    if (last && repository.has(last->split)) {
        COPPICE_TRY(const auto before, builtOn(repository, *last));
        if (!before.isNull())
            parents.push_back(before);
        message = "Squashed '" + prefix + "/' changes from " + shortHex(repository, last->split) + ".."
            + shortHex(repository, upstream) + "\n\n";
        COPPICE_TRY(const auto added, logLines(repository, last->split, upstream, {}));
        COPPICE_TRY(const auto reverted, logLines(repository, upstream, last->split, "REVERT: "));
        message += added + reverted;
    } else {
        message = "Squashed '" + prefix + "/' content from commit " + shortHex(repository, upstream) + '\n';
    }
    message += '\n' + trailers(prefix, {}, upstream);
    COPPICE_TRY(const auto tree, repository.treeOf(upstream));
    const auto who = repository.defaultSignature();
    return repository.writeCommit(tree, parents, who, who, message);
}

} // namespace coppice::subtree

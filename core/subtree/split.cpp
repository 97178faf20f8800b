// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/split.h"

#include "base/paths.h"
#include "subtree/split_state.h"
#include "subtree/walk.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

/// "a/b/" and "./a/b" are "a/b".
Result<QByteArray> normalisedPrefix(QByteArray prefix)
{
    while (prefix.startsWith("./"))
        prefix.remove(0, 2);
    while (prefix.endsWith('/'))
        prefix.chop(1);
    if (!isSafeRelative(prefix))
        return failUsage(QStringLiteral("subtree.prefix"), QStringLiteral("This is no prefix of a tree"),
                         QString::fromUtf8(prefix), QStringLiteral("Give a path below the repository's root."));
    return prefix;
}

Result<> refuseShallow(const git::Repository &repository)
{
    if (repository.isShallow())
        return fail(QStringLiteral("git.shallow"),
                    QStringLiteral("The repository is a shallow clone: commits made from it would get other ids"),
                    repository.gitDir(), QStringLiteral("Fetch the whole history first: git fetch --unshallow."));
    return {};
}

QString notesOf(const SplitWalk &walk, size_t index, bool hasTree)
{
    QStringList notes;
    if (!hasTree)
        notes << QStringLiteral("The head has no folder there.");
    if (walk.wasFile(index))
        notes << QStringLiteral("In some commits it is a file; there it counts as no folder (git subtree would end).");
    if (walk.gitWouldRefuse(index))
        notes << QStringLiteral("A commit has an empty name or an impossible date, which git subtree would refuse to copy.");
    if (!walk.joins(index).note.isEmpty())
        notes << walk.joins(index).note;
    return notes.join(u' ');
}

Result<SplitResult> resultOf(SplitWalk &walk, size_t index, const QByteArray &prefix, const git::Oid &head)
{
    SplitResult result;
    result.prefix = prefix;
    result.seconds = walk.seconds(index);
    if (walk.joins(index).error) {
        result.error = walk.joins(index).error;
        return result;
    }
    const Node node = walk.mapped(index);
    result.note = notesOf(walk, index, node != noNode);
    if (node == noNode)
        return result;
    result.commit = walk.graph().id(node);
    result.made = walk.made(index);
    const auto reach = walk.graph().reach(node);
    result.commits = reach.commits;
    for (const Node original : reach.originals)
        result.originals.push_back(walk.graph().id(original));
    result.joins = walk.joins(index).splits;
    result.latestSquash = walk.joins(index).latestSquash;
    COPPICE_TRY(result.blocked, walk.headBlocked(index, head));
    return result;
}

} // namespace

SubtreeSplitter::SubtreeSplitter(git::Repository &repository, SplitOptions options)
    : m_repository(repository), m_options(std::move(options))
{
}

Result<std::vector<SplitResult>> SubtreeSplitter::split(const git::Oid &head, const std::vector<QByteArray> &prefixes,
                                                        std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(refuseShallow(m_repository));
    std::vector<QByteArray> wanted; // each once, in the order asked for
    for (const auto &prefix : prefixes) {
        COPPICE_TRY(const auto name, normalisedPrefix(prefix));
        if (std::ranges::find(wanted, name) == wanted.end())
            wanted.push_back(name);
    }

    COPPICE_TRY(auto objects, Objects::open(m_repository, m_options.dryRun));
    SplitState state(m_repository, m_options);
    std::map<QByteArray, SplitResult> results;
    std::vector<QByteArray> open;
    for (const auto &prefix : wanted) {
        // a replacement reference changes what a commit id stands for
        auto known = objects.replacements() ? std::nullopt : state.find(head, prefix);
        if (known)
            results.emplace(prefix, std::move(*known));
        else
            open.push_back(prefix);
    }
    if (!open.empty()) {
        SplitWalk walk(m_repository, objects, m_options, open);
        COPPICE_CHECK(walk.run(head, stop, progress));
        COPPICE_CHECK(objects.flush());
        for (size_t i = 0; i < open.size(); ++i) {
            COPPICE_TRY(auto result, resultOf(walk, i, open[i], head));
            if (!m_options.dryRun && !result.error)
                state.put(head, result);
            results.emplace(open[i], std::move(result));
        }
        if (!m_options.dryRun) {
            COPPICE_CHECK(objects.flush());
            COPPICE_CHECK(state.save());
        }
    }
    std::vector<SplitResult> answer;
    for (const auto &prefix : wanted)
        answer.push_back(std::move(results.at(prefix)));
    return answer;
}

Result<git::Oid> mainlineOf(git::Repository &repository, const git::Oid &head, const QByteArray &prefix,
                            const SplitOptions &options, const git::Oid &split, std::stop_token stop)
{
    COPPICE_CHECK(refuseShallow(repository));
    COPPICE_TRY(const auto name, normalisedPrefix(prefix));
    COPPICE_TRY(auto objects, Objects::open(repository, true));
    SplitWalk walk(repository, objects, options, {name});
    walk.watch(0, split);
    COPPICE_CHECK(walk.run(head, stop, Progress::none()));
    const auto &found = walk.watched();
    return found.empty() ? git::Oid() : walk.graph().id(found.back());
}

} // namespace coppice::subtree

// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/split.h"

#include "base/paths.h"
#include "subtree/split_state.h"
#include "subtree/walk.h"

#include <QSet>

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

/// What is stored for this very head, of the prefixes that are wanted; none when something is missing.
std::optional<std::vector<SplitResult>> storedFor(const git::Oid &head, const SplitState::Group &group,
                                                  const std::vector<QByteArray> &wanted, Objects &objects)
{
    if (!group.file || group.file->head() != head)
        return std::nullopt;
    std::vector<SplitResult> results;
    for (const auto &one : group.file->prefixes()) {
        if (one.result.error || (!one.result.commit.isNull() && !objects.has(one.result.commit)))
            return std::nullopt;
        if (std::ranges::binary_search(wanted, one.prefix))
            results.push_back(one.result);
    }
    return results;
}

/// Walks what is new since the group's record, or everything.
Result<std::vector<SplitResult>> walkGroup(git::Repository &repository, const SplitOptions &options, const git::Oid &head,
                                           SplitState &state, SplitState::Group &group, std::stop_token stop, Progress &progress)
{
    bool noCommitGraph = false;
    // What could not be split has no map to go on from: it is read from the beginning, and then split or refused again.
    if (group.file && std::ranges::any_of(group.file->prefixes(), [](const auto &one) { return one.result.error.has_value(); }))
        group.file.reset();
    for (bool again = false;; again = true) {
        if (stop.stop_requested())
            return failCancelled();
        COPPICE_TRY(auto objects, Objects::open(repository, options.dryRun));
        if (noCommitGraph)
            objects.leaveCommitGraph();
        WalkRecord record;
        const bool known = !again && group.file && group.file->load(record);
        if (!known) {
            if (group.file)
                state.noteRebuilt();
            group.file.reset();
            record = WalkRecord();
            for (const auto &prefix : group.prefixes)
                record.prefixes.push_back({prefix, false, false, {}, {}});
        }
        SplitWalk walk(repository, objects, options, record);
        if (auto done = walk.run(head, stop, progress); !done) {
            if (known && done.error().code == SplitWalk::stale)
                continue;
            if (!noCommitGraph && done.error().code == Graph::wrongNotes) {
                noCommitGraph = true;
                continue;
            }
            return std::unexpected(std::move(done).error());
        }
        std::vector<SplitResult> results;
        for (size_t i = 0; i < record.prefixes.size(); ++i) {
            COPPICE_TRY(auto result, walk.result(i));
            results.push_back(std::move(result));
        }
        COPPICE_CHECK(objects.flush());
        record.head = head;
        if (!options.dryRun && !objects.replacements())
            COPPICE_CHECK(state.save(record, group));
        return results;
    }
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
    QSet<QByteArray> seen;
    for (const auto &prefix : prefixes) {
        COPPICE_TRY(const auto name, normalisedPrefix(prefix));
        if (const auto size = seen.size(); seen.insert(name), seen.size() > size)
            wanted.push_back(name);
    }

    std::map<QByteArray, SplitResult> results;
    SplitState state(m_repository, m_options);
    std::vector<QByteArray> sorted = wanted;
    std::ranges::sort(sorted);
    COPPICE_TRY(auto objects, Objects::open(m_repository, true));
    // a replacement changes what a commit id stands for: nothing is kept then
    auto groups = objects.replacements() ? std::vector<SplitState::Group>() : state.groupsFor(wanted);
    if (objects.replacements())
        groups.push_back({std::nullopt, wanted});
    for (auto &group : groups) {
        auto answers = storedFor(head, group, sorted, objects);
        if (!answers) {
            COPPICE_TRY(answers, walkGroup(m_repository, m_options, head, state, group, stop, progress));
        }
        for (auto &one : *answers)
            results.emplace(one.prefix, std::move(one));
    }
    if (!state.note().isEmpty() && !wanted.empty()) {
        QString &note = results.at(wanted.front()).note;
        note = note.isEmpty() ? state.note() : QString(note + u' ' + state.note());
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
    WalkRecord record;
    record.prefixes.push_back({name, false, false, {}, {}});
    SplitWalk walk(repository, objects, options, record);
    walk.watch(0, split);
    COPPICE_CHECK(walk.run(head, stop, Progress::none()));
    const auto &found = walk.watched();
    return found.empty() ? git::Oid() : record.graph.id(found.back());
}

} // namespace coppice::subtree

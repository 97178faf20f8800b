// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/content_join.h"

#include "subtree/squash.h"

#include <unordered_map>

namespace coppice::subtree {

namespace {

/// Commits of one side that are looked at.
constexpr size_t commitsLookedAt = 100'000;

struct Meeting {
    git::Oid split, upstream;
};

/// The newest upstream commit whose content a copy of the plugin has, and the newest such copy.
Result<std::optional<Meeting>> findMeeting(git::Repository &repository, const git::Oid &split, const git::Oid &upstream, std::stop_token stop)
{
    const auto newestFirst = [&](const git::Oid &tip, const auto &look) -> Result<> {
        COPPICE_TRY(const auto commits, repository.walk(tip, {}, commitsLookedAt));
        for (auto id = commits.rbegin(); id != commits.rend(); ++id) {
            if (stop.stop_requested())
                return failCancelled();
            COPPICE_TRY(const auto tree, repository.treeOf(*id));
            if (look(*id, tree))
                break;
        }
        return {};
    };
    std::unordered_map<git::Oid, git::Oid> copies; // content → commit
    COPPICE_CHECK(newestFirst(split, [&](const git::Oid &commit, const git::Oid &tree) {
        copies.emplace(tree, commit);
        return false;
    }));
    COPPICE_TRY(const auto nothing, repository.writeTree({}));
    copies.erase(nothing); // two empty folders say nothing
    std::optional<Meeting> meeting;
    COPPICE_CHECK(newestFirst(upstream, [&](const git::Oid &commit, const git::Oid &tree) {
        const auto copy = copies.find(tree);
        if (copy != copies.end())
            meeting = Meeting{copy->second, commit};
        return meeting.has_value();
    }));
    return meeting;
}

} // namespace

Result<std::optional<ContentJoin>> joinByContent(git::Repository &repository, const MergeRequest &request, std::stop_token stop)
{
    COPPICE_TRY(const auto meeting, findMeeting(repository, request.split.commit, request.upstream, stop));
    if (!meeting)
        return std::optional<ContentJoin>();
    COPPICE_TRY(const auto mainline, mainlineOf(repository, request.head, request.prefix, request.options, meeting->split, stop));
    if (mainline.isNull())
        return std::optional<ContentJoin>();
    git::Oid joined = meeting->upstream;
    if (request.squash) {
        COPPICE_TRY(joined, squashCommit(repository, request.prefix, meeting->upstream, std::nullopt));
    }
    COPPICE_TRY(const auto tree, repository.treeOf(request.head));
    const auto who = repository.defaultSignature();
    ContentJoin join{meeting->upstream, request};
    COPPICE_TRY(join.request.head, repository.writeCommit(tree, {request.head, joined}, who, who,
                                                          "Add '" + request.prefix + "/' from commit '" + meeting->upstream.hex() + "'\n\n"
                                                              + trailers(request.prefix, mainline, meeting->upstream)));
    SubtreeSplitter splitter(repository, request.options);
    COPPICE_TRY(auto splits, splitter.split(join.request.head, {request.prefix}, stop));
    join.request.split = std::move(splits.front());
    if (join.request.split.error)
        return std::unexpected(*join.request.split.error);
    COPPICE_TRY(const bool tied, repository.isAncestor(meeting->upstream, join.request.split.commit));
    return tied ? std::optional(std::move(join)) : std::nullopt;
}

} // namespace coppice::subtree

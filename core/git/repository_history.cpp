// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/handles.h"

#include <QFile>

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace coppice::git {

std::unordered_set<Oid> shallowCommits(const QString &commonDir)
{
    std::unordered_set<Oid> ids;
    QFile file(commonDir + u"/shallow");
    if (!file.open(QIODevice::ReadOnly))
        return ids;
    for (const auto &line : file.readAll().split('\n')) {
        if (const Oid id = Oid::fromHex(line.trimmed()); !id.isNull())
            ids.insert(id);
    }
    return ids;
}

namespace {

/// The history of a shallow repository, as git sees it: libgit2 1.5 runs into the parents that are left out. Such
/// histories are short, so plain sets do.
class ShallowHistory
{
public:
    ShallowHistory(const Repository &repository, std::unordered_set<Oid> cut)
        : m_repository(repository), m_cut(std::move(cut))
    {
    }

    Result<std::unordered_set<Oid>> reach(const std::vector<Oid> &from)
    {
        std::unordered_set<Oid> seen;
        std::vector<Oid> open = from;
        while (!open.empty()) {
            const Oid id = open.back();
            open.pop_back();
            if (!seen.insert(id).second)
                continue;
            COPPICE_TRY(const std::vector<Oid> next, parents(id));
            open.insert(open.end(), next.begin(), next.end());
        }
        return seen;
    }

    /// Children before parents; among those that are ready, the newest first.
    Result<std::vector<Oid>> sorted(const std::unordered_set<Oid> &commits)
    {
        std::unordered_map<Oid, size_t> children;
        for (const auto &id : commits) {
            COPPICE_TRY(const std::vector<Oid> next, parents(id));
            for (const auto &parent : next)
                ++children[parent];
        }
        const auto older = [this](const Oid &a, const Oid &b) { return std::pair(m_times[a], a) < std::pair(m_times[b], b); };
        std::vector<Oid> ready;
        for (const auto &id : commits) {
            if (!children.contains(id))
                ready.push_back(id);
        }
        std::make_heap(ready.begin(), ready.end(), older);
        std::vector<Oid> order;
        while (!ready.empty()) {
            std::pop_heap(ready.begin(), ready.end(), older);
            const Oid id = ready.back();
            ready.pop_back();
            order.push_back(id);
            COPPICE_TRY(const std::vector<Oid> next, parents(id));
            for (const auto &parent : next) {
                if (commits.contains(parent) && --children[parent] == 0) {
                    ready.push_back(parent);
                    std::push_heap(ready.begin(), ready.end(), older);
                }
            }
        }
        return order;
    }

private:
    Result<std::vector<Oid>> parents(const Oid &id)
    {
        if (const auto known = m_parents.find(id); known != m_parents.end())
            return known->second;
        COPPICE_TRY(const Commit commit, m_repository.commit(id));
        m_times[id] = commit.committer.seconds;
        return m_parents[id] = m_cut.contains(id) ? std::vector<Oid>() : commit.parents;
    }

    const Repository &m_repository;
    std::unordered_set<Oid> m_cut;
    std::unordered_map<Oid, std::vector<Oid>> m_parents;
    std::unordered_map<Oid, qint64> m_times;
};

} // namespace

Result<std::optional<Oid>> Repository::mergeBase(const Oid &a, const Oid &b) const
{
    if (auto cut = shallowCommits(commonDir()); !cut.empty()) {
        ShallowHistory history(*this, std::move(cut));
        COPPICE_TRY(const auto ofA, history.reach({a}));
        COPPICE_TRY(const auto ofB, history.reach({b}));
        std::unordered_set<Oid> common;
        for (const auto &id : ofA) {
            if (ofB.contains(id))
                common.insert(id);
        }
        COPPICE_TRY(const std::vector<Oid> order, history.sorted(common));
        return order.empty() ? std::optional<Oid>() : order.front();
    }
    const git_oid one = toGit(a);
    const git_oid two = toGit(b);
    git_oid base;
    const int rc = git_merge_base(&base, m_handle->repo.get(), &one, &two);
    if (rc == GIT_ENOTFOUND && has(a) && has(b))
        return std::optional<Oid>();
    if (rc < 0)
        return gitError(rc, QStringLiteral("Cannot find where two histories part"), a.shown() + u", " + b.shown());
    return std::optional(fromGit(base));
}

Result<bool> Repository::isAncestor(const Oid &ancestor, const Oid &commit) const
{
    if (ancestor == commit)
        return true;
    if (auto cut = shallowCommits(commonDir()); !cut.empty()) {
        ShallowHistory history(*this, std::move(cut));
        COPPICE_TRY(const auto reached, history.reach({commit}));
        return reached.contains(ancestor);
    }
    const git_oid above = toGit(ancestor);
    const git_oid below = toGit(commit);
    const int rc = git_graph_descendant_of(m_handle->repo.get(), &below, &above);
    if (rc < 0)
        return gitError(rc, QStringLiteral("Cannot compare two commits"), ancestor.shown() + u", " + commit.shown());
    return rc == 1;
}

Result<std::vector<Oid>> Repository::walk(const Oid &tip, const std::vector<Oid> &hidden, size_t limit) const
{
    std::vector<Oid> commits; // the newest first, until the end
    if (auto cut = shallowCommits(commonDir()); !cut.empty()) {
        ShallowHistory history(*this, std::move(cut));
        COPPICE_TRY(auto reached, history.reach({tip}));
        COPPICE_TRY(const auto taken, history.reach(hidden));
        std::erase_if(reached, [&taken](const Oid &id) { return taken.contains(id); });
        COPPICE_TRY(commits, history.sorted(reached));
        if (limit != 0 && commits.size() > limit)
            commits.resize(limit);
    } else {
        RevwalkPtr walk;
        const git_oid start = toGit(tip);
        int rc = git_revwalk_new(Out(walk), m_handle->repo.get());
        if (rc == 0)
            rc = git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
        if (rc == 0)
            rc = git_revwalk_push(walk.get(), &start);
        for (size_t i = 0; rc == 0 && i < hidden.size(); ++i) {
            const git_oid id = toGit(hidden[i]);
            rc = git_revwalk_hide(walk.get(), &id);
        }
        git_oid id;
        while (rc == 0 && (limit == 0 || commits.size() < limit)) {
            rc = git_revwalk_next(&id, walk.get());
            if (rc == 0)
                commits.push_back(fromGit(id));
        }
        if (rc < 0 && rc != GIT_ITEROVER)
            return gitError(rc, QStringLiteral("Cannot walk the history"), tip.toString());
    }
    std::reverse(commits.begin(), commits.end());
    return commits;
}

Result<std::pair<size_t, size_t>> Repository::aheadBehind(const Oid &a, const Oid &b) const
{
    if (auto cut = shallowCommits(commonDir()); !cut.empty()) {
        ShallowHistory history(*this, std::move(cut));
        COPPICE_TRY(const auto ofA, history.reach({a}));
        COPPICE_TRY(const auto ofB, history.reach({b}));
        const auto only = [](const auto &in, const auto &other) {
            return size_t(std::count_if(in.begin(), in.end(), [&other](const Oid &id) { return !other.contains(id); }));
        };
        return std::pair(only(ofA, ofB), only(ofB, ofA));
    }
    const git_oid one = toGit(a);
    const git_oid two = toGit(b);
    size_t ahead = 0;
    size_t behind = 0;
    if (const int rc = git_graph_ahead_behind(&ahead, &behind, m_handle->repo.get(), &one, &two); rc < 0)
        return gitError(rc, QStringLiteral("Cannot compare two histories"), a.shown() + u", " + b.shown());
    return std::pair(ahead, behind);
}

} // namespace coppice::git

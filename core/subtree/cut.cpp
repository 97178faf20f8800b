// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/cut.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace coppice::subtree {

Result<Cut> cutHistory(git::Repository &repository, const CutRequest &request, std::stop_token stop)
{
    std::unordered_set<git::Oid> foreign;
    for (const auto &start : request.foreign) {
        COPPICE_TRY(const auto commits, repository.walk(start, request.known));
        foreign.insert(commits.begin(), commits.end());
    }
    std::vector<git::Oid> hidden = request.known;
    hidden.insert(hidden.end(), request.foreign.begin(), request.foreign.end());
    COPPICE_TRY(const auto copies, repository.walk(request.split, hidden));

    Cut cut;
    std::unordered_map<git::Oid, git::Oid> anew;
    for (const auto &id : copies) {
        if (stop.stop_requested())
            return failCancelled();
        COPPICE_TRY(const auto commit, repository.commit(id));
        std::vector<git::Oid> parents;
        for (const auto &parent : commit.parents) {
            const auto rewritten = anew.find(parent);
            if (rewritten == anew.end() && foreign.contains(parent))
                continue;
            const auto &now = rewritten == anew.end() ? parent : rewritten->second;
            if (std::ranges::find(parents, now) == parents.end())
                parents.push_back(now);
        }
        if (parents.empty() && !request.upstream.isNull())
            parents.push_back(request.upstream);
        if (parents == commit.parents) {
            anew.emplace(id, id);
            continue;
        }
        COPPICE_TRY(const auto made, repository.writeCommit(commit.tree, parents, commit.author, commit.committer, commit.message));
        anew.emplace(id, made);
        ++cut.made;
    }
    const auto tip = anew.find(request.split);
    if (tip == anew.end())
        return fail(QStringLiteral("subtree.all-foreign"), QStringLiteral("All of the plugin's history is the library's own"),
                    QString::fromUtf8(request.prefix),
                    QStringLiteral("Commit a change of the plugin first; then there is something of its own to send."));
    cut.split = tip->second;

    COPPICE_TRY(const auto tree, repository.treeOf(request.head));
    const auto who = repository.defaultSignature();
    COPPICE_TRY(cut.joined, repository.writeCommit(tree, {request.head, cut.split}, who, who,
                                                   "Split '" + request.prefix + "/' into commit '" + cut.split.hex()
                                                       + "'\n\ngit-subtree-dir: " + request.prefix + "\ngit-subtree-mainline: "
                                                       + request.head.hex() + "\ngit-subtree-split: " + cut.split.hex() + '\n'));
    return cut;
}

} // namespace coppice::subtree

// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/raw_tree.h"

#include "base/paths.h"

#include <QFile>

#include <algorithm>

namespace coppice::git {

namespace {

/// Collects what a copy needs into a pack, leaving out what the target has. Trees are always walked: that the target
/// has a tree does not say that it has what is in it.
class Collector
{
public:
    Collector(const Repository &source, git_odb *odb, const Repository &target, git_packbuilder *pack)
        : m_source(source), m_odb(odb), m_target(target), m_pack(pack)
    {
    }

    Result<> add(const Oid &id)
    {
        if (m_target.has(id))
            return {};
        const git_oid raw = toGit(id);
        if (const int rc = git_packbuilder_insert(m_pack, &raw, nullptr); rc < 0)
            return gitError(rc, QStringLiteral("Cannot read an object that is to be copied"), id.toString());
        return {};
    }

    Result<> addTree(const Oid &root)
    {
        std::vector<Oid> open{root};
        while (!open.empty()) {
            const Oid id = open.back();
            open.pop_back();
            if (!m_seen.insert(id).second)
                continue;
            if (m_source.has(id)) // the empty tree need not be stored
                COPPICE_CHECK(add(id));
            COPPICE_TRY(const RawTree tree, RawTree::read(m_odb, id));
            for (const auto &entry : tree.entries) {
                const Mode mode = modeOf(entry.mode);
                if (mode == Mode::Tree)
                    open.push_back(entry.oid());
                else if (mode != Mode::Submodule && m_seen.insert(entry.oid()).second)
                    COPPICE_CHECK(add(entry.oid()));
            }
        }
        return {};
    }

private:
    const Repository &m_source;
    git_odb *m_odb;
    const Repository &m_target;
    git_packbuilder *m_pack;
    std::unordered_set<Oid> m_seen;
};

} // namespace

Result<> Repository::copyTo(Repository &other, const Oid &commit, size_t depth) const
{
    PackBuilderPtr pack;
    if (const int rc = git_packbuilder_new(Out(pack), m_handle->repo.get()); rc < 0)
        return gitError(rc, QStringLiteral("Cannot start a pack"), commonDir());
    Collector collector(*this, m_handle->odb.get(), other, pack.get());

    const auto cutHere = shallowCommits(commonDir());
    std::unordered_set<Oid> seen{commit};
    std::vector<Oid> generation{commit};
    std::vector<Commit> ends; // commits that may lose their parents
    for (size_t level = 1; !generation.empty(); ++level) {
        std::vector<Oid> next;
        for (const auto &id : generation) {
            COPPICE_TRY(Commit read, this->commit(id));
            COPPICE_CHECK(collector.add(id));
            COPPICE_CHECK(collector.addTree(read.tree));
            if (cutHere.contains(id) || level == depth) {
                ends.push_back(std::move(read));
                continue;
            }
            for (const auto &parent : read.parents) {
                if (seen.insert(parent).second)
                    next.push_back(parent);
            }
        }
        generation = std::move(next);
    }

    if (git_packbuilder_object_count(pack.get()) > 0) {
        const QString folder = other.commonDir() + u"/objects/pack";
        COPPICE_CHECK(makeFolder(folder));
        if (const int rc = git_packbuilder_write(pack.get(), QFile::encodeName(folder).constData(), 0, nullptr, nullptr); rc < 0)
            return gitError(rc, QStringLiteral("Cannot write a pack"), folder);
        if (const int rc = git_odb_refresh(other.m_handle->odb.get()); rc < 0)
            return gitError(rc, QStringLiteral("Cannot read a new pack"), folder);
    }

    // A commit is shallow in the target as long as it lacks a parent there.
    const auto before = shallowCommits(other.commonDir());
    auto shallow = before;
    for (const auto &end : ends)
        shallow.insert(end.id);
    for (auto id = shallow.begin(); id != shallow.end();) {
        COPPICE_TRY(const Commit read, other.commit(*id));
        const bool whole = std::all_of(read.parents.begin(), read.parents.end(), [&](const Oid &p) { return other.has(p); });
        id = whole ? shallow.erase(id) : std::next(id);
    }
    if (shallow == before)
        return {};
    const QString file = other.commonDir() + u"/shallow";
    if (shallow.empty()) {
        QFile::remove(file);
        return {};
    }
    std::vector<QByteArray> lines;
    for (const auto &id : shallow)
        lines.push_back(id.hex() + '\n');
    std::sort(lines.begin(), lines.end());
    QByteArray bytes;
    for (const auto &line : lines)
        bytes += line;
    return writeFileAtomically(file, bytes);
}

} // namespace coppice::git

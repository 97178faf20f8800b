// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/pack_writer.h"
#include "git/raw_tree.h"

#include "base/paths.h"

#include <QFile>

#include <algorithm>

namespace coppice::git {

namespace {

/// Writes what a copy needs into a pack of the target, leaving out what it has. Trees are always walked: that the target
/// has a tree does not say that it has what is in it. Objects are packed whole: finding deltas costs more than it saves
/// where a copy is small or short-lived, and packing in libgit2 looks at every tag of the source.
class Collector
{
public:
    Collector(const Repository &source, git_odb *odb, git_odb *target, PackWriter &pack)
        : m_source(source), m_odb(odb), m_target(target), m_pack(pack)
    {
    }

    Result<> add(const Oid &id)
    {
        const git_oid raw = toGit(id);
        if (git_odb_exists_ext(m_target, &raw, GIT_ODB_LOOKUP_NO_REFRESH))
            return {};
        OdbObjectPtr object;
        if (const int rc = git_odb_read(Out(object), m_odb, &raw); rc < 0)
            return gitError(rc, QStringLiteral("Cannot read an object that is to be copied"), id.toString());
        return m_pack.add(Packs::Type(git_odb_object_type(object.get())), id,
                          QByteArrayView(static_cast<const char *>(git_odb_object_data(object.get())),
                                         qsizetype(git_odb_object_size(object.get()))));
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
    git_odb *m_target;
    PackWriter &m_pack;
    std::unordered_set<Oid> m_seen;
};

} // namespace

Result<> Repository::copyTo(Repository &other, const Oid &commit, size_t depth) const
{
    if (const int rc = git_odb_refresh(other.m_handle->odb.get()); rc < 0)
        return gitError(rc, QStringLiteral("Cannot read what is there already"), other.commonDir());
    PackWriter pack(other.commonDir() + u"/objects");
    Collector collector(*this, m_handle->odb.get(), other.m_handle->odb.get(), pack);

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

    const bool some = pack.count() > 0;
    COPPICE_CHECK(pack.finish());
    if (const int rc = some ? git_odb_refresh(other.m_handle->odb.get()) : 0; rc < 0)
        return gitError(rc, QStringLiteral("Cannot read a new pack"), other.commonDir());

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

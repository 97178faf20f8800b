// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/objects.h"

#include <QDir>
#include <QFile>

#include <algorithm>

namespace coppice::subtree {

namespace {

int rememberReplacement(const char *name, void *payload)
{
    constexpr qsizetype start = sizeof("refs/replace/") - 1;
    const auto from = git::Oid::fromHex(QByteArrayView(name).sliced(start));
    if (!from.isNull())
        static_cast<std::vector<git::Oid> *>(payload)->push_back(from);
    return 0;
}

} // namespace

Result<Objects> Objects::open(git::Repository &repository, bool dryRun)
{
    Objects made(repository.commonDir() + QStringLiteral("/objects"));
    made.m_dryRun = dryRun;
    made.m_where = repository.gitDir();
    made.m_alternates = QFile::exists(made.m_folder + QStringLiteral("/info/alternates"));
    git_odb *odb = nullptr;
    if (const int code = git_repository_odb(&odb, repository.raw()); code < 0)
        return git::gitError(code, QStringLiteral("The object store cannot be opened"), made.m_where);
    made.m_odb.reset(odb);
    COPPICE_CHECK(made.readReplacements(repository));
    if (!made.replacements()) // as git does
        made.m_commitGraph = git::CommitGraph::open(made.m_folder);
    return made;
}

Result<> Objects::readReplacements(git::Repository &repository)
{
    // asking for them would read and sort all packed references there are
    QFile packed(repository.commonDir() + QStringLiteral("/packed-refs"));
    const bool some = QFile::exists(repository.commonDir() + QStringLiteral("/refs/replace"))
        || (packed.open(QIODevice::ReadOnly) && packed.readAll().contains(" refs/replace/"));
    std::vector<git::Oid> replaced;
    const int code = !some ? 0 : git_reference_foreach_glob(repository.raw(), "refs/replace/*", rememberReplacement, &replaced);
    if (code < 0 && code != GIT_ENOTFOUND)
        return git::gitError(code, QStringLiteral("The replacement references cannot be read"), m_where);
    for (const auto &from : replaced) {
        COPPICE_TRY(const auto to, repository.refTarget(QStringLiteral("refs/replace/") + from.toString()));
        m_replaced.emplace(from, to);
    }
    QFile grafts(repository.commonDir() + QStringLiteral("/info/grafts"));
    if (!grafts.open(QIODevice::ReadOnly))
        return {};
    for (const QByteArray &line : grafts.readAll().split('\n')) {
        const QByteArrayList ids = line.simplified().split(' ');
        const auto commit = git::Oid::fromHex(ids.first());
        if (commit.isNull())
            continue; // empty, or a remark
        std::vector<git::Oid> parents;
        for (const QByteArray &id : ids.sliced(1))
            parents.push_back(git::Oid::fromHex(id));
        m_grafts.emplace(commit, std::move(parents));
    }
    return {};
}

Result<Objects::Raw> Objects::read(const git::Oid &id, git_object_t type)
{
    git::Oid wanted = id;
    // git follows a chain of replacements up to five long
    for (int depth = 0; depth < 5 && !m_replaced.empty(); ++depth) {
        const auto found = m_replaced.find(wanted);
        if (found == m_replaced.end())
            break;
        wanted = found->second;
    }
    if (auto packed = m_packs.read(wanted); packed && int(packed->type) == int(type))
        return Raw(std::move(packed->bytes));
    const git_oid oid = toGit(wanted);
    git_odb_object *object = nullptr;
    if (const int code = git_odb_read(&object, m_odb.get(), &oid); code < 0) {
        if (code == GIT_ENOTFOUND)
            return fail(QStringLiteral("git.missing-object"),
                        QStringLiteral("The object %1 is missing from the repository").arg(wanted.toString()), m_where,
                        QStringLiteral("In a partial clone fetch all trees first (git fetch --refetch --filter=blob:none); else look with git fsck."));
        return git::gitError(code, QStringLiteral("The object %1 cannot be read").arg(wanted.toString()), m_where);
    }
    const std::unique_ptr<git_odb_object, void (*)(git_odb_object *)> holder(object, git_odb_object_free);
    if (git_odb_object_type(object) != type)
        return fail(QStringLiteral("git.wrong-object"),
                    QStringLiteral("The object %1 is a %2, not a %3")
                        .arg(wanted.toString(), QLatin1String(git_object_type2string(git_odb_object_type(object))),
                             QLatin1String(git_object_type2string(type))),
                    m_where);
    return Raw(QByteArray(static_cast<const char *>(git_odb_object_data(object)), qsizetype(git_odb_object_size(object))));
}

Result<> Objects::commits(std::span<const git::Oid> ids, const git::Packs::Visit &visit)
{
    for (const size_t number : m_packs.readCommits(ids, visit)) {
        COPPICE_TRY(const auto raw, commit(ids[number]));
        visit(number, raw.bytes());
    }
    return {};
}

Result<QByteArray> Objects::linkTarget(const git::Oid &blob)
{
    constexpr size_t longestPath = 4096;
    const git_oid oid = toGit(blob);
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, m_odb.get(), &oid) == 0 && size > longestPath)
        return QByteArray();
    COPPICE_TRY(const auto raw, read(blob, GIT_OBJECT_BLOB));
    return raw.bytes().toByteArray();
}

bool Objects::hasLoose(const git::Oid &id)
{
    auto &there = m_loose[*id.raw()];
    if (!there) {
        there.emplace();
        const QByteArray first = QByteArray(1, char(*id.raw())).toHex();
        const QDir folder(m_folder + u'/' + QString::fromLatin1(first));
        for (const QString &name : folder.entryList(QDir::Files)) {
            if (const auto found = git::Oid::fromHex(QByteArray(first + name.toLatin1())); !found.isNull())
                there->push_back(found);
        }
        std::ranges::sort(*there);
    }
    return std::ranges::binary_search(*there, id);
}

bool Objects::has(const git::Oid &id)
{
    if (m_packs.has(id) || m_made.contains(id) || hasLoose(id))
        return true;
    if (!m_alternates)
        return false;
    const git_oid oid = toGit(id);
    return git_odb_exists_ext(m_odb.get(), &oid, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
}

git::Oid Objects::hash(git_object_t type, QByteArrayView bytes)
{
    git_oid oid;
    git_odb_hash(&oid, bytes.data(), size_t(bytes.size()), type);
    return git::Oid::fromRaw(oid.id);
}

Result<bool> Objects::add(git_object_t type, const git::Oid &id, QByteArrayView bytes)
{
    if (has(id))
        return false;
    if (type != GIT_OBJECT_COMMIT)
        m_made.insert(id);
    if (!m_dryRun)
        COPPICE_CHECK(m_writer.add(git::Packs::Type(type), id, bytes));
    return true;
}

Result<> Objects::flush()
{
    return m_writer.finish();
}

} // namespace coppice::subtree

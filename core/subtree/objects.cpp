// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/objects.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <zlib.h>

namespace coppice::subtree {

namespace {

/// Fewer than this are written loose; a pack of a handful costs more files than it saves.
constexpr size_t looseLimit = 100;
/// Gathered bytes beyond which a pack is written, so that memory stays bounded on the longest histories.
constexpr size_t packBytes = 256 << 20;

/// The head of an object in a pack: type and size in 4 and then 7 bits a byte.
/// Source: https://git-scm.com/docs/pack-format
QByteArray packEntryHead(git_object_t type, size_t size)
{
    QByteArray head;
    auto byte = uchar((uint(type) << 4) | (size & 15));
    size >>= 4;
    while (size) {
        head.append(char(byte | 0x80));
        byte = uchar(size & 0x7f);
        size >>= 7;
    }
    head.append(char(byte));
    return head;
}

Result<QByteArray> deflated(const QByteArray &bytes)
{
    uLongf size = compressBound(uLong(bytes.size()));
    QByteArray out{qsizetype(size), Qt::Uninitialized};
    const int code = compress2(reinterpret_cast<Bytef *>(out.data()), &size,
                               reinterpret_cast<const Bytef *>(bytes.constData()), uLong(bytes.size()), 1);
    if (code != Z_OK)
        return fail(QStringLiteral("subtree.compress"), QStringLiteral("Compressing an object failed (zlib %1)").arg(code));
    out.truncate(qsizetype(size));
    return out;
}

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
    Objects made;
    made.m_dryRun = dryRun;
    made.m_where = repository.gitDir();
    git_odb *odb = nullptr;
    if (const int code = git_repository_odb(&odb, repository.raw()); code < 0)
        return git::gitError(code, QStringLiteral("The object store cannot be opened"), made.m_where);
    made.m_odb.reset(odb);

    std::vector<git::Oid> replaced;
    const int code = git_reference_foreach_glob(repository.raw(), "refs/replace/*", rememberReplacement, &replaced);
    if (code < 0 && code != GIT_ENOTFOUND)
        return git::gitError(code, QStringLiteral("The replacement references cannot be read"), made.m_where);
    for (const auto &from : replaced) {
        COPPICE_TRY(const auto to, repository.refTarget(QStringLiteral("refs/replace/") + from.toString()));
        made.m_replaced.emplace(from, to);
    }
    return made;
}

Result<Objects::Raw> Objects::read(const git::Oid &id, git_object_t type) const
{
    git::Oid wanted = id;
    // git follows a chain of replacements up to five long
    for (int depth = 0; depth < 5 && !m_replaced.empty(); ++depth) {
        const auto found = m_replaced.find(wanted);
        if (found == m_replaced.end())
            break;
        wanted = found->second;
    }
    const git_oid oid = toGit(wanted);
    git_odb_object *object = nullptr;
    if (const int code = git_odb_read(&object, m_odb.get(), &oid); code < 0) {
        if (code == GIT_ENOTFOUND)
            return fail(QStringLiteral("git.missing-object"),
                        QStringLiteral("The object %1 is missing from the repository").arg(wanted.toString()), m_where,
                        QStringLiteral("Fetch it (git fetch --unshallow, or --refetch), or look with git fsck."));
        return git::gitError(code, QStringLiteral("The object %1 cannot be read").arg(wanted.toString()), m_where);
    }
    Raw raw(object);
    if (git_odb_object_type(object) != type)
        return fail(QStringLiteral("git.wrong-object"),
                    QStringLiteral("The object %1 is a %2, not a %3")
                        .arg(wanted.toString(), QLatin1String(git_object_type2string(git_odb_object_type(object))),
                             QLatin1String(git_object_type2string(type))),
                    m_where);
    return raw;
}

Result<QByteArray> Objects::linkTarget(const git::Oid &blob) const
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

bool Objects::has(const git::Oid &id) const
{
    const git_oid oid = toGit(id);
    return m_made.contains(id) || git_odb_exists_ext(m_odb.get(), &oid, GIT_ODB_LOOKUP_NO_REFRESH) == 1;
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
    m_made.insert(id);
    if (m_dryRun)
        return true;
    m_pending.push_back({id, type, bytes.toByteArray()});
    m_pendingBytes += size_t(bytes.size());
    if (m_pendingBytes > packBytes)
        COPPICE_CHECK(flush());
    return true;
}

Result<> Objects::flush()
{
    if (m_dryRun || m_pending.empty())
        return {};
    if (m_pending.size() >= looseLimit) {
        COPPICE_CHECK(writePack());
    } else {
        for (const auto &object : m_pending) {
            git_oid oid;
            const int code = git_odb_write(&oid, m_odb.get(), object.bytes.constData(), size_t(object.bytes.size()), object.type);
            if (code < 0)
                return git::gitError(code, QStringLiteral("An object cannot be written"), m_where);
        }
    }
    m_pending.clear();
    m_pendingBytes = 0;
    return {};
}

Result<> Objects::writePack()
{
    git_odb_writepack *pack = nullptr;
    if (const int code = git_odb_write_pack(&pack, m_odb.get(), nullptr, nullptr); code < 0)
        return git::gitError(code, QStringLiteral("A pack cannot be written"), m_where);
    const std::unique_ptr<git_odb_writepack, void (*)(git_odb_writepack *)> holder(
        pack, [](git_odb_writepack *open) { open->free(open); });

    QCryptographicHash hash(QCryptographicHash::Sha1);
    git_indexer_progress progress{};
    int code = 0;
    const auto append = [&](const QByteArray &bytes) {
        hash.addData(QByteArrayView(bytes));
        code = pack->append(pack, bytes.constData(), size_t(bytes.size()), &progress);
        return code >= 0;
    };
    QByteArray head("PACK");
    for (const quint32 number : {quint32(2), quint32(m_pending.size())}) {
        const quint32 big = qToBigEndian(number);
        head.append(reinterpret_cast<const char *>(&big), sizeof big);
    }
    bool ok = append(head);
    for (auto it = m_pending.cbegin(); ok && it != m_pending.cend(); ++it) {
        COPPICE_TRY(const QByteArray body, deflated(it->bytes));
        ok = append(packEntryHead(it->type, size_t(it->bytes.size())) + body);
    }
    if (ok) {
        const QByteArray trailer = hash.result();
        code = pack->append(pack, trailer.constData(), size_t(trailer.size()), &progress);
        if (code >= 0)
            code = pack->commit(pack, &progress);
    }
    if (code < 0)
        return git::gitError(code, QStringLiteral("A pack cannot be written"), m_where);
    return {};
}

} // namespace coppice::subtree

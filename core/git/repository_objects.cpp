// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/raw_tree.h"

#include <QStringList>

namespace coppice::git {

namespace {

git_object_t typeOf(const QByteArray &name)
{
    return git_object_string2type(name.constData());
}

Fail wrongType(const Oid &id, git_object_t wanted, git_object_t found)
{
    return fail(QStringLiteral("git.wrong-type"),
                QStringLiteral("An object is a %1 where a %2 was expected")
                    .arg(QLatin1String(git_object_type2string(found)), QLatin1String(git_object_type2string(wanted))),
                id.toString());
}

/// "Ann <ann@example.org> 1700000000 +0100"; what cannot be read is left empty or 0, as git does.
Signature parsePerson(QByteArrayView line)
{
    Signature person;
    const auto close = line.lastIndexOf('>');
    const auto open = line.indexOf('<');
    if (open < 0 || close < open) {
        person.name = line.toByteArray().trimmed();
        return person;
    }
    QByteArrayView name = line.first(open);
    if (name.endsWith(' '))
        name.chop(1);
    person.name = name.toByteArray();
    person.email = line.sliced(open + 1, close - open - 1).toByteArray();
    const auto rest = line.sliced(close + 1).toByteArray().trimmed().split(' ');
    person.seconds = rest.value(0).toLongLong();
    const int zone = rest.value(1).toInt();
    person.offsetMinutes = (zone < 0 ? -1 : 1) * (qAbs(zone) / 100 * 60 + qAbs(zone) % 100);
    return person;
}

QByteArray personLine(const Signature &person)
{
    const auto clean = [](QByteArray text) { // these would end the field
        for (const char c : {'<', '>', '\n', '\0'})
            text.replace(c, QByteArrayView());
        return text;
    };
    const int minutes = qAbs(person.offsetMinutes);
    return clean(person.name) + " <" + clean(person.email) + "> " + QByteArray::number(person.seconds)
        + (person.offsetMinutes < 0 ? " -" : " +") + QByteArray::number(minutes / 60 * 100 + minutes % 60).rightJustified(4, '0');
}

Result<Commit> parseCommit(const Oid &id, QByteArrayView bytes)
{
    Commit commit;
    commit.id = id;
    bool hasTree = false;
    while (!bytes.isEmpty()) {
        auto end = bytes.indexOf('\n');
        if (end < 0)
            end = bytes.size();
        const QByteArrayView line = bytes.first(end);
        bytes = end < bytes.size() ? bytes.sliced(end + 1) : QByteArrayView();
        if (line.isEmpty())
            break;
        if (line.startsWith("tree ")) {
            commit.tree = Oid::fromHex(line.sliced(5));
            hasTree = true;
        } else if (line.startsWith("parent ")) {
            commit.parents.push_back(Oid::fromHex(line.sliced(7)));
        } else if (line.startsWith("author ")) {
            commit.author = parsePerson(line.sliced(7));
        } else if (line.startsWith("committer ")) {
            commit.committer = parsePerson(line.sliced(10));
        }
    }
    if (!hasTree || commit.tree.isNull())
        return fail(QStringLiteral("git.bad-commit"), QStringLiteral("A commit in the repository is broken: it names no tree"),
                    id.toString(), QStringLiteral("Run `git fsck` in the repository."));
    commit.message = bytes.toByteArray();
    return commit;
}

Result<> demandObject(git_odb *odb, const Oid &id, git_object_t wanted)
{
    const git_oid raw = toGit(id);
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (const int rc = git_odb_read_header(&size, &type, odb, &raw); rc < 0)
        return gitError(rc, QStringLiteral("An object that a commit needs is missing"), id.toString());
    if (type != wanted)
        return wrongType(id, wanted, type);
    return {};
}

} // namespace

Result<OdbObjectPtr> readObject(git_odb *odb, const Oid &id, git_object_t wanted)
{
    OdbObjectPtr object;
    const git_oid raw = toGit(id);
    if (const int rc = git_odb_read(Out(object), odb, &raw); rc < 0)
        return gitError(rc, QStringLiteral("Cannot read an object of the repository"), id.toString());
    if (wanted != GIT_OBJECT_ANY && git_odb_object_type(object.get()) != wanted)
        return wrongType(id, wanted, git_odb_object_type(object.get()));
    return object;
}

bool Repository::has(const Oid &id) const
{
    const git_oid raw = toGit(id);
    return git_odb_exists(m_handle->odb.get(), &raw) == 1;
}

Result<Commit> Repository::commit(const Oid &id) const
{
    COPPICE_TRY(const OdbObjectPtr object, readObject(m_handle->odb.get(), id, GIT_OBJECT_COMMIT));
    return parseCommit(id, QByteArrayView(static_cast<const char *>(git_odb_object_data(object.get())),
                                          qsizetype(git_odb_object_size(object.get()))));
}

Result<Oid> Repository::treeOf(const Oid &id) const
{
    COPPICE_TRY(const OdbObjectPtr object, readObject(m_handle->odb.get(), id, GIT_OBJECT_COMMIT));
    const QByteArrayView bytes(static_cast<const char *>(git_odb_object_data(object.get())),
                               qsizetype(git_odb_object_size(object.get())));
    if (bytes.startsWith("tree ") && bytes.size() >= 45) {
        if (const Oid tree = Oid::fromHex(bytes.sliced(5, 40)); !tree.isNull())
            return tree;
    }
    COPPICE_TRY(const Commit parsed, parseCommit(id, bytes));
    return parsed.tree;
}

Result<std::vector<TreeEntry>> Repository::tree(const Oid &id) const
{
    COPPICE_TRY(const RawTree raw, RawTree::read(m_handle->odb.get(), id));
    std::vector<TreeEntry> entries;
    entries.reserve(raw.entries.size());
    for (const auto &entry : raw.entries)
        entries.push_back(toEntry(entry));
    return entries;
}

Result<std::optional<TreeEntry>> Repository::entryAt(const Oid &tree, const QByteArray &path) const
{
    if (path.isEmpty())
        return TreeEntry{{}, Mode::Tree, tree.isNull() ? emptyTree() : tree};
    std::optional<TreeEntry> found = TreeEntry{{}, Mode::Tree, tree};
    for (const auto &part : path.split('/')) {
        if (found->mode != Mode::Tree || part.isEmpty())
            return std::optional<TreeEntry>();
        COPPICE_TRY(const RawTree raw, RawTree::read(m_handle->odb.get(), found->id));
        const RawEntry *entry = raw.find(part);
        if (!entry)
            return std::optional<TreeEntry>();
        found = toEntry(*entry);
    }
    return found;
}

Result<qint64> Repository::blobSize(const Oid &id) const
{
    const git_oid raw = toGit(id);
    size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (const int rc = git_odb_read_header(&size, &type, m_handle->odb.get(), &raw); rc < 0)
        return gitError(rc, QStringLiteral("Cannot read an object of the repository"), id.toString());
    if (type != GIT_OBJECT_BLOB)
        return wrongType(id, GIT_OBJECT_BLOB, type);
    return qint64(size);
}

Result<QByteArray> Repository::blob(const Oid &id, qint64 cap) const
{
    COPPICE_TRY(const qint64 size, blobSize(id));
    if (size > cap)
        return fail(QStringLiteral("git.blob-large"), QStringLiteral("A file is larger than %1 bytes").arg(cap), id.toString());
    COPPICE_TRY(const OdbObjectPtr object, readObject(m_handle->odb.get(), id, GIT_OBJECT_BLOB));
    return QByteArray(static_cast<const char *>(git_odb_object_data(object.get())),
                      qsizetype(git_odb_object_size(object.get())));
}

Result<std::pair<QByteArray, QByteArray>> Repository::rawObject(const Oid &id) const
{
    COPPICE_TRY(const OdbObjectPtr object, readObject(m_handle->odb.get(), id, GIT_OBJECT_ANY));
    return std::pair(QByteArray(git_object_type2string(git_odb_object_type(object.get()))),
                     QByteArray(static_cast<const char *>(git_odb_object_data(object.get())),
                                qsizetype(git_odb_object_size(object.get()))));
}

Result<Oid> Repository::writeBlob(const QByteArray &bytes)
{
    return writeRaw("blob", bytes);
}

Result<Oid> Repository::writeTree(std::vector<TreeEntry> entries)
{
    std::vector<StoredEntry> stored;
    stored.reserve(entries.size());
    for (auto &entry : entries)
        stored.push_back({quint32(entry.mode), std::move(entry.name), entry.id});
    return writeStoredTree(m_handle->odb.get(), std::move(stored));
}

Result<Oid> Repository::writeCommit(const Oid &tree, const std::vector<Oid> &parents, const Signature &author,
                                    const Signature &committer, const QByteArray &message)
{
    if (tree == emptyTree()) // git knows it without its being stored; other programs do not
        COPPICE_CHECK(writeRaw("tree", {}));
    COPPICE_CHECK(demandObject(m_handle->odb.get(), tree, GIT_OBJECT_TREE));
    QByteArray bytes = "tree " + tree.hex() + '\n';
    for (const auto &parent : parents) {
        COPPICE_CHECK(demandObject(m_handle->odb.get(), parent, GIT_OBJECT_COMMIT));
        bytes += "parent " + parent.hex() + '\n';
    }
    bytes += "author " + personLine(author) + "\ncommitter " + personLine(committer) + "\n\n" + message;
    return writeRaw("commit", bytes);
}

Result<Oid> Repository::writeRaw(const QByteArray &type, const QByteArray &bytes)
{
    const git_object_t kind = typeOf(type);
    if (kind == GIT_OBJECT_INVALID || git_object_typeisloose(kind) == 0)
        return failUsage(QStringLiteral("git.no-type"), QStringLiteral("There is no such type of object"), QString::fromUtf8(type));
    git_oid id;
    if (const int rc = git_odb_write(&id, m_handle->odb.get(), bytes.constData(), size_t(bytes.size()), kind); rc < 0)
        return gitError(rc, QStringLiteral("Cannot write an object into the repository"), commonDir());
    return fromGit(id);
}

} // namespace coppice::git

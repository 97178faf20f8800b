// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/raw_tree.h"

#include <algorithm>
#include <cstring>

namespace coppice::git {

namespace {

Fail badTree(const Oid &id, const QString &what)
{
    return fail(QStringLiteral("git.bad-tree"), QStringLiteral("A tree in the repository is broken: %1").arg(what),
                id.toString(), QStringLiteral("Run `git fsck` in the repository."));
}

} // namespace

Result<RawTree> RawTree::read(git_odb *odb, const Oid &id)
{
    RawTree tree;
    if (id.isNull() || id == emptyTree())
        return tree;
    COPPICE_TRY(tree.object, readObject(odb, id, GIT_OBJECT_TREE));
    const char *at = static_cast<const char *>(git_odb_object_data(tree.object.get()));
    const char *end = at + git_odb_object_size(tree.object.get());
    while (at < end) {
        RawEntry entry;
        int digits = 0;
        for (; at < end && *at >= '0' && *at <= '7' && digits < 8; ++at, ++digits)
            entry.mode = entry.mode << 3 | quint32(*at - '0');
        if (digits == 0 || at == end || *at != ' ')
            return badTree(id, QStringLiteral("an entry has no mode"));
        ++at;
        const void *zero = std::memchr(at, 0, size_t(end - at));
        if (!zero || end - static_cast<const char *>(zero) < 21)
            return badTree(id, QStringLiteral("an entry is cut off"));
        const char *nameEnd = static_cast<const char *>(zero);
        entry.name = QByteArrayView(at, nameEnd - at);
        if (entry.name.isEmpty() || entry.name == "." || entry.name == ".." || entry.name.contains('/'))
            return badTree(id, QStringLiteral("an entry has a name that is no file name"));
        entry.id = reinterpret_cast<const unsigned char *>(nameEnd + 1);
        at = nameEnd + 21;
        tree.entries.push_back(entry);
    }
    return tree;
}

const RawEntry *RawTree::find(QByteArrayView name) const
{
    for (const auto &entry : entries) {
        if (entry.name == name)
            return &entry;
    }
    return nullptr;
}

Mode modeOf(quint32 stored)
{
    switch (stored & 0170000) {
    case 0040000:
        return Mode::Tree;
    case 0120000:
        return Mode::Link;
    case 0160000:
        return Mode::Submodule;
    default:
        return stored & 0100 ? Mode::Executable : Mode::File;
    }
}

TreeEntry toEntry(const RawEntry &entry)
{
    return {entry.name.toByteArray(), modeOf(entry.mode), entry.oid()};
}

int compareEntries(QByteArrayView nameA, bool treeA, QByteArrayView nameB, bool treeB)
{
    const auto common = size_t(std::min(nameA.size(), nameB.size()));
    if (const int order = std::memcmp(nameA.data(), nameB.data(), common); order != 0)
        return order;
    const auto next = [common](QByteArrayView name, bool tree) -> int {
        if (size_t(name.size()) > common)
            return static_cast<unsigned char>(name[qsizetype(common)]);
        return tree ? '/' : 0;
    };
    return next(nameA, treeA) - next(nameB, treeB);
}

bool isGoodName(QByteArrayView name)
{
    if (name.isEmpty() || name == "." || name == ".." || name.contains('/') || name.contains('\0'))
        return false;
    return name.compare(".git", Qt::CaseInsensitive) != 0;
}

Result<Oid> writeStoredTree(git_odb *odb, std::vector<StoredEntry> entries)
{
    std::sort(entries.begin(), entries.end(), [](const StoredEntry &a, const StoredEntry &b) {
        return compareEntries(a.name, modeOf(a.mode) == Mode::Tree, b.name, modeOf(b.mode) == Mode::Tree) < 0;
    });
    std::unordered_set<std::string_view> seen; // a file and a folder of one name do not sort next to each other
    QByteArray bytes;
    for (const auto &entry : entries) {
        if (!isGoodName(entry.name))
            return failUsage(QStringLiteral("git.bad-name"), QStringLiteral("This is no name for a file in a repository"),
                             QString::fromUtf8(entry.name.left(200)));
        if (!seen.emplace(entry.name.constData(), size_t(entry.name.size())).second)
            return failUsage(QStringLiteral("git.same-name"), QStringLiteral("Two files of a folder have the same name"),
                             QString::fromUtf8(entry.name.left(200)));
        bytes += QByteArray::number(entry.mode, 8) + ' ' + entry.name + '\0';
        bytes.append(reinterpret_cast<const char *>(entry.id.raw()), 20);
    }
    git_oid id;
    if (const int rc = git_odb_write(&id, odb, bytes.constData(), size_t(bytes.size()), GIT_OBJECT_TREE); rc < 0)
        return gitError(rc, QStringLiteral("Cannot write a tree"));
    return fromGit(id);
}

const Oid &emptyTree()
{
    static const Oid id = Oid::fromHex("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    return id;
}

} // namespace coppice::git

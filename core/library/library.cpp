// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/library.h"

#include <base/paths.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

/// Tells two libraries of one name apart.
QString shortHash(const QString &path)
{
    return QString::fromLatin1(QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Sha256).toHex().left(12));
}

bool canWriteIn(const QString &folder)
{
    const QFileInfo info(folder);
    return info.isDir() && info.isWritable();
}

/// `coppice/` in the common git directory, or a folder of the cache where that cannot be written.
Result<QString> findCoppiceDir(const QString &commonDir)
{
    const QString own = commonDir + u"/coppice";
    if (canWriteIn(own) || (!QFileInfo::exists(own) && canWriteIn(commonDir) && QDir().mkpath(own)))
        return own;
    const QString cached = cacheHome() + u"/libraries/" + shortHash(commonDir);
    COPPICE_CHECK(makeFolder(cached));
    return cached;
}

QString folderName(const QString &path)
{
    QString name = QFileInfo(path).fileName();
    if (name.endsWith(".git"_L1) && name.size() > 4)
        name.chop(4);
    return name.isEmpty() ? u"library"_s : name;
}

Result<git::Oid> headOf(const git::Repository &repository, const QString &branch)
{
    if (!branch.isEmpty())
        return repository.refTarget(branch);
    return repository.resolve(u"HEAD"_s);
}

} // namespace

QByteArray pluginSettingsFile(const QString &id)
{
    return pluginSettingsFolder + '/' + id.toUtf8() + ".yaml";
}

const CatalogEntry *Catalog::find(const QString &id) const
{
    const auto it = std::lower_bound(entries.begin(), entries.end(), id,
                                     [](const CatalogEntry &entry, const QString &wanted) { return entry.plugin.id < wanted; });
    return it != entries.end() && it->plugin.id == id ? &*it : nullptr;
}

LibrarySettings librarySettingsAt(const git::Repository &repository, const git::Oid &commit)
{
    LibrarySettings none;
    if (commit.isNull())
        return none;
    const auto tree = repository.treeOf(commit);
    const auto entry = tree ? repository.entryAt(*tree, settingsFile) : std::unexpected(tree.error());
    if (!entry || !*entry)
        return none;
    const QString name = QString::fromUtf8(settingsFile);
    if ((*entry)->mode != git::Mode::File && (*entry)->mode != git::Mode::Executable) {
        none.problems.push_back({name, 0, u"This has to be an ordinary file"_s});
        return none;
    }
    const auto bytes = repository.blob((*entry)->id, 1 << 20);
    if (!bytes) {
        none.problems.push_back({name, 0, u"The file could not be read: %1"_s.arg(bytes.error().message())});
        return none;
    }
    return parseLibrarySettings(*bytes, name);
}

Result<Library> Library::open(const QString &path)
{
    COPPICE_TRY(const QString found, git::Repository::discover(path));
    COPPICE_TRY(const auto repository, git::Repository::open(found));
    Library library;
    library.m_bare = repository.isBare();
    library.m_path = library.m_bare ? repository.gitDir() : repository.workTree();
    library.m_commonDir = repository.commonDir();
    library.m_branch = repository.headBranch();
    COPPICE_TRY(library.m_coppiceDir, findCoppiceDir(library.m_commonDir));
    // A library that hangs on a repository's linked work tree is named after the repository.
    const QString home = QFileInfo(library.m_commonDir).fileName() == ".git"_L1 ? QFileInfo(library.m_commonDir).path() : library.m_commonDir;
    library.m_runsDir = stateHome() + u'/' + folderName(home) + u'-' + shortHash(library.m_commonDir) + u"/runs";
    library.m_name = folderName(home);
    if (const auto head = headOf(repository, library.m_branch)) {
        const auto settings = librarySettingsAt(repository, *head);
        if (!settings.name.isEmpty())
            library.m_name = settings.name;
    }
    return library;
}

Result<git::Repository> Library::repository() const
{
    return git::Repository::open(m_path);
}

QString Library::branchName() const
{
    const QString full = QStringLiteral("refs/heads/");
    return m_branch.startsWith(full) ? m_branch.mid(full.size()) : m_branch;
}

Result<git::Oid> Library::head() const
{
    COPPICE_TRY(const auto opened, repository());
    return headOf(opened, m_branch);
}

} // namespace coppice::library

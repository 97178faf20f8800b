// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/library.h"
#include "library/prefixes.h"
#include "library/yaml_file.h"

#include <base/paths.h>
#include <git/land.h>
#include <git/tree_edit.h>
#include <journal/lease.h>

#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

#include <git2.h>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {

/// The parts of the shipped templates that are a library's own from then on.
constexpr const char *templateParts[] = {"instructions", "playbooks", "recipes", "scripts", "config"};

QByteArray newSettings(const QString &name, const QStringList &prefixes, const QByteArray &more)
{
    QByteArrayList patterns;
    for (const QString &prefix : prefixes)
        patterns << yamlScalar(prefix);
    return "# The settings of this library, shared by all who work on it.\n"
           "name: " + yamlScalar(name)
        + "\n"
          "# Folders that hold a plugin each; what a plugin's files do not say of it stands in .coppice/plugins/<id>.yaml.\n"
          "prefixes: [" + patterns.join(", ") + "]\n" + more;
}

/// The shipped templates as changes to a tree.
Result<std::vector<git::TreeChange>> shippedTemplates(git::Repository &repository)
{
    std::vector<git::TreeChange> changes;
    COPPICE_TRY(const QString shipped, dataDir(u"templates"_s));
    for (const char *part : templateParts) {
        const QDir folder(shipped + u'/' + QLatin1String(part));
        QDirIterator files(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next();
            const QFileInfo info(path);
            COPPICE_TRY(const QByteArray bytes, readFile(path));
            COPPICE_TRY(const git::Oid blob, repository.writeBlob(bytes));
            const QString below = QString::fromLatin1(part) + u'/' + folder.relativeFilePath(path);
            changes.push_back({"templates/" + below.toUtf8(),
                               git::TreeEntry{{}, info.isExecutable() ? git::Mode::Executable : git::Mode::File, blob}});
        }
    }
    return changes;
}

/// Writes the commit's files and the index of a work tree that has held nothing so far.
Result<> checkOutFirst(git::Repository &repository)
{
    git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
    options.checkout_strategy = GIT_CHECKOUT_SAFE | GIT_CHECKOUT_RECREATE_MISSING;
    if (const int rc = git_checkout_head(repository.raw(), &options); rc < 0)
        return git::gitError(rc, u"Cannot write the library's files"_s, repository.workTree());
    return {};
}

Result<> fillNewLibrary(const QString &dir, const QString &name)
{
    const QString branch = u"refs/heads/main"_s;
    COPPICE_TRY(auto repository, git::Repository::init(dir, u"main"_s));
    COPPICE_TRY(auto changes, shippedTemplates(repository));
    COPPICE_TRY(const git::Oid settings, repository.writeBlob(newSettings(name, LibrarySettings().prefixes, {})));
    changes.push_back({settingsFile, git::TreeEntry{{}, git::Mode::File, settings}});
    // Agents that a person starts in the library find the playbooks as skills: most look into the one, Claude Code into the other.
    for (const auto &[path, target] : {std::pair(".agents/skills", "../templates/playbooks"), std::pair(".claude/skills", "../.agents/skills")}) {
        COPPICE_TRY(const git::Oid link, repository.writeBlob(target));
        changes.push_back({path, git::TreeEntry{{}, git::Mode::Link, link}});
    }
    COPPICE_TRY(const git::Oid empty, repository.writeTree({}));
    COPPICE_TRY(const git::Oid tree, git::editTree(repository, empty, changes));
    const auto who = repository.defaultSignature();
    COPPICE_TRY(const git::Oid commit, repository.writeCommit(tree, {}, who, who, "chore: begin the library\n"));
    COPPICE_CHECK(repository.setRef(branch, commit, git::Oid{}, u"coppice: begin the library"_s));
    return checkOutFirst(repository);
}

/// The repository of a plugin in a folder of upstreams; empty when there is none.
QString upstreamIn(const QString &folder, const QString &id, const QByteArray &prefix, bool nameIsUnique)
{
    const QString name = QString::fromUtf8(prefix).section(u'/', -1);
    const QString owner = QString::fromUtf8(prefix).section(u'/', -2, -2);
    QStringList candidates{id, QString(owner + u'/' + name)};
    if (nameIsUnique)
        candidates << name;
    for (const QString &candidate : candidates) {
        for (const QString &path : {QString(folder + u'/' + candidate + u".git"), QString(folder + u'/' + candidate)}) {
            if (!candidate.startsWith(u'/') && QFileInfo(path).isDir() && git::Repository::open(path))
                return QFileInfo(path).canonicalFilePath();
        }
    }
    return {};
}

const QByteArray adoptSubject = "chore: adopt this repository as a library";

/// Completes an adoption that was killed between branch and work tree.
Result<> finishEarlierAdoption(const journal::Lease &lease, git::Repository &repository, const QString &branch, const git::Oid &head)
{
    COPPICE_TRY(const auto commit, repository.commit(head));
    if (commit.parents.size() == 1 && commit.message.startsWith(adoptSubject))
        return git::finishLanding(lease, repository, branch, commit.parents.front(), head);
    return {};
}

} // namespace

Result<Library> initLibrary(const QString &dir, const QString &name)
{
    const QString path = QFileInfo(dir).absoluteFilePath();
    const QFileInfo info(path);
    if (info.exists() && !info.isDir())
        return fail(u"library.not-a-folder"_s, u"A file stands where the library is to be"_s, path, u"Name a folder."_s);
    const bool existed = info.exists();
    if (existed && !QDir(path).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot))
        return fail(u"library.not-empty"_s, u"The folder is not empty"_s, path,
                    u"Name a new folder, or use init --adopt for a repository that is there already."_s);
    COPPICE_CHECK(makeFolder(path));
    QString called = name.simplified();
    if (called.isEmpty())
        called = QFileInfo(path).fileName();
    if (auto filled = fillNewLibrary(path, called); !filled) {
        // What is there was made by this call.
        QDir(path).removeRecursively();
        if (existed)
            QDir().mkpath(path);
        return std::unexpected(filled.error());
    }
    return Library::open(path);
}

Result<Library> adoptLibrary(const QString &dir, const QString &upstreams, const QStringList &prefixes)
{
    for (const QString &pattern : prefixes) {
        if (!isPrefixPattern(pattern))
            return fail(u"library.prefix"_s, u"A prefix has to be a path in the repository, * for any name"_s, pattern,
                        u"For example --prefix 'packages/*'."_s);
    }
    COPPICE_TRY(auto library, Library::open(dir));
    if (!upstreams.isEmpty() && !QFileInfo(upstreams).isDir())
        return failNotFound(u"library.no-upstreams"_s, u"There is no such folder of upstreams"_s, upstreams);
    if (library.branch().isEmpty())
        return fail(u"library.detached"_s, u"No branch is checked out, so there is none to commit the settings to"_s, library.path(),
                    u"Check out the library's branch first."_s);
    COPPICE_TRY(const auto lease, journal::Lease::take(library.coppiceDir()));
    COPPICE_TRY(auto repository, library.repository());
    COPPICE_TRY(const git::Oid head, library.head());
    if (head.isNull())
        return fail(u"library.no-commit"_s, u"The repository has no commit yet"_s, library.path(), u"Use init for a new library."_s);
    COPPICE_CHECK(finishEarlierAdoption(lease, repository, library.branch(), head));

    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    TreeIndex tree(repository, root);
    const auto settings = librarySettingsAt(repository, head);
    COPPICE_TRY(const auto joins, readJoins(repository, head, {}, {}, {}));

    QSet<QString> taken;
    std::vector<QByteArray> named;
    for (const auto &file : tree.files(pluginSettingsFolder)) {
        if (!file.name.endsWith(".yaml"))
            continue;
        const QString id = QString::fromUtf8(file.name.chopped(5));
        COPPICE_TRY(const QByteArray bytes, repository.blob(file.id, 1 << 20));
        taken.insert(id);
        named.push_back(parsePluginSettings(bytes, QString::fromUtf8(file.name), id).prefix);
    }
    // Adopting looks at the history, whether there is a coppice.yaml already or not.
    LibrarySettings looking = settings;
    looking.present = false;
    if (!prefixes.isEmpty()) {
        if (settings.present && settings.prefixes != prefixes)
            return fail(u"library.has-settings"_s, u"The repository has a coppice.yaml already"_s, library.path(),
                        u"Change its prefixes there, commit, and adopt again without --prefix."_s);
        looking.prefixes = prefixes;
    }
    const auto found = idsFor(freePrefixes(tree, looking, joins, named), taken);

    QHash<QString, int> names;
    for (const auto &[id, prefix] : found)
        ++names[QString::fromUtf8(prefix).section(u'/', -1)];
    std::vector<git::TreeChange> changes;
    const auto write = [&](const QByteArray &path, const QByteArray &bytes) -> Result<> {
        COPPICE_TRY(const git::Oid blob, repository.writeBlob(bytes));
        changes.push_back({path, git::TreeEntry{{}, git::Mode::File, blob}});
        return {};
    };
    if (!settings.present)
        COPPICE_CHECK(write(settingsFile, newSettings(library.name(), looking.prefixes, "# Up to this commit the plugins' histories are split as they are; template links count after it.\n"
                                                                      "links_since: " + head.hex() + '\n')));
    for (const auto &[id, prefix] : found) {
        PluginSettings plugin;
        plugin.id = id;
        plugin.prefix = prefix;
        const QString url = upstreams.isEmpty() ? QString()
                                                : upstreamIn(upstreams, id, prefix, names.value(QString::fromUtf8(prefix).section(u'/', -1)) == 1);
        if (!url.isEmpty()) {
            Upstream upstream;
            upstream.url = url;
            for (const auto &join : joins) {
                if (join.dir == prefix && join.squash)
                    upstream.mode = Upstream::Mode::Squash;
            }
            plugin.upstream = upstream;
        }
        COPPICE_CHECK(write(pluginSettingsFile(id), pluginSettingsYaml(plugin)));
    }
    if (changes.empty())
        return library;
    COPPICE_TRY(const git::Oid newTree, git::editTree(repository, root, changes));
    const auto who = repository.defaultSignature();
    const QByteArray message = adoptSubject + "\n\nSettings of " + QByteArray::number(qsizetype(found.size())) + " plugins, from what the repository holds.\n";
    COPPICE_TRY(const git::Oid commit, repository.writeCommit(newTree, {head}, who, who, message));
    COPPICE_CHECK(git::land(lease, repository, library.branch(), head, commit, u"coppice: adopt"_s));
    return Library::open(library.path());
}

} // namespace coppice::library

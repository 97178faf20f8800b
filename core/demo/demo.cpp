// SPDX-License-Identifier: GPL-3.0-or-later
#include "demo/demo.h"

#include "base/clock.h"
#include "base/paths.h"
#include "demo/plan.h"
#include "git/land.h"
#include "git/tree_edit.h"
#include "journal/lease.h"
#include "library/library.h"
#include "subtree/merge.h"
#include "subtree/split.h"
#include "templates/links.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

namespace coppice::demo {

namespace {

const QByteArray deployScript = "scripts/deploy.sh";
const QString mainBranch = QStringLiteral("refs/heads/main");

/// Where the parts of one demo library lie.
struct Places {
    QString root;
    [[nodiscard]] QString library() const { return root + QStringLiteral("/library"); }
    [[nodiscard]] QString upstream(const QString &id) const { return root + u"/upstreams/" + id + u".git"; }
    [[nodiscard]] QString production(const QString &id) const { return root + u"/production/" + id; }
    [[nodiscard]] QString log(const QString &id) const { return root + u"/logs/" + id + u".log"; }
};

Result<git::TreeEntry> fileEntry(git::Repository &repository, const QString &path)
{
    COPPICE_TRY(const QByteArray bytes, readFile(path));
    COPPICE_TRY(const git::Oid blob, repository.writeBlob(bytes));
    const bool executable = QFileInfo(path).isExecutable();
    return git::TreeEntry{{}, executable ? git::Mode::Executable : git::Mode::File, blob};
}

/// The plugin's own repository, with the planned history: one commit a day, the last one yesterday.
Result<git::Oid> makeUpstream(const PlannedPlugin &plugin, const QString &files, const QString &path)
{
    COPPICE_TRY(auto repository, git::Repository::initBare(path));
    COPPICE_TRY(git::Oid tree, repository.writeTree({}));
    std::vector<git::Oid> parents;
    QStringList left = filesBelow(files);
    qint64 day = nowMs() / 1000 - 86400 * qint64(plugin.history.size());
    for (const auto &planned : plugin.history) {
        std::vector<git::TreeChange> changes;
        QStringList later;
        for (const auto &file : std::as_const(left)) {
            if (!isNamedBy(file, planned.files)) {
                later << file;
                continue;
            }
            COPPICE_TRY(auto entry, fileEntry(repository, files + u'/' + file));
            changes.push_back({QFile::encodeName(file), entry});
        }
        left = later;
        COPPICE_TRY(tree, git::editTree(repository, tree, changes));
        const git::Signature author{"Demo Author", "demo@example.org", day, 0};
        COPPICE_TRY(const git::Oid commit,
                    repository.writeCommit(tree, parents, author, author, planned.message.toUtf8() + '\n'));
        if (!planned.tag.isEmpty())
            COPPICE_CHECK(repository.setRef(u"refs/tags/" + planned.tag, commit, git::Oid{}, QStringLiteral("demo")));
        parents = {commit};
        day += 86400;
    }
    COPPICE_CHECK(repository.setRef(mainBranch, parents.front(), git::Oid{}, QStringLiteral("demo")));
    return parents.front();
}

library::PluginSettings settingsOf(const PlannedPlugin &plugin, const Places &places)
{
    library::PluginSettings settings;
    settings.present = true;
    settings.id = plugin.id;
    settings.prefix = "plugins/" + plugin.id.toUtf8();
    settings.upstream = library::Upstream{places.upstream(plugin.id), QStringLiteral("main"), {}, {}};
    settings.owners = plugin.owners;
    settings.commands[QStringLiteral("test")] = plugin.test;
    if (!plugin.start.isEmpty()) {
        settings.commands[QStringLiteral("start")] = plugin.start;
        settings.commands[QStringLiteral("deploy")]
            = QStringLiteral("sh scripts/deploy.sh \"$COPPICE_DEPLOY_TO\" \"$COPPICE_VERSION\"");
        settings.deployBinds << QStringLiteral("../production/") + plugin.id;
    }
    return settings;
}

/// The library's commits: one subtree add a plugin, then one that links the shared deploy script into the served ones.
Result<git::Oid> composeLibrary(git::Repository &repository, git::Oid head, const std::vector<PlannedPlugin> &plugins,
                                const Places &places, std::stop_token stop, Progress &progress)
{
    qint64 done = 0;
    for (const auto &plugin : plugins) {
        if (stop.stop_requested())
            return failCancelled();
        progress.report(++done, qint64(plugins.size()), plugin.id);
        COPPICE_TRY(const auto upstream, git::Repository::open(places.upstream(plugin.id)));
        COPPICE_TRY(const git::Oid tip, upstream.refTarget(mainBranch));
        COPPICE_CHECK(upstream.copyTo(repository, tip, 0));
        const QByteArray file = ".coppice/plugins/" + plugin.id.toUtf8() + ".yaml";
        COPPICE_TRY(head, subtree::addSubtree(repository, head, "plugins/" + plugin.id.toUtf8(), tip, false,
                                              {{file, library::pluginSettingsYaml(settingsOf(plugin, places))}}));
    }
    COPPICE_TRY(git::Oid tree, repository.treeOf(head));
    for (const auto &plugin : plugins) {
        if (plugin.start.isEmpty())
            continue;
        library::Plugin linked;
        linked.id = plugin.id;
        linked.prefix = "plugins/" + plugin.id.toUtf8();
        COPPICE_TRY(tree, templates::addLink(repository, tree, linked, deployScript, deployScript));
    }
    const git::Signature author = repository.defaultSignature();
    return repository.writeCommit(tree, {head}, author, author, "chore: deploy the served plugins by the shared script\n");
}

/// Brings every upstream to the library's head, so that the demo starts in step, and remembers it as fetched.
Result<> pushUpstreams(git::Repository &repository, const git::Oid &head, const std::vector<PlannedPlugin> &plugins,
                       const Places &places, std::stop_token stop)
{
    std::vector<QByteArray> prefixes;
    for (const auto &plugin : plugins)
        prefixes.push_back("plugins/" + plugin.id.toUtf8());
    subtree::SplitOptions options;
    options.resolveLinks = true;
    COPPICE_TRY(const auto splits, subtree::SubtreeSplitter(repository, options).split(head, prefixes, stop));
    for (size_t i = 0; i < plugins.size(); ++i) {
        COPPICE_TRY(auto upstream, git::Repository::open(places.upstream(plugins[i].id)));
        COPPICE_CHECK(repository.copyTo(upstream, splits[i].commit, 0));
        COPPICE_CHECK(upstream.setRef(mainBranch, splits[i].commit, std::nullopt, QStringLiteral("demo")));
        COPPICE_CHECK(repository.setRef(u"refs/coppice/upstream/" + plugins[i].id + u"/main", splits[i].commit, std::nullopt,
                                        QStringLiteral("demo")));
    }
    return {};
}

Result<> writeTree(const git::Repository &repository, const git::Oid &tree, const QString &folder)
{
    COPPICE_CHECK(makeFolder(folder));
    COPPICE_TRY(const auto entries, repository.tree(tree));
    for (const auto &entry : entries) {
        const QString path = folder + u'/' + QFile::decodeName(entry.name);
        if (entry.mode == git::Mode::Tree) {
            COPPICE_CHECK(writeTree(repository, entry.id, path));
            continue;
        }
        COPPICE_TRY(const QByteArray bytes, repository.blob(entry.id));
        COPPICE_CHECK(writeFileAtomically(path, bytes));
        if (entry.mode == git::Mode::Executable)
            ::chmod(QFile::encodeName(path).constData(), 0755);
    }
    return {};
}

Result<QString> versionOf(const git::Repository &repository, const git::Oid &tree)
{
    const auto manifest = manifest::readManifest(*manifest::treeSource(repository, tree));
    if (!manifest.version.isSet())
        return fail(QStringLiteral("demo.version"), QStringLiteral("A demo plugin has no version"), tree.toString());
    return manifest.version.value;
}

/// production/<id>: the released files, the requests that are served, and the loader that plays production.
Result<> makeProduction(const PlannedPlugin &plugin, const Places &places, const QString &resources)
{
    const QString folder = places.production(plugin.id);
    COPPICE_TRY(const auto upstream, git::Repository::open(places.upstream(plugin.id)));
    COPPICE_TRY(const git::Oid tip, upstream.refTarget(mainBranch));
    COPPICE_TRY(const git::Oid tree, upstream.treeOf(tip));
    COPPICE_TRY(const QString version, versionOf(upstream, tree));
    const QString release = QStringLiteral("releases/%1-1").arg(version);
    COPPICE_CHECK(makeFolder(folder + QStringLiteral("/releases")));
    COPPICE_CHECK(writeTree(upstream, tree, folder + u'/' + release));
    if (!QFile::link(release, folder + QStringLiteral("/current")))
        return fail(QStringLiteral("demo.link"), QStringLiteral("Cannot make a link"), folder + QStringLiteral("/current"));
    COPPICE_CHECK(writeFileAtomically(folder + QStringLiteral("/start.env"), "START='" + plugin.start.toUtf8() + "'\n"));
    COPPICE_TRY(const QByteArray loader, readFile(resources + QStringLiteral("/loader.sh")));
    COPPICE_CHECK(writeFileAtomically(folder + QStringLiteral("/loader.sh"), loader));
    COPPICE_TRY(const QByteArray requests, readFile(resources + u"/requests/" + plugin.id + u".txt"));
    return writeFileAtomically(folder + QStringLiteral("/requests.txt"), requests);
}

Result<> checkEmpty(const QString &dir)
{
    const QFileInfo info(dir);
    if (info.exists() && (!info.isDir() || !QDir(dir).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot)))
        return fail(QStringLiteral("demo.not-empty"), QStringLiteral("The folder for the demo library is not empty"), dir,
                    QStringLiteral("Name a folder that is empty or does not exist."));
    return makeFolder(dir);
}

} // namespace

Result<Demo> makeDemo(const QString &dir, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(checkEmpty(dir));
    const Places places{QFileInfo(dir).canonicalFilePath()};
    COPPICE_TRY(const QString resources, dataDir(QStringLiteral("resources/demo")));
    COPPICE_TRY(const QString pluginFiles, dataDir(QStringLiteral("plugins")));
    COPPICE_TRY(const auto plugins, readPlan(resources + QStringLiteral("/demo.json")));

    COPPICE_CHECK(makeFolder(places.root + QStringLiteral("/upstreams")));
    for (const auto &plugin : plugins)
        COPPICE_CHECK(makeUpstream(plugin, pluginFiles + u'/' + plugin.id, places.upstream(plugin.id)));

    COPPICE_TRY(const auto library, library::initLibrary(places.library(), QStringLiteral("demo")));
    COPPICE_TRY(auto repository, library.repository());
    COPPICE_TRY(const git::Oid before, library.head());
    COPPICE_TRY(const git::Oid head, composeLibrary(repository, before, plugins, places, stop, progress));
    COPPICE_TRY(const auto lease, journal::Lease::take(library.coppiceDir()));
    COPPICE_CHECK(git::land(lease, repository, library.branch(), before, head, QStringLiteral("demo"), stop));
    COPPICE_CHECK(pushUpstreams(repository, head, plugins, places, stop));

    Demo demo;
    demo.library = library.path();
    COPPICE_CHECK(makeFolder(places.root + QStringLiteral("/logs")));
    for (const auto &plugin : plugins) {
        demo.upstreams[plugin.id] = places.upstream(plugin.id);
        if (!plugin.start.isEmpty())
            COPPICE_CHECK(makeProduction(plugin, places, resources));
        if (!plugin.incident)
            continue;
        COPPICE_TRY(const QByteArray log, readFile(resources + u"/logs/" + plugin.id + u".log"));
        COPPICE_CHECK(writeFileAtomically(places.log(plugin.id), log));
        demo.incidents.push_back({plugin.id, places.log(plugin.id), plugin.incident->playbook, plugin.incident->recipe,
                                  places.production(plugin.id)});
    }
    return demo;
}

} // namespace coppice::demo

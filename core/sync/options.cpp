// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/options.h"

#include "git/user_git.h"
#include "library/prefixes.h"
#include "sync/sync.h"

#include <algorithm>

namespace coppice::sync {

namespace {

Result<git::Oid> sinceOf(const git::Repository &repository, const QString &text, const QString &where)
{
    auto commit = repository.resolve(text + QStringLiteral("^{commit}"));
    if (!commit)
        return std::unexpected(std::move(commit).error().wrap(
            QStringLiteral("sync.links-since"), QStringLiteral("links_since names no commit of this repository"), where,
            QStringLiteral("Set it to the full id of a commit of the library's history.")));
    return *commit;
}

} // namespace

Result<subtree::SplitOptions> splitOptions(const git::Repository &repository, const library::LibrarySettings &settings,
                                           const std::vector<NamedPrefix> &plugins)
{
    subtree::SplitOptions options;
    const auto version = git::userGitVersion();
    options.keepDots = !version || *version >= std::array{2, 42, 0};
    options.resolveLinks = settings.present;
    if (settings.present && !settings.linksSince.isEmpty()) {
        COPPICE_TRY(options.linksSince[QByteArray()], sinceOf(repository, settings.linksSince, QStringLiteral("coppice.yaml")));
    }
    for (const auto &plugin : plugins) {
        if (settings.present && !plugin.linksSince.isEmpty()) {
            COPPICE_TRY(options.linksSince[plugin.prefix], sinceOf(repository, plugin.linksSince, plugin.id));
        }
    }
    return options;
}

Result<subtree::SplitOptions> splitOptions(const git::Repository &repository, const library::Catalog &catalog)
{
    std::vector<NamedPrefix> plugins;
    for (const auto &entry : catalog.entries)
        plugins.push_back({entry.plugin.id, entry.plugin.prefix, entry.plugin.settings.linksSince});
    return splitOptions(repository, catalog.settings, plugins);
}

Result<std::vector<NamedPrefix>> prefixesAt(const git::Repository &repository, const git::Oid &head, std::stop_token stop)
{
    COPPICE_TRY(const auto root, repository.treeOf(head));
    const auto settings = library::librarySettingsAt(repository, head);
    library::TreeIndex tree(repository, root);
    std::vector<NamedPrefix> plugins;
    std::vector<QByteArray> named;
    QSet<QString> taken;
    for (const auto &file : tree.files(library::pluginSettingsFolder)) {
        const QString name = QString::fromUtf8(file.name);
        if (!name.endsWith(QStringLiteral(".yaml")) || !library::isPluginId(name.chopped(5)))
            continue;
        COPPICE_TRY(const auto yaml, repository.blob(file.id, 1 << 20));
        const auto plugin = library::parsePluginSettings(yaml, name, name.chopped(5));
        const QByteArray prefix = plugin.prefix.isEmpty() ? "plugins/" + name.chopped(5).toUtf8() : plugin.prefix;
        plugins.push_back({name.chopped(5), prefix, plugin.linksSince});
        named.push_back(prefix);
        taken.insert(name.chopped(5));
    }
    std::vector<library::Join> joins;
    if (!settings.present) {
        COPPICE_TRY(joins, library::readJoins(repository, head, {}, {}, stop));
    }
    for (const auto &[id, prefix] : library::idsFor(library::freePrefixes(tree, settings, joins, named), taken))
        plugins.push_back({id, prefix, {}});
    std::ranges::sort(plugins, {}, &NamedPrefix::prefix);
    return plugins;
}

Result<git::Oid> splitOf(git::Repository &repository, const library::Catalog &catalog, const QString &plugin, std::stop_token stop)
{
    const auto *entry = catalog.find(plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("coppicectl plugins list names them."));
    COPPICE_TRY(auto options, splitOptions(repository, catalog));
    subtree::SubtreeSplitter splitter(repository, std::move(options));
    COPPICE_TRY(const auto results, splitter.split(catalog.head, {entry->plugin.prefix}, stop));
    if (results.front().error)
        return std::unexpected(*results.front().error);
    if (results.front().commit.isNull())
        return fail(QStringLiteral("sync.no-folder"), QStringLiteral("The plugin has no folder in the library's head"), plugin);
    return results.front().commit;
}

} // namespace coppice::sync

// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/prefixes.h"
#include "subtree/merge.h"
#include "sync/upstreams.h"

namespace coppice::sync {

namespace {

Result<> checkNew(const Host &host, git::Repository &repository, const git::Oid &head, const QString &id, const QByteArray &prefix,
                  std::stop_token stop, Progress &progress)
{
    if (!library::isPluginId(id))
        return failUsage(QStringLiteral("plugin.id"), QStringLiteral("This cannot be a plugin's id"), id,
                         QStringLiteral("Use letters, digits, '.', '_' and '-', beginning with a letter or digit."));
    if (head.isNull())
        return fail(QStringLiteral("library.empty"), QStringLiteral("The library has no commit yet"), host.library.path(),
                    QStringLiteral("coppicectl init makes the first one."));
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    if (catalog.find(id))
        return fail(QStringLiteral("plugin.exists"), QStringLiteral("The library has a plugin of this id already"), id,
                    QStringLiteral("Choose another one with --name."));
    COPPICE_TRY(const auto root, repository.treeOf(head));
    for (const QByteArray &path : {prefix, library::pluginSettingsFile(id)}) {
        COPPICE_TRY(const auto there, repository.entryAt(root, path));
        if (there)
            return fail(QStringLiteral("plugin.exists"), QStringLiteral("Something stands in the plugin's place already"),
                        QString::fromUtf8(path), QStringLiteral("Choose another id with --name, or remove it in a commit."));
    }
    return {};
}

/// What was fetched for a plugin that did not come to be is let go again.
void forget(git::Repository &repository, const KnownUpstream &upstream)
{
    (void)repository.deleteRef(upstreamRef(upstream.plugin, upstream.branch));
}

} // namespace

Result<library::Plugin> addPlugin(const Host &host, const journal::Lease &lease, const QString &url, const QString &id,
                                  const QString &branch, bool squash, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto repository, host.library.repository());
    COPPICE_TRY(const auto head, host.library.head());
    const QByteArray prefix = "plugins/" + id.toUtf8();
    COPPICE_CHECK(checkNew(host, repository, head, id, prefix, stop, progress));

    progress.report(0, 0, QStringLiteral("Fetching ") + url);
    auto upstream = fetchUpstream(host, id, url, branch, stop);
    if (!upstream)
        return std::unexpected(std::move(upstream).error().wrap(QStringLiteral("sync.unreachable"),
                                                                QStringLiteral("The upstream could not be fetched; nothing was changed"),
                                                                url, QStringLiteral("Check the address, the network and your rights.")));
    if (upstream->commit.isNull())
        return fail(QStringLiteral("sync.empty-upstream"), QStringLiteral("The upstream has no commit on %1").arg(upstream->branch), url,
                    QStringLiteral("Push something there first, or name another branch with --branch."));

    library::PluginSettings settings;
    settings.present = true;
    settings.id = id;
    settings.prefix = prefix;
    settings.upstream = library::Upstream{url, upstream->branch,
                                          squash ? library::Upstream::Mode::Squash : library::Upstream::Mode::Full,
                                          library::Upstream::Ship::Push};
    const auto land = [&]() -> Result<> {
        COPPICE_TRY(auto fresh, host.library.repository()); // sees what was fetched
        COPPICE_TRY(const auto commit, subtree::addSubtree(fresh, head, prefix, upstream->commit, squash,
                                                           {{library::pluginSettingsFile(id), library::pluginSettingsYaml(settings)}}));
        return landJournaled(host, lease, fresh, head, commit, QStringLiteral("coppice: add ") + id, stop);
    };
    if (const auto landed = land(); !landed) {
        forget(repository, *upstream);
        return std::unexpected(landed.error());
    }
    COPPICE_CHECK(remember(host, *upstream));
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    const auto *entry = catalog.find(id);
    if (!entry)
        return fail(QStringLiteral("plugin.unknown"), QStringLiteral("The plugin was added but does not show in the catalog"), id);
    return entry->plugin;
}

} // namespace coppice::sync

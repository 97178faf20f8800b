// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/ship_state.h"

#include "base/clock.h"
#include "base/counted.h"
#include "manifest/manifest.h"
#include "runs/deploy_secrets.h"
#include "shipping/policy.h"
#include "shipping/releases.h"
#include "text/hidden.h"

#include <algorithm>

namespace coppice::shipping {

namespace {

constexpr size_t mostCommits = 200;
constexpr qsizetype mostChangelog = 4000;

/// Why the plugin's last ship failed; empty when it did not.
Result<QString> lastFailure(const runs::House &house, const QString &plugin)
{
    return house.state.read<QString>([&](store::Connection &connection) -> Result<QString> {
        QString reason;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT state, reason FROM shipping_releases WHERE plugin = ? ORDER BY id DESC LIMIT 1"), {plugin},
            [&](const store::Row &row) { reason = row.text(0) == u"failed" ? row.text(1) : QString(); }));
        return reason;
    });
}

/// The commits that would be sent, the newest last; their subjects are text from outside.
Result<std::vector<git::Oid>> listCommits(const git::Repository &repository, Release &release)
{
    const bool known = !release.upstream.isNull() && repository.has(release.upstream);
    COPPICE_TRY(auto ids, repository.walk(release.commit, known ? std::vector{release.upstream} : std::vector<git::Oid>()));
    for (size_t i = 0; i < std::min(ids.size(), mostCommits); ++i) {
        COPPICE_TRY(const auto commit, repository.commit(ids[ids.size() - 1 - i]));
        const QString message = QString::fromUtf8(commit.message.left(1000));
        release.commits << text::plain(message.section(u'\n', 0, 0), 200).simplified();
    }
    bool same = ids.empty();
    if (known && !same) {
        COPPICE_TRY(const auto ours, repository.treeOf(release.commit));
        COPPICE_TRY(const auto theirs, repository.treeOf(release.upstream));
        same = release.asPull && ours == theirs; // squashed or rebased there
    }
    release.nothingToSend = known && same;
    if (!known)
        release.notes << QStringLiteral("The upstream was not fetched yet, so all commits of the plugin are listed.");
    else if (ids.empty())
        release.notes << QStringLiteral("The upstream has every commit already; there is nothing to push.");
    else if (same)
        release.notes << QStringLiteral("The upstream has the same content by other commits (squashed or rebased); there is nothing to push.");
    if (ids.size() > mostCommits)
        release.notes << QStringLiteral("Not listed: %1.").arg(counted(qint64(ids.size() - mostCommits), "older commit"));
    return ids;
}

Result<> noteChangelog(const git::Repository &repository, Release &release)
{
    COPPICE_TRY(const auto tree, repository.treeOf(release.commit));
    COPPICE_TRY(const auto path, changelogPath(repository, tree));
    if (path.isEmpty())
        return {};
    COPPICE_TRY(const auto entry, repository.entryAt(tree, path));
    const auto bytes = repository.blob(entry->id, 4 << 20);
    if (bytes)
        release.changelog = text::plain(changelogPart(QString::fromUtf8(*bytes), release.version), mostChangelog);
    return {};
}

Result<> notePatches(const runs::House &house, Release &release)
{
    COPPICE_TRY(const auto patches, review::Reviews(house.state, house.journal).list());
    for (const auto &patch : patches) {
        if (patch.plugin != release.plugin || patch.state != review::Patch::State::Applied || !patch.last().tainted)
            continue;
        release.tainted = true;
        release.notes << QStringLiteral("Patch %1 is tainted: its agent had read text from outside.").arg(patch.id.shown());
    }
    return {};
}

} // namespace

std::vector<tickets::Ticket> shippingTickets(const runs::House &house, const QString &plugin)
{
    std::vector<tickets::Ticket> found;
    if (const auto all = tickets::Tickets(house.state, house.journal).list(plugin)) {
        for (const auto &ticket : *all) {
            if (ticket.plugin == plugin && ticket.state == tickets::Ticket::State::Shipping)
                found.push_back(ticket);
        }
    }
    return found;
}

Result<Release> summarize(const runs::House &house, const QString &plugin, std::stop_token stop, Progress &progress, const QString &version)
{
    COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop, progress));
    const auto *entry = catalog.find(plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("coppicectl plugins list names them."));
    Release release;
    release.plugin = plugin;
    release.version = entry->manifest.version.value;
    if (!version.isEmpty() && !release.version.isEmpty() && version != release.version)
        return failUsage(QStringLiteral("ship.version"), QStringLiteral("The plugin's own files say that it is %1").arg(release.version), plugin,
                         QStringLiteral("coppicectl ship %1 --propose-version changes them.").arg(plugin));
    if (release.version.isEmpty())
        release.version = version;
    release.deployCommand = entry->plugin.commands.value(QStringLiteral("deploy")).line;
    const auto &settings = entry->plugin.settings;
    if (!release.deployCommand.isEmpty())
        release.secrets = runs::deploySecrets(settings).keys();
    release.asPull = settings.upstream && settings.upstream->ship == library::Upstream::Ship::PullRequest;
    COPPICE_TRY(const auto states, sync::status({house.library, house.state}, {plugin}, stop, progress));
    if (states.empty() || states[0].state == sync::SyncState::State::NoUpstream)
        return fail(QStringLiteral("ship.no-upstream"), QStringLiteral("The plugin has no upstream to ship to"), plugin,
                    QStringLiteral("Set upstream.url in .coppice/plugins/%1.yaml.").arg(plugin));
    const auto &state = states[0];
    COPPICE_TRY(auto repository, house.library.repository());
    release.commit = state.split;
    if (release.commit.isNull()) {
        COPPICE_TRY(release.commit, sync::splitOf(repository, catalog, plugin, stop));
    }
    release.upstream = state.upstream;
    release.remote = state.upstreamUrl;
    release.ref = state.upstreamBranch.isEmpty() ? QString() : QString(QStringLiteral("refs/heads/") + state.upstreamBranch);
    COPPICE_TRY(const auto ids, listCommits(repository, release));
    if (state.state == sync::SyncState::State::Behind || (state.state == sync::SyncState::State::Diverged && !release.nothingToSend))
        release.notes << QStringLiteral("The upstream has %1 that the library has not: pull first.").arg(counted(qint64(state.behind), "commit"));
    if (state.state == sync::SyncState::State::Blocked)
        release.notes << state.why;
    if (catalog.settings.gitPolicy.makesTags)
        release.tag = tagName(catalog.settings.gitPolicy, release.version);
    if (catalog.settings.gitPolicy.makesTags && release.tag.isEmpty())
        release.notes << (release.version.isEmpty() ? QStringLiteral("The plugin's files say no version, so nothing is tagged; ship --as-version names one.")
                                                    : QStringLiteral("No tag can be made of the version %1.").arg(text::plain(release.version, 80)));
    COPPICE_CHECK(noteChangelog(repository, release));
    const bool known = !release.upstream.isNull() && repository.has(release.upstream);
    Sending sending{plugin, state.upstreamBranch, release.version, release.commit, {release.upstream}, release.asPull, known && !release.nothingToSend && !ids.empty(), false};
    if (known) { // a version that the upstream's branch does not have
        COPPICE_TRY(const auto theirs, repository.treeOf(release.upstream));
        sending.newVersion = manifest::readManifest(*manifest::treeSource(repository, theirs)).version.value != release.version;
    }
    COPPICE_TRY(release.policy, checkPolicy(repository, catalog.settings.gitPolicy, sending));
    for (const auto &finding : release.policy)
        (finding.refuses ? release.refused : release.notes) << finding.told();
    if (release.deployCommand.isEmpty())
        release.notes << QStringLiteral("The plugin has no deploy command: it is pushed only.");
    for (const auto &ticket : shippingTickets(house, plugin))
        release.tickets << ticket.id.toString();
    // Merged there, perhaps as other commits of the same content: what is out is what stands there.
    if (release.asPull && release.nothingToSend && known)
        release.commit = release.upstream;
    COPPICE_TRY(const auto last, lastRelease(house.state, plugin));
    const bool done = last && last->state == u"done";
    if (done && last->split == release.commit && last->version == release.version && !release.deployCommand.isEmpty())
        release.deployedBy = last->run;
    if (!release.deployedBy.isEmpty())
        release.notes << QStringLiteral("Exactly this was deployed at %1 already; it is not deployed again by itself. coppicectl ship %2 --again does it.")
                             .arg(isoTime(last->at).left(16).replace(u'T', u' '), plugin);
    if (done && !last->told)
        release.notes << QStringLiteral("The last ship was cut short at its last step, and has been finished.");
    COPPICE_TRY(const QString failure, lastFailure(house, plugin));
    if (!failure.isEmpty())
        release.notes << QStringLiteral("The last ship did not end well: %1").arg(failure);
    COPPICE_CHECK(notePatches(house, release));
    COPPICE_TRY(const auto pull, Pulls(house.state).last(plugin));
    if (pull)
        release.pull = toJson(*pull);
    return release;
}

} // namespace coppice::shipping

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/shipping.h"

#include "base/clock.h"
#include "base/counted.h"
#include "capture/store.h"
#include "shipping/message.h"
#include "shipping/release_order.h"
#include "shipping/settle.h"
#include "shipping/watches.h"

#include <algorithm>

namespace coppice::shipping {

namespace {

constexpr size_t mostCommits = 200;

/// How far a ship has come. Each is written before what follows it is done.
enum class Phase { Push, Library, Deploying, Deployed };
QString nameOf(Phase phase)
{
    switch (phase) {
    case Phase::Push: return QStringLiteral("push");
    case Phase::Library: return QStringLiteral("library");
    case Phase::Deploying: return QStringLiteral("deploying");
    case Phase::Deployed: return QStringLiteral("deployed");
    }
    return {};
}

/// What is journaled of a ship that is under way.
struct Ship {
    Id intent;
    QString plugin;
    Actor actor;
    Phase phase = Phase::Push;
    qint64 deployAt = 0; ///< ms; the deploy run is queued after this
    Release release;

    [[nodiscard]] QJsonObject json() const
    {
        return {{QStringLiteral("plugin"), plugin},
                {QStringLiteral("actor"), actor.toString()},
                {QStringLiteral("phase"), nameOf(phase)},
                {QStringLiteral("deployAt"), deployAt},
                {QStringLiteral("version"), release.version},
                {QStringLiteral("split"), release.commit.toString()},
                {QStringLiteral("remote"), release.remote},
                {QStringLiteral("ref"), release.ref}};
    }
    static Ship from(const journal::Intent &intent)
    {
        const auto text = [&](const char *key) { return intent.data[QLatin1String(key)].toString(); };
        Ship ship;
        ship.intent = intent.id;
        ship.plugin = text("plugin");
        ship.actor = Actor::fromString(text("actor"));
        for (const auto phase : {Phase::Library, Phase::Deploying, Phase::Deployed}) {
            if (nameOf(phase) == text("phase"))
                ship.phase = phase;
        }
        ship.deployAt = qint64(intent.data[QLatin1String("deployAt")].toDouble());
        ship.release.plugin = ship.plugin;
        ship.release.version = text("version");
        ship.release.commit = git::Oid::fromHex(text("split").toLatin1());
        ship.release.remote = text("remote");
        ship.release.ref = text("ref");
        return ship;
    }
};

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

/// What shipping would send and run, from local data.
Result<Release> summarize(const runs::House &house, const QString &plugin, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop, progress));
    const auto *entry = catalog.find(plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("coppicectl plugins list names them."));
    Release release;
    release.plugin = plugin;
    release.version = entry->manifest.version.value;
    release.deployCommand = entry->plugin.commands.value(QStringLiteral("deploy")).line;
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
    release.remote = state.upstreamUrl;
    release.ref = state.upstreamBranch.isEmpty() ? QString() : QString(QStringLiteral("refs/heads/") + state.upstreamBranch);
    const bool known = !state.upstream.isNull() && repository.has(state.upstream);
    COPPICE_TRY(const auto ids, repository.walk(release.commit, known ? std::vector{state.upstream} : std::vector<git::Oid>()));
    for (size_t i = 0; i < std::min(ids.size(), mostCommits); ++i) {
        COPPICE_TRY(const auto commit, repository.commit(ids[ids.size() - 1 - i]));
        release.commits << QString::fromUtf8(commit.message.left(commit.message.indexOf('\n') < 0 ? 200 : std::min<qsizetype>(
                                                  200, commit.message.indexOf('\n'))));
    }
    if (!known)
        release.notes << QStringLiteral("The upstream was not fetched yet, so all commits of the plugin are listed.");
    else if (ids.empty())
        release.notes << QStringLiteral("The upstream has every commit already; there is nothing to push.");
    if (ids.size() > mostCommits)
        release.notes << QStringLiteral("Not listed: %1.").arg(counted(qint64(ids.size() - mostCommits), "older commit"));
    if (state.state == sync::SyncState::State::Behind || state.state == sync::SyncState::State::Diverged)
        release.notes << QStringLiteral("The upstream has %1 that the library has not: pull first.").arg(counted(qint64(state.behind), "commit"));
    if (state.state == sync::SyncState::State::Blocked)
        release.notes << state.why;
    if (catalog.settings.gitPolicy.commits == u"conventional" && known) {
        const auto odd = std::ranges::count_if(release.commits, [](const QString &subject) { return !isConventional(subject); });
        if (odd > 0)
            release.notes << QStringLiteral("Without a conventional subject: %1.").arg(counted(odd, "commit"));
    }
    if (release.deployCommand.isEmpty())
        release.notes << QStringLiteral("The plugin has no deploy command: it is pushed only.");
    for (const auto &ticket : shippingTickets(house, plugin))
        release.tickets << ticket.id.toString();
    COPPICE_TRY(const QString failure, lastFailure(house, plugin));
    if (!failure.isEmpty())
        release.notes << QStringLiteral("The last ship did not end well: %1").arg(failure);
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.plugin == plugin && patch.state == review::Patch::State::Applied && patch.last().tainted)
            release.notes << QStringLiteral("Patch %1 is tainted: its agent had read text from outside.").arg(patch.id.shown());
    }
    return release;
}

Result<> record(const runs::House &house, const Ship &ship, bool done, const QString &reason, const QString &run)
{
    const auto text = [](const QString &value) { return value.isNull() ? QString(QLatin1String("")) : value; };
    return house.state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT OR REPLACE INTO shipping_releases (id, plugin, version, split, remote, ref, actor, at, state, reason, run) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            {ship.intent.toString(), ship.plugin, text(ship.release.version), ship.release.commit.toString(), text(ship.release.remote),
             text(ship.release.ref), ship.actor.toString(), nowMs(), done ? QStringLiteral("done") : QStringLiteral("failed"),
             text(reason), text(run)}));
        return {};
    });
}

/// The run that an interrupted ship had made to deploy with, if it came that far.
Result<std::optional<runs::Run>> deployRunOf(const runs::House &house, const Ship &ship)
{
    if (ship.deployAt == 0)
        return std::optional<runs::Run>();
    COPPICE_TRY(const auto all, runs::RunStore(house.state).list(ship.plugin));
    for (const auto &run : all) {
        if (run.playbook == u"deploy" && run.queued >= ship.deployAt)
            return std::optional(run);
    }
    return std::optional<runs::Run>();
}

/// Everything is out: tickets are watched, patches shipped.
Result<> finish(const runs::House &house, Ship &ship, const QString &run)
{
    Release &release = ship.release;
    release.tickets.clear();
    tickets::Tickets tickets(house.state, house.journal);
    capture::EventStore events(house.events);
    const qint64 now = nowMs();
    for (const auto &ticket : shippingTickets(house, ship.plugin)) {
        bool seen = false;
        for (const auto &id : ticket.groups) {
            const auto group = events.group(id);
            for (const auto &known : group ? group->releases : QStringList())
                seen = seen || compareReleases(known, release.version) == 0;
        }
        COPPICE_CHECK(addWatch(house.state, {ticket.id.toString(), ship.plugin, release.commit, release.version, now, 0},
                               !release.version.isEmpty() && !seen));
        QJsonObject more{{QStringLiteral("release"), release.version}, {QStringLiteral("split"), release.commit.toString()}};
        if (!ticket.commit.isEmpty())
            more[QStringLiteral("commit")] = ticket.commit;
        else
            more[QStringLiteral("commit")] = release.commit.toString();
        COPPICE_CHECK(tickets.move(ship.actor, ticket.id.toString(), tickets::Ticket::State::Watching, more));
        release.tickets << ticket.id.toString();
    }
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.plugin == ship.plugin && patch.state == review::Patch::State::Applied)
            COPPICE_CHECK(reviews.setState(ship.actor, patch.id.toString(), review::Patch::State::Shipped));
    }
    COPPICE_CHECK(record(house, ship, true, {}, run));
    return journal::Intents(house.state).close(ship.intent);
}

Result<> advance(const runs::House &house, Ship &ship, Phase phase)
{
    ship.phase = phase;
    return journal::Intents(house.state).update(ship.intent, ship.json());
}

Result<> pushPlugin(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    progress.report(0, 0, QStringLiteral("Pushing %1 to its upstream").arg(ship.plugin));
    COPPICE_TRY(const auto outcomes, sync::push({house.library, house.state}, house.lease, {ship.plugin}, stop, progress));
    for (const auto &outcome : outcomes) {
        if (outcome.error)
            return std::unexpected(*outcome.error);
        if (!outcome.commit.isNull())
            ship.release.commit = outcome.commit;
        if (!outcome.ref.isEmpty())
            ship.release.ref = outcome.ref;
        ship.release.pushed = true;
    }
    return {};
}

Result<> pushLibrary(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    progress.report(0, 0, QStringLiteral("Pushing the library"));
    const sync::Host host{house.library, house.state};
    auto pushed = sync::pushLibrary(host, house.lease, stop, progress);
    if (!pushed && pushed.error().code == u"git.push-rejected") { // somebody else was quicker: take theirs in first
        COPPICE_CHECK(sync::pullLibrary(host, house.lease, stop, progress));
        pushed = sync::pushLibrary(host, house.lease, stop, progress);
    }
    if (!pushed && pushed.error().code != u"library.no-remote")
        return std::unexpected(pushed.error());
    if (!pushed || !pushed->hasRemote)
        ship.release.notes << QStringLiteral("The library has no remote; it was not pushed.");
    return {};
}

Result<QString> deploy(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    progress.report(0, 0, QStringLiteral("Deploying %1").arg(ship.plugin));
    runs::Runner runner(house);
    COPPICE_TRY(const auto queued, runner.queue(ship.actor, {}, ship.plugin, QStringLiteral("deploy"), QStringLiteral("exec"), {}));
    const QString id = queued.id.toString();
    ship.release.deployLog = house.library.runsDir() + u'/' + id + QStringLiteral("/logs");
    COPPICE_TRY(const auto run, runner.carryOut(id, stop, progress));
    if (run.state == runs::Run::State::Cancelled || stop.stop_requested())
        return failCancelled();
    if (run.state != runs::Run::State::Done)
        return fail(QStringLiteral("ship.deploy-failed"),
                    QStringLiteral("The plugin was pushed, but its deploy command failed: %1").arg(run.reason),
                    ship.release.deployLog,
                    QStringLiteral("Correct it and ship again; coppicectl run logs %1 shows what it printed.").arg(run.id.shown()));
    ship.release.deployed = true;
    return id;
}

/// All steps, each journaled before it is taken.
Result<> carryOut(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    COPPICE_CHECK(pushPlugin(house, ship, stop, progress));
    COPPICE_CHECK(advance(house, ship, Phase::Library));
    COPPICE_CHECK(pushLibrary(house, ship, stop, progress));
    QString run;
    if (!ship.release.deployCommand.isEmpty()) {
        ship.deployAt = nowMs();
        COPPICE_CHECK(advance(house, ship, Phase::Deploying));
        COPPICE_TRY(run, deploy(house, ship, stop, progress));
    }
    COPPICE_CHECK(advance(house, ship, Phase::Deployed));
    return finish(house, ship, run);
}

Result<> giveUp(const runs::House &house, const Ship &ship, const QString &reason)
{
    COPPICE_CHECK(record(house, ship, false, reason, {}));
    return journal::Intents(house.state).close(ship.intent);
}

/// Sets right what a dead engine left of a ship. A deploy that was under way is never repeated by itself.
Result<> settleShip(const runs::House &house, Ship ship)
{
    if (ship.phase == Phase::Deploying) {
        COPPICE_TRY(const auto run, deployRunOf(house, ship));
        if (run && run->state == runs::Run::State::Done) {
            COPPICE_CHECK(advance(house, ship, Phase::Deployed));
        } else {
            if (run && !runs::isOver(run->state) && run->state == runs::Run::State::Queued)
                COPPICE_CHECK(runs::RunStore(house.state).askCancel(run->id.toString()));
            return giveUp(house, ship, run ? QStringLiteral("The engine ended while the deploy command ran.")
                                           : QStringLiteral("The engine ended before the deploy command was started."));
        }
    }
    if (ship.phase != Phase::Deployed)
        return giveUp(house, ship, QStringLiteral("The engine ended before all was pushed."));
    COPPICE_TRY(const auto run, deployRunOf(house, ship));
    return finish(house, ship, run ? run->id.toString() : QString());
}

} // namespace

Result<Release> ship(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun, std::stop_token stop, Progress &progress)
{
    if (!dryRun)
        COPPICE_CHECK(recover(house));
    Ship ship;
    ship.plugin = plugin;
    ship.actor = actor;
    COPPICE_TRY(ship.release, summarize(house, plugin, stop, progress));
    if (dryRun)
        return ship.release;
    COPPICE_TRY(ship.intent, journal::Intents(house.state).open(shipIntent, ship.json()));
    const auto carried = carryOut(house, ship, stop, progress);
    if (carried)
        return ship.release;
    COPPICE_CHECK(giveUp(house, ship, carried.error().message()));
    return std::unexpected(carried.error());
}

Result<> recover(const runs::House &house)
{
    COPPICE_CHECK(settleApplies(house));
    COPPICE_TRY(const auto unfinished, journal::Intents(house.state).unfinished(shipIntent));
    for (const auto &intent : unfinished)
        COPPICE_CHECK(settleShip(house, Ship::from(intent)));
    return {};
}

} // namespace coppice::shipping

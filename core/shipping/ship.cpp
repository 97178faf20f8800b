// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/shipping.h"

#include "base/clock.h"
#include "capture/store.h"
#include "shipping/release_order.h"
#include "shipping/settle.h"
#include "shipping/ship_state.h"
#include "shipping/times.h"
#include "shipping/watches.h"

namespace coppice::shipping {

QString nameOf(Phase phase)
{
    switch (phase) {
    case Phase::Push: return QStringLiteral("push");
    case Phase::Pull: return QStringLiteral("pull");
    case Phase::Tag: return QStringLiteral("tag");
    case Phase::Library: return QStringLiteral("library");
    case Phase::Deploying: return QStringLiteral("deploying");
    case Phase::Deployed: return QStringLiteral("deployed");
    }
    return {};
}

QJsonObject Ship::json() const
{
    return {{QStringLiteral("plugin"), plugin},
            {QStringLiteral("actor"), actor.toString()},
            {QStringLiteral("phase"), nameOf(phase)},
            {QStringLiteral("deployAt"), deployAt},
            {QStringLiteral("version"), release.version},
            {QStringLiteral("split"), release.commit.toString()},
            {QStringLiteral("remote"), release.remote},
            {QStringLiteral("ref"), release.ref},
            {QStringLiteral("asPull"), release.asPull},
            {QStringLiteral("tag"), tag.name},
            {QStringLiteral("tagObject"), tag.object.toString()}};
}

Ship Ship::from(const journal::Intent &intent)
{
    const auto text = [&](const char *key) { return intent.data[QLatin1String(key)].toString(); };
    Ship ship;
    ship.intent = intent.id;
    ship.plugin = text("plugin");
    ship.actor = Actor::fromString(text("actor"));
    for (const auto phase : {Phase::Pull, Phase::Tag, Phase::Library, Phase::Deploying, Phase::Deployed}) {
        if (nameOf(phase) == text("phase"))
            ship.phase = phase;
    }
    ship.deployAt = qint64(intent.data[QLatin1String("deployAt")].toDouble());
    ship.release.plugin = ship.plugin;
    ship.release.version = text("version");
    ship.release.commit = git::Oid::fromHex(text("split").toLatin1());
    ship.release.remote = text("remote");
    ship.release.ref = text("ref");
    ship.release.asPull = intent.data[QLatin1String("asPull")].toBool();
    ship.tag = {text("tag"), git::Oid::fromHex(text("tagObject").toLatin1()), ship.release.commit};
    return ship;
}

Result<> record(const runs::House &house, const Ship &ship, const QString &state, const QString &reason, const QString &run)
{
    const auto text = [](const QString &value) { return value.isNull() ? QString(QLatin1String("")) : value; };
    return house.state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT OR REPLACE INTO shipping_releases (id, plugin, version, split, remote, ref, actor, at, state, reason, run) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            {ship.intent.toString(), ship.plugin, text(ship.release.version), ship.release.commit.toString(), text(ship.release.remote),
             text(ship.release.ref), ship.actor.toString(), nowMs(), state, text(reason), text(run)}));
        return {};
    });
}

Result<> beginWatch(const runs::House &house, const Actor &actor, Release &release)
{
    release.tickets.clear();
    tickets::Tickets tickets(house.state, house.journal);
    capture::EventStore events(house.events);
    const qint64 now = nowMs();
    for (const auto &ticket : shippingTickets(house, release.plugin)) {
        bool seen = false;
        for (const auto &id : ticket.groups) {
            const auto group = events.group(id);
            for (const auto &known : group ? group->releases : QStringList())
                seen = seen || compareReleases(known, release.version) == 0;
        }
        COPPICE_CHECK(addWatch(house.state, {ticket.id.toString(), release.plugin, release.commit, release.version, now, 0, -1, {}},
                               !release.version.isEmpty() && !seen));
        COPPICE_CHECK(noteStep(house, ticket.id.toString(), Step::Shipped, now));
        QJsonObject more{{QStringLiteral("release"), release.version}, {QStringLiteral("split"), release.commit.toString()}};
        more[QStringLiteral("commit")] = ticket.commit.isEmpty() ? release.commit.toString() : ticket.commit;
        COPPICE_CHECK(tickets.move(actor, ticket.id.toString(), tickets::Ticket::State::Watching, more));
        release.tickets << ticket.id.toString();
    }
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.plugin == release.plugin && patch.state == review::Patch::State::Applied)
            COPPICE_CHECK(reviews.setState(actor, patch.id.toString(), review::Patch::State::Shipped));
    }
    return {};
}

namespace {

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

/// Everything is out.
Result<> finish(const runs::House &house, Ship &ship, const QString &run)
{
    COPPICE_CHECK(beginWatch(house, ship.actor, ship.release));
    COPPICE_CHECK(record(house, ship, QStringLiteral("done"), {}, run));
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
        if (outcome.changed && !ship.release.commit.isNull() && outcome.commit != ship.release.commit)
            ship.release.notes << QStringLiteral("The library had moved on since the summary: %1 was pushed.").arg(outcome.commit.shown());
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

/// A pull request in the place of a push: its branch is pushed, and it is opened or gets its new words.
Result<> openPull(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto row, preparePull(house, ship));
    COPPICE_CHECK(pushPullBranch(house, ship, row, stop, progress));
    COPPICE_CHECK(advance(house, ship, Phase::Pull));
    progress.report(0, 0, QStringLiteral("Opening the pull request of %1").arg(ship.plugin));
    COPPICE_CHECK(carryPull(house, row, stop, &ship.release.notes));
    ship.release.pull = toJson(row);
    ship.release.notes << QStringLiteral("Pull request %1: %2").arg(row.number, row.url);
    return {};
}

Result<> pushTagOf(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    if (ship.release.tag.isEmpty())
        return {};
    const QString message = QStringLiteral("%1 %2%3").arg(ship.plugin, ship.release.version,
                                                          ship.release.changelog.isEmpty() ? QString() : QString(QStringLiteral("\n\n") + ship.release.changelog));
    COPPICE_TRY(ship.tag, makeTag(house, ship.plugin, ship.release.tag, ship.release.commit, message));
    COPPICE_CHECK(advance(house, ship, Phase::Tag));
    progress.report(0, 0, QStringLiteral("Tagging %1").arg(ship.release.tag));
    COPPICE_TRY(const auto outcome, pushTag(house, ship.release.remote, ship.plugin, ship.tag, stop, progress));
    ship.release.tagged = outcome.there;
    if (!outcome.note.isEmpty())
        ship.release.notes << outcome.note;
    return {};
}

/// All steps, each journaled before it is taken.
Result<> carryOut(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    const bool pull = ship.release.asPull && !ship.release.nothingToSend;
    if (pull) {
        COPPICE_CHECK(openPull(house, ship, stop, progress));
    } else if (!ship.release.asPull) {
        COPPICE_CHECK(pushPlugin(house, ship, stop, progress));
        COPPICE_CHECK(pushTagOf(house, ship, stop, progress));
    }
    COPPICE_CHECK(advance(house, ship, Phase::Library));
    COPPICE_CHECK(pushLibrary(house, ship, stop, progress));
    if (pull) { // what follows waits for the merge
        COPPICE_CHECK(record(house, ship, QStringLiteral("pull"), {}, {}));
        return journal::Intents(house.state).close(ship.intent);
    }
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
    COPPICE_CHECK(record(house, ship, QStringLiteral("failed"), reason, {}));
    return journal::Intents(house.state).close(ship.intent);
}

/// How far a ship came that a dead engine left, as a reason.
QString leftAt(Phase phase)
{
    switch (phase) {
    case Phase::Push: return QStringLiteral("The engine ended before it was known whether all was pushed. Ship again: what is there is not pushed twice.");
    case Phase::Pull: return QStringLiteral("The engine ended while the pull request was opened. Ship again: it is looked for first.");
    case Phase::Tag: return QStringLiteral("The engine ended after the push, while the version was tagged. Ship again.");
    case Phase::Library: return QStringLiteral("The engine ended after the push of the plugin, before the library was pushed. Ship again.");
    default: return {};
    }
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
        return giveUp(house, ship, leftAt(ship.phase));
    COPPICE_TRY(const auto run, deployRunOf(house, ship));
    return finish(house, ship, run ? run->id.toString() : QString());
}

/// Why it is not begun at all.
Result<> mayShip(const Ship &ship)
{
    const Release &release = ship.release;
    if (release.tainted && ship.actor.kind != Actor::Kind::Person)
        return failNeeds(QStringLiteral("ship.tainted"), QStringLiteral("An agent that had read text from outside made a part of this: a person has to ship it"),
                         ship.plugin, QStringLiteral("coppicectl ship %1 --dry-run shows what would be sent.").arg(ship.plugin),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("ship")}, {QStringLiteral("plugin"), ship.plugin}}});
    if (!release.refused.isEmpty())
        return fail(QStringLiteral("ship.policy"), release.refused.join(u' '), ship.plugin,
                    QStringLiteral("Nothing was sent. The rules stand under git_policy in coppice.yaml."));
    return {};
}

} // namespace

Result<Release> ship(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun, std::stop_token stop, Progress &progress,
                     const QString &version)
{
    if (!dryRun)
        COPPICE_CHECK(recover(house));
    Ship ship;
    ship.plugin = plugin;
    ship.actor = actor;
    COPPICE_TRY(ship.release, summarize(house, plugin, stop, progress, version));
    if (!dryRun && ship.release.asPull) { // what became of the last one decides what is to be sent
        COPPICE_TRY(const auto states, sync::fetchUpstreams({house.library, house.state}, {plugin}, stop, progress));
        if (!states.empty() && states[0].state == sync::SyncState::State::Unknown)
            return fail(QStringLiteral("sync.unreachable"), states[0].why, plugin, QStringLiteral("Nothing was sent."));
        COPPICE_TRY(const auto problems, pollPulls(house, 0, stop));
        COPPICE_TRY(const auto more, settlePulls(house, stop));
        COPPICE_TRY(ship.release, summarize(house, plugin, stop, progress, version));
        ship.release.notes << problems << more;
    }
    if (dryRun)
        return ship.release;
    COPPICE_CHECK(mayShip(ship));
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
    return settleRollBacks(house);
}

} // namespace coppice::shipping

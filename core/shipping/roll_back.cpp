// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/settle.h"
#include "shipping/ship_state.h"
#include "shipping/watches.h"

#include "base/clock.h"
#include "base/counted.h"
#include "runs/deploy_secrets.h"

namespace coppice::shipping {

namespace {

const QString playbook = QStringLiteral("rollback");

/// What was out is out no more: the errors that it mended come back, and so do their tickets.
Result<> finishRollBack(const runs::House &house, Ship &ship, const QString &run)
{
    tickets::Tickets tickets(house.state, house.journal);
    COPPICE_TRY(const auto watched, watches(house.state));
    for (const auto &watch : watched) {
        if (watch.plugin != ship.plugin)
            continue;
        COPPICE_TRY(const auto ticket, tickets.get(watch.ticket));
        if (ticket.state == tickets::Ticket::State::Watching) {
            COPPICE_CHECK(tickets.move(ship.actor, watch.ticket, tickets::Ticket::State::Inbox,
                                       {{QStringLiteral("reason"), QStringLiteral("The release that held its fix was rolled back.")}}));
            ship.release.tickets << watch.ticket;
        }
        COPPICE_CHECK(dropWatch(house.state, watch.ticket));
    }
    COPPICE_CHECK(record(house, ship, QStringLiteral("rolled-back"), {}, run));
    return journal::Intents(house.state).close(ship.intent);
}

Result<std::optional<runs::Run>> runOf(const runs::House &house, const Ship &ship)
{
    COPPICE_TRY(const auto all, runs::RunStore(house.state).list(ship.plugin));
    for (const auto &run : all) {
        if (run.playbook == playbook && run.queued >= ship.deployAt)
            return std::optional(run);
    }
    return std::optional<runs::Run>();
}

Result<> giveUp(const runs::House &house, const Ship &ship, const QString &reason)
{
    COPPICE_CHECK(record(house, ship, QStringLiteral("failed"), reason, {}));
    return journal::Intents(house.state).close(ship.intent);
}

} // namespace

Result<Release> rollBack(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun, std::stop_token stop, Progress &progress)
{
    if (!dryRun)
        COPPICE_CHECK(recover(house));
    COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop, progress));
    const auto *entry = catalog.find(plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("coppicectl plugins list names them."));
    if (actor.kind != Actor::Kind::Person)
        return fail(QStringLiteral("ship.only-people"), QStringLiteral("Only a person rolls back what is in production"), plugin);
    Ship ship;
    ship.plugin = plugin;
    ship.actor = actor;
    ship.deployAt = nowMs();
    Release &release = ship.release;
    release.plugin = plugin;
    release.version = entry->manifest.version.value;
    release.deployCommand = entry->plugin.commands.value(QStringLiteral("rollback")).line;
    release.secrets = runs::deploySecrets(entry->plugin.settings).keys();
    if (release.deployCommand.isEmpty())
        return fail(QStringLiteral("ship.no-roll-back"), QStringLiteral("The plugin has no command to roll back with"), plugin,
                    QStringLiteral("Set commands.rollback in .coppice/plugins/%1.yaml.").arg(plugin));
    COPPICE_TRY(const auto watched, watches(house.state));
    qint64 affected = 0;
    for (const auto &watch : watched)
        affected += watch.plugin == plugin ? 1 : 0;
    if (affected > 0)
        release.notes << QStringLiteral("%1 waiting for its fix to be verified: back to the inbox.").arg(counted(affected, "ticket"));
    if (dryRun)
        return release;
    COPPICE_TRY(ship.intent, journal::Intents(house.state).open(rollBackIntent, ship.json()));
    progress.report(0, 0, QStringLiteral("Rolling %1 back").arg(plugin));
    runs::Runner runner(house);
    const auto queued = runner.queue(actor, {}, plugin, playbook, QStringLiteral("exec"), {});
    const auto run = queued ? runner.carryOut(queued->id.toString(), stop, progress) : queued;
    if (!run) {
        COPPICE_CHECK(giveUp(house, ship, run.error().message()));
        return std::unexpected(run.error());
    }
    release.deployLog = house.library.runsDir() + u'/' + run->id.toString() + QStringLiteral("/logs");
    if (run->state != runs::Run::State::Done) {
        COPPICE_CHECK(giveUp(house, ship, QStringLiteral("The roll-back command failed: %1").arg(run->reason)));
        return fail(QStringLiteral("ship.roll-back-failed"), QStringLiteral("The roll-back command failed: %1").arg(run->reason), release.deployLog,
                    QStringLiteral("coppicectl run logs %1 shows what it printed.").arg(run->id.shown()));
    }
    release.deployed = true;
    COPPICE_CHECK(finishRollBack(house, ship, run->id.toString()));
    return release;
}

Result<> settleRollBacks(const runs::House &house)
{
    COPPICE_TRY(const auto unfinished, journal::Intents(house.state).unfinished(rollBackIntent));
    for (const auto &intent : unfinished) {
        Ship ship = Ship::from(intent);
        COPPICE_TRY(const auto run, runOf(house, ship));
        if (run && run->state == runs::Run::State::Done) {
            COPPICE_CHECK(finishRollBack(house, ship, run->id.toString()));
            continue;
        }
        if (run && run->state == runs::Run::State::Queued)
            COPPICE_CHECK(runs::RunStore(house.state).askCancel(run->id.toString()));
        COPPICE_CHECK(giveUp(house, ship, QStringLiteral("The engine ended while the roll-back command ran.")));
    }
    return {};
}

} // namespace coppice::shipping

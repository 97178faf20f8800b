// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/settle.h"
#include "shipping/ship_state.h"
#include "shipping/releases.h"
#include "shipping/times.h"
#include "shipping/watches.h"

#include "base/clock.h"
#include "base/counted.h"
#include "base/fault.h"
#include "runs/deploy_secrets.h"

#include <algorithm>

namespace coppice::shipping {

namespace {

const QString playbook = QStringLiteral("rollback");

/// What rolling back takes out of production, and what is out again then.
struct Back {
    std::optional<ReleaseRow> from, to; ///< none where no such release was shipped from here
    QStringList reopened; ///< tickets whose fix is out no more
    QStringList renewed;  ///< tickets whose fix is in what is out again
};
Result<Back> lookBack(const runs::House &house, const QString &plugin, const QString &without = {})
{
    using State = tickets::Ticket::State;
    COPPICE_TRY(const auto history, releaseHistory(house.state, plugin, without));
    Back back;
    if (history.current())
        back.from = *history.current();
    if (history.out.size() > 1)
        back.to = history.out[history.out.size() - 2];
    COPPICE_TRY(const auto watched, watches(house.state));
    COPPICE_TRY(const auto all, tickets::Tickets(house.state, house.journal).list(plugin));
    for (const auto &ticket : all) {
        const QString id = ticket.id.toString();
        const auto watch = std::ranges::find(watched, id, &Watch::ticket);
        if (ticket.plugin != plugin || (ticket.state != State::Watching && ticket.state != State::Closed))
            continue;
        const auto of = watch != watched.end() ? watch->commit : git::Oid::fromHex(ticket.links[QLatin1String("split")].toString().toLatin1());
        const QString version = watch != watched.end() ? watch->release : ticket.links[QLatin1String("release")].toString();
        const bool out = !back.from || (of == back.from->split && version == back.from->version);
        if (out && (back.from || ticket.state == State::Watching)) // also one that had been verified: its fix is gone with the release
            back.reopened << id;
        else if (ticket.state == State::Watching)
            back.renewed << id;
    }
    return back;
}

/// What was out is out no more: the errors that it mended come back, and so do their tickets. What is out again is watched
/// anew for the tickets whose fixes it holds.
Result<> finishRollBack(const runs::House &house, Ship &ship, const QString &run)
{
    const FaultStep step("roll-back.finish");
    tickets::Tickets tickets(house.state, house.journal);
    COPPICE_TRY(const auto back, lookBack(house, ship.plugin, ship.intent.toString()));
    const qint64 now = nowMs();
    for (const auto &id : back.renewed)
        COPPICE_CHECK(renewWatch(house.state, id, now));
    for (const auto &id : back.reopened) {
        COPPICE_CHECK(noteStep(house, id, Step::RolledBack, now));
        COPPICE_CHECK(dropWatch(house.state, id));
        COPPICE_CHECK(tickets.move(ship.actor, id, tickets::Ticket::State::Inbox,
                                   {{QStringLiteral("reason"), QStringLiteral("The release that held its fix was rolled back.")}}));
        ship.release.tickets << id;
    }
    if (back.from) {
        ship.release.version = back.from->version;
        ship.release.commit = back.from->split;
    }
    COPPICE_CHECK(record(house, ship, QStringLiteral("rolled-back"), {}, run));
    return journal::Intents(house.state).close(ship.intent);
}

void tellBack(const Back &back, Release &release)
{
    const auto named = [](const ReleaseRow &row) { return row.version.isEmpty() ? row.split.shown() : row.version; };
    if (back.to) {
        release.backTo = toJson(*back.to);
        release.notes << QStringLiteral("Out again is taken to be %1, the release before: it is watched anew.").arg(named(*back.to));
    } else {
        release.notes << QStringLiteral("No earlier release was shipped from here: it is not known what is out again.");
    }
    if (!back.reopened.isEmpty())
        release.notes << QStringLiteral("%1 whose fix is out no more: back to the inbox.").arg(counted(back.reopened.size(), "ticket"));
    if (!back.renewed.isEmpty())
        release.notes << QStringLiteral("%1 of earlier releases: the silence is counted anew.").arg(counted(back.renewed.size(), "ticket"));
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
    const FaultStep step("roll-back.give-up");
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
    COPPICE_TRY(const auto back, lookBack(house, plugin));
    release.version = back.from ? back.from->version : entry->manifest.version.value;
    if (back.from)
        release.commit = back.from->split;
    if (!dryRun) { // what was finished after a crash is not done a second time
        COPPICE_TRY(const auto finished, untoldRelease(house.state, plugin));
        COPPICE_CHECK(markTold(house.state, plugin));
        if (finished && finished->state == u"rolled-back") {
            release.version = finished->version;
            release.commit = finished->split;
            release.deployed = true;
            release.deployLog = house.library.runsDir() + u'/' + finished->run + QStringLiteral("/logs");
            release.notes << QStringLiteral("A roll-back that was cut short had done its work, and has been finished; nothing was run again. Ask once more to go back further.");
            return release;
        }
    }
    release.deployCommand = entry->plugin.commands.value(QStringLiteral("rollback")).line;
    release.secrets = runs::deploySecrets(entry->plugin.settings).keys();
    if (release.deployCommand.isEmpty())
        return fail(QStringLiteral("ship.no-roll-back"), QStringLiteral("The plugin has no command to roll back with"), plugin,
                    QStringLiteral("Set commands.rollback in .coppice/plugins/%1.yaml.").arg(plugin));
    tellBack(back, release);
    if (dryRun)
        return release;
    const FaultStep step("roll-back");
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
            ship.told = false;
            COPPICE_CHECK(finishRollBack(house, ship, run->id.toString()));
            continue;
        }
        if (run && run->state == runs::Run::State::Queued)
            COPPICE_CHECK(runs::RunStore(house.state).askCancel(run->id.toString()));
        const bool begun = run && run->state != runs::Run::State::Queued && run->state != runs::Run::State::Preparing;
        COPPICE_CHECK(giveUp(house, ship, begun ? QStringLiteral("The engine ended while the roll-back command ran: it may have run, in whole or in part. Look at production.")
                                                : QStringLiteral("The engine ended before the roll-back command was started.")));
    }
    return {};
}

} // namespace coppice::shipping

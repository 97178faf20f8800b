// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/shipping.h"

#include "base/clock.h"
#include "base/fault.h"
#include "capture/store.h"
#include "shipping/release_order.h"
#include "shipping/releases.h"
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
            {QStringLiteral("tagged"), release.tagged},
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
    ship.release.tagged = intent.data[QLatin1String("tagged")].toBool();
    ship.tag = {text("tag"), git::Oid::fromHex(text("tagObject").toLatin1()), ship.release.commit};
    return ship;
}

Result<> record(const runs::House &house, const Ship &ship, const QString &state, const QString &reason, const QString &run)
{
    const auto text = [](const QString &value) { return value.isNull() ? QString(QLatin1String("")) : value; };
    return house.state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT OR REPLACE INTO shipping_releases (id, plugin, version, split, remote, ref, actor, at, state, reason, run, told, tagged) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
            {ship.intent.toString(), ship.plugin, text(ship.release.version), ship.release.commit.toString(), text(ship.release.remote),
             text(ship.release.ref), ship.actor.toString(), nowMs(), state, text(reason), text(run), ship.told ? 1 : 0, ship.release.tagged ? 1 : 0}));
        return {};
    });
}

Result<> beginWatch(const runs::House &house, const Actor &actor, Release &release, const git::Oid &libraryHead)
{
    const FaultStep step("watch.begin");
    release.tickets.clear();
    tickets::Tickets tickets(house.state, house.journal);
    capture::EventStore events(house.events);
    const qint64 now = nowMs();
    COPPICE_TRY(const auto repository, house.library.repository());
    for (const auto &ticket : shippingTickets(house, release.plugin)) {
        if (const auto fix = git::Oid::fromHex(ticket.commit.toLatin1()); !libraryHead.isNull() && !fix.isNull() && repository.has(fix)) {
            COPPICE_TRY(const bool sent, repository.isAncestor(fix, libraryHead));
            if (!sent)
                continue; // landed after what was shipped
        }
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

void noteDeployed(const runs::House &house, Release &release, const QString &run)
{
    release.deployed = true;
    release.deployLog = house.library.runsDir() + u'/' + run + QStringLiteral("/logs");
}

/// Everything is out.
Result<> finish(const runs::House &house, Ship &ship, const QString &run)
{
    const FaultStep step("ship.finish");
    COPPICE_CHECK(beginWatch(house, ship.actor, ship.release));
    COPPICE_CHECK(record(house, ship, QStringLiteral("done"), {}, run));
    return journal::Intents(house.state).close(ship.intent);
}

Result<> advance(const runs::House &house, Ship &ship, Phase phase)
{
    const FaultStep step("ship.journal");
    ship.phase = phase;
    return journal::Intents(house.state).update(ship.intent, ship.json());
}

Result<> pushPlugin(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    const FaultStep step("ship.push");
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
    const FaultStep step("ship.library");
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
    const FaultStep step("ship.deploy");
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

/// Tickets that a pull request which was closed had put back to review: their fix is sent once more.
Result<> sendAgain(const runs::House &house, const Ship &ship)
{
    review::Reviews reviews(house.state, house.journal);
    tickets::Tickets tickets(house.state, house.journal);
    COPPICE_TRY(const auto patches, reviews.list());
    for (const auto &patch : patches) {
        if (patch.plugin != ship.plugin || patch.state != review::Patch::State::Applied || patch.ticket.isEmpty())
            continue;
        COPPICE_TRY(const auto ticket, tickets.get(patch.ticket));
        const bool newer = std::ranges::any_of(patches, [&](const review::Patch &other) {
            return other.ticket == patch.ticket && other.state == review::Patch::State::Open;
        });
        if (ticket.state == tickets::Ticket::State::Review && !newer)
            COPPICE_CHECK(tickets.move(ship.actor, patch.ticket, tickets::Ticket::State::Shipping, {{QStringLiteral("commit"), patch.applied.toString()}}));
    }
    return {};
}

/// A pull request in the place of a push: its branch is pushed, and it is opened or gets its new words.
Result<> openPull(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    const FaultStep step("pull-request.prepare");
    COPPICE_TRY(auto row, preparePull(house, ship));
    COPPICE_CHECK(pushPullBranch(house, ship, row, stop, progress));
    COPPICE_CHECK(advance(house, ship, Phase::Pull));
    progress.report(0, 0, QStringLiteral("Opening the pull request of %1").arg(ship.plugin));
    COPPICE_CHECK(carryPull(house, row, stop, &ship.release.notes));
    COPPICE_CHECK(sendAgain(house, ship));
    ship.release.pull = toJson(row);
    ship.release.notes << QStringLiteral("Pull request %1: %2").arg(row.number, row.url);
    return {};
}

Result<> pushTagOf(const runs::House &house, Ship &ship, std::stop_token stop, Progress &progress)
{
    if (ship.release.tag.isEmpty())
        return {};
    const FaultStep step("ship.tag");
    const QString message = QStringLiteral("%1 %2%3").arg(ship.plugin, ship.release.version,
                                                          ship.release.changelog.isEmpty() ? QString() : QString(QStringLiteral("\n\n") + ship.release.changelog));
    git::Oid commit = ship.release.commit;
    if (ship.release.asPull) { // what the pull request became, where that was this version
        COPPICE_TRY(const auto last, Pulls(house.state).last(ship.plugin));
        if (last && last->version == ship.release.version && !last->mergeCommit.isNull())
            commit = last->mergeCommit;
    }
    COPPICE_TRY(ship.tag, makeTag(house, ship.plugin, ship.release.tag, commit, message));
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
    }
    if (!pull)
        COPPICE_CHECK(pushTagOf(house, ship, stop, progress));
    COPPICE_CHECK(advance(house, ship, Phase::Library));
    COPPICE_CHECK(pushLibrary(house, ship, stop, progress));
    if (pull) { // what follows waits for the merge
        COPPICE_CHECK(record(house, ship, QStringLiteral("pull"), {}, {}));
        return journal::Intents(house.state).close(ship.intent);
    }
    QString run;
    if (!ship.release.deployedBy.isEmpty()) {
        run = ship.release.deployedBy; // out already
        noteDeployed(house, ship.release, run);
    } else if (!ship.release.deployCommand.isEmpty()) {
        ship.deployAt = nowMs();
        COPPICE_CHECK(advance(house, ship, Phase::Deploying));
        COPPICE_TRY(run, deploy(house, ship, stop, progress));
    }
    COPPICE_CHECK(advance(house, ship, Phase::Deployed));
    return finish(house, ship, run);
}

Result<> giveUp(const runs::House &house, const Ship &ship, const QString &reason)
{
    const FaultStep step("ship.give-up");
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
            if (run && run->state == runs::Run::State::Failed)
                return giveUp(house, ship, QStringLiteral("The deploy command failed: %1").arg(run->reason));
            const bool begun = run && run->state != runs::Run::State::Queued && run->state != runs::Run::State::Preparing;
            return giveUp(house, ship, begun ? QStringLiteral("The engine ended while the deploy command ran: it may have run, in whole or in part. Look at production; shipping "
                                                              "again deploys again.")
                                             : QStringLiteral("The engine ended before the deploy command was started."));
        }
    }
    if (ship.phase != Phase::Deployed)
        return giveUp(house, ship, leftAt(ship.phase));
    COPPICE_TRY(const auto run, deployRunOf(house, ship));
    ship.told = false;
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

/// What is to be done after this, by whom.
QString nextOf(const Release &release, bool dryRun)
{
    if (!release.refused.isEmpty())
        return QStringLiteral("Do what is refused first, then: coppicectl ship %1").arg(release.plugin);
    const QString state = release.pull[QLatin1String("state")].toString();
    const bool open = state == u"open" || state == u"sent" || state == u"queued";
    if (release.asPull && !release.nothingToSend && (!dryRun || open))
        return QStringLiteral("When the pull request is merged at %1: coppicectl ship %2 takes the merge in, %3tags by policy and watches. When it is closed instead, its tickets come "
                              "back to review.")
            .arg(release.pull[QLatin1String("url")].toString(), release.plugin, release.deployCommand.isEmpty() ? QString() : QStringLiteral("deploys, "));
    if (dryRun)
        return QStringLiteral("coppicectl ship %1").arg(release.plugin);
    if (!release.tickets.isEmpty())
        return QStringLiteral("It is watched: an event of this release reopens its ticket, 72 hours of silence close it. coppicectl ship %1 --state says what is missing.").arg(release.plugin);
    return QStringLiteral("Nothing more is to be done.");
}

/// A ship that was cut short and that the engine finished since is what was asked for: nothing is done a second time.
Result<bool> answerFinished(const runs::House &house, Ship &ship)
{
    Release &release = ship.release;
    COPPICE_TRY(const auto finished, untoldRelease(house.state, ship.plugin));
    if (!finished)
        return false;
    COPPICE_CHECK(markTold(house.state, ship.plugin));
    if (finished->state != u"done" || finished->split != release.commit || finished->version != release.version)
        return false; // there is something new
    release.pushed = !release.asPull;
    release.tagged = finished->tagged;
    if (!finished->run.isEmpty())
        noteDeployed(house, release, finished->run);
    COPPICE_TRY(const auto watched, watches(house.state));
    for (const auto &watch : watched) {
        if (watch.plugin == ship.plugin && watch.commit == release.commit)
            release.tickets << watch.ticket;
    }
    release.notes << QStringLiteral("A ship that was cut short had come to its last step, and has been finished; nothing was done twice.");
    release.next = nextOf(release, false);
    return true;
}

} // namespace

Result<Release> ship(const runs::House &house, const Actor &actor, const QString &plugin, const ShipOptions &options, std::stop_token stop, Progress &progress)
{
    if (!options.dryRun)
        COPPICE_CHECK(recover(house));
    Ship ship;
    ship.plugin = plugin;
    ship.actor = actor;
    COPPICE_TRY(ship.release, summarize(house, plugin, stop, progress, options.version));
    if (!options.dryRun && ship.release.asPull) { // what became of the last one decides what is to be sent
        COPPICE_TRY(const QStringList notes, followPull(house, plugin, stop, progress));
        COPPICE_TRY(ship.release, summarize(house, plugin, stop, progress, options.version));
        ship.release.notes << notes;
    }
    if (options.dryRun) {
        ship.release.next = nextOf(ship.release, true);
        return ship.release;
    }
    if (options.again)
        ship.release.deployedBy.clear();
    COPPICE_TRY(const bool finished, answerFinished(house, ship));
    if (finished && !options.again)
        return ship.release;
    COPPICE_CHECK(mayShip(ship));
    const FaultStep step("ship");
    COPPICE_TRY(ship.intent, journal::Intents(house.state).open(shipIntent, ship.json()));
    const auto carried = carryOut(house, ship, stop, progress);
    if (carried) {
        ship.release.next = nextOf(ship.release, false);
        return ship.release;
    }
    COPPICE_CHECK(giveUp(house, ship, carried.error().message()));
    return std::unexpected(carried.error());
}

Result<> recover(const runs::House &house)
{
    const FaultStep step("ship.recover");
    COPPICE_CHECK(settleApplies(house));
    COPPICE_TRY(const auto unfinished, journal::Intents(house.state).unfinished(shipIntent));
    for (const auto &intent : unfinished)
        COPPICE_CHECK(settleShip(house, Ship::from(intent)));
    return settleRollBacks(house);
}

} // namespace coppice::shipping

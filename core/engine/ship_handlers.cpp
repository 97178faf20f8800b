// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"

#include "base/clock.h"
#include "shipping/propose_version.h"
#include "shipping/pulls.h"
#include "shipping/releases.h"
#include "shipping/shipping.h"
#include "shipping/times.h"

#include <QJsonArray>

namespace coppice::engine {

namespace {

QJsonObject jsonOf(const shipping::Release &release, bool dryRun)
{
    return {{QStringLiteral("plugin"), release.plugin},
            {QStringLiteral("dry_run"), dryRun},
            {QStringLiteral("version"), release.version},
            {QStringLiteral("commit"), release.commit.toString()},
            {QStringLiteral("remote"), release.remote},
            {QStringLiteral("ref"), release.ref},
            {QStringLiteral("policy"), release.asPull ? QStringLiteral("pr") : QStringLiteral("push")},
            {QStringLiteral("nothing_to_send"), release.nothingToSend},
            {QStringLiteral("commits"), QJsonArray::fromStringList(release.commits)},
            {QStringLiteral("tag"), release.tag},
            {QStringLiteral("changelog"), release.changelog},
            {QStringLiteral("deploy_command"), release.deployCommand},
            {QStringLiteral("secrets"), QJsonArray::fromStringList(release.secrets)},
            {QStringLiteral("refused"), QJsonArray::fromStringList(release.refused)},
            {QStringLiteral("git_policy"), sync::toJson(release.policy)},
            {QStringLiteral("tainted"), release.tainted},
            {QStringLiteral("pull"), release.pull.isEmpty() ? QJsonValue() : QJsonValue(release.pull)},
            {QStringLiteral("pushed"), release.pushed},
            {QStringLiteral("tagged"), release.tagged},
            {QStringLiteral("deployed"), release.deployed},
            {QStringLiteral("deployed_by"), release.deployedBy},
            {QStringLiteral("log"), release.deployLog},
            {QStringLiteral("tickets"), QJsonArray::fromStringList(release.tickets)},
            {QStringLiteral("back_to"), release.backTo.isEmpty() ? QJsonValue() : QJsonValue(release.backTo)},
            {QStringLiteral("next"), release.next},
            {QStringLiteral("notes"), QJsonArray::fromStringList(release.notes)}};
}

/// Tickets that wait for a ship, with the way that each has come.
Result<QJsonArray> waysOf(const Call &call, const QStringList &tickets)
{
    QJsonArray all;
    for (const auto &id : tickets) {
        COPPICE_TRY(const auto ticket, tickets::Tickets(call.house.state, call.house.journal).get(id));
        COPPICE_TRY(const auto way, shipping::wayOf(call.house.state, call.house.events, ticket));
        auto one = shipping::toJson(way);
        one[QStringLiteral("title")] = ticket.title;
        QJsonArray steps;
        for (const auto &step : shipping::stepsOf(way))
            steps << QJsonObject{{QStringLiteral("step"), step.name}, {QStringLiteral("at"), isoTime(step.at)}, {QStringLiteral("after"), step.after < 0 ? QString() : shipping::spanText(step.after)}};
        one[QStringLiteral("steps")] = steps;
        all << one;
    }
    return all;
}

/// Open patches of the plugin that are not in it because somebody still has to approve them.
Result<QJsonArray> unapproved(const Call &call, const QString &plugin)
{
    constexpr int most = 20;
    QJsonArray all;
    COPPICE_TRY(auto repository, call.house.library.repository());
    COPPICE_TRY(const auto head, call.house.library.head());
    const auto policy = library::librarySettingsAt(repository, head).review;
    if (policy.reviewers < 2 && !policy.otherThanRequester)
        return all; // whoever applies approves
    COPPICE_TRY(const auto patches, review::Reviews(call.house.state, call.house.journal).list(true));
    for (const auto &patch : patches) {
        if (patch.plugin != plugin || all.size() == most)
            continue;
        COPPICE_TRY(const auto approvals, shipping::approvalsOf(call.house, patch.id.toString()));
        if (approvals.missing.isEmpty())
            continue;
        all << QJsonObject{{QStringLiteral("review"), patch.id.toString()},
                           {QStringLiteral("title"), patch.title},
                           {QStringLiteral("missing"), QJsonArray::fromStringList(approvals.missing)},
                           {QStringLiteral("what_to_do"), QStringLiteral("Whoever has to approve opens %1 in Review, or types: coppicectl review approve %1. Then it is applied, and ships.").arg(patch.id.shown())}};
    }
    return all;
}

/// {plugin, dry_run?, version?, again?} → what was, or would be, sent and run
Result<QJsonObject> shipPlugin(const Call &call)
{
    const shipping::ShipOptions options{call.args[QLatin1String("dry_run")].toBool(), call.args[QLatin1String("again")].toBool(), call.args[QLatin1String("version")].toString()};
    COPPICE_TRY(const auto release, shipping::ship(call.house, call.actor, call.args[QLatin1String("plugin")].toString(), options, call.stop, call.progress));
    auto answer = jsonOf(release, options.dryRun);
    COPPICE_TRY(const auto ways, waysOf(call, release.tickets));
    COPPICE_TRY(const auto missing, unapproved(call, release.plugin));
    answer[QStringLiteral("ways")] = ways;
    answer[QStringLiteral("unapproved")] = missing;
    return answer;
}

Result<QJsonObject> rollBackPlugin(const Call &call)
{
    const bool dryRun = call.args[QLatin1String("dry_run")].toBool();
    COPPICE_TRY(const auto release, shipping::rollBack(call.house, call.actor, call.args[QLatin1String("plugin")].toString(), dryRun,
                                                       call.stop, call.progress));
    return jsonOf(release, dryRun);
}

Result<QJsonObject> proposeVersionOf(const Call &call)
{
    COPPICE_TRY(const auto proposal, shipping::proposeVersion(call.house, call.actor, call.args[QLatin1String("plugin")].toString(),
                                                              call.args[QLatin1String("dry_run")].toBool(), call.stop, call.progress));
    return shipping::toJson(proposal);
}

/// {plugin?, poll?} → pull requests, watches and lead times of a plugin, or of all. `poll`: forges are asked first.
Result<QJsonObject> shipState(const Call &call)
{
    const QString plugin = call.args[QLatin1String("plugin")].toString();
    QStringList problems;
    if (call.args[QLatin1String("poll")].toBool()) {
        COPPICE_TRY(problems, shipping::pollPulls(call.house, 0, call.stop));
        COPPICE_TRY(const auto more, shipping::settlePulls(call.house, call.stop));
        problems << more;
        COPPICE_TRY(const auto looked, shipping::watchEvents(call.house));
        Q_UNUSED(looked) // what it changed is in the answer
    }
    QJsonArray pulls, watches, times, releases;
    COPPICE_TRY(const auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    if (!plugin.isEmpty() && !catalog.find(plugin))
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("coppicectl plugins list names them."));
    for (const auto &entry : catalog.entries) {
        if (!plugin.isEmpty() && entry.plugin.id != plugin)
            continue;
        COPPICE_TRY(const auto pull, shipping::Pulls(call.house.state).last(entry.plugin.id));
        if (pull)
            pulls << shipping::toJson(*pull);
        COPPICE_TRY(const auto history, shipping::releaseHistory(call.house.state, entry.plugin.id));
        if (history.current()) {
            auto out = shipping::toJson(*history.current());
            QJsonArray gone;
            for (const auto &one : history.rolledBack)
                gone << shipping::toJson(one);
            out[QStringLiteral("rolled_back")] = gone;
            releases << out;
        }
    }
    COPPICE_TRY(const auto watched, shipping::watchesWithCounts(call.house));
    for (const auto &watch : watched) {
        if (plugin.isEmpty() || watch.plugin == plugin)
            watches << QJsonObject{{QStringLiteral("ticket"), watch.ticket},
                                   {QStringLiteral("plugin"), watch.plugin},
                                   {QStringLiteral("release"), watch.release},
                                   {QStringLiteral("commit"), watch.commit.toString()},
                                   {QStringLiteral("since"), isoTime(watch.since)},
                                   {QStringLiteral("requests"), watch.requests < 0 ? QJsonValue() : QJsonValue(watch.requests)},
                                   {QStringLiteral("waits_for"), watch.waitsFor}};
    }
    COPPICE_TRY(const auto reached, shipping::leadTimes(call.house.state, plugin));
    for (const auto &one : reached)
        times << shipping::toJson(one);
    return QJsonObject{{QStringLiteral("pulls"), pulls},
                       {QStringLiteral("releases"), releases},
                       {QStringLiteral("watches"), watches},
                       {QStringLiteral("times"), times},
                       {QStringLiteral("problems"), QJsonArray::fromStringList(problems)}};
}

/// {} → {tickets}: looks at what came in for releases that are watched, and at pull requests that are over.
Result<QJsonObject> watchTick(const Call &call)
{
    COPPICE_TRY(const auto tickets, shipping::watchEvents(call.house));
    COPPICE_TRY(const auto problems, shipping::settlePulls(call.house, call.stop));
    return QJsonObject{{QStringLiteral("tickets"), QJsonArray::fromStringList(tickets)}, {QStringLiteral("problems"), QJsonArray::fromStringList(problems)}};
}

const Handler ship("ship", false, shipPlugin);
const Handler rollBack("ship.roll-back", false, rollBackPlugin);
const Handler propose("ship.propose-version", true, proposeVersionOf);
const Handler state("ship.state", true, shipState);
const Handler watch("watch.tick", true, watchTick);

} // namespace

} // namespace coppice::engine

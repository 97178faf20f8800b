// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"

#include "base/clock.h"
#include "shipping/propose_version.h"
#include "shipping/pulls.h"
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
            {QStringLiteral("tainted"), release.tainted},
            {QStringLiteral("pull"), release.pull.isEmpty() ? QJsonValue() : QJsonValue(release.pull)},
            {QStringLiteral("pushed"), release.pushed},
            {QStringLiteral("tagged"), release.tagged},
            {QStringLiteral("deployed"), release.deployed},
            {QStringLiteral("log"), release.deployLog},
            {QStringLiteral("tickets"), QJsonArray::fromStringList(release.tickets)},
            {QStringLiteral("notes"), QJsonArray::fromStringList(release.notes)}};
}

/// {plugin, dry_run?, version?} → what was, or would be, sent and run
Result<QJsonObject> shipPlugin(const Call &call)
{
    const bool dryRun = call.args[QLatin1String("dry_run")].toBool();
    COPPICE_TRY(const auto release, shipping::ship(call.house, call.actor, call.args[QLatin1String("plugin")].toString(), dryRun,
                                                   call.stop, call.progress, call.args[QLatin1String("version")].toString()));
    return jsonOf(release, dryRun);
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
    }
    QJsonArray pulls, watches, times;
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"

#include "sync/answers.h"
#include "sync/sync.h"

#include <QJsonArray>

namespace coppice::engine {

namespace {

sync::Host hostOf(const Call &call)
{
    return {call.house.library, call.house.state};
}

QStringList pluginsOf(const Call &call)
{
    QStringList plugins;
    for (const auto &plugin : call.args.value(QStringLiteral("plugins")).toArray())
        plugins << plugin.toString();
    return plugins;
}

QJsonObject toJson(const sync::LibraryOutcome &outcome)
{
    return {{QStringLiteral("remote"), outcome.hasRemote},
            {QStringLiteral("changed"), outcome.changed},
            {QStringLiteral("what"), outcome.what}};
}

const Handler fetchHandler("sync.fetch", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto states, sync::fetchUpstreams(hostOf(call), pluginsOf(call), call.stop, call.progress));
    QJsonArray plugins;
    for (const auto &state : states)
        plugins.append(sync::toJson(state));
    return QJsonObject{{QStringLiteral("plugins"), plugins}};
});

// Pulls and pushes may be carried out again from the beginning: what was done already is up to date then.
const Handler pullHandler("sync.pull", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto outcomes, sync::pull(hostOf(call), call.house.lease, pluginsOf(call), call.stop, call.progress));
    return sync::answerOf(outcomes);
});

const Handler pushHandler("sync.push", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto outcomes, sync::push(hostOf(call), call.house.lease, pluginsOf(call), call.stop, call.progress));
    return sync::answerOf(outcomes);
});

const Handler libraryPullHandler("library.pull", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto outcome, sync::pullLibrary(hostOf(call), call.house.lease, call.stop, call.progress));
    return toJson(outcome);
});

const Handler libraryPushHandler("library.push", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto outcome, sync::pushLibrary(hostOf(call), call.house.lease, call.stop, call.progress));
    return toJson(outcome);
});

const Handler addHandler("plugins.add", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto plugin,
                sync::addPlugin(hostOf(call), call.house.lease, call.args.value(QStringLiteral("url")).toString(),
                                call.args.value(QStringLiteral("name")).toString(), call.args.value(QStringLiteral("branch")).toString(),
                                call.args.value(QStringLiteral("squash")).toBool(), call.stop, call.progress));
    COPPICE_TRY(const auto head, call.house.library.head());
    return QJsonObject{{QStringLiteral("name"), plugin.id},
                       {QStringLiteral("prefix"), QString::fromUtf8(plugin.prefix)},
                       {QStringLiteral("branch"), plugin.settings.upstream ? plugin.settings.upstream->branch : QString()},
                       {QStringLiteral("commit"), head.toString()}};
});

} // namespace

} // namespace coppice::engine

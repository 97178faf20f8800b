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
    return sync::answerOf(states);
});

// Pulls and pushes may be carried out again from the beginning: what was done already is up to date then.
const Handler pullHandler("sync.pull", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto outcomes, sync::pull(hostOf(call), call.house.lease, pluginsOf(call), call.stop, call.progress));
    return sync::answerOf(outcomes);
});

const Handler pushHandler("sync.push", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto outcomes, sync::push(hostOf(call), call.house.lease, pluginsOf(call), call.stop, call.progress,
                                                   {call.args.value(QStringLiteral("cut")).toBool(), call.args.value(QStringLiteral("force")).toBool(),
                                                    call.args.value(QStringLiteral("dry_run")).toBool()}));
    return sync::answerOf(outcomes);
});

/// A conflict under way as the terminal shows it.
Result<QJsonObject> shown(const Call &call, const sync::Resolving &resolving)
{
    COPPICE_TRY(const auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    const auto *entry = catalog.find(resolving.plugin);
    return sync::toJson(resolving, entry ? entry->plugin.prefix : resolving.plugin.toUtf8());
}

// What was begun is a reference: carried out again, the same is answered.
const Handler resolveHandler("sync.resolve", true, [](const Call &call) -> Result<QJsonObject> {
    const auto host = hostOf(call);
    const QString plugin = call.args.value(QStringLiteral("plugin")).toString();
    const QString action = call.args.value(QStringLiteral("action")).toString();
    if (action == u"drop") {
        COPPICE_CHECK(sync::dropResolve(host, plugin));
        return QJsonObject{{QStringLiteral("plugin"), plugin}, {QStringLiteral("what"), QStringLiteral("The folder is thrown away; the library is as it was.")}};
    }
    if (action == u"done") {
        COPPICE_TRY(const auto outcome, sync::finishResolve(host, call.house.lease, plugin, call.stop, call.progress));
        return sync::toJson(outcome);
    }
    if (action.isEmpty()) {
        COPPICE_TRY(const auto begun, sync::beginResolve(host, plugin, call.stop, call.progress));
        return shown(call, begun);
    }
    if (action != u"library" && action != u"upstream")
        return failUsage(QStringLiteral("sync.resolve-action"), QStringLiteral("A conflict knows no such action"), action);
    COPPICE_TRY(const auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    const auto *entry = catalog.find(plugin);
    std::vector<QByteArray> paths;
    for (const auto &value : call.args.value(QStringLiteral("paths")).toArray()) {
        QByteArray path = value.toString().toUtf8();
        if (entry && path.startsWith(QByteArray(entry->plugin.prefix + '/')))
            path.remove(0, entry->plugin.prefix.size() + 1);
        paths.push_back(path);
    }
    COPPICE_TRY(const auto now, sync::takeSide(host, plugin, action == u"library" ? sync::Side::Library : sync::Side::Upstream, paths));
    return shown(call, now);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"
#include "gateway/gateway.h"
#include "sandbox/sandbox.h"
#include "scheduler/scheduler.h"

#include <QJsonArray>

namespace coppice::engine {

namespace {

QJsonObject idOf(const runs::Run &run)
{
    return {{QStringLiteral("id"), run.id.toString()}};
}

/// Queues a run: {ticket, plugin, playbook, client, command, timeout} → {id}. Whoever is the engine starts it.
/// Not resumable: asked twice it would queue two runs.
const Handler start("run.start", false, [](const Call &call) -> Result<QJsonObject> {
    if (!sandbox::probe().works)
        return failNeeds(QStringLiteral("sandbox.unavailable"), sandbox::probe().why, {},
                         QStringLiteral("Runs need bubblewrap: nothing of a plugin is run outside a sandbox."),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("sandbox")}}});
    runs::RunRequest request;
    request.ticket = call.args[u"ticket"].toString();
    request.plugin = call.args[u"plugin"].toString();
    request.playbook = call.args[u"playbook"].toString();
    request.client = call.args[u"client"].toString();
    request.command = call.args[u"command"].toString();
    request.timeoutSeconds = call.args[u"timeout"].toInteger();
    request.model = call.args[u"model"].toString();
    if (call.args.contains(u"priority"))
        request.priority = call.args[u"priority"].toInt();
    COPPICE_TRY(const runs::Run run, runs::Runner(call.house).queue(call.actor, request));
    call.scheduler.wake();
    return idOf(run);
});

/// {run} → {id}: an interrupted or cancelled run is queued again.
const Handler resume("run.resume", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const runs::Run run, runs::Runner(call.house).resume(call.args[u"run"].toString()));
    call.scheduler.wake();
    return idOf(run);
});

/// {run} → {id}: a person takes the work over; of a run that is over, as a hand run of its own.
const Handler byHand("run.by-hand", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const runs::Run run, runs::Runner(call.house).byHand(call.actor, call.args[u"run"].toString()));
    call.scheduler.wake();
    return idOf(run);
});

/// {run} → {id} of a new run that plays the recording of this one back.
const Handler replay("run.replay", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const runs::Run run, runs::Runner(call.house).replay(call.actor, call.args[u"run"].toString()));
    call.scheduler.wake();
    return idOf(run);
});

/// {} → {}: nothing new is started until queue.resume; what is under way goes on.
const Handler pause("queue.pause", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_CHECK(runs::pauseQueue(call.house.state, call.actor, true));
    return QJsonObject();
});

const Handler resumeQueue("queue.resume", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_CHECK(runs::pauseQueue(call.house.state, call.actor, false));
    call.scheduler.wake();
    return QJsonObject();
});

/// {} → {runs}: the queue is paused, every way to a model is closed, and all runs under way are cancelled.
const Handler stopAll("queue.stop-all", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_CHECK(runs::pauseQueue(call.house.state, call.actor, true));
    runs::RunStore store(call.house.state);
    COPPICE_TRY(const auto all, store.underWay());
    QJsonArray stopped;
    for (const auto &run : all) {
        if (const auto asked = store.askCancel(run.id.toString()); asked)
            stopped.append(run.id.toString());
        else if (asked.error().code != QLatin1String("run.over")) // ended just now
            return std::unexpected(asked.error());
    }
    gateway::Gateway::stopAll();
    call.scheduler.wake();
    return QJsonObject{{QStringLiteral("runs"), stopped}};
});

/// {run} → {id}: a person's work in a hand run's folder is done.
const Handler take("run.take", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const runs::Run run, runs::Runner(call.house).take(call.args[u"run"].toString()));
    call.scheduler.wake();
    return idOf(run);
});

} // namespace

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"
#include "sandbox/sandbox.h"
#include "scheduler/scheduler.h"

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

/// {run} → {id}: a person's work in a hand run's folder is done.
const Handler take("run.take", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const runs::Run run, runs::Runner(call.house).take(call.args[u"run"].toString()));
    call.scheduler.wake();
    return idOf(run);
});

} // namespace

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/run.h"

#include "base/clock.h"

#include <QJsonArray>

#include <array>

namespace coppice::runs {

namespace {

constexpr std::array<const char *, 9> stateNames{"queued", "preparing", "running", "waiting", "checking",
                                                  "done", "failed", "cancelled", "interrupted"};
constexpr std::array<const char *, 6> failureNames{"none", "agent", "machine", "limit", "budget", "check"};

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue orNull(const git::Oid &oid)
{
    return oid.isNull() ? QJsonValue() : QJsonValue(oid.toString());
}

QJsonValue timeOrNull(qint64 ms)
{
    return ms ? QJsonValue(isoTime(ms)) : QJsonValue();
}

} // namespace

QString nameOf(Run::State state)
{
    return QString::fromLatin1(stateNames[size_t(state)]);
}

QString nameOf(Run::Failure failure)
{
    return QString::fromLatin1(failureNames[size_t(failure)]);
}

bool isOver(Run::State state)
{
    return state == Run::State::Done || state == Run::State::Failed || state == Run::State::Cancelled;
}

QJsonObject toJson(const Run &run)
{
    QJsonArray before;
    QJsonArray after;
    for (const Check &check : run.checks) {
        const auto entry = [&check](bool passed, const QString &log) {
            return QJsonObject{{QStringLiteral("id"), check.id},
                               {QStringLiteral("command"), check.command},
                               {QStringLiteral("passed"), passed},
                               {QStringLiteral("log"), log}};
        };
        if (check.before)
            before.append(entry(*check.before, check.logBefore));
        if (check.after)
            after.append(entry(*check.after, check.logAfter));
    }
    return {{QStringLiteral("id"), run.id.toString()},
            {QStringLiteral("state"), nameOf(run.state)},
            {QStringLiteral("failure"), run.failure == Run::Failure::None ? QJsonValue() : QJsonValue(nameOf(run.failure))},
            {QStringLiteral("outcome"), orNull(run.outcome)},
            {QStringLiteral("reason"), orNull(run.reason)},
            {QStringLiteral("review"), orNull(run.review)},
            {QStringLiteral("tokens"), QJsonObject{{QStringLiteral("input"), run.inputTokens},
                                                   {QStringLiteral("output"), run.outputTokens}}},
            {QStringLiteral("checks"), QJsonObject{{QStringLiteral("before"), before}, {QStringLiteral("after"), after}}},
            {QStringLiteral("plugin"), run.plugin},
            {QStringLiteral("ticket"), orNull(run.ticket)},
            {QStringLiteral("playbook"), run.playbook},
            {QStringLiteral("client"), run.client},
            {QStringLiteral("command"), orNull(run.command)},
            {QStringLiteral("context"), orNull(run.contextHash)},
            {QStringLiteral("base"), orNull(run.base)},
            {QStringLiteral("library_head"), orNull(run.libraryHead)},
            {QStringLiteral("tainted"), run.tainted},
            {QStringLiteral("replayed"), run.replayed},
            {QStringLiteral("replay_of"), orNull(run.replayOf)},
            {QStringLiteral("handed"), run.handed},
            {QStringLiteral("model"), orNull(run.model)},
            {QStringLiteral("priority"), run.priority},
            {QStringLiteral("step"), orNull(run.step)},
            {QStringLiteral("approval"), orNull(run.approval)},
            {QStringLiteral("not_before"), timeOrNull(run.notBefore)},
            {QStringLiteral("attempt"), run.attempt},
            {QStringLiteral("cost"), run.cost.micros ? QJsonValue(run.cost.toString()) : QJsonValue()},
            {QStringLiteral("queued"), timeOrNull(run.queued)},
            {QStringLiteral("started"), timeOrNull(run.started)},
            {QStringLiteral("ended"), timeOrNull(run.ended)}};
}

} // namespace coppice::runs

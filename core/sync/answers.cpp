// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/answers.h"

#include "base/clock.h"
#include "base/json.h"

#include <QJsonArray>

namespace coppice::sync {

namespace {

QJsonValue orNull(const git::Oid &id)
{
    return id.isNull() ? QJsonValue(QJsonValue::Null) : QJsonValue(id.toString());
}

} // namespace

QJsonObject toJson(const SyncState &state)
{
    QJsonObject object{{QStringLiteral("plugin"), state.plugin},
                       {QStringLiteral("state"), nameOf(state.state)},
                       {QStringLiteral("ahead"), qint64(state.ahead)},
                       {QStringLiteral("behind"), qint64(state.behind)},
                       {QStringLiteral("split"), orNull(state.split)},
                       {QStringLiteral("upstream"), QJsonValue::Null},
                       {QStringLiteral("why"), state.why}};
    if (state.state != SyncState::State::NoUpstream) {
        object[QStringLiteral("upstream")]
            = QJsonObject{{QStringLiteral("url"), state.upstreamUrl},
                          {QStringLiteral("branch"), state.upstreamBranch},
                          {QStringLiteral("commit"), orNull(state.upstream)},
                          {QStringLiteral("fetched"), state.fetchedAt ? QJsonValue(isoTime(state.fetchedAt)) : QJsonValue(QJsonValue::Null)}};
    }
    return object;
}

QJsonObject toJson(const PluginOutcome &outcome)
{
    QJsonObject object{{QStringLiteral("plugin"), outcome.plugin},
                       {QStringLiteral("changed"), outcome.changed},
                       {QStringLiteral("what"), outcome.error ? outcome.error->message() : outcome.what},
                       {QStringLiteral("commit"), orNull(outcome.commit)}};
    if (!outcome.ref.isEmpty())
        object[QStringLiteral("ref")] = outcome.ref;
    if (!outcome.conflicts.empty()) {
        QJsonArray paths;
        for (const auto &path : outcome.conflicts)
            paths.append(QString::fromUtf8(path));
        object[QStringLiteral("conflicts")] = paths;
    }
    if (outcome.error) {
        QJsonObject error = errorToJson(*outcome.error);
        error.remove(QStringLiteral("needs"));
        object[QStringLiteral("error")] = error;
    }
    return object;
}

QJsonObject answerOf(const std::vector<PluginOutcome> &outcomes)
{
    QJsonArray plugins;
    QJsonArray needs;
    QJsonObject answer;
    for (const auto &outcome : outcomes) {
        plugins.append(toJson(outcome));
        if (!outcome.error)
            continue;
        for (const auto &need : outcome.error->needs)
            needs.append(need);
        if (!answer.contains(QStringLiteral("error"))) {
            QJsonObject error = errorToJson(*outcome.error);
            error.remove(QStringLiteral("needs"));
            answer[QStringLiteral("error")] = error;
        }
    }
    answer[QStringLiteral("plugins")] = plugins;
    if (!needs.isEmpty())
        answer[QStringLiteral("needs")] = needs;
    return answer;
}

int exitCodeOf(const QJsonObject &answer)
{
    if (answer.contains(QStringLiteral("needs")))
        return Error{ErrorKind::NeedsPerson, {}, {}, {}, {}, {}, {}}.exitCode();
    const QJsonValue error = answer.value(QStringLiteral("error"));
    return error.isObject() ? errorFromJson(error.toObject()).exitCode() : 0;
}

} // namespace coppice::sync

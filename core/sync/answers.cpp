// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/answers.h"

#include "base/clock.h"
#include "base/json.h"

#include <QJsonArray>

#include <algorithm>

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
    if (!state.incoming.empty() || !state.outgoing.empty())
        object[QStringLiteral("policy")] = QJsonObject{{QStringLiteral("incoming"), toJson(state.incoming)}, {QStringLiteral("outgoing"), toJson(state.outgoing)}};
    if (state.parted)
        object[QStringLiteral("parted")] = QJsonObject{{QStringLiteral("upstream"), orNull(state.parted->upstream)},
                                                       {QStringLiteral("library"), orNull(state.parted->library)}};
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
    if (!outcome.policy.empty())
        object[QStringLiteral("policy")] = toJson(outcome.policy);
    if (!outcome.ref.isEmpty())
        object[QStringLiteral("ref")] = outcome.ref;
    const auto list = [&object](const QString &key, const std::vector<QByteArray> &paths) {
        QJsonArray shown;
        for (const auto &path : paths)
            shown.append(QString::fromUtf8(path));
        if (!shown.isEmpty())
            object[key] = shown;
    };
    list(QStringLiteral("conflicts"), outcome.conflicts);
    list(QStringLiteral("links"), outcome.links);
    list(QStringLiteral("ungated"), outcome.ungated);
    if (outcome.lostCount > 0) {
        QJsonArray commits;
        for (const auto &lost : outcome.lost)
            commits.append(QJsonObject{{QStringLiteral("commit"), lost.commit.toString()}, {QStringLiteral("author"), lost.author},
                                       {QStringLiteral("subject"), lost.subject}, {QStringLiteral("at"), isoTime(lost.at)}});
        object[QStringLiteral("lost")] = QJsonObject{{QStringLiteral("count"), qint64(outcome.lostCount)}, {QStringLiteral("commits"), commits}};
    }
    if (outcome.error) {
        QJsonObject error = errorToJson(*outcome.error);
        error.remove(QStringLiteral("needs"));
        object[QStringLiteral("error")] = error;
    }
    return object;
}

QJsonObject answerOf(const std::vector<SyncState> &states)
{
    using State = SyncState::State;
    QJsonArray plugins;
    QJsonObject counts;
    for (const auto state : {State::Clean, State::Ahead, State::Behind, State::Diverged, State::Blocked, State::Unknown, State::NoUpstream})
        counts[nameOf(state)] = int(std::ranges::count(states, state, &SyncState::state));
    for (const auto &state : states)
        plugins.append(toJson(state));
    return {{QStringLiteral("plugins"), plugins}, {QStringLiteral("counts"), counts}};
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

QJsonObject toJson(const Resolving &resolving, const QByteArray &prefix)
{
    QJsonArray files;
    for (const auto &file : resolving.files)
        files.append(QJsonObject{{QStringLiteral("path"), QString::fromUtf8(prefix + '/' + file.path)},
                                 {QStringLiteral("kind"), subtree::nameOf(file.kind)},
                                 {QStringLiteral("open"), file.open}});
    return {{QStringLiteral("plugin"), resolving.plugin},
            {QStringLiteral("folder"), resolving.folder},
            {QStringLiteral("upstream"), orNull(resolving.upstream)},
            {QStringLiteral("open"), int(resolving.open())},
            {QStringLiteral("conflicts"), files}};
}

QJsonObject toJson(const LinkDecision &decision)
{
    const auto content = [](const std::optional<git::TreeEntry> &entry) {
        return entry ? QJsonValue(entry->id.toString()) : QJsonValue(QJsonValue::Null);
    };
    return {{QStringLiteral("kind"), QStringLiteral("link")},
            {QStringLiteral("plugin"), decision.plugin},
            {QStringLiteral("path"), QString::fromUtf8(decision.path)},
            {QStringLiteral("template"), QString::fromUtf8(decision.target)},
            {QStringLiteral("ours"), content(decision.ours)},
            {QStringLiteral("theirs"), content(decision.theirs)},
            {QStringLiteral("upstream"), orNull(decision.upstream)},
            {QStringLiteral("choice"), decision.choice ? QJsonValue(nameOf(*decision.choice)) : QJsonValue(QJsonValue::Null)},
            {QStringLiteral("by"), decision.choice ? QJsonValue(decision.decidedBy) : QJsonValue(QJsonValue::Null)}};
}

int exitCodeOf(const QJsonObject &answer)
{
    if (answer.contains(QStringLiteral("needs")))
        return Error{ErrorKind::NeedsPerson, {}, {}, {}, {}, {}, {}}.exitCode();
    const QJsonValue error = answer.value(QStringLiteral("error"));
    return error.isObject() ? errorFromJson(error.toObject()).exitCode() : 0;
}

} // namespace coppice::sync

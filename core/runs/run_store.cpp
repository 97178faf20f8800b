// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/run.h"

#include "base/clock.h"
#include "base/json.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::runs {

namespace {

Run::State stateFrom(const QString &name)
{
    for (int i = 0; i <= int(Run::State::Interrupted); ++i) {
        if (nameOf(Run::State(i)) == name)
            return Run::State(i);
    }
    return Run::State::Failed;
}

Run::Failure failureFrom(const QString &name)
{
    for (int i = 0; i <= int(Run::Failure::Check); ++i) {
        if (nameOf(Run::Failure(i)) == name)
            return Run::Failure(i);
    }
    return Run::Failure::None;
}

QJsonValue optionalBool(std::optional<bool> value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

std::optional<bool> optionalBool(const QJsonValue &value)
{
    return value.isBool() ? std::optional(value.toBool()) : std::nullopt;
}

QJsonObject toBody(const Run &run)
{
    QJsonArray checks;
    for (const Check &check : run.checks)
        checks.append(QJsonObject{{QStringLiteral("id"), check.id},
                                  {QStringLiteral("command"), check.command},
                                  {QStringLiteral("before"), optionalBool(check.before)},
                                  {QStringLiteral("after"), optionalBool(check.after)},
                                  {QStringLiteral("log_before"), check.logBefore},
                                  {QStringLiteral("log_after"), check.logAfter}});
    QJsonArray leftOut;
    for (const QByteArray &path : run.leftOut)
        leftOut.append(QString::fromUtf8(path));
    return {{QStringLiteral("playbook"), run.playbook},
            {QStringLiteral("client"), run.client},
            {QStringLiteral("command"), run.command},
            {QStringLiteral("context"), run.contextHash},
            {QStringLiteral("base"), run.base.toString()},
            {QStringLiteral("library_head"), run.libraryHead.toString()},
            {QStringLiteral("result"), run.result.toString()},
            {QStringLiteral("result_step"), run.resultStep},
            {QStringLiteral("left_out"), leftOut},
            {QStringLiteral("model"), run.model},
            {QStringLiteral("step"), run.step},
            {QStringLiteral("session"), run.session},
            {QStringLiteral("wip"), run.wip.toString()},
            {QStringLiteral("approval"), run.approval},
            {QStringLiteral("replay_of"), run.replayOf},
            {QStringLiteral("timeout"), run.timeoutSeconds},
            {QStringLiteral("taken"), run.taken},
            {QStringLiteral("handed"), run.handed},
            {QStringLiteral("deploying"), run.deploying},
            {QStringLiteral("tainted"), run.tainted},
            {QStringLiteral("replayed"), run.replayed},
            {QStringLiteral("cost"), run.cost.micros},
            {QStringLiteral("currency"), run.cost.currency},
            {QStringLiteral("input"), run.inputTokens},
            {QStringLiteral("output"), run.outputTokens},
            {QStringLiteral("failure"), nameOf(run.failure)},
            {QStringLiteral("outcome"), run.outcome},
            {QStringLiteral("reason"), run.reason},
            {QStringLiteral("review"), run.review},
            {QStringLiteral("checks"), checks},
            {QStringLiteral("started"), run.started},
            {QStringLiteral("ended"), run.ended}};
}

git::Oid oidIn(const QJsonObject &body, QLatin1String key)
{
    return git::Oid::fromHex(body[key].toString().toLatin1());
}

constexpr QLatin1String columns("id, plugin, ticket, state, attempt, queued, body, priority, not_before, writes");

Result<Run> fromRow(const store::Row &row)
{
    Run run;
    COPPICE_TRY(run.id, Id::parse(row.text(0)));
    run.plugin = row.text(1);
    run.ticket = row.text(2);
    run.state = stateFrom(row.text(3));
    run.attempt = int(row.number(4));
    run.queued = row.number(5);
    run.priority = int(row.number(7));
    run.notBefore = row.number(8);
    run.writes = row.number(9) != 0;
    COPPICE_TRY(const QJsonObject body, parseJsonObject(row.bytes(6), QStringLiteral("run ") + row.text(0)));
    run.playbook = body[QLatin1String("playbook")].toString();
    run.client = body[QLatin1String("client")].toString();
    run.command = body[QLatin1String("command")].toString();
    run.contextHash = body[QLatin1String("context")].toString();
    run.base = oidIn(body, QLatin1String("base"));
    run.libraryHead = oidIn(body, QLatin1String("library_head"));
    run.result = oidIn(body, QLatin1String("result"));
    run.resultStep = body[QLatin1String("result_step")].toString();
    for (const auto &path : body[QLatin1String("left_out")].toArray())
        run.leftOut.push_back(path.toString().toUtf8());
    run.model = body[QLatin1String("model")].toString();
    run.step = body[QLatin1String("step")].toString();
    run.session = body[QLatin1String("session")].toString();
    run.wip = oidIn(body, QLatin1String("wip"));
    run.approval = body[QLatin1String("approval")].toString();
    run.replayOf = body[QLatin1String("replay_of")].toString();
    run.timeoutSeconds = body[QLatin1String("timeout")].toInteger();
    run.taken = body[QLatin1String("taken")].toBool();
    run.handed = body[QLatin1String("handed")].toBool();
    run.deploying = body[QLatin1String("deploying")].toBool();
    run.tainted = body[QLatin1String("tainted")].toBool();
    run.replayed = body[QLatin1String("replayed")].toBool();
    run.cost = {body[QLatin1String("cost")].toInteger(), body[QLatin1String("currency")].toString()};
    run.inputTokens = body[QLatin1String("input")].toInteger();
    run.outputTokens = body[QLatin1String("output")].toInteger();
    run.failure = failureFrom(body[QLatin1String("failure")].toString());
    run.outcome = body[QLatin1String("outcome")].toString();
    run.reason = body[QLatin1String("reason")].toString();
    run.review = body[QLatin1String("review")].toString();
    run.started = body[QLatin1String("started")].toInteger();
    run.ended = body[QLatin1String("ended")].toInteger();
    for (const auto &value : body[QLatin1String("checks")].toArray()) {
        const QJsonObject check = value.toObject();
        run.checks.push_back({check[QLatin1String("id")].toString(), check[QLatin1String("command")].toString(),
                              optionalBool(check[QLatin1String("before")]), optionalBool(check[QLatin1String("after")]),
                              check[QLatin1String("log_before")].toString(), check[QLatin1String("log_after")].toString()});
    }
    return run;
}

Result<std::vector<Run>> select(store::Connection &connection, const QString &rest, const QVariantList &values)
{
    std::vector<Run> found;
    Result<> bad;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT ") + columns + QStringLiteral(" FROM runs ") + rest, values,
                                   [&](const store::Row &row) {
                                       auto run = fromRow(row);
                                       if (run)
                                           found.push_back(std::move(*run));
                                       else
                                           bad = std::unexpected(run.error());
                                   }));
    COPPICE_CHECK(bad);
    return found;
}

Result<Run> one(store::Connection &connection, const QString &typed)
{
    if (typed.size() == 26) {
        COPPICE_TRY(auto found, select(connection, QStringLiteral("WHERE id = ?"), {typed.toUpper()}));
        if (!found.empty())
            return std::move(found.front());
    }
    std::vector<QString> ids;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT id FROM runs"), {},
                                   [&ids](const store::Row &row) { ids.push_back(row.text(0)); }));
    COPPICE_TRY(const QString id, matchId(typed, ids, QStringLiteral("run")));
    COPPICE_TRY(auto found, select(connection, QStringLiteral("WHERE id = ?"), {id}));
    return std::move(found.front());
}

Result<> put(store::Connection &connection, const Run &run)
{
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO runs (id, plugin, ticket, state, attempt, queued, body, priority, not_before, writes) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                       "ON CONFLICT (id) DO UPDATE SET plugin = excluded.plugin, ticket = excluded.ticket, "
                       "state = excluded.state, attempt = excluded.attempt, queued = excluded.queued, body = excluded.body, "
                       "priority = excluded.priority, not_before = excluded.not_before, writes = excluded.writes"),
        {run.id.toString(), run.plugin, run.ticket.isNull() ? QStringLiteral("") : run.ticket, nameOf(run.state), run.attempt,
         run.queued, QString::fromUtf8(toJsonLine(toBody(run))), run.priority, run.notBefore, int(run.writes)}));
    return {};
}

/// Waiting runs whose question has an answer.
constexpr QLatin1String answered("SELECT r.id FROM runs AS r JOIN approval AS a ON a.id = json_extract(r.body, '$.approval') "
                                 "WHERE r.state = 'waiting' AND a.answer IS NOT NULL");

/// The journal of one run's steps.
class RunSteps final : public playbooks::StepJournal
{
public:
    RunSteps(store::Database &state, QString run) : m_state(state), m_run(std::move(run)) { }

    Result<std::vector<playbooks::StepRecord>> read() override
    {
        using Records = std::vector<playbooks::StepRecord>;
        return m_state.read<Records>([this](store::Connection &connection) -> Result<Records> {
            Records records;
            COPPICE_CHECK(connection.query(
                QStringLiteral("SELECT step, attempt, passed, reason, outputs FROM run_steps WHERE run = ? ORDER BY at, step, attempt"),
                {m_run}, [&records](const store::Row &row) {
                    records.push_back({row.text(0), int(row.number(1)),
                                       row[2].isNull() ? std::nullopt : std::optional(row.number(2) != 0), row.text(3),
                                       QJsonDocument::fromJson(row.bytes(4)).object()});
                }));
            return records;
        });
    }
    Result<> write(const playbooks::StepRecord &record) override
    {
        return m_state.write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(
                QStringLiteral("INSERT INTO run_steps (run, step, attempt, at, passed, reason, outputs) VALUES (?, ?, ?, ?, ?, ?, ?) "
                               "ON CONFLICT (run, step, attempt) DO UPDATE SET passed = excluded.passed, "
                               "reason = excluded.reason, outputs = excluded.outputs"),
                {m_run, record.step, record.attempt, nowMs(),
                 record.passed ? QVariant(int(*record.passed)) : QVariant(QMetaType(QMetaType::Int)),
                 record.reason.isNull() ? QStringLiteral("") : record.reason,
                 QString::fromUtf8(toJsonLine(record.outputs))}));
            return {};
        });
    }

private:
    store::Database &m_state;
    QString m_run;
};

} // namespace

Result<> RunStore::save(const Run &run)
{
    return m_state.write<void>([&run](store::Connection &connection) { return put(connection, run); });
}

Result<Run> RunStore::get(const QString &id)
{
    return m_state.read<Run>([&id](store::Connection &connection) { return one(connection, id); });
}

Result<std::vector<Run>> RunStore::list(const QString &plugin)
{
    return m_state.read<std::vector<Run>>([&plugin](store::Connection &connection) {
        return plugin.isEmpty() ? select(connection, QStringLiteral("ORDER BY queued DESC, id DESC"), {})
                                : select(connection, QStringLiteral("WHERE plugin = ? ORDER BY queued DESC, id DESC"), {plugin});
    });
}

Result<std::optional<Run>> RunStore::nextQueued(int attempts, const QStringList &pausedClients)
{
    // The most urgent first; among equals the plugin whose turn was longest ago, so that one with a hundred runs does not keep
    // the others waiting; then the oldest.
    QString allowed;
    QVariantList values{attempts, nowMs()};
    for (const QString &client : pausedClients) {
        allowed += QStringLiteral(" AND json_extract(r.body, '$.client') <> ?");
        values << client;
    }
    return m_state.read<std::optional<Run>>([&](store::Connection &connection) -> Result<std::optional<Run>> {
        COPPICE_TRY(auto found,
                    select(connection,
                           QStringLiteral("AS r LEFT JOIN queue_turn AS t ON t.of_plugin = r.plugin "
                                          "WHERE (state = 'queued' OR (state = 'interrupted' AND attempt < ?)) AND not_before <= ?")
                               + allowed
                               + QStringLiteral(" AND (r.writes = 0 OR NOT EXISTS (SELECT 1 FROM runs AS o WHERE o.plugin = r.plugin AND "
                                                "o.writes = 1 AND o.state IN ('preparing', 'running', 'checking'))) "
                                                "ORDER BY priority DESC, coalesce(t.turn, 0), queued, id LIMIT 1"),
                           values));
        return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
    });
}

Result<std::vector<Run>> RunStore::underWay()
{
    return m_state.read<std::vector<Run>>([](store::Connection &connection) {
        return select(connection, QStringLiteral("WHERE state IN ('preparing', 'running', 'checking') ORDER BY id"), {});
    });
}

Result<bool> RunStore::isBusy(const QString &plugin)
{
    return m_state.read<bool>([&plugin](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const QVariant found, connection.value(QStringLiteral("SELECT 1 FROM runs WHERE plugin = ? AND writes = 1 AND state IN "
                                                                          "('preparing', 'running', 'checking') LIMIT 1"),
                                                           {plugin}));
        return found.isValid();
    });
}

Result<Run> RunStore::claim(const QString &id)
{
    return m_state.write<Run>([&](store::Connection &connection) -> Result<Run> {
        COPPICE_TRY(Run run, one(connection, id));
        if (run.state != Run::State::Queued && run.state != Run::State::Interrupted)
            return fail(QStringLiteral("run.not-queued"),
                        QStringLiteral("The run is %1 and cannot be started").arg(nameOf(run.state)), run.id.shown());
        run.state = Run::State::Preparing;
        ++run.attempt;
        if (!run.started)
            run.started = nowMs();
        COPPICE_CHECK(put(connection, run));
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO queue_turn (of_plugin, turn) VALUES (?, 1 + (SELECT coalesce(max(turn), 0) "
                                                     "FROM queue_turn)) ON CONFLICT (of_plugin) DO UPDATE SET turn = excluded.turn"),
                                      {run.plugin}));
        return run;
    });
}

Result<Run> RunStore::change(const QString &id, const std::function<Result<>(Run &)> &with)
{
    return m_state.write<Run>([&](store::Connection &connection) -> Result<Run> {
        COPPICE_TRY(Run run, one(connection, id));
        COPPICE_CHECK(with(run));
        COPPICE_CHECK(put(connection, run));
        return run;
    });
}

Result<> RunStore::askCancel(const QString &id)
{
    return m_state.write<void>([&id](store::Connection &connection) -> Result<> {
        COPPICE_TRY(Run run, one(connection, id));
        if (isOver(run.state))
            return fail(QStringLiteral("run.over"), QStringLiteral("The run is over already: it is %1").arg(nameOf(run.state)),
                        run.id.shown());
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE runs SET cancel_asked = 1 WHERE id = ?"), {run.id.toString()}));
        if (run.state != Run::State::Queued && run.state != Run::State::Waiting && run.state != Run::State::Interrupted)
            return {};
        run.state = Run::State::Cancelled;
        run.approval.clear();
        run.reason = QStringLiteral("Cancelled on request.");
        run.ended = nowMs();
        return put(connection, run);
    });
}

Result<> RunStore::askHand(const QString &id)
{
    return m_state.write<void>([&id](store::Connection &connection) -> Result<> {
        COPPICE_TRY(Run run, one(connection, id));
        if (isOver(run.state) || run.deploying)
            return fail(QStringLiteral("run.over"), QStringLiteral("The run cannot be taken over: it is %1").arg(nameOf(run.state)),
                        run.id.shown());
        if (run.handed || run.client == QLatin1String("hand"))
            return fail(QStringLiteral("run.handed"), QStringLiteral("A person has this run already"), run.id.shown());
        const bool idle = run.state == Run::State::Queued || run.state == Run::State::Interrupted || run.state == Run::State::Waiting;
        if (!idle) {
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE runs SET cancel_asked = 2 WHERE id = ?"), {run.id.toString()}));
            return {};
        }
        run.handed = true; // its next step of an agent makes the copy and waits
        run.state = Run::State::Queued;
        run.notBefore = 0;
        return put(connection, run);
    });
}

Result<RunStore::Asked> RunStore::asked(const QString &id)
{
    return m_state.read<Asked>([&id](store::Connection &connection) -> Result<Asked> {
        COPPICE_TRY(const QVariant asked, connection.value(QStringLiteral("SELECT cancel_asked FROM runs WHERE id = ?"), {id}));
        return asked.toInt() == 2 ? Asked::Hand : asked.toInt() ? Asked::Cancel : Asked::Nothing;
    });
}

Result<bool> RunStore::cancelAsked(const QString &id)
{
    COPPICE_TRY(const Asked what, asked(id));
    return what != Asked::Nothing;
}

Result<bool> RunStore::queueAnswered()
{
    COPPICE_TRY(const bool any, m_state.read<bool>([](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const QVariant found, connection.value(QStringLiteral("SELECT EXISTS (") + answered + u')'));
        return found.toBool();
    }));
    if (!any)
        return false;
    return m_state.write<bool>([](store::Connection &connection) -> Result<bool> {
        std::vector<QString> ids;
        COPPICE_CHECK(connection.query(answered, {}, [&ids](const store::Row &row) { ids.push_back(row.text(0)); }));
        for (const QString &id : ids) {
            COPPICE_TRY(Run run, one(connection, id));
            run.state = Run::State::Queued;
            run.reason.clear();
            COPPICE_CHECK(put(connection, run));
        }
        return !ids.empty();
    });
}

Result<> RunStore::clearCancel(const QString &id)
{
    return m_state.write<void>([&id](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE runs SET cancel_asked = 0 WHERE id = ?"), {id}));
        return {};
    });
}

std::unique_ptr<playbooks::StepJournal> RunStore::steps(const QString &id)
{
    return std::make_unique<RunSteps>(m_state, id);
}

} // namespace coppice::runs

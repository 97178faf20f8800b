// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/command.h"

#include "base/clock.h"
#include "base/json.h"

namespace coppice::journal {

namespace {

using State = Command::State;

const QString columns = QStringLiteral("id, verb, args, actor, state, queued_at, result, error, cancel_asked, progress");

QJsonObject objectOf(const QString &text)
{
    return parseJsonObject(text.toUtf8(), QStringLiteral("journal")).value_or(QJsonObject());
}

QString textOf(const QJsonObject &object)
{
    return QString::fromUtf8(toJsonLine(object));
}

Command commandOf(const store::Row &row)
{
    Command command;
    command.id = Id::parse(row.text(0)).value_or(Id());
    command.verb = row.text(1);
    command.args = objectOf(row.text(2));
    command.actor = Actor::fromString(row.text(3));
    command.state = State(row.number(4));
    command.queuedAt = row.number(5);
    command.result = objectOf(row.text(6));
    if (!row.text(7).isEmpty())
        command.error = errorFromJson(objectOf(row.text(7)));
    command.cancelAsked = row.number(8) != 0;
    command.progress = row.text(9);
    return command;
}

Result<std::vector<Command>> select(store::Connection &connection, const QString &rest, const QVariantList &values)
{
    std::vector<Command> commands;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT ") + columns + QStringLiteral(" FROM command ") + rest, values,
                                   [&](const store::Row &row) { commands.push_back(commandOf(row)); }));
    return commands;
}

Result<> end(store::Connection &connection, const Id &id, const Result<QJsonObject> &outcome)
{
    const State state = outcome                                           ? State::Done
                        : outcome.error().kind == ErrorKind::Cancelled ? State::Cancelled
                                                                       : State::Failed;
    COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET state = ?, result = ?, error = ? WHERE id = ?"),
                                  {int(state), outcome ? textOf(*outcome) : QString(),
                                   outcome ? QString() : textOf(errorToJson(outcome.error())), id.toString()}));
    return {};
}

} // namespace

Result<Id> CommandQueue::enqueue(const Actor &actor, const QString &verb, const QJsonObject &args)
{
    const Id id = Id::make();
    COPPICE_CHECK(m_state.write<qint64>([&](store::Connection &connection) {
        return connection.exec(QStringLiteral("INSERT INTO command (id, verb, args, actor, state, queued_at) VALUES (?,?,?,?,?,?)"),
                               {id.toString(), verb, textOf(args), actor.toString(), int(State::Queued), nowMs()});
    }));
    return id;
}

Result<std::optional<Command>> CommandQueue::claim()
{
    return m_state.write<std::optional<Command>>([&](store::Connection &connection) -> Result<std::optional<Command>> {
        COPPICE_TRY(auto queued, select(connection, QStringLiteral("WHERE state = ? ORDER BY id LIMIT 1"), {int(State::Queued)}));
        if (queued.empty())
            return std::nullopt;
        Command command = std::move(queued.front());
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET state = ? WHERE id = ?"),
                                      {int(State::Running), command.id.toString()}));
        command.state = State::Running;
        return command;
    });
}

Result<> CommandQueue::finish(const Id &id, const Result<QJsonObject> &outcome)
{
    COPPICE_CHECK(m_state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_CHECK(end(connection, id, outcome));
        return true;
    }));
    return {};
}

Result<> CommandQueue::setProgress(const Id &id, const QString &line)
{
    COPPICE_CHECK(m_state.write<qint64>([&](store::Connection &connection) {
        return connection.exec(QStringLiteral("UPDATE command SET progress = ? WHERE id = ?"), {line, id.toString()});
    }));
    return {};
}

Result<> CommandQueue::askCancel(const Id &id)
{
    COPPICE_CHECK(m_state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET cancel_asked = 1 WHERE id = ?"), {id.toString()}));
        // One that nobody has begun ends here.
        COPPICE_TRY(const auto waiting, select(connection, QStringLiteral("WHERE id = ? AND state = ?"),
                                               {id.toString(), int(State::Queued)}));
        if (!waiting.empty())
            COPPICE_CHECK(end(connection, id, failCancelled()));
        return true;
    }));
    return {};
}

Result<Command> CommandQueue::get(const Id &id)
{
    return m_state.read<Command>([&](store::Connection &connection) -> Result<Command> {
        COPPICE_TRY(auto found, select(connection, QStringLiteral("WHERE id = ?"), {id.toString()}));
        if (found.empty())
            return failNotFound(QStringLiteral("command.unknown"), QStringLiteral("There is no such command"), id.toString());
        return found.front();
    });
}

Result<std::vector<Command>> CommandQueue::recoverRunning(const std::function<bool(const QString &)> &isResumable)
{
    return m_state.write<std::vector<Command>>([&](store::Connection &connection) -> Result<std::vector<Command>> {
        COPPICE_TRY(auto running, select(connection, QStringLiteral("WHERE state = ? ORDER BY id"), {int(State::Running)}));
        for (const auto &command : running) {
            if (isResumable(command.verb) && !command.cancelAsked) {
                COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET state = ? WHERE id = ?"),
                                              {int(State::Queued), command.id.toString()}));
                continue;
            }
            COPPICE_CHECK(end(connection, command.id,
                              fail(QStringLiteral("engine.died"),
                                   QStringLiteral("The process that carried this out ended before it was done"), command.verb,
                                   QStringLiteral("Ask again; what it had begun was set right."))));
        }
        return running;
    });
}

Result<Id> Intents::open(const QString &kind, const QJsonObject &data)
{
    const Id id = Id::make();
    COPPICE_CHECK(m_state.write<qint64>([&](store::Connection &connection) {
        return connection.exec(QStringLiteral("INSERT INTO intent (id, kind, data, at) VALUES (?,?,?,?)"),
                               {id.toString(), kind, textOf(data), nowMs()});
    }));
    return id;
}

Result<> Intents::update(const Id &id, const QJsonObject &data)
{
    COPPICE_TRY(const qint64 changed, m_state.write<qint64>([&](store::Connection &connection) {
        return connection.exec(QStringLiteral("UPDATE intent SET data = ? WHERE id = ?"), {textOf(data), id.toString()});
    }));
    if (changed != 1)
        return failNotFound(QStringLiteral("intent.unknown"), QStringLiteral("There is no such intent"), id.toString());
    return {};
}

Result<> Intents::close(const Id &id)
{
    COPPICE_CHECK(m_state.write<qint64>([&](store::Connection &connection) {
        return connection.exec(QStringLiteral("DELETE FROM intent WHERE id = ?"), {id.toString()});
    }));
    return {};
}

Result<std::vector<Intent>> Intents::unfinished(const QString &kind)
{
    return m_state.read<std::vector<Intent>>([&](store::Connection &connection) -> Result<std::vector<Intent>> {
        std::vector<Intent> intents;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id, kind, data, at FROM intent WHERE kind = ? ORDER BY id"), {kind},
                                       [&](const store::Row &row) {
                                           intents.push_back({Id::parse(row.text(0)).value_or(Id()), row.text(1),
                                                              objectOf(row.text(2)), row.number(3)});
                                       }));
        return intents;
    });
}

} // namespace coppice::journal

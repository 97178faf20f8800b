// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/command.h"

#include "base/clock.h"
#include "base/json.h"

#include <array>

namespace coppice::journal {

namespace {

const QString columns = QStringLiteral("id, verb, args, actor, state, queued_at, result, error, cancel_asked, progress");
constexpr int longestProgress = 500;

const std::array<QString, 5> stateNames{QStringLiteral("queued"), QStringLiteral("running"), QStringLiteral("done"),
                                        QStringLiteral("failed"), QStringLiteral("cancelled")};

const QString &nameOf(Command::State state)
{
    return stateNames[size_t(state)];
}

Result<Command> fromRow(const store::Row &row)
{
    Command command;
    COPPICE_TRY(command.id, Id::parse(row.text(0)));
    command.verb = row.text(1);
    COPPICE_TRY(command.args, parseJsonObject(row.text(2).toUtf8(), QStringLiteral("command %1").arg(row.text(0))));
    command.actor = Actor::fromString(row.text(3));
    for (size_t i = 0; i < stateNames.size(); ++i) {
        if (stateNames[i] == row.text(4))
            command.state = Command::State(i);
    }
    command.queuedAt = row.number(5);
    if (const QString result = row.text(6); !result.isEmpty()) {
        COPPICE_TRY(command.result, parseJsonObject(result.toUtf8(), QStringLiteral("result of %1").arg(row.text(0))));
    }
    if (const QString error = row.text(7); !error.isEmpty()) {
        COPPICE_TRY(const QJsonObject object, parseJsonObject(error.toUtf8(), QStringLiteral("error of %1").arg(row.text(0))));
        command.error = errorFromJson(object);
    }
    command.cancelAsked = row.number(8) != 0;
    command.progress = row.text(9);
    return command;
}

Result<std::vector<Command>> select(store::Connection &connection, const QString &rest, const QVariantList &values)
{
    std::vector<Command> found;
    Result<> readable;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1 FROM command %2").arg(columns, rest), values,
                                   [&](const store::Row &row) {
                                       if (auto command = fromRow(row))
                                           found.push_back(std::move(*command));
                                       else if (readable)
                                           readable = std::unexpected(std::move(command).error());
                                   }));
    COPPICE_CHECK(std::move(readable));
    return found;
}

QString json(const QJsonObject &object)
{
    return QString::fromUtf8(toJsonLine(object));
}

Fail unknown(const Id &id)
{
    return failNotFound(QStringLiteral("command.unknown"), QStringLiteral("There is no such command"), id.toString());
}

/// Ends a command that is in `from`; answers whether there was one.
Result<bool> end(store::Connection &connection, const Id &id, Command::State from, Command::State to,
                 const Result<QJsonObject> &outcome)
{
    COPPICE_TRY(const qint64 changed,
                connection.exec(QStringLiteral("UPDATE command SET state = ?, ended_at = ?, result = ?, error = ? WHERE id = ? AND state = ?"),
                                {nameOf(to), nowMs(), outcome ? QVariant(json(*outcome)) : QVariant(),
                                 outcome ? QVariant() : QVariant(json(errorToJson(outcome.error()))), id.toString(), nameOf(from)}));
    return changed == 1;
}

Result<bool> exists(store::Database &state, const QString &sql)
{
    return state.read<bool>([&sql](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const QVariant any, connection.value(sql));
        return any.isValid();
    });
}

} // namespace

Result<Id> CommandQueue::enqueue(const Actor &actor, const QString &verb, const QJsonObject &args)
{
    return m_state.write<Id>([&](store::Connection &connection) -> Result<Id> {
        const Id id = Id::make();
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO command(id, verb, args, actor, state, queued_at) VALUES(?, ?, ?, ?, ?, ?)"),
                                      {id.toString(), verb, json(args), actor.toString(), nameOf(Command::State::Queued), nowMs()}));
        return id;
    });
}

Result<std::optional<Command>> CommandQueue::claim()
{
    // Looks before it locks: an engine asks often, and mostly there is nothing.
    COPPICE_TRY(const bool waiting, exists(m_state, QStringLiteral("SELECT 1 FROM command WHERE state = 'queued' LIMIT 1")));
    if (!waiting)
        return std::optional<Command>();
    return m_state.write<std::optional<Command>>([](store::Connection &connection) -> Result<std::optional<Command>> {
        COPPICE_TRY(auto queued, select(connection, QStringLiteral("WHERE state = 'queued' ORDER BY seq LIMIT 1"), {}));
        if (queued.empty())
            return std::optional<Command>();
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET state = 'running', started_at = ? WHERE id = ?"),
                                      {nowMs(), queued.front().id.toString()}));
        queued.front().state = Command::State::Running;
        return std::optional(std::move(queued.front()));
    });
}

Result<> CommandQueue::finish(const Id &id, const Result<QJsonObject> &outcome)
{
    const auto to = outcome ? Command::State::Done
        : outcome.error().kind == ErrorKind::Cancelled ? Command::State::Cancelled : Command::State::Failed;
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const bool ended, end(connection, id, Command::State::Running, to, outcome));
        if (!ended)
            return fail(QStringLiteral("command.not-running"), QStringLiteral("This command is not being carried out"), id.toString());
        return {};
    });
}

Result<> CommandQueue::setProgress(const Id &id, const QString &line)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET progress = ? WHERE id = ? AND state = 'running'"),
                                      {line.left(longestProgress), id.toString()}));
        return {};
    });
}

Result<> CommandQueue::askCancel(const Id &id)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const qint64 known, connection.exec(QStringLiteral("UPDATE command SET cancel_asked = 1 WHERE id = ?"), {id.toString()}));
        if (known == 0)
            return unknown(id);
        // One that nobody has begun ends here.
        COPPICE_CHECK(end(connection, id, Command::State::Queued, Command::State::Cancelled, failCancelled()));
        return {};
    });
}

Result<Command> CommandQueue::get(const Id &id)
{
    return m_state.read<Command>([&](store::Connection &connection) -> Result<Command> {
        COPPICE_TRY(auto found, select(connection, QStringLiteral("WHERE id = ?"), {id.toString()}));
        if (found.empty())
            return unknown(id);
        return std::move(found.front());
    });
}

Result<bool> CommandQueue::anyRunning()
{
    return exists(m_state, QStringLiteral("SELECT 1 FROM command WHERE state = 'running' LIMIT 1"));
}

Result<std::vector<Command>> CommandQueue::recoverRunning(const std::function<bool(const QString &verb)> &isResumable)
{
    return m_state.write<std::vector<Command>>([&](store::Connection &connection) -> Result<std::vector<Command>> {
        COPPICE_TRY(auto left, select(connection, QStringLiteral("WHERE state = 'running' ORDER BY seq"), {}));
        for (auto &command : left) {
            if (command.cancelAsked) {
                COPPICE_CHECK(end(connection, command.id, Command::State::Running, Command::State::Cancelled, failCancelled()));
            } else if (isResumable(command.verb)) {
                COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE command SET state = 'queued', started_at = NULL, progress = '' WHERE id = ?"),
                                              {command.id.toString()}));
            } else {
                COPPICE_CHECK(end(connection, command.id, Command::State::Running, Command::State::Failed,
                                  fail(QStringLiteral("engine.died"), QStringLiteral("The engine ended while it carried this out"),
                                       command.verb, QStringLiteral("Look at what was done, and ask for it again."))));
            }
            COPPICE_TRY(auto now, select(connection, QStringLiteral("WHERE id = ?"), {command.id.toString()}));
            command = std::move(now.front());
        }
        return left;
    });
}

Result<Id> Intents::open(const QString &kind, const QJsonObject &data)
{
    return m_state.write<Id>([&](store::Connection &connection) -> Result<Id> {
        const Id id = Id::make();
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO intent(id, kind, data, at) VALUES(?, ?, ?, ?)"),
                                      {id.toString(), kind, json(data), nowMs()}));
        return id;
    });
}

Result<> Intents::update(const Id &id, const QJsonObject &data)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const qint64 changed, connection.exec(QStringLiteral("UPDATE intent SET data = ? WHERE id = ?"), {json(data), id.toString()}));
        if (changed == 0)
            return failNotFound(QStringLiteral("intent.unknown"), QStringLiteral("There is no such intent"), id.toString());
        return {};
    });
}

Result<> Intents::close(const Id &id)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM intent WHERE id = ?"), {id.toString()}));
        return {};
    });
}

Result<std::vector<Intent>> Intents::unfinished(const QString &kind)
{
    return m_state.read<std::vector<Intent>>([&](store::Connection &connection) -> Result<std::vector<Intent>> {
        std::vector<Intent> found;
        Result<> readable;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT id, kind, data, at FROM intent WHERE kind = ? ORDER BY seq"), {kind},
                                       [&](const store::Row &row) {
                                           auto id = Id::parse(row.text(0));
                                           auto data = parseJsonObject(row.text(2).toUtf8(), QStringLiteral("intent %1").arg(row.text(0)));
                                           if (id && data)
                                               found.push_back({*id, row.text(1), *data, row.number(3)});
                                           else if (readable)
                                               readable = std::unexpected(id ? data.error() : id.error());
                                       }));
        COPPICE_CHECK(std::move(readable));
        return found;
    });
}

Result<bool> Intents::any()
{
    return exists(m_state, QStringLiteral("SELECT 1 FROM intent LIMIT 1"));
}

} // namespace coppice::journal

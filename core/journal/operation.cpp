// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/operation.h"

#include "base/clock.h"
#include "base/json.h"

#include <map>

namespace coppice::journal {

namespace {

const QString columns = QStringLiteral("id, actor, at, entity, verb, payload, undoes");

QJsonObject objectOf(const QString &text)
{
    return parseJsonObject(text.toUtf8(), QStringLiteral("journal")).value_or(QJsonObject());
}

Operation operationOf(const store::Row &row)
{
    Operation operation;
    operation.id = Id::parse(row.text(0)).value_or(Id());
    operation.actor = Actor::fromString(row.text(1));
    operation.at = row.number(2);
    operation.entity = row.text(3);
    operation.verb = row.text(4);
    operation.payload = objectOf(row.text(5));
    if (!row[6].isNull())
        operation.undoes = Id::parse(row.text(6)).value_or(Id());
    return operation;
}

} // namespace

struct Journal::Private {
    store::Database &state;
    std::map<QString, std::unique_ptr<Projector>> projectors;

    [[nodiscard]] Projector *projectorOf(const QString &entity) const
    {
        const auto found = projectors.find(entity.section(u':', 0, 0));
        return found == projectors.end() ? nullptr : found->second.get();
    }
    static Result<> insert(store::Connection &connection, const Operation &operation, const QJsonObject &remembered)
    {
        const QVariant undoes = operation.undoes ? QVariant(operation.undoes->toString()) : QVariant();
        COPPICE_CHECK(connection.exec(
            QStringLiteral("INSERT INTO operation (id, actor, at, entity, verb, payload, undoes, remembered) VALUES (?,?,?,?,?,?,?,?)"),
            {operation.id.toString(), operation.actor.toString(), operation.at, operation.entity, operation.verb,
             QString::fromUtf8(toJsonLine(operation.payload)), undoes, QString::fromUtf8(toJsonLine(remembered))}));
        return {};
    }
};

Journal::Journal(store::Database &state) : d(new Private{state, {}}) { }
Journal::~Journal() = default;

void Journal::addProjector(std::unique_ptr<Projector> projector)
{
    const QString kind = projector->entityKind();
    d->projectors[kind] = std::move(projector);
}

Result<Id> Journal::append(const Actor &actor, const QString &entity, const QString &verb, const QJsonObject &payload)
{
    return d->state.write<Id>(
        [&](store::Connection &connection) { return appendWithin(connection, actor, entity, verb, payload); });
}

Result<Id> Journal::appendWithin(store::Connection &connection, const Actor &actor, const QString &entity, const QString &verb,
                                 const QJsonObject &payload)
{
    auto *projector = d->projectorOf(entity);
    if (!projector)
        return fail(QStringLiteral("journal.no-projector"), QStringLiteral("Nothing keeps operations of this kind"), entity);
    const Operation operation{Id::make(), actor, nowMs(), entity, verb, payload, {}};
    COPPICE_TRY(const QJsonObject remembered, projector->apply(connection, operation));
    COPPICE_CHECK(Private::insert(connection, operation, remembered));
    return operation.id;
}

Result<Id> Journal::undo(const Actor &actor, const QString &operationId)
{
    return d->state.write<Id>([&](store::Connection &connection) -> Result<Id> {
        std::optional<Operation> original;
        QJsonObject remembered;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT ") + columns + QStringLiteral(", remembered FROM operation WHERE id = ?"),
                                       {operationId}, [&](const store::Row &row) {
                                           original = operationOf(row);
                                           remembered = objectOf(row.text(7));
                                       }));
        if (!original)
            return failNotFound(QStringLiteral("operation.unknown"), QStringLiteral("There is no such operation"), operationId);
        COPPICE_TRY(const QVariant by, connection.value(QStringLiteral("SELECT id FROM operation WHERE undoes = ?"), {operationId}));
        if (by.isValid())
            return fail(QStringLiteral("undo.done"), QStringLiteral("This was undone already"), original->entity);
        auto *projector = d->projectorOf(original->entity);
        if (!projector || original->undoes)
            return fail(QStringLiteral("undo.impossible"), QStringLiteral("This cannot be undone"), original->entity);
        COPPICE_CHECK(projector->revert(connection, *original, remembered));
        const Operation operation{Id::make(), actor, nowMs(), original->entity, QStringLiteral("undo"), {}, original->id};
        COPPICE_CHECK(Private::insert(connection, operation, {}));
        return operation.id;
    });
}

Result<std::vector<Operation>> Journal::recent(int limit, const QString &entity)
{
    return d->state.read<std::vector<Operation>>([&](store::Connection &connection) -> Result<std::vector<Operation>> {
        std::vector<Operation> operations;
        const QString where = entity.isEmpty() ? QString() : QStringLiteral(" WHERE entity = ?");
        const QVariantList values = entity.isEmpty() ? QVariantList{limit} : QVariantList{entity, limit};
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT ") + columns + QStringLiteral(" FROM operation") + where
                                           + QStringLiteral(" ORDER BY id DESC LIMIT ?"),
                                       values, [&](const store::Row &row) { operations.push_back(operationOf(row)); }));
        return operations;
    });
}

} // namespace coppice::journal

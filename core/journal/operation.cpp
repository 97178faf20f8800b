// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/operation.h"

#include "base/clock.h"
#include "base/json.h"

#include <QHash>

namespace coppice::journal {

namespace {

const QString columns = QStringLiteral("id, actor, at, entity, verb, payload, undoes");

struct Stored {
    Operation operation;
    QByteArray remembered;
};

/// What a row of `columns` holds. Ids and JSON in it were written by this file.
Result<Operation> fromRow(const store::Row &row)
{
    Operation operation;
    COPPICE_TRY(operation.id, Id::parse(row.text(0)));
    operation.actor = Actor::fromString(row.text(1));
    operation.at = row.number(2);
    operation.entity = row.text(3);
    operation.verb = row.text(4);
    COPPICE_TRY(operation.payload, parseJsonObject(row.text(5).toUtf8(), QStringLiteral("operation %1").arg(row.text(0))));
    if (const QString undone = row.text(6); !undone.isEmpty()) {
        COPPICE_TRY(operation.undoes, Id::parse(undone));
    }
    return operation;
}

Result<std::optional<Stored>> find(store::Connection &connection, const QString &id)
{
    std::optional<Stored> found;
    Result<> readable;
    COPPICE_CHECK(connection.query(QStringLiteral("SELECT %1, remembered FROM operation WHERE id = ?").arg(columns), {id},
                                   [&](const store::Row &row) {
                                       if (auto operation = fromRow(row))
                                           found = Stored{std::move(*operation), row.text(7).toUtf8()};
                                       else
                                           readable = std::unexpected(std::move(operation).error());
                                   }));
    COPPICE_CHECK(std::move(readable));
    return found;
}

Result<> insert(store::Connection &connection, const Operation &operation, const QJsonObject &remembered)
{
    COPPICE_CHECK(connection.exec(
        QStringLiteral("INSERT INTO operation(%1, remembered) VALUES(?, ?, ?, ?, ?, ?, ?, ?)").arg(columns),
        {operation.id.toString(), operation.actor.toString(), operation.at, operation.entity, operation.verb,
         QString::fromUtf8(toJsonLine(operation.payload)),
         operation.undoes ? QVariant(operation.undoes->toString()) : QVariant(),
         QString::fromUtf8(toJsonLine(remembered))}));
    return {};
}

} // namespace

struct Journal::Private {
    store::Database &state;
    QHash<QString, std::shared_ptr<Projector>> projectors;

    Result<Projector *> projectorOf(const QString &entity) const
    {
        const auto colon = entity.indexOf(u':');
        const auto found = projectors.constFind(entity.left(colon));
        if (colon <= 0 || colon + 1 == entity.size() || found == projectors.constEnd())
            return failUsage(QStringLiteral("journal.no-entity"), QStringLiteral("The journal knows no such kind of thing"),
                             entity.left(200));
        return found->get();
    }
};

Journal::Journal(store::Database &state) : d(new Private{state, {}}) { }
Journal::~Journal() = default;

void Journal::addProjector(std::unique_ptr<Projector> projector)
{
    const QString kind = projector->entityKind();
    d->projectors.insert(kind, std::shared_ptr<Projector>(std::move(projector)));
}

Result<Id> Journal::append(const Actor &actor, const QString &entity, const QString &verb, const QJsonObject &payload)
{
    return d->state.write<Id>([&](store::Connection &connection) { return appendWithin(connection, actor, entity, verb, payload); });
}

Result<Id> Journal::appendWithin(store::Connection &connection, const Actor &actor, const QString &entity,
                                 const QString &verb, const QJsonObject &payload)
{
    COPPICE_TRY(Projector *const projector, d->projectorOf(entity));
    const Operation operation{Id::make(), actor, nowMs(), entity, verb, payload, {}};
    COPPICE_TRY(const QJsonObject remembered, projector->apply(connection, operation));
    COPPICE_CHECK(insert(connection, operation, remembered));
    return operation.id;
}

Result<Id> Journal::undo(const Actor &actor, const QString &operationId)
{
    return d->state.write<Id>([&](store::Connection &connection) -> Result<Id> {
        COPPICE_TRY(const std::optional<Stored> target, find(connection, operationId.toUpper()));
        if (!target)
            return failNotFound(QStringLiteral("operation.unknown"), QStringLiteral("There is no operation with this id"), operationId);
        COPPICE_TRY(const QVariant by, connection.value(QStringLiteral("SELECT id FROM operation WHERE undoes = ?"),
                                                        {target->operation.id.toString()}));
        if (by.isValid())
            return fail(QStringLiteral("undo.done"), QStringLiteral("This operation is undone already"), operationId,
                        QStringLiteral("Undo operation %1 to have it back.").arg(by.toString()));
        // An operation that undoes leads back to the one that first changed something; each step turns the meaning.
        Stored original = *target;
        bool inForce = true;
        while (original.operation.undoes) {
            COPPICE_TRY(std::optional<Stored> earlier, find(connection, original.operation.undoes->toString()));
            if (!earlier)
                return fail(QStringLiteral("operation.broken"), QStringLiteral("The operation that this one undoes is gone"), operationId);
            original = std::move(*earlier);
            inForce = !inForce;
        }
        COPPICE_TRY(Projector *const projector, d->projectorOf(original.operation.entity));
        QJsonObject remembered;
        if (inForce) { // what the newest application remembered: of the original, or of what did it again
            COPPICE_TRY(const QJsonObject before, parseJsonObject(target->remembered, operationId));
            COPPICE_CHECK(projector->revert(connection, original.operation, before));
        } else {
            COPPICE_TRY(remembered, projector->apply(connection, original.operation));
        }
        const Operation operation{Id::make(), actor, nowMs(), original.operation.entity, QStringLiteral("undo"),
                                  {{QStringLiteral("verb"), original.operation.verb}}, target->operation.id};
        COPPICE_CHECK(insert(connection, operation, remembered));
        return operation.id;
    });
}

Result<std::vector<Operation>> Journal::recent(int limit, const QString &entity)
{
    return d->state.read<std::vector<Operation>>([&](store::Connection &connection) -> Result<std::vector<Operation>> {
        std::vector<Operation> operations;
        Result<> readable;
        const QString where = entity.isEmpty() ? QString() : QStringLiteral("WHERE entity = ?");
        QVariantList values;
        if (!entity.isEmpty())
            values << entity;
        values << limit;
        COPPICE_CHECK(connection.query(
            QStringLiteral("SELECT %1 FROM operation %2 ORDER BY seq DESC LIMIT ?").arg(columns, where), values,
            [&](const store::Row &row) {
                if (auto operation = fromRow(row))
                    operations.push_back(std::move(*operation));
                else if (readable)
                    readable = std::unexpected(std::move(operation).error());
            }));
        COPPICE_CHECK(std::move(readable));
        return operations;
    });
}

} // namespace coppice::journal

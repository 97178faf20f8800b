// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/migration.h"

#include "base/clock.h"
#include "store/database.h"
#include "store/statements.h"

#include <QFileInfo>
#include <QMap>

#include <algorithm>

namespace coppice::store {

Result<> Database::migrate(const std::vector<Migration> &all)
{
    const QString own = QFileInfo(path()).completeBaseName();
    const bool named = own == u"state" || own == u"events";
    std::vector<Migration> steps;
    std::copy_if(all.begin(), all.end(), std::back_inserter(steps),
                 [&](const Migration &step) { return !named || own == QLatin1String(step.database); });
    std::stable_sort(steps.begin(), steps.end(), [](const Migration &a, const Migration &b) { return a.number < b.number; });
    QMap<QString, int> newest;
    for (const auto &step : steps)
        newest[QString::fromUtf8(step.room)] = step.number;

    return write<void>([&](Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(QStringLiteral(
            "CREATE TABLE IF NOT EXISTS schema_migration(room TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,"
            " PRIMARY KEY(room, number)) WITHOUT ROWID")));
        QMap<QString, QList<int>> done;
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT room, number FROM schema_migration"), {},
                                       [&done](const Row &row) { done[row.text(0)] << int(row.number(1)); }));
        for (auto room = newest.cbegin(); room != newest.cend(); ++room) {
            for (const int number : done.value(room.key())) {
                if (number > room.value())
                    return fail(QStringLiteral("store.newer"), QStringLiteral("A newer Coppice has changed this database (%1 %2, this one knows %3)")
                                    .arg(room.key()).arg(number).arg(room.value()),
                                path(), QStringLiteral("Update Coppice on this machine."));
            }
        }
        for (const auto &step : steps) {
            const QString room = QString::fromUtf8(step.room);
            if (done.value(room).contains(step.number))
                continue;
            for (const auto &statement : splitStatements(QString::fromUtf8(step.sql))) {
                if (auto changed = connection.exec(statement); !changed)
                    return std::unexpected(std::move(changed).error().wrap(
                        QStringLiteral("store.migration"),
                        QStringLiteral("The database could not be brought up to date (%1, step %2)").arg(room).arg(step.number), path()));
            }
            COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO schema_migration(room, number, at) VALUES(?, ?, ?)"),
                                          {room, step.number, nowMs()}));
        }
        return {};
    });
}

} // namespace coppice::store

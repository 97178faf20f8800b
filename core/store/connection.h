// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: one SQLite connection, owned by one thread for life.

#include "store/database.h"
#include "store/direct.h"

#include <QHash>
#include <QSqlDatabase>

namespace coppice::store {

class SqliteConnection : public Connection
{
public:
    /// Opens the file; a writer makes it. To be called, used and destroyed on one thread.
    [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> open(const QString &path, bool writes);
    ~SqliteConnection() override;
    SqliteConnection(const SqliteConnection &) = delete;
    SqliteConnection &operator=(const SqliteConnection &) = delete;

    Result<qint64> exec(const QString &sql, const QVariantList &values = {}) override;
    Result<> query(const QString &sql, const QVariantList &values, const std::function<void(const Row &)> &row) override;
    Result<QVariant> value(const QString &sql, const QVariantList &values = {}) override;
    [[nodiscard]] qint64 lastInsertId() const override { return m_lastInsertId; }

private:
    SqliteConnection(QString name, QString path) : m_name(std::move(name)), m_path(std::move(path)) { }
    /// A prepared statement, bound and executed; taken out of the cache while it is used, so that the same statement
    /// may run inside its own callback.
    Result<QSqlQuery> start(const QString &sql, const QVariantList &values);
    void keep(const QString &sql, QSqlQuery query);
    [[nodiscard]] Fail failure(const QSqlError &error, const QString &sql) const;
    [[nodiscard]] Fail failure(int code, const QString &words, const QString &sql) const;

    QString m_name;
    QString m_path;
    QSqlDatabase m_database;
    std::unique_ptr<DirectStatements> m_direct;
    QHash<QString, QSqlQuery> m_prepared;
    qint64 m_lastInsertId = 0;
};

} // namespace coppice::store

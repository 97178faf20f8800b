// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "store/migration.h"

#include <QSqlQuery>
#include <QVariant>

#include <functional>
#include <memory>

namespace coppice::store {

/// A row as it is read: values by column position or name, valid until the callback returns.
class Row
{
public:
    explicit Row(const QSqlQuery &query) : m_query(query) { }
    [[nodiscard]] QVariant operator[](int column) const { return m_query.value(column); }
    [[nodiscard]] QString text(int column) const { return m_query.value(column).toString(); }
    [[nodiscard]] qint64 number(int column) const { return m_query.value(column).toLongLong(); }
    [[nodiscard]] QByteArray bytes(int column) const { return m_query.value(column).toByteArray(); }

private:
    const QSqlQuery &m_query;
};

/// A database connection lent to a callback; not to be kept.
class Connection
{
public:
    virtual ~Connection() = default;
    /// Runs one statement with positional values; answers the number of rows changed. An invalid QVariant is NULL; a
    /// null QString or QByteArray is stored as an empty one.
    virtual Result<qint64> exec(const QString &sql, const QVariantList &values = {}) = 0;
    /// Calls `row` for each row.
    virtual Result<> query(const QString &sql, const QVariantList &values, const std::function<void(const Row &)> &row) = 0;
    /// The first column of the first row; an invalid QVariant when there is none.
    virtual Result<QVariant> value(const QString &sql, const QVariantList &values = {}) = 0;
    [[nodiscard]] virtual qint64 lastInsertId() const = 0;
};

/// One SQLite file in WAL mode with one writer thread and two reader threads of its own. All members are safe from
/// any thread except from inside a callback of the same Database (that is an error), and block until the work is done.
/// Commits are synchronous to the disk, since branches move, pushes leave and events are acknowledged on the strength of
/// them. A file named events.db gives freed pages back.
/// Source: https://www.sqlite.org/wal.html; BEGIN IMMEDIATE because deferred transactions fail among several writers.
class Database
{
public:
    /// Opens or makes the file. Refuses a file on a network file system. `readOnly` never creates or writes.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const QString &path, bool readOnly = false);
    ~Database();

    /// Applies what is missing of these, in one transaction; a database newer than this program is an error. Of
    /// migrations for several databases, a file named state.db or events.db takes its own.
    [[nodiscard]] Result<> migrate(const std::vector<Migration> &steps);

    /// Runs `work` in BEGIN IMMEDIATE … COMMIT on the writer thread; rolled back when it answers an error. Keep it
    /// under 50 ms.
    template <class T> [[nodiscard]] Result<T> write(const std::function<Result<T>(Connection &)> &work);
    /// Runs `work` in a read snapshot on a reader thread. Keep it under 100 ms.
    template <class T> [[nodiscard]] Result<T> read(const std::function<Result<T>(Connection &)> &work);

    /// Changes when any process has committed to the file (PRAGMA data_version on a reader).
    [[nodiscard]] qint64 dataVersion();
    [[nodiscard]] const QString &path() const;

private:
    Database() = default;
    void runWriting(const std::function<Result<>(Connection &)> &work, Result<> &answer);
    void runReading(const std::function<Result<>(Connection &)> &work, Result<> &answer);
    struct Threads;
    std::unique_ptr<Threads> m_threads;
};

template <class T> Result<T> Database::write(const std::function<Result<T>(Connection &)> &work)
{
    Result<T> value;
    Result<> answer;
    runWriting(
        [&](Connection &connection) -> Result<> {
            value = work(connection);
            if (!value)
                return std::unexpected(value.error());
            return {};
        },
        answer);
    if (!answer)
        return std::unexpected(answer.error());
    return value;
}

template <class T> Result<T> Database::read(const std::function<Result<T>(Connection &)> &work)
{
    Result<T> value;
    Result<> answer;
    runReading(
        [&](Connection &connection) -> Result<> {
            value = work(connection);
            if (!value)
                return std::unexpected(value.error());
            return {};
        },
        answer);
    if (!answer)
        return std::unexpected(answer.error());
    return value;
}

} // namespace coppice::store

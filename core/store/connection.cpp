// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/connection.h"

#include <QFileInfo>
#include <QSqlDriver>
#include <QSqlError>

#include <atomic>

namespace coppice::store {

namespace {

constexpr int preparedAtMost = 64;

/// What SQLite's driver would store as something else than was meant.
QVariant bindable(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QString:
        return value.toString().isNull() ? QVariant(QStringLiteral("")) : value;
    case QMetaType::QByteArray:
        return value.toByteArray().isNull() ? QVariant(QByteArray("")) : value;
    case QMetaType::ULongLong:
    case QMetaType::ULong:
    case QMetaType::Long:
        return QVariant(value.toLongLong());
    default:
        return value;
    }
}

} // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const QString &path, bool writes)
{
    static std::atomic<quint64> counter = 0;
    std::unique_ptr<SqliteConnection> connection(
        new SqliteConnection(QStringLiteral("coppice-%1").arg(++counter), path));
    connection->m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), connection->m_name);
    auto &database = connection->m_database;
    if (!database.isValid())
        return fail(QStringLiteral("store.no-driver"), QStringLiteral("Qt's SQLite driver is not installed"), {},
                    QStringLiteral("Install the package libqt6sql6-sqlite."));
    database.setDatabaseName(path);
    database.setConnectOptions(writes ? QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000")
                                      : QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000;QSQLITE_OPEN_READONLY"));
    bool isOpen = false;
    connection->m_direct = DirectStatements::watching([&] {
        isOpen = database.open();
        return isOpen ? database.driver()->handle() : QVariant();
    });
    if (!isOpen)
        return connection->failure(database.lastError(), QStringLiteral("open"));
    QStringList settings{QStringLiteral("PRAGMA foreign_keys=ON"), QStringLiteral("PRAGMA temp_store=MEMORY")};
    if (writes) {
        const bool events = QFileInfo(path).completeBaseName() == u"events";
        if (events)
            settings.prepend(QStringLiteral("PRAGMA auto_vacuum=INCREMENTAL")); // counts only before the first table
        settings << QStringLiteral("PRAGMA journal_mode=WAL") << QStringLiteral("PRAGMA synchronous=FULL");
        if (events) // each event touches pages all over its indices: they are kept, and go from the log to the file less often
            settings << QStringLiteral("PRAGMA cache_size=-16000") << QStringLiteral("PRAGMA wal_autocheckpoint=4000");
    }
    for (const auto &setting : settings)
        COPPICE_CHECK(connection->value(setting));
    // Opening reads nothing: only this finds out whether the file is a database at all.
    COPPICE_CHECK(connection->value(QStringLiteral("SELECT count(*) FROM sqlite_master")));
    connection->m_prepared.clear();
    return connection;
}

SqliteConnection::~SqliteConnection()
{
    m_direct.reset();
    m_prepared.clear();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

Fail SqliteConnection::failure(const QSqlError &error, const QString &sql) const
{
    return failure(error.nativeErrorCode().toInt(), error.databaseText().isEmpty() ? error.driverText() : error.databaseText(), sql);
}

Fail SqliteConnection::failure(int code, const QString &words, const QString &sql) const
{
    switch (code & 0xFF) {
    case 5:
    case 6:
        return fail(QStringLiteral("store.busy"), QStringLiteral("Another process keeps the database locked"), m_path,
                    QStringLiteral("Try again; if it stays so, look for another Coppice that hangs."));
    case 11:
    case 26:
        return fail(QStringLiteral("store.corrupt"), QStringLiteral("The database is damaged (%1)").arg(words), m_path,
                    QStringLiteral("Move it and its -wal and -shm files away; what git holds is read again."));
    case 13:
        return fail(QStringLiteral("store.full"), QStringLiteral("There is no space left for the database"), m_path,
                    QStringLiteral("Free some space on this disk."));
    case 8:
        return fail(QStringLiteral("store.read-only"), QStringLiteral("The database cannot be written"), m_path,
                    QStringLiteral("Check the permissions of the file and its folder."));
    case 14:
        return fail(QStringLiteral("store.cannot-open"), QStringLiteral("The database cannot be opened"), m_path,
                    QStringLiteral("Check the permissions of the file and its folder."));
    case 19:
        return fail(QStringLiteral("store.constraint"), QStringLiteral("The database refuses a change (%1)").arg(words), m_path);
    default:
        return fail(QStringLiteral("store.failed"),
                    QStringLiteral("A database statement failed (%1) in: %2").arg(words, sql.simplified().left(200)), m_path);
    }
}

Result<QSqlQuery> SqliteConnection::start(const QString &sql, const QVariantList &values)
{
    QSqlQuery query;
    if (const auto known = m_prepared.find(sql); known != m_prepared.end()) {
        query = std::move(*known);
        m_prepared.erase(known);
    } else {
        query = QSqlQuery(m_database);
        query.setForwardOnly(true);
        if (!query.prepare(sql))
            return failure(query.lastError(), sql);
    }
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(int(i), bindable(values[i]));
    if (!query.exec()) {
        const auto error = query.lastError();
        query.finish();
        return failure(error, sql);
    }
    return query;
}

void SqliteConnection::keep(const QString &sql, QSqlQuery query)
{
    query.finish();
    if (m_prepared.size() >= preparedAtMost)
        m_prepared.clear();
    m_prepared.insert(sql, std::move(query));
}

Result<qint64> SqliteConnection::exec(const QString &sql, const QVariantList &values)
{
    if (m_direct) {
        if (const auto done = m_direct->run(sql, values)) {
            if (done->error)
                return failure(done->error, done->words, sql);
            m_lastInsertId = done->lastInsertId;
            return done->changed;
        }
    }
    COPPICE_TRY(QSqlQuery query, start(sql, values));
    const qint64 changed = query.numRowsAffected();
    m_lastInsertId = query.lastInsertId().toLongLong();
    keep(sql, std::move(query));
    return changed;
}

Result<> SqliteConnection::query(const QString &sql, const QVariantList &values, const std::function<void(const Row &)> &row)
{
    COPPICE_TRY(QSqlQuery query, start(sql, values));
    while (query.next())
        row(Row(query));
    const auto error = query.lastError();
    keep(sql, std::move(query));
    if (error.isValid())
        return failure(error, sql);
    return {};
}

Result<QVariant> SqliteConnection::value(const QString &sql, const QVariantList &values)
{
    COPPICE_TRY(QSqlQuery query, start(sql, values));
    const QVariant first = query.next() ? query.value(0) : QVariant();
    const auto error = query.lastError();
    keep(sql, std::move(query));
    if (error.isValid())
        return failure(error, sql);
    return first;
}

} // namespace coppice::store

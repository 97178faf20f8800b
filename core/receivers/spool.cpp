// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/spool.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/paths.h"
#include "receivers/batch_json.h"
#include "receivers/bounded_json.h"

#include <QFile>
#include <QJsonDocument>
#include <QUuid>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

using store::Connection;
using store::Row;

constexpr qint64 pageBytes = 8 << 20;     ///< of payloads, packed
constexpr qint64 trimEvery = 4 << 20;     ///< bytes kept between two looks at the limits
constexpr JsonBounds entryBounds{32, 2'000'000};
constexpr qsizetype longestLine = 64 << 20;

// A spool stands alone: it has a schema of its own, not that of a library.
constexpr store::Migration schema[] = {
    {"spool", "spool", 1,
     "CREATE TABLE entries (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL);"
     "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"},
};

} // namespace

Spool::Spool(std::unique_ptr<store::Database> database, QString name, Limits limits)
    : m_database(std::move(database)), m_name(std::move(name)), m_limits(limits)
{
}

Result<std::unique_ptr<Spool>> Spool::open(const QString &folder, Limits limits, bool readOnly)
{
    if (!readOnly) {
        COPPICE_CHECK(makeFolder(folder));
        if (::chmod(QFile::encodeName(folder).constData(), 0700) != 0)
            return fail(u"spool.folder"_s, u"The spool's folder cannot be closed to others"_s, folder, u"Check whose folder it is."_s);
    }
    COPPICE_TRY(auto database, store::Database::open(folder + u"/spool.db"_s, readOnly));
    if (!readOnly) {
        COPPICE_CHECK(database->migrate({std::begin(schema), std::end(schema)}));
        COPPICE_CHECK(database->write<void>([](Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO about (key, value) VALUES ('name', ?)"_s, {QUuid::createUuid().toString(QUuid::Id128)}));
            return {};
        }));
    }
    COPPICE_TRY(const QString name, database->read<QString>([](Connection &connection) -> Result<QString> {
        COPPICE_TRY(const QVariant value, connection.value(u"SELECT value FROM about WHERE key = 'name'"_s));
        return value.toString();
    }));
    return std::unique_ptr<Spool>(new Spool(std::move(database), name, limits));
}

Result<> Spool::keep(Batch &&batch)
{
    if (batch.isEmpty())
        return {};
    for (auto &event : batch.events) {
        if (event.id.isNull())
            event.id = Id::make();
        // An entry that is read twice must not count twice: what has no identity of its own gets one here.
        if (event.senderId.isEmpty() && event.identity.isEmpty())
            event.identity = event.id.toString().toLatin1();
    }
    const QByteArray body = qCompress(lineOf(batch), 1);
    COPPICE_CHECK(m_database->write<void>([&](Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT INTO entries (at, size, body) VALUES (?, ?, ?)"_s, {nowMs(), body.size(), body}));
        return {};
    }));
    m_untrimmed += body.size();
    if (m_untrimmed > trimEvery)
        COPPICE_CHECK(trim());
    return {};
}

Result<qint64> Spool::trim()
{
    m_untrimmed = 0;
    return m_database->write<qint64>([&](Connection &connection) -> Result<qint64> {
        COPPICE_TRY(qint64 gone, connection.exec(u"DELETE FROM entries WHERE at < ?"_s, {nowMs() - m_limits.ageMs}));
        COPPICE_TRY(const QVariant size, connection.value(u"SELECT coalesce(sum(size), 0) FROM entries"_s));
        qint64 over = size.toLongLong() - m_limits.bytes;
        qint64 last = 0;
        if (over > 0) {
            COPPICE_CHECK(connection.query(u"SELECT seq, size FROM entries ORDER BY seq"_s, {}, [&](const Row &row) {
                if (over > 0) {
                    last = row.number(0);
                    over -= row.number(1);
                }
            }));
            COPPICE_TRY(const qint64 more, connection.exec(u"DELETE FROM entries WHERE seq <= ?"_s, {last}));
            gone += more;
        }
        return gone;
    });
}

Result<Spool::Page> Spool::read(qint64 after, int limit)
{
    return m_database->read<Page>([&](Connection &connection) -> Result<Page> {
        Page page;
        page.spool = m_name;
        COPPICE_TRY(const QVariant first, connection.value(u"SELECT min(seq) FROM entries"_s));
        if (first.isValid() && first.toLongLong() > after + 1)
            page.dropped = first.toLongLong() - after - 1;
        qint64 bytes = 0;
        Result<> readable;
        COPPICE_CHECK(connection.query(u"SELECT seq, body FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"_s, {after, limit}, [&](const Row &row) {
            const QByteArray body = row.bytes(1);
            if (!readable || (bytes > 0 && bytes + body.size() > pageBytes)) {
                bytes = pageBytes * 2;
                return;
            }
            bytes += body.size();
            const auto object = parseJsonObject(qUncompress(body), u"spool"_s);
            auto batch = object ? batchFrom(*object) : Result<Batch>(std::unexpected(object.error()));
            if (!batch) {
                readable = std::unexpected(std::move(batch).error());
                return;
            }
            page.entries.push_back({row.number(0), std::move(*batch)});
        }));
        COPPICE_CHECK(std::move(readable));
        return page;
    });
}

Result<QByteArray> Spool::readLines(qint64 after, int limit)
{
    COPPICE_TRY(const Page page, read(after, limit));
    QByteArray lines = toJsonLine({{u"v"_s, 1}, {u"spool"_s, page.spool}, {u"entries"_s, qint64(page.entries.size())}, {u"dropped"_s, page.dropped}}) + '\n';
    for (const auto &entry : page.entries)
        lines += lineOf(entry.batch, entry.cursor) + '\n';
    return lines;
}

Result<Spool::Page> parseSpoolLines(QByteArrayView lines)
{
    const auto notSpool = [] {
        return fail(u"spool.answer"_s, u"The other side did not answer with what a spool holds"_s, {}, u"Check that it runs this version of coppicectl."_s);
    };
    Spool::Page page;
    qsizetype from = 0;
    qint64 promised = -1;
    while (from < lines.size()) {
        const auto newline = lines.indexOf('\n', from);
        if (newline < 0 || newline - from > longestLine)
            return notSpool();
        const auto object = parseBounded(lines.sliced(from, newline - from), entryBounds);
        from = newline + 1;
        if (!object)
            return notSpool();
        if (promised < 0) {
            page.spool = (*object)[u"spool"].toString();
            page.dropped = (*object)[u"dropped"].toInteger();
            promised = (*object)[u"entries"].toInteger(-1);
            if (page.spool.isEmpty() || page.spool.size() > 64 || promised < 0)
                return notSpool();
            continue;
        }
        const qint64 cursor = (*object)[u"cursor"].toInteger();
        const qint64 before = page.entries.empty() ? 0 : page.entries.back().cursor;
        if (cursor <= before)
            return notSpool();
        COPPICE_TRY(Batch batch, batchFrom(*object));
        page.entries.push_back({cursor, std::move(batch)});
    }
    if (promised != qint64(page.entries.size())) // cut off on the way
        return notSpool();
    return page;
}

} // namespace coppice::receivers

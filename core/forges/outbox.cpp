// SPDX-License-Identifier: GPL-3.0-or-later
#include "forges/outbox.h"

#include "base/clock.h"
#include "base/json.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::forges {

using namespace Qt::StringLiterals;
using Kind = RemoteChange::Kind;

namespace {

constexpr int mostAtOnce = 50;

Kind kindFrom(const QString &name)
{
    return name == "comment"_L1 ? Kind::Comment : name == "state"_L1 ? Kind::State : Kind::Create;
}

RemoteChange changeFrom(const store::Row &row)
{
    RemoteChange change;
    if (auto id = Id::parse(row.text(0)))
        change.id = *id;
    change.ticket = row.text(1);
    change.place = row.text(2);
    change.kind = kindFrom(row.text(3));
    change.key = row.text(4);
    change.marker = row.text(5);
    change.payload = QJsonDocument::fromJson(row.text(6).toUtf8()).object();
    change.unsure = row.number(7) != 0;
    change.attempts = int(row.number(8));
    change.queuedAt = row.number(9);
    change.firstSent = row.number(10);
    return change;
}

/// Never null: SQLite would take a null string for NULL.
QString there(const QString &text)
{
    return text.isNull() ? u""_s : text;
}

} // namespace

QString nameOf(Kind kind)
{
    return kind == Kind::Create ? u"create"_s : kind == Kind::Comment ? u"comment"_s : u"state"_s;
}

QJsonArray toJson(const Document &document)
{
    QJsonArray blocks;
    for (const Block &block : document) {
        QJsonArray runs;
        for (const Run &run : block.runs)
            runs.append(QJsonArray{run.text, run.outside});
        blocks.append(QJsonArray{int(block.kind), runs});
    }
    return blocks;
}

Document documentFrom(const QJsonArray &array)
{
    Document document;
    for (const auto &each : array) {
        Block block;
        block.kind = Block::Kind(qBound(0, each[0].toInt(), int(Block::Kind::Quote)));
        const QJsonArray runs = each[1].toArray();
        for (const auto &run : runs)
            block.runs.push_back({run[0].toString(), run[1].toBool(true)});
        document.push_back(std::move(block));
    }
    return document;
}

Result<> Outbox::queueWithin(store::Connection &connection, const RemoteChange &change)
{
    COPPICE_CHECK(connection.exec(u"INSERT INTO outbox (id, ticket, place, kind, key, marker, payload, state, queued_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?)"_s,
                                  {Id::make().toString(), change.ticket, change.place, nameOf(change.kind), there(change.key), there(change.marker),
                                   QString::fromUtf8(toJsonLine(change.payload)), nowMs()}));
    return {};
}

Result<std::vector<RemoteChange>> Outbox::due(qint64 now, bool hurry)
{
    return m_state.read<std::vector<RemoteChange>>([&](store::Connection &connection) -> Result<std::vector<RemoteChange>> {
        std::vector<RemoteChange> all;
        COPPICE_CHECK(connection.query(u"SELECT id, ticket, place, kind, key, marker, payload, unsure, attempts, queued_at, first_sent FROM outbox "
                                       "WHERE state = 'queued' AND (not_before <= ? OR (? AND unsure = 0)) ORDER BY id LIMIT ?"_s,
                                       {now, hurry ? 1 : 0, mostAtOnce}, [&](const store::Row &row) { all.push_back(changeFrom(row)); }));
        return all;
    });
}

Result<bool> Outbox::claim(const RemoteChange &change, qint64 settleMs)
{
    return m_state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        const qint64 now = nowMs();
        COPPICE_TRY(const qint64 changed,
                    connection.exec(u"UPDATE outbox SET state = 'sent', unsure = 1, attempts = attempts + 1, "
                                    "first_sent = CASE WHEN first_sent = 0 THEN ? ELSE first_sent END, not_before = ? WHERE id = ? AND state = 'queued'"_s,
                                    {now, now + settleMs, change.id.toString()}));
        return changed == 1;
    });
}

Result<> Outbox::doneWithin(store::Connection &connection, const RemoteChange &change, const QString &result)
{
    COPPICE_CHECK(connection.exec(u"UPDATE outbox SET state = 'done', unsure = 0, error = '', result = ?, ended_at = ? WHERE id = ?"_s,
                                  {there(result), nowMs(), change.id.toString()}));
    return {};
}

Result<> Outbox::later(const RemoteChange &change, const Error &error, qint64 notBefore, bool sure)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE outbox SET state = 'queued', unsure = CASE WHEN ? THEN 0 ELSE unsure END, error = ?, not_before = ? WHERE id = ?"_s,
                                      {sure ? 1 : 0, error.message(), notBefore, change.id.toString()}));
        return {};
    });
}

Result<> Outbox::dropped(const RemoteChange &change)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE outbox SET state = 'dropped', ended_at = ? WHERE id = ?"_s, {nowMs(), change.id.toString()}));
        return {};
    });
}

Result<> Outbox::failed(const RemoteChange &change, const Error &error)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE outbox SET state = 'failed', unsure = 0, error = ?, ended_at = ? WHERE id = ?"_s,
                                      {error.message(), nowMs(), change.id.toString()}));
        return {};
    });
}

Result<> Outbox::recover()
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"UPDATE outbox SET state = 'queued' WHERE state = 'sent'"_s));
        return {};
    });
}

Result<int> Outbox::createdSince(qint64 since)
{
    return m_state.read<int>([&](store::Connection &connection) -> Result<int> {
        COPPICE_TRY(const auto count, connection.value(u"SELECT count(*) FROM outbox WHERE kind = 'create' AND first_sent > ?"_s, {since}));
        return count.toInt();
    });
}

Result<std::vector<Outbox::Waiting>> Outbox::waiting()
{
    return m_state.read<std::vector<Waiting>>([&](store::Connection &connection) -> Result<std::vector<Waiting>> {
        std::vector<Waiting> all;
        COPPICE_CHECK(connection.query(
            u"SELECT ticket, place, kind, state, error, not_before, attempts FROM outbox WHERE state IN ('queued', 'sent', 'failed') ORDER BY id LIMIT 1000"_s, {},
            [&](const store::Row &row) {
                all.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.number(5), int(row.number(6))});
            }));
        return all;
    });
}

Result<int> Outbox::retry(const QString &ticket)
{
    return m_state.write<int>([&](store::Connection &connection) -> Result<int> {
        COPPICE_TRY(const qint64 changed, connection.exec(u"UPDATE outbox SET state = 'queued', not_before = 0 WHERE state = 'failed' AND (? = '' OR ticket = ?)"_s,
                                                          {there(ticket), there(ticket)}));
        return int(changed);
    });
}

qint64 backoffMs(int attempts)
{
    return qMin<qint64>(30'000LL << qBound(0, attempts - 1, 8), 7'200'000);
}

} // namespace coppice::forges

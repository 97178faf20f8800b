// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/tellings.h"

#include "base/clock.h"

#include <QCryptographicHash>

#include <cstdlib>

namespace coppice::capture {

namespace {

using store::Row;

constexpr qint64 near = 5'000;            ///< ms between the times that both give
constexpr qint64 quarter = 900'000;       ///< a log without its zone is wrong by a multiple of it
constexpr qint64 farthestZone = 14 * 3'600'000;
constexpr qint64 together = 120'000;      ///< ms between their arrivals, when the times do not agree or are not given
constexpr qint64 keptFor = 86'400'000;

bool isLog(const Event &event)
{
    return event.source.startsWith(u"file:") || event.source.startsWith(u"ssh:") || event.source.startsWith(u"journal:");
}

bool isKit(const Event &event)
{
    return event.source.startsWith(u"sentry") || event.source.startsWith(u"otlp");
}

QByteArray toldBy(const Event &event)
{
    // "com.acme.Declined", "__main__.Declined" and "Declined": kits and logs qualify names differently
    qsizetype from = 0;
    for (qsizetype i = 0; i < event.type.size(); ++i) {
        if (QStringView(u".:\\$/").contains(event.type[i]) && i + 1 < event.type.size())
            from = i + 1;
    }
    QCryptographicHash hash(QCryptographicHash::Sha1);
    for (const auto &part : {event.plugin, event.type.mid(from), event.message.section(u'\n', 0, 0).simplified()}) {
        hash.addData(part.toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    }
    return hash.result();
}

bool isSameTime(qint64 at, qint64 received, qint64 otherAt, qint64 otherReceived)
{
    if (at > 0 && otherAt > 0) {
        const qint64 apart = std::llabs(at - otherAt);
        if (apart <= near)
            return true;
        const qint64 rest = apart % quarter;
        return apart <= farthestZone && (rest <= near || quarter - rest <= near) && std::llabs(received - otherReceived) <= together;
    }
    return std::llabs(received - otherReceived) <= together;
}

} // namespace

Result<bool> Tellings::matters(const Event &event)
{
    if (isLog(event))
        return true;
    if (!isKit(event))
        return false;
    if (!m_hasLogs.contains(event.plugin)) {
        COPPICE_TRY(const QVariant there, m_connection.value(QStringLiteral("SELECT 1 FROM log_positions WHERE plugin = ? LIMIT 1"), {event.plugin}));
        m_hasLogs[event.plugin] = there.isValid();
    }
    return m_hasLogs[event.plugin];
}

Result<bool> Tellings::isTold(const Event &event, const QByteArray &key)
{
    COPPICE_TRY(const bool matter, matters(event));
    if (!matter)
        return false;
    const qint64 received = event.received > 0 ? event.received : nowMs();
    qint64 found = 0;
    QString other;
    COPPICE_CHECK(m_connection.query(QStringLiteral("SELECT id, at, received, event FROM event_tellings WHERE told = ? AND log = ? AND paired = 0 ORDER BY id LIMIT 200"),
                                     {toldBy(event), isLog(event) ? 0 : 1}, [&](const Row &row) {
                                         if (found == 0 && isSameTime(event.at, received, row.number(1), row.number(2))) {
                                             found = row.number(0);
                                             other = row.text(3);
                                         }
                                     }));
    if (found == 0)
        return false;
    COPPICE_CHECK(m_connection.exec(QStringLiteral("UPDATE event_tellings SET paired = 1 WHERE id = ?"), {found}));
    if (!key.isEmpty())
        COPPICE_CHECK(m_connection.exec(QStringLiteral("INSERT OR IGNORE INTO event_twins (known_by, seq) SELECT ?, seq FROM events WHERE id = ?"), {key, other}));
    return true;
}

Result<> Tellings::remember(const Event &event)
{
    COPPICE_TRY(const bool matter, matters(event));
    if (!matter)
        return {};
    COPPICE_CHECK(m_connection.exec(QStringLiteral("INSERT INTO event_tellings (told, log, at, received, event) VALUES (?, ?, ?, ?, ?)"),
                                    {toldBy(event), isLog(event) ? 1 : 0, event.at, event.received, event.id.toString()}));
    return {};
}

Result<> Tellings::forget(store::Connection &connection)
{
    COPPICE_CHECK(connection.exec(QStringLiteral("DELETE FROM event_tellings WHERE received < ?"), {nowMs() - keptFor}));
    return {};
}

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/known.h"

#include <QCryptographicHash>

#include <algorithm>
#include <array>
#include <span>

namespace coppice::capture {

namespace {

using store::Connection;
using store::Row;

constexpr std::array<size_t, 4> sizes{4, 16, 64, 200}; ///< how many are asked at once: a statement for each is prepared

QByteArray keyOf(const Event &event)
{
    if (event.senderId.isEmpty() && event.identity.isEmpty())
        return {};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&](const QByteArray &bytes) {
        hash.addData(bytes);
        hash.addData(QByteArrayView("\0", 1));
    };
    add(event.plugin.toUtf8());
    if (!event.senderId.isEmpty()) {
        add("sender");
        add(event.senderId.toUtf8());
    } else {
        add("record");
        add(event.identity);
        add(event.release.toUtf8()); // the same log under another release is another run of the program
    }
    return hash.result();
}

const QString &statementFor(size_t which)
{
    static const auto all = [] {
        std::array<QString, sizes.size()> made;
        for (size_t i = 0; i < sizes.size(); ++i)
            made[i] = QStringLiteral("WITH asked (key, told) AS (VALUES %1) SELECT key, told, "
                                     "EXISTS (SELECT 1 FROM events WHERE known_by = asked.key) OR EXISTS (SELECT 1 FROM events_gone WHERE known_by = asked.key) "
                                     "OR EXISTS (SELECT 1 FROM event_twins WHERE known_by = asked.key) AS there, "
                                     "EXISTS (SELECT 1 FROM events WHERE twin = asked.told) AS twinned FROM asked WHERE there OR twinned")
                          .arg(QStringList(qsizetype(sizes[i]), QStringLiteral("(?,?)")).join(u','));
        return made;
    }();
    return all[which];
}

} // namespace

QString roadOf(const Event &event)
{
    return u',' + event.source + u',';
}

Result<Known> Known::of(Connection &connection, const std::vector<Event *> &events)
{
    Known known;
    known.m_events = events;
    for (const auto *event : events)
        known.m_keys.push_back(keyOf(*event));
    for (size_t from = 0; from < events.size();) {
        const size_t left = events.size() - from;
        const size_t which = size_t(std::find_if(sizes.begin(), std::prev(sizes.end()), [&](size_t size) { return size >= left; }) - sizes.begin());
        QVariantList values;
        values.reserve(qsizetype(sizes[which] * 2));
        for (size_t i = from; i < from + sizes[which]; ++i) {
            const bool asked = i < events.size();
            values << (asked && !known.m_keys[i].isEmpty() ? QVariant(known.m_keys[i]) : QVariant());
            values << (asked && !events[i]->twin.isEmpty() ? QVariant(events[i]->twin) : QVariant());
        }
        COPPICE_CHECK(connection.query(statementFor(which), values, [&](const Row &row) {
            if (row.number(2) != 0)
                known.m_there << row.bytes(0);
            if (row.number(3) != 0)
                known.m_twins << row.bytes(1);
        }));
        from += sizes[which];
    }
    return known;
}

Result<bool> Known::isKnown(Connection &connection, size_t at)
{
    const Event &event = *m_events[at];
    const QByteArray &key = m_keys[at];
    if (!key.isEmpty()) {
        if (m_there.contains(key))
            return true;
        m_there << key;
    }
    if (event.twin.isEmpty())
        return false;
    if (!m_twins.contains(event.twin)) {
        m_twins << event.twin;
        return false;
    }
    COPPICE_TRY(const QVariant other, connection.value(QStringLiteral("SELECT seq FROM events WHERE twin = ? AND plugin = ? AND instr(roads, ?) = 0 "
                                                                      "ORDER BY seq LIMIT 1"),
                                                       {event.twin, event.plugin, roadOf(event)}));
    if (!other.isValid())
        return false;
    COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE events SET roads = roads || ? WHERE seq = ?"), {roadOf(event), other}));
    if (!key.isEmpty())
        COPPICE_CHECK(connection.exec(QStringLiteral("INSERT INTO event_twins (known_by, seq) VALUES (?, ?)"), {key, other}));
    return true;
}

} // namespace coppice::capture

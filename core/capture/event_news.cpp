// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/event_news.h"

#include <algorithm>

namespace coppice::capture {

Result<EventNews> newsSince(store::Database &events, qint64 since)
{
    constexpr qint64 most = 200'000;
    return events.read<EventNews>([&](store::Connection &connection) -> Result<EventNews> {
        EventNews news;
        COPPICE_TRY(const QVariant newest, connection.value(QStringLiteral("SELECT max(seq) FROM events")));
        news.newest = newest.toLongLong();
        if (since < 0 || since >= news.newest)
            return news;
        const qint64 from = std::max(since, news.newest - most);
        COPPICE_CHECK(connection.query(QStringLiteral("SELECT group_id, count(*) FROM events NOT INDEXED WHERE seq > ? GROUP BY group_id"), {from},
                                       [&](const store::Row &row) { news.events.insert(row.text(0), row.number(1)); }));
        for (auto it = news.events.cbegin(); it != news.events.cend(); ++it) {
            COPPICE_TRY(const QVariant older, connection.value(QStringLiteral("SELECT 1 FROM events WHERE group_id = ? AND seq <= ? LIMIT 1"), {it.key(), from}));
            if (older.isValid())
                news.known.insert(it.key());
        }
        return news;
    });
}

} // namespace coppice::capture

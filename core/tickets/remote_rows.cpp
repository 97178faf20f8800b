// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/remote_rows.h"

#include "text/hidden.h"

namespace coppice::tickets {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype textCap = 16 * 1024;

QString there(const QString &text)
{
    return text.isNull() ? u""_s : text;
}

} // namespace

Result<std::vector<RemoteLink>> readLinks(store::Connection &connection, const QString &ticket)
{
    std::vector<RemoteLink> all;
    COPPICE_CHECK(connection.query(u"SELECT ticket, place, key, url, shared, remote_state, status, assignee, updated, comments_seen, told_at FROM ticket_remotes "
                                   "WHERE ? = '' OR ticket = ? ORDER BY ticket"_s,
                                   {there(ticket), there(ticket)}, [&](const store::Row &row) {
                                       all.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4) == "open"_L1, row.text(5), row.text(6),
                                                      row.text(7), row.number(8), row.number(9), row.number(10)});
                                   }));
    return all;
}

Result<> writeLink(store::Connection &connection, const RemoteLink &link)
{
    COPPICE_CHECK(connection.exec(
        u"INSERT OR REPLACE INTO ticket_remotes (ticket, place, key, url, shared, remote_state, status, assignee, updated, comments_seen, told_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
        {link.ticket, link.place, link.key, there(link.url), link.sharedOpen ? u"open"_s : u"closed"_s, link.remoteState, there(link.status),
         there(link.assignee), link.updated, link.commentsSeen, link.toldAt}));
    return {};
}

Result<std::vector<Comment>> readComments(store::Connection &connection, const QString &ticket)
{
    std::vector<Comment> all;
    COPPICE_CHECK(connection.query(u"SELECT id, author, text, at, outside, remote_id FROM ticket_comments WHERE ticket = ? ORDER BY at, id"_s, {ticket},
                                   [&](const store::Row &row) {
                                       all.push_back({row.text(0), row.text(1), row.text(2), row.number(3), row.number(4) != 0, row.text(5)});
                                   }));
    return all;
}

Result<> insertComment(store::Connection &connection, const QString &ticket, const QJsonObject &payload, const QString &author, qint64 at)
{
    const bool outside = payload[u"outside"].toBool();
    const QString said = outside ? text::plain(payload[u"author"].toString(), 200).simplified() : author;
    const qint64 when = outside && payload[u"at"].toInteger() > 0 ? payload[u"at"].toInteger() : at;
    COPPICE_CHECK(connection.exec(u"INSERT INTO ticket_comments (id, ticket, author, text, at, outside, remote_id) VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
                                  {payload[u"id"].toString(), ticket, there(said), there(text::plain(payload[u"text"].toString(), textCap)), when, outside ? 1 : 0,
                                   there(payload[u"remote"].toString())}));
    return {};
}

} // namespace coppice::tickets

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ticket_finder.h"

#include "shell/app_session.h"
#include "shell/finder.h"
#include "shell/tones.h"

#include <algorithm>

namespace coppice::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr size_t MostResults = 40;
} // namespace

TicketFinder::TicketFinder(QObject *parent) : QObject(parent), m_results({"text", "note", "status", "tone", "icon"}) { }

void TicketFinder::setQuery(const QString &query)
{
    if (m_query == query)
        return;
    m_query = query;
    find();
    Q_EMIT queryChanged();
}

void TicketFinder::find()
{
    const auto &state = AppSession::instance()->state();
    if (!state) {
        m_results.setRecords({});
        return;
    }
    const QStringList words = m_query.split(u' ', Qt::SkipEmptyParts);
    QHash<QString, QString> alike; // ticket → why
    if (m_detail) {
        for (int row = 0; row < m_detail->similar()->count(); ++row)
            alike.insert(m_detail->similar()->keyAt(row).section(u':', 1), m_detail->similar()->value(row, "why").toString());
    }
    const QString own = m_detail ? m_detail->ticketId() : QString();
    std::vector<std::pair<int, const tickets::Ticket *>> found;
    for (const auto &ticket : state->tickets) {
        const QString id = ticket.id.toString();
        if (id == own || ticket.state == tickets::Ticket::State::Duplicate)
            continue;
        int fit = words.isEmpty() ? 0 : fitOf(words, QString(ticket.plugin + u' ' + ticket.title + u' ' + ticket.id.shown()));
        if (fit < 0)
            continue;
        fit += alike.contains(id) ? 1000 : 0;
        fit += m_detail && ticket.plugin == m_detail->plugin() ? 5 : 0;
        found.emplace_back(fit, &ticket);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<Record> records;
    for (size_t i = 0; i < std::min(found.size(), MostResults); ++i) {
        const auto &ticket = *found[i].second;
        const auto look = lookOf(ticket.state);
        const QString why = alike.value(ticket.id.toString());
        records.push_back({ticket.id.toString(), {QString(ticket.plugin + u": "_s + ticket.title), why.isEmpty() ? ticket.id.shown() : why, nameOf(ticket.state), look.tone, look.icon}});
    }
    m_results.setRecords(std::move(records));
}

} // namespace coppice::ui

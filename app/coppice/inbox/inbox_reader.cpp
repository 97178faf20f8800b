// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox_reader.h"

#include <base/clock.h>

#include <QDateTime>

#include <algorithm>

namespace coppice::ui {

using namespace Qt::StringLiterals;

QStringList InboxReader::sections()
{
    return {u"is:open"_s, u"is:waiting"_s, u"is:mine is:open"_s, u"is:snoozed"_s, u"is:any"_s};
}

Result<> InboxReader::readTrends(engine::Session &session, const LibraryState &state)
{
    const qint64 now = nowMs();
    const qint64 offset = qint64(QDateTime::currentDateTime().offsetFromUtc()) * 1000;
    const qint64 day = (now + offset) / 86'400'000;
    if (day != m_day) // all days moved on by one
        m_seen.clear();
    m_day = day;
    QStringList changed;
    QSet<QString> there;
    for (const auto &group : state.groups) {
        const QString id = group.id.toString();
        there.insert(id);
        const std::pair stand(group.count, group.last);
        if (const auto seen = m_seen.constFind(id); seen != m_seen.cend() && *seen == stand)
            continue;
        m_seen[id] = stand;
        changed << id;
    }
    m_trends.removeIf([&](const std::pair<const QString &, capture::GroupTrend &> &each) { return !there.contains(each.first); });
    COPPICE_TRY(const auto read, capture::trendsOf(session.events(), changed, now, offset));
    for (auto it = read.cbegin(); it != read.cend(); ++it)
        m_trends.insert(it.key(), *it);
    return {};
}

Result<InboxPicturePtr> InboxReader::read(engine::Session &session, const InboxWish &wish)
{
    auto picture = std::make_shared<InboxPicture>();
    if (!wish.state)
        return InboxPicturePtr(picture);
    if (wish.state != m_state || wish.lookedAt != m_lookedAt || wish.lookedEvents != m_lookedEvents) {
        m_state.reset(); // what fails half way is read again
        COPPICE_CHECK(readTrends(session, *wish.state));
        COPPICE_TRY(m_news, capture::newsSince(session.events(), wish.lookedEvents));
        m_entries = tickets::inboxEntries({wish.state->groups, wish.state->tickets, m_trends, m_news, wish.lookedAt});
        m_lookedAt = wish.lookedAt;
        m_lookedEvents = wish.lookedEvents;
        m_state = wish.state;
    }
    const auto filter = tickets::InboxQuery::parse(wish.filter);
    const auto base = tickets::InboxQuery::parse(wish.base);
    picture->problems = filter.problems();
    picture->newestEvent = m_news.newest;
    picture->all = int(m_entries.size());
    std::vector<tickets::InboxQuery> sections;
    for (const auto &section : InboxReader::sections())
        sections.push_back(tickets::InboxQuery::parse(section));
    picture->counts.assign(sections.size(), 0);
    for (const auto &entry : m_entries) {
        for (size_t i = 0; i < sections.size(); ++i)
            picture->counts[i] += sections[i].fits(entry, wish.me) ? 1 : 0;
        picture->fresh += entry.open && entry.news != tickets::InboxEntry::News::None ? 1 : 0;
        // A filter that names states says itself what it wants; else the section does.
        const bool fits = filter.namesState() ? filter.fits(entry, wish.me)
                                              : base.fits(entry, wish.me) && filter.fits(entry, wish.me, true);
        if (fits)
            picture->rows.push_back(entry);
    }
    tickets::sortInbox(picture->rows, wish.order);
    COPPICE_TRY(picture->searches, tickets::SavedSearches(session.state(), session.journal()).list());
    return InboxPicturePtr(std::move(picture));
}

} // namespace coppice::ui

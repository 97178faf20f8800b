// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/library_state.h"

#include <tickets/inbox_query.h>
#include <tickets/triage_rules.h>

#include <memory>

namespace coppice::ui {

/// What the list is to show.
struct InboxWish {
    StatePtr state;
    QString base;   ///< query of the section: what counts unless the filter names states itself
    QString filter;
    tickets::InboxOrder order = tickets::InboxOrder::Last;
    qint64 lookedAt = 0;     ///< ms
    qint64 lookedEvents = -1; ///< as capture::EventNews counts; below 0: nobody ever looked
    QString me;
};
/// What the list shows: read and put in order on a worker, never changed.
struct InboxPicture {
    std::vector<tickets::InboxEntry> rows;
    std::vector<int> counts;   ///< of `sections`, in their order
    QStringList problems;      ///< of the filter
    qint64 newestEvent = 0;    ///< where the events end: what is looked at now
    int fresh = 0;             ///< open lines that are new or grew since somebody looked
    int all = 0;               ///< lines whatever the filter is
    std::vector<tickets::SavedSearch> searches;
};
using InboxPicturePtr = std::shared_ptr<const InboxPicture>;

/// Reads what the list shows. Keeps what was read, so that only groups with other events are looked at again. Used by one
/// thread at a time.
class InboxReader
{
public:
    Result<InboxPicturePtr> read(engine::Session &session, const InboxWish &wish);
    /// The sections that there are: queries.
    [[nodiscard]] static QStringList sections();

private:
    Result<> readTrends(engine::Session &session, const LibraryState &state);
    StatePtr m_state;
    qint64 m_lookedAt = -1, m_lookedEvents = -2, m_day = 0;
    capture::GroupTrends m_trends;
    QHash<QString, std::pair<qint64, qint64>> m_seen; ///< group → count and last, when its trend was read
    capture::EventNews m_news;
    std::vector<tickets::InboxEntry> m_entries;
};

} // namespace coppice::ui

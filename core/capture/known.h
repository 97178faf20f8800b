// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "store/database.h"

#include <QByteArray>
#include <QSet>

#include <vector>

namespace coppice::capture {

/// Which events of a batch are in events.db already: the same one sent again, or the same error told on another road. Asked
/// for all of them at once; those that the batch itself has stored meanwhile count as well.
class Known
{
public:
    /// The events must outlive it.
    static Result<Known> of(store::Connection &connection, const std::vector<Event *> &events);
    /// To be asked in the order of the events, once for each: one that is not known is taken to be stored now. Of n
    /// tellings of an error on one road and m on another, as many are one as there are pairs.
    Result<bool> isKnown(store::Connection &connection, size_t at);
    /// What makes an event the same one when it comes again. Empty: it is always new.
    [[nodiscard]] const QByteArray &keyAt(size_t at) const { return m_keys[at]; }

private:
    std::vector<Event *> m_events;
    std::vector<QByteArray> m_keys;
    QSet<QByteArray> m_there;
    QSet<QByteArray> m_twins; ///< told on some road
};

/// The road an event came on, as it stands in a list of them.
[[nodiscard]] QString roadOf(const Event &event);

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "capture/received.h"

#include <QHash>
#include <QString>

#include <vector>

namespace coppice::receivers {

/// What one request brings, or several of them together, taken apart. Of one plugin's key: the plugin is set by whoever
/// knows the key, before anything is stored.
struct Batch {
    std::vector<capture::Event> events;
    std::vector<capture::RequestPoint> requests;
    std::vector<capture::LostReport> lost;
    QHash<QString, int> skipped; ///< items by type that make no event: sessions, spans, attachments, unknown ones

    [[nodiscard]] bool isEmpty() const { return events.empty() && requests.empty() && lost.empty(); }
    void append(Batch &&other); ///< moves out of the other what stays there by number
};

inline void Batch::append(Batch &&other)
{
    const auto move = [](auto &to, auto &from) { to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end())); };
    move(events, other.events);
    move(requests, other.requests);
    move(lost, other.lost);
    for (auto it = other.skipped.cbegin(); it != other.skipped.cend(); ++it)
        skipped[it.key()] += *it;
}

} // namespace coppice::receivers

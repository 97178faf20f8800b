// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "journal/operation.h"
#include "library/library.h"
#include "review/patch.h"
#include "runs/run.h"
#include "shipping/shipping.h"
#include "shipping/times.h"
#include "sync/sync.h"
#include "tickets/ticket.h"

#include <QMap>

namespace coppice::manager {

/// How a plugin stood when a brief was given.
struct PluginThen {
    QString version;
    QString tier; ///< of health; empty: not known
};
/// What health says of a plugin, as whoever asks for a brief knows it.
struct PluginHealth {
    QString plugin;
    QString tier;   ///< the name of the tier
    int rank = 0;   ///< 0: nothing to say, 1: fair, 2: poor, -1: not known
    QString reason; ///< what weighs most, in a sentence
    QString next;   ///< what to do about it
    QString signal; ///< that says so; a ticket can be made of it
    int gain = 0;   ///< tenths of a point, of 1000, that mending it brings
};
/// Everything that a brief may tell, read once. Text of tickets, groups and patches may be from outside.
struct Facts {
    qint64 now = 0;
    qint64 since = 0; ///< of the last brief; what happened later has changed
    bool first = false; ///< there was no brief before: `then` is empty
    QMap<QString, PluginThen> then; ///< by plugin
    library::Catalog catalog;
    std::vector<tickets::Ticket> tickets;
    std::vector<runs::Run> runs;
    std::vector<review::Patch> patches; ///< open ones
    std::vector<capture::Group> groups;
    std::vector<sync::SyncState> drift;
    std::vector<shipping::LeadTimes> times;
    std::vector<shipping::Watch> watches;
    runs::QueueState queue;
    std::vector<PluginHealth> health;
    /// Proposals that somebody agreed to and that could not be carried out: when, and why.
    std::vector<std::pair<qint64, QString>> undone;
    QStringList unknown; ///< what could not be looked at, and why: told in the brief
};

struct Sources {
    const library::Library &library;
    store::Database &state;
    store::Database &events;
    journal::Journal &journal;
};
/// Reads the facts of now; `since`, `first` and `then` are the caller's to fill. What cannot be read stands in `unknown`; only
/// a library that cannot be read is an error. Nothing is fetched and no program is started. Any thread.
[[nodiscard]] Result<Facts> gather(const Sources &sources, std::stop_token stop, Progress &progress);

} // namespace coppice::manager

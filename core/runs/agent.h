// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/ledger.h"
#include "library/library.h"
#include "journal/operation.h"
#include "review/reviews.h"
#include "runs/run.h"

#include <QJsonObject>

namespace coppice::runs {

/// A setting as it holds for a plugin, and where it stands: "plugin", "library", or empty where nothing says it.
template <class T> struct Resolved {
    T value{};
    QString from;
};
/// What is remembered of a plugin, one file each.
struct KnowledgeFile {
    QString path; ///< in the plugin
    int tokens = 0;
};
/// How a plugin's agent has done so far, over all its runs.
struct TrackRecord {
    int runs = 0;
    QMap<QString, int> states;   ///< done, failed, cancelled, … → runs
    QMap<QString, int> failures; ///< agent, check, limit, … → failed runs
    int patches = 0;             ///< of runs
    QMap<QString, int> patchStates; ///< open, applied, shipped, closed
    int hunksAccepted = 0;
    int hunksRejected = 0;
    journal::Spent spent; ///< ever
    qint64 medianSeconds = 0; ///< of runs that are over; 0: none
    qint64 lastRun = 0;       ///< when the newest was queued
    struct Bad {
        QString run;
        qint64 at = 0;
        QString failure;
        QString reason;
    };
    std::vector<Bad> lastFailures; ///< the newest first, at most 5
};
/// One plugin's lasting agent.
struct PluginAgent {
    QString plugin;
    Resolved<QString> client; ///< empty: named with each run
    Resolved<QString> model;  ///< empty: the client's own choice
    Resolved<bool> asks;      ///< also about what lies within the work folder
    Resolved<qint64> budgetRun, budgetDay, budgetTicket; ///< millionths of a US dollar; 0: no limit
    qint64 spentToday = 0;
    std::vector<KnowledgeFile> knowledge;
    TrackRecord record;
};

/// Settings alone: cheap, for lists and for starting a run.
[[nodiscard]] PluginAgent agentSettings(const library::Catalog &catalog, const library::CatalogEntry &plugin);
/// With knowledge and track record. Reads state.db and the plugin's files; not for the GUI thread.
[[nodiscard]] Result<PluginAgent> agentOf(const git::Repository &repository, store::Database &state, journal::Journal &journal,
                                          const library::Catalog &catalog, const library::CatalogEntry &plugin);
[[nodiscard]] QJsonObject toJson(const PluginAgent &agent);

} // namespace coppice::runs

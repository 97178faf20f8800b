// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "story_item.h"

#include <clients/client.h>
#include <playbooks/playbook.h>
#include <runs/run.h>

#include <QHash>
#include <QSet>

#include <deque>
#include <vector>

namespace coppice::ui {

/// What a story holds at most: beyond it the oldest items are let go, a few at a time.
struct StoryBounds {
    size_t items = 2'000;
    qsizetype characters = 4'000'000;
};

/// What a client told as a whole, beside the story.
struct StoryTotals {
    qint64 input = 0, output = 0, cached = 0;
    double cost = -1; ///< US dollars; -1: the client tells none
    qint64 contextUsed = 0, contextSize = 0;
    QStringList plan, planStates;
    QString doing; ///< what it does right now, in a line
    qint64 updates = 0;
    qint64 unreadable = 0; ///< lines that are no updates
    friend bool operator==(const StoryTotals &, const StoryTotals &) = default;
};

/// How a story changed since it was last asked: applied in this order.
struct StoryChange {
    bool anew = false;               ///< everything there was is gone
    size_t dropped = 0;              ///< from the front
    std::vector<std::pair<size_t, StoryItem>> changed; ///< by place after the dropping
    std::vector<StoryItem> added;    ///< at the end
    StoryTotals totals;
    qint64 letGo = 0;                ///< items before the first, in all
    [[nodiscard]] bool empty() const { return !anew && dropped == 0 && changed.empty() && added.empty(); }
};

/// Folds the updates of a run into its story, line by line: pieces of text grow together, tool calls and permissions are
/// brought up to date where they stand, steps begin sections. Bounded, whatever comes. Not thread-safe.
class StoryFold
{
public:
    explicit StoryFold(StoryBounds bounds = {}) : m_bounds(bounds) { }

    /// One line of updates.jsonl.
    void line(QByteArrayView line);
    /// The steps as they are journaled by now and the checks of the run; told before the lines that were written since.
    void steps(std::vector<playbooks::StepRecord> journal, std::vector<runs::Check> checks, runs::Run::State state);
    /// All lines that there are have been told: steps that told nothing get their sections too, and where the run is
    /// over, what has not ended is marked so.
    void catchUp();
    [[nodiscard]] StoryChange take();
    [[nodiscard]] const std::deque<StoryItem> &items() const { return m_items; }
    [[nodiscard]] const StoryTotals &totals() const { return m_totals; }

private:
    struct Place {
        QString step;
        int attempt = 0;
        friend bool operator==(const Place &, const Place &) = default;
    };
    void enter(const Place &place, double at);
    void header(const Place &place, double at);
    void checksOf(const Place &place);
    [[nodiscard]] QString standing(size_t record) const;
    void refreshHeaders();
    void text(const clients::AgentUpdate &update, double at);
    void plan(const QJsonObject &data, double at);
    void tool(const QJsonObject &data, double at);
    void diff(const QJsonObject &data, double at);
    void permission(const QJsonObject &data, double at);
    void usage(const QJsonObject &data);
    void end(const clients::AgentUpdate &update, double at);

    [[nodiscard]] QString scoped(const char *kind, const QString &id) const;
    /// Changes the item of this key; where there is none (any more), a new one of this kind at the end.
    template <class Change> void change(const QString &key, const char *kind, double at, Change with);
    void bound();

    StoryBounds m_bounds;
    std::deque<StoryItem> m_items;
    QHash<QString, qint64> m_numbers; ///< key → number of the item since the beginning
    qint64 m_first = 0;               ///< number of m_items.front()
    qint64 m_taken = 0;               ///< items below this number have been handed out
    qint64 m_takenFirst = 0;
    QSet<qint64> m_dirty;             ///< numbers below m_taken that changed
    bool m_anew = true;
    qsizetype m_weight = 0;
    qint64 m_next = 0; ///< for keys of text
    StoryTotals m_totals;
    Place m_place;
    std::vector<playbooks::StepRecord> m_journal;
    std::vector<runs::Check> m_checks;
    QSet<QString> m_told; ///< keys of headers that there are or were
    runs::Run::State m_state = runs::Run::State::Queued;
};

} // namespace coppice::ui

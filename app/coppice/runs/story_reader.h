// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "story_fold.h"

#include <QFile>

namespace coppice::ui {

/// What is known of a run beside the updates that it wrote.
struct StorySource {
    QString file; ///< updates.jsonl; need not be there (yet)
    std::vector<playbooks::StepRecord> journal;
    std::vector<runs::Check> checks;
    runs::Run::State state = runs::Run::State::Queued;
};

/// Reads a run's updates on as the file grows and folds them into its story. Used by one thread at a time, never the GUI's.
class StoryReader
{
public:
    explicit StoryReader(StoryBounds bounds) : m_bounds(bounds), m_fold(bounds) { }

    /// Reads what is new, a few megabytes at most, and answers how the story changed.
    [[nodiscard]] StoryChange look(const StorySource &source);
    /// There was more to read than one look takes.
    [[nodiscard]] bool isBehind() const { return m_behind; }

private:
    void feed(const QByteArray &bytes);
    void startOver();

    StoryBounds m_bounds;
    StoryFold m_fold;
    QByteArray m_rest;      ///< a line without its end yet
    bool m_skipping = false; ///< within a line that is too long
    bool m_behind = false;
    qint64 m_offset = 0;
};

} // namespace coppice::ui

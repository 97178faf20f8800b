// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shell/library_state.h"
#include "story_fold.h"

#include <QHash>
#include <QObject>
#include <QTimer>

namespace coppice::ui {

class Worker;

/// What the runs under way do right now, read from the ends of their updates about once a second while somebody looks.
class RunPulse : public QObject
{
    Q_OBJECT
public:
    explicit RunPulse(Worker &worker, QObject *parent = nullptr);
    /// The runs to look at: those of the state that are under way. `watched`: somebody looks.
    void follow(const StatePtr &state, const QString &runsDir, bool watched);
    /// Null where nothing was told.
    [[nodiscard]] const StoryTotals *of(const QString &run) const;

Q_SIGNALS:
    void changed(const QStringList &runs);

private:
    struct Seen {
        qint64 size = -1;
        StoryTotals totals;
    };
    void look();

    Worker &m_worker;
    QTimer m_timer;
    QHash<QString, Seen> m_seen; ///< run → what its file held
    QString m_runsDir;
    bool m_looking = false;
};

} // namespace coppice::ui

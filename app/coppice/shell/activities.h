// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "record_model.h"

#include <base/progress.h>

#include <QTimer>

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace coppice::ui {

/// A long call as the status bar shows it: how far it is, and the way to stop it. Told by the thread that works, read
/// by the GUI's.
class ActivityProgress : public Progress
{
public:
    void report(qint64 done, qint64 total, const QString &what) override;
    struct Seen {
        qint64 done = 0;
        qint64 total = 0;
        QString what;
    };
    [[nodiscard]] Seen seen() const;

private:
    mutable std::mutex m_mutex;
    Seen m_seen;
};

/// What is being carried out for the person at this window.
class Activities : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Reached as App.activities")
    Q_PROPERTY(coppice::ui::RecordModel *list READ list CONSTANT)
    Q_PROPERTY(int count READ count NOTIFY changed)
    Q_PROPERTY(QString title READ title NOTIFY changed)      ///< of the newest
    Q_PROPERTY(QString detail READ detail NOTIFY changed)    ///< its last line of progress
    Q_PROPERTY(double fraction READ fraction NOTIFY changed) ///< its part done, -1 while not known
public:
    explicit Activities(QObject *parent = nullptr);

    struct Activity {
        QString key;
        QString title;
        std::shared_ptr<ActivityProgress> progress;
        std::stop_source stop;
    };
    Activity begin(const QString &title);
    void end(const QString &key);
    /// Asks one to stop; `key` empty: the newest.
    Q_INVOKABLE void cancel(const QString &key = {});
    void cancelAll();

    [[nodiscard]] RecordModel *list() { return &m_list; }
    [[nodiscard]] int count() const { return int(m_activities.size()); }
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString detail() const;
    [[nodiscard]] double fraction() const;

Q_SIGNALS:
    void changed();

private:
    void refresh();

    std::vector<Activity> m_activities;
    RecordModel m_list;
    QTimer m_timer;
    int m_next = 0;
};

} // namespace coppice::ui

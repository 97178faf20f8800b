// SPDX-License-Identifier: GPL-3.0-or-later
#include "activities.h"

namespace coppice::ui {

void ActivityProgress::report(qint64 done, qint64 total, const QString &what)
{
    const std::lock_guard lock(m_mutex);
    m_seen = {done, total, what.left(200)};
}

ActivityProgress::Seen ActivityProgress::seen() const
{
    const std::lock_guard lock(m_mutex);
    return m_seen;
}

Activities::Activities(QObject *parent) : QObject(parent), m_list({"title", "detail", "fraction", "stopping"})
{
    m_timer.setInterval(150);
    connect(&m_timer, &QTimer::timeout, this, &Activities::refresh);
}

Activities::Activity Activities::begin(const QString &title)
{
    Activity activity{QString::number(++m_next), title, std::make_shared<ActivityProgress>(), {}};
    m_activities.push_back(activity);
    m_timer.start();
    refresh();
    return activity;
}

void Activities::end(const QString &key)
{
    std::erase_if(m_activities, [&](const Activity &activity) { return activity.key == key; });
    if (m_activities.empty())
        m_timer.stop();
    refresh();
}

void Activities::cancel(const QString &key)
{
    if (key.isEmpty() && !m_activities.empty()) {
        m_activities.back().stop.request_stop();
    } else {
        for (auto &activity : m_activities) {
            if (activity.key == key)
                activity.stop.request_stop();
        }
    }
    refresh();
}

void Activities::cancelAll()
{
    for (auto &activity : m_activities)
        activity.stop.request_stop();
}

void Activities::refresh()
{
    std::vector<Record> records;
    for (const auto &activity : m_activities) {
        const auto seen = activity.progress->seen();
        const double part = seen.total > 0 ? double(seen.done) / double(seen.total) : -1.0;
        records.push_back({activity.key, {activity.title, seen.what, part, activity.stop.stop_requested()}});
    }
    m_list.setRecords(std::move(records));
    Q_EMIT changed();
}

QString Activities::title() const
{
    return m_activities.empty() ? QString() : m_activities.back().title;
}

QString Activities::detail() const
{
    if (m_activities.empty())
        return {};
    return m_activities.back().stop.stop_requested() ? tr("Stopping…") : m_activities.back().progress->seen().what;
}

double Activities::fraction() const
{
    if (m_activities.empty())
        return -1;
    const auto seen = m_activities.back().progress->seen();
    return seen.total > 0 ? double(seen.done) / double(seen.total) : -1.0;
}

} // namespace coppice::ui

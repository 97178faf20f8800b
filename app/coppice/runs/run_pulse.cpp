// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_pulse.h"

#include "shell/worker.h"

#include <QFile>
#include <QSet>

namespace coppice::ui {

namespace {

constexpr qint64 TailBytes = 48 * 1024;
constexpr qsizetype MostRuns = 64;

bool isWorking(const runs::Run &run)
{
    using S = runs::Run::State;
    return run.state == S::Preparing || run.state == S::Running || run.state == S::Checking;
}

StoryTotals readTail(QFile &file)
{
    const bool cut = file.size() > TailBytes;
    file.seek(cut ? file.size() - TailBytes : 0);
    QByteArray bytes = file.read(TailBytes);
    bytes.truncate(bytes.lastIndexOf('\n') + 1);
    if (cut)
        bytes.remove(0, bytes.indexOf('\n') + 1);
    StoryFold fold({200, 200'000});
    for (const auto &line : bytes.split('\n'))
        fold.line(line);
    return fold.totals();
}

} // namespace

RunPulse::RunPulse(Worker &worker, QObject *parent) : QObject(parent), m_worker(worker)
{
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, &RunPulse::look);
}

void RunPulse::follow(const StatePtr &state, const QString &runsDir, bool watched)
{
    m_runsDir = runsDir;
    QSet<QString> working;
    for (const auto &run : state ? state->runs : std::vector<runs::Run>()) {
        if (isWorking(run) && working.size() < MostRuns)
            working.insert(run.id.toString());
    }
    m_seen.removeIf([&](const auto &one) { return !working.contains(one.key()); });
    for (const auto &id : working) {
        if (!m_seen.contains(id))
            m_seen.insert(id, {});
    }
    if (!watched || m_seen.isEmpty()) {
        m_timer.stop();
    } else if (!m_timer.isActive()) {
        m_timer.start();
        look();
    }
}

const StoryTotals *RunPulse::of(const QString &run) const
{
    const auto found = m_seen.constFind(run);
    return found == m_seen.constEnd() || found->size < 0 ? nullptr : &found->totals;
}

void RunPulse::look()
{
    if (m_looking)
        return;
    m_looking = true;
    QHash<QString, qint64> sizes;
    for (auto it = m_seen.constBegin(); it != m_seen.constEnd(); ++it)
        sizes.insert(it.key(), it->size);
    m_worker.read(
        this,
        [dir = m_runsDir, sizes] {
            QHash<QString, Seen> fresh;
            for (auto it = sizes.constBegin(); it != sizes.constEnd(); ++it) {
                QFile file(dir + u'/' + it.key() + u'/' + runs::updatesFile);
                if (!file.open(QIODevice::ReadOnly) || file.size() == it.value())
                    continue;
                const qint64 size = file.size();
                fresh.insert(it.key(), {size, readTail(file)});
            }
            return fresh;
        },
        [this](const QHash<QString, Seen> &fresh) {
            m_looking = false;
            QStringList runs;
            for (auto it = fresh.constBegin(); it != fresh.constEnd(); ++it) {
                const auto known = m_seen.find(it.key());
                if (known == m_seen.end())
                    continue;
                if (!(known->totals == it->totals) || known->size < 0)
                    runs << it.key();
                *known = *it;
            }
            if (!runs.isEmpty())
                Q_EMIT changed(runs);
        });
}

} // namespace coppice::ui

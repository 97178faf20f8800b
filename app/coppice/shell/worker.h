// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <memory>
#include <utility>

namespace coppice::ui {

/// Carries jobs out on threads of its own and hands what they answer back on the thread it lives in, which is the GUI's.
/// Everything that touches disk, git, databases, processes or the network goes through here.
class Worker : public QObject
{
    Q_OBJECT
public:
    /// Reads are short and many; calls may wait for minutes and must not hold the reads up.
    enum class Lane { Read, Call };

    explicit Worker(QObject *parent = nullptr);
    ~Worker() override; ///< waits for jobs under way; what they answer is dropped

    /// `done` is called with the job's answer unless `owner` is gone by then.
    template <class Job, class Done> void run(Lane lane, QObject *owner, Job job, Done done)
    {
        using Answer = std::invoke_result_t<Job>;
        ++m_pending;
        QPointer<QObject> guard(owner);
        pool(lane).start([this, guard, job = std::move(job), done = std::move(done)]() mutable {
            auto answer = std::make_shared<Answer>(job());
            QMetaObject::invokeMethod(
                this,
                [this, guard, answer, done = std::move(done)]() mutable {
                    if (guard)
                        done(std::move(*answer));
                    finished();
                },
                Qt::QueuedConnection);
        });
    }
    template <class Job, class Done> void read(QObject *owner, Job job, Done done)
    {
        run(Lane::Read, owner, std::move(job), std::move(done));
    }
    /// Jobs that were started and have not handed back yet.
    [[nodiscard]] int pending() const { return m_pending; }

Q_SIGNALS:
    void idle(); ///< nothing is pending any more

private:
    [[nodiscard]] QThreadPool &pool(Lane lane) { return lane == Lane::Read ? m_reads : m_calls; }
    void finished();

    QThreadPool m_reads;
    QThreadPool m_calls;
    int m_pending = 0;
};

} // namespace coppice::ui

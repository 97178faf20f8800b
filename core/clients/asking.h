// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/agent_log.h"

#include <list>
#include <thread>

namespace coppice::clients {

/// The questions of one start of a client that wait for an answer, each on a thread of its own.
class Asking
{
public:
    using Answered = std::function<void(const PermissionAnswer &)>;
    Asking(const Job &job, Launch &launch) : m_job(job), m_launch(launch) { }
    ~Asking() { end(); }
    Asking(const Asking &) = delete;
    Asking &operator=(const Asking &) = delete;

    /// Asks the job; `answered` is called once, from the question's thread. After a stop it is answered Cancelled.
    void ask(PermissionRequest request, Answered answered);
    /// This one needs no answer any more.
    void withdraw(const QString &id);
    /// All that wait are answered Cancelled, and later ones, too.
    void cancelAll();
    /// The same, and waits for their threads.
    void end();

private:
    struct One {
        QString id;
        std::stop_source stop;
        std::jthread thread;
        std::atomic<bool> over = false;
    };
    const Job &m_job;
    Launch &m_launch;
    std::mutex m_mutex;
    std::list<One> m_all;
    bool m_cancelled = false;

    static constexpr size_t mostAtOnce = 64;
};

/// The option of this kind, or one that does not go further: allow_once serves for allow_always, but never a rejection for
/// an allowance. Empty: the client offers none.
[[nodiscard]] QString optionFor(PermissionAnswer::Kind kind, const QJsonArray &options);

} // namespace coppice::clients

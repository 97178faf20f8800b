// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "clients/client.h"
#include "clients/watchdog.h"
#include "process/child.h"

#include <QByteArray>
#include <QFile>

#include <atomic>
#include <mutex>
#include <stop_token>

namespace coppice::clients {

class StreamReader;

/// Runs one command of a client in its sandbox: everything it prints is appended to the job's log as it comes, a flood
/// ends it, silence ends it, and a stop request does.
class Launch
{
public:
    Launch(const Job &job, std::stop_token stop);
    ~Launch();
    /// Opens the log for appending, and the file of the raw stream where the job wants one.
    Result<> open();

    // Set before run(), where the program is more than a command:
    std::function<void(QByteArrayView)> onStdout; ///< each piece; none: it is told as raw text
    std::function<void()> askToStop;              ///< before it is stopped by force; from any thread
    std::shared_ptr<process::Channel> channel;    ///< its stdin
    std::atomic<bool> speaks = false; ///< a stream of messages: those may be more than a command may print

    /// Runs and reads how it ended by what the system tells: Completed for exit status 0 and nothing against it.
    Result<AgentEnd> run(const sandbox::SandboxProfile &profile, const QStringList &argv, const QString &who);
    /// What the stream says and what the system says, put together; after run(). `exitCounts`: a finished stream with another
    /// exit status than 0 is a failure.
    [[nodiscard]] AgentEnd judge(const StreamReader &reader, const AgentEnd &launched, const QString &who, bool exitCounts) const;

    /// The client has said all: it may end now, or is stopped after a while.
    void finished();
    /// It has spent more than it may: it is stopped, and that is the outcome.
    void overBudget();
    /// Keeps a line of the raw stream. From any thread.
    void keepRaw(QByteArrayView bytes);
    /// While this lives, silence is not the client's.
    void waits(bool begins);
    /// No more is to be asked or answered: the job was stopped, or the client is.
    [[nodiscard]] std::stop_token stopping() const { return m_stopping.get_token(); }
    /// The log, beside what the program prints.
    void note(const QString &line);

    /// As raw text, to whoever watches.
    void tell(QByteArrayView piece);

private:
    void take(QByteArrayView piece, bool fromStdout);

    const Job &m_job;
    std::stop_token m_asked;
    std::stop_source m_stop;     ///< by force
    std::stop_source m_stopping; ///< by whatever
    std::mutex m_files;
    QFile m_log;
    QFile m_raw;
    qint64 m_printed = 0;
    qint64 m_rawKept = 0;
    std::atomic<bool> m_flood = false, m_finished = false, m_overBudget = false;
    bool m_stalled = false;
    int m_exit = -1;
    QByteArray m_tail; ///< the last bytes printed, for the reason
    std::mutex m_dogMutex;
    std::unique_ptr<Watchdog> m_dog;
};

/// Bytes of a raw stream that are kept.
constexpr qint64 rawCap = 256LL << 20;

} // namespace coppice::clients

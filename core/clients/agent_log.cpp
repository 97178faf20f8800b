// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/agent_log.h"

#include "clients/last_words.h"
#include "process/limit_told.h"
#include "clients/stream_reader.h"

#include <QFileInfo>

namespace coppice::clients {

namespace {

using namespace std::chrono_literals;

constexpr auto graceToEnd = 15s; ///< from its last word to its end

QString minutes(std::chrono::milliseconds time)
{
    const qint64 seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    return seconds % 60 == 0 && seconds > 0 ? QStringLiteral("%1 min").arg(seconds / 60) : QStringLiteral("%1 s").arg(seconds);
}

} // namespace

Launch::Launch(const Job &job, std::stop_token stop) : m_job(job), m_asked(std::move(stop)), m_log(job.logPath), m_raw(job.rawPath) { }

Launch::~Launch() = default;

Result<> Launch::open()
{
    m_printed = QFileInfo(m_job.logPath).size(); // an earlier command of this attempt counts too
    if (!m_log.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        return fail(QStringLiteral("client.log"), QStringLiteral("The run's log cannot be written (%1)").arg(m_log.errorString()),
                    m_job.logPath);
    if (!m_job.rawPath.isEmpty() && !m_raw.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        return fail(QStringLiteral("client.log"), QStringLiteral("The run's raw stream cannot be written (%1)").arg(m_raw.errorString()),
                    m_job.rawPath);
    return {};
}

void Launch::take(QByteArrayView piece, bool fromStdout)
{
    m_printed += piece.size();
    // A stream says more than a command prints; what it says is bounded where it is kept.
    if (m_printed > (speaks ? rawCap : logCap)) {
        m_flood = true;
        m_stop.request_stop();
        return;
    }
    {
        const std::lock_guard lock(m_dogMutex);
        if (m_dog)
            m_dog->heard();
    }
    keepTail(m_tail, piece);
    if (m_printed <= logCap) {
        const std::lock_guard lock(m_files);
        m_log.write(piece.data(), piece.size());
    }
    if (fromStdout && onStdout)
        onStdout(piece);
    else
        tell(piece);
}

void Launch::tell(QByteArrayView piece)
{
    if (m_job.onUpdate)
        m_job.onUpdate({AgentUpdate::Kind::Text, QString::fromUtf8(piece), {{QStringLiteral("role"), QStringLiteral("raw")}}});
}

void Launch::note(const QString &line)
{
    const std::lock_guard lock(m_files);
    m_log.write(line.toUtf8() + '\n');
}

void Launch::keepRaw(QByteArrayView bytes)
{
    const std::lock_guard lock(m_files);
    if (!m_raw.isOpen() || m_rawKept + bytes.size() > rawCap)
        return;
    m_rawKept += bytes.size();
    m_raw.write(bytes.data(), bytes.size());
}

void Launch::waits(bool begins)
{
    const std::lock_guard lock(m_dogMutex);
    if (m_dog)
        m_dog->waits(begins);
}

void Launch::finished()
{
    m_finished = true;
    if (channel)
        channel->close();
    const std::lock_guard lock(m_dogMutex);
    if (m_dog)
        m_dog->end(graceToEnd, false);
}

void Launch::overBudget()
{
    m_overBudget = true;
    m_stopping.request_stop();
    const std::lock_guard lock(m_dogMutex);
    if (m_dog)
        m_dog->end(Watchdog::politeGrace, true);
}

Result<AgentEnd> Launch::run(const sandbox::SandboxProfile &profile, const QStringList &argv, const QString &who)
{
    m_tail.clear();
    {
        const std::lock_guard lock(m_dogMutex);
        m_dog = std::make_unique<Watchdog>(
            m_job.silence,
            [this] {
                m_stopping.request_stop();
                if (askToStop)
                    askToStop();
            },
            [this] { m_stop.request_stop(); });
    }
    const std::stop_callback passOn(m_asked, [this] {
        m_stopping.request_stop();
        const std::lock_guard lock(m_dogMutex);
        if (m_dog && askToStop)
            m_dog->end(Watchdog::politeGrace, true);
        else
            m_stop.request_stop();
    });
    process::Request streams;
    streams.outputCap = 0; // kept in the log, not in memory
    streams.limits = profile.limits;
    streams.onStdout = [this](QByteArrayView piece) { take(piece, true); };
    streams.onStderr = [this](QByteArrayView piece) { take(piece, false); };
    streams.channel = channel;
    const auto ran = sandbox::run(profile, argv, streams, m_stop.get_token());
    m_stopping.request_stop();
    std::unique_ptr<Watchdog> dog;
    {
        const std::lock_guard lock(m_dogMutex);
        m_stalled = m_dog->stalled();
        dog = std::move(m_dog);
    }
    dog.reset(); // not under the lock: its thread may be about to stop us
    if (!ran) {
        if (m_asked.stop_requested() && ran.error().kind == ErrorKind::Cancelled) {
            AgentEnd end;
            end.outcome = AgentEnd::Outcome::Cancelled;
            end.reason = QStringLiteral("%1 was stopped on request.").arg(who);
            return end;
        }
        return std::unexpected(ran.error());
    }
    const process::Outcome &ended = *ran;
    m_exit = ended.exitCode;

    AgentEnd end;
    end.outcome = AgentEnd::Outcome::Failed;
    const QString said = lastWords(m_tail);
    if (m_flood) {
        end.reason = QStringLiteral("%1 printed more than %2 MB and was stopped.").arg(who).arg((speaks ? rawCap : logCap) >> 20);
    } else if (m_overBudget) {
        end.outcome = AgentEnd::Outcome::Budget;
        end.reason = QStringLiteral("%1 has spent what it may and was stopped.").arg(who);
    } else if (m_stalled) {
        end.stalled = true;
        end.reason = QStringLiteral("%1 said nothing for %2 and was stopped.%3").arg(who, minutes(m_job.silence), said);
    } else if (m_asked.stop_requested()) {
        end.outcome = AgentEnd::Outcome::Cancelled;
        end.reason = QStringLiteral("%1 was stopped on request.").arg(who);
    } else if (m_finished && ended.cancelled) {
        end.outcome = AgentEnd::Outcome::Completed; // it had said all, and only did not end by itself
    } else if (const QString limit = process::limitTold(ended, sandbox::limitsOf(profile)); !limit.isEmpty()) {
        end.reason = QStringLiteral("%1 %2.%3").arg(who, limit, said);
    } else if (ended.exitCode != 0) {
        end.reason = QStringLiteral("%1 ended with exit status %2.%3").arg(who).arg(ended.exitCode).arg(said);
    } else {
        end.outcome = AgentEnd::Outcome::Completed;
    }
    return end;
}

AgentEnd Launch::judge(const StreamReader &reader, const AgentEnd &launched, const QString &who, bool exitCounts) const
{
    using Outcome = AgentEnd::Outcome;
    AgentEnd end = reader.end();
    const auto as = [&](Outcome outcome, const QString &reason) {
        end.outcome = outcome;
        end.reason = reason;
        return end;
    };
    end.stalled = launched.stalled;
    const bool ended = end.outcome != Outcome::Incomplete;
    const bool fine = end.outcome == Outcome::Completed || end.outcome == Outcome::Denied;
    if (launched.outcome == Outcome::Budget)
        return as(Outcome::Budget, launched.reason);
    // It was asked to end because it had stalled: that it then calls itself cancelled is not the reason.
    if (launched.stalled && end.outcome == Outcome::Cancelled)
        return as(Outcome::Failed, launched.reason);
    if (m_finished && ended)
        return fine && exitCounts && m_exit > 0 && m_exit < 128
            ? as(Outcome::Failed, QStringLiteral("%1 said that it had finished, but ended with exit status %2.").arg(who).arg(m_exit))
            : end;
    if (launched.outcome == Outcome::Cancelled)
        return as(Outcome::Cancelled, launched.reason);
    if (launched.outcome == Outcome::Completed)
        return ended || reader.recognised() ? end : as(Outcome::Incomplete, QStringLiteral("%1 ended without a word on how.").arg(who));
    // Stopped, or failed. What the model service did is the better reason.
    if (end.outcome == Outcome::Incomplete && reader.retrying() != Outcome::Incomplete && (launched.stalled || m_exit >= 128))
        return as(reader.retrying(), reader.retryText());
    if (m_flood || launched.stalled || fine)
        return as(Outcome::Failed, launched.reason);
    if (!ended)
        return as(m_exit >= 128 && m_exit != 143 ? Outcome::Incomplete : Outcome::Failed, launched.reason);
    return end;
}

} // namespace coppice::clients

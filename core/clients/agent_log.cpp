// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/agent_log.h"

#include "clients/last_words.h"

#include <QFileInfo>

namespace coppice::clients {

namespace {

QString minutes(std::chrono::milliseconds time)
{
    const qint64 seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    return seconds % 60 == 0 && seconds > 0 ? QStringLiteral("%1 min").arg(seconds / 60) : QStringLiteral("%1 s").arg(seconds);
}

} // namespace

Launch::Launch(const Job &job, std::stop_token stop) : m_job(job), m_asked(std::move(stop)), m_log(job.logPath) { }

Result<> Launch::open()
{
    m_printed = QFileInfo(m_job.logPath).size(); // an earlier command of this attempt counts too
    if (!m_log.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
        return fail(QStringLiteral("client.log"), QStringLiteral("The run's log cannot be written (%1)").arg(m_log.errorString()),
                    m_job.logPath);
    return {};
}

void Launch::take(QByteArrayView piece)
{
    m_printed += piece.size();
    if (m_printed > logCap) {
        m_flood = true;
        m_stop.request_stop();
        return;
    }
    m_log.write(piece.data(), piece.size());
    keepTail(m_tail, piece);
    if (m_job.onUpdate)
        m_job.onUpdate({AgentUpdate::Kind::Text, QString::fromUtf8(piece), {}});
}

Result<AgentEnd> Launch::run(const sandbox::SandboxProfile &profile, const QStringList &argv, const QString &who)
{
    const std::stop_callback passOn(m_asked, [this] { m_stop.request_stop(); });
    process::Request streams;
    streams.outputCap = 0; // kept in the log, not in memory
    streams.limits = profile.limits;
    streams.onStdout = [this](QByteArrayView piece) { take(piece); };
    streams.onStderr = [this](QByteArrayView piece) { take(piece); };
    m_tail.clear();
    COPPICE_TRY(const process::Outcome ended, sandbox::run(profile, argv, streams, m_stop.get_token()));

    AgentEnd end;
    const QString said = lastWords(m_tail);
    if (m_flood) {
        end.outcome = AgentEnd::Outcome::Failed;
        end.reason = QStringLiteral("%1 printed more than %2 MB and was stopped.").arg(who).arg(logCap >> 20);
    } else if (m_asked.stop_requested() || ended.cancelled) {
        end.outcome = AgentEnd::Outcome::Cancelled;
        end.reason = QStringLiteral("%1 was stopped on request.").arg(who);
    } else if (ended.timedOut) {
        end.outcome = AgentEnd::Outcome::Failed;
        end.reason = QStringLiteral("%1 did not end within %2 and was stopped.%3")
                         .arg(who, minutes(profile.limits.time.value_or(std::chrono::milliseconds(0))), said);
    } else if (ended.overMemory) {
        end.outcome = AgentEnd::Outcome::Failed;
        end.reason = QStringLiteral("%1 used more memory than it may and was stopped.%2").arg(who, said);
    } else if (ended.exitCode != 0) {
        end.outcome = AgentEnd::Outcome::Failed;
        end.reason = QStringLiteral("%1 ended with exit status %2.%3").arg(who).arg(ended.exitCode).arg(said);
    } else {
        end.outcome = AgentEnd::Outcome::Completed;
    }
    return end;
}

} // namespace coppice::clients

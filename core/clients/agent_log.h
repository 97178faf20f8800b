// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "clients/client.h"
#include "process/child.h"

#include <QByteArray>
#include <QFile>

#include <stop_token>

namespace coppice::clients {

/// Runs one command of a client in its sandbox: everything it prints is appended to the job's log as it comes, and a
/// flood ends it.
class Launch
{
public:
    Launch(const Job &job, std::stop_token stop);
    /// Opens the log for appending.
    Result<> open();
    /// Runs and reads how it ended: Completed for exit status 0 and nothing against it.
    Result<AgentEnd> run(const sandbox::SandboxProfile &profile, const QStringList &argv, const QString &who);

private:
    void take(QByteArrayView piece);

    const Job &m_job;
    std::stop_token m_asked;
    std::stop_source m_stop;
    QFile m_log;
    qint64 m_printed = 0;
    bool m_flood = false;
    QByteArray m_tail; ///< the last bytes printed, for the reason
};

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/acp.h"

#include "clients/acp_session.h"
#include "clients/programs.h"
#include "clients/repo_config.h"

namespace coppice::clients {

Result<AgentEnd> AcpClient::work(const Job &job, std::stop_token stop)
{
    if (m_settings.command.isEmpty())
        return failUsage(QStringLiteral("client.no-command"), QStringLiteral("The client has no command to run"), name(),
                         QStringLiteral("Set one in coppice.yaml."));
    auto profile = job.sandbox;
    profile.env.insert(m_settings.env);
    COPPICE_CHECK(ignoreRepositoryConfig(profile, true));
    const QString who = QStringLiteral("The client %1").arg(name());
    Launch launch(job, stop);
    COPPICE_CHECK(launch.open());
    launch.speaks = true;
    launch.channel = std::make_shared<process::Channel>();
    AcpSession session(job, m_settings, launch);
    launch.onStdout = [&session](QByteArrayView piece) { session.feed(piece); };
    launch.askToStop = [&session] { session.cancel(); };
    session.begin();
    const auto launched = launch.run(profile, withFullPath(m_settings.command), who);
    session.over();
    COPPICE_TRY(const AgentEnd ended, launched);
    AgentEnd end = launch.judge(session.reader(), ended, who, false);
    if (!session.refused().isEmpty() && end.outcome != AgentEnd::Outcome::Cancelled) {
        end.outcome = AgentEnd::Outcome::Failed;
        end.reason = session.refused();
    }
    return end;
}

} // namespace coppice::clients

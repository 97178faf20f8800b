// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/exec.h"

#include "base/paths.h"
#include "clients/agent_log.h"
#include "clients/programs.h"
#include "clients/replay.h"
#include "clients/repo_config.h"
#include "clients/stream_reader.h"

namespace coppice::clients {

namespace {
constexpr QLatin1String promptName("coppice-prompt.md");
/// One argument of a program holds 128 KiB on Linux (MAX_ARG_STRLEN).
constexpr qsizetype argumentCap = 120 * 1024;
} // namespace

ExecClient::ExecClient(library::ClientSettings settings) : m_settings(std::move(settings)) { }

Result<QStringList> ExecClient::argvFor(const Job &job, const QString &promptInside) const
{
    if (!job.command.isEmpty())
        return QStringList{QStringLiteral("bash"), QStringLiteral("-c"), job.command};
    if (m_settings.command.isEmpty())
        return failUsage(QStringLiteral("client.no-command"), QStringLiteral("The client has no command to run"), name(),
                         QStringLiteral("Give one with --command, or set it in coppice.yaml."));
    QStringList argv;
    for (QString argument : m_settings.command) {
        argument.replace(QLatin1String("{{prompt_file}}"), promptInside);
        if (argument.contains(QLatin1String("{{prompt}}"))) {
            if (job.prompt.toUtf8().size() > argumentCap)
                return fail(QStringLiteral("client.prompt-too-long"),
                            QStringLiteral("The context is too long for an argument of a program (%1 KB)")
                                .arg(job.prompt.toUtf8().size() / 1024),
                            name(), QStringLiteral("Use {{prompt_file}} in the client's command in coppice.yaml."));
            argument.replace(QLatin1String("{{prompt}}"), job.prompt);
        }
        argv << argument;
    }
    return argv;
}

Result<AgentEnd> ExecClient::work(const Job &job, std::stop_token stop)
{
    auto profile = job.sandbox;
    const QString inside = QStringLiteral("/home/agent/") + promptName;
    COPPICE_CHECK(writeFileAtomically(profile.home + u'/' + promptName, job.prompt.toUtf8()));
    profile.env.insert(m_settings.env);
    profile.env[QStringLiteral("COPPICE_PROMPT_FILE")] = inside;
    COPPICE_TRY(const QStringList argv, argvFor(job, inside));
    if (isAgentProgram(argv))
        COPPICE_CHECK(ignoreRepositoryConfig(profile, false));
    const QString who = QStringLiteral("The client %1").arg(name());
    Launch launch(job, stop);
    COPPICE_CHECK(launch.open());
    DialectFinder stream; // an agent program tells more than its exit status does
    stream.onFound = [&](StreamReader &reader) {
        launch.speaks = true;
        reader.onUpdate = job.onUpdate;
        reader.onSession = job.onSession;
    };
    launch.onStdout = [&](QByteArrayView piece) {
        launch.keepRaw(piece);
        if (!stream.feed(piece))
            launch.tell(piece);
    };
    COPPICE_TRY(const AgentEnd ended, launch.run(profile, withFullPath(argv), who));
    if (auto *reader = stream.reader()) {
        reader->finish();
        return launch.judge(*reader, ended, who, true);
    }
    launch.keepRaw(endLine(ended));
    return ended;
}

} // namespace coppice::clients

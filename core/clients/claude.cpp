// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/claude.h"

#include "clients/asking.h"
#include "clients/claude_stream.h"
#include "clients/json_bits.h"
#include "clients/programs.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>

namespace coppice::clients {

namespace {

const QString loginFile = QStringLiteral(".claude/.credentials.json");

/// One start of it: prompts go in, questions are answered.
class ClaudeSession
{
public:
    ClaudeSession(const Job &job, Launch &launch) : m_job(job), m_launch(launch), m_asking(job, launch)
    {
        m_reader.onUpdate = job.onUpdate;
        m_reader.onSession = job.onSession;
        m_reader.onMessage = [this](const QJsonObject &message) { heard(message); };
        if (!job.session.isEmpty())
            m_reader.setResumed();
    }

    void begin()
    {
        control({{QStringLiteral("subtype"), QStringLiteral("initialize")}});
        prompt(m_job.prompt);
    }
    void feed(QByteArrayView piece)
    {
        m_launch.keepRaw(piece);
        m_reader.feed(piece);
    }
    /// Politely. From any thread.
    void cancel()
    {
        control({{QStringLiteral("subtype"), QStringLiteral("interrupt")}});
        m_asking.cancelAll();
    }
    void over()
    {
        m_asking.end();
        m_reader.finish();
    }
    [[nodiscard]] const ClaudeReader &reader() const { return m_reader; }

private:
    void send(const QJsonObject &message)
    {
        m_launch.channel->write(QByteArray(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n'));
    }
    void control(const QJsonObject &request)
    {
        send({{QStringLiteral("type"), QStringLiteral("control_request")},
              {QStringLiteral("request_id"), QStringLiteral("coppice-%1").arg(++m_asked)},
              {QStringLiteral("request"), request}});
    }
    void prompt(const QString &text)
    {
        send({{QStringLiteral("type"), QStringLiteral("user")},
              {QStringLiteral("message"), QJsonObject{{QStringLiteral("role"), QStringLiteral("user")}, {QStringLiteral("content"), text}}},
              {QStringLiteral("parent_tool_use_id"), QJsonValue()},
              {QStringLiteral("session_id"), QString()}});
    }
    void heard(const QJsonObject &message);
    void turnEnded();
    void permission(const QString &id, const QJsonObject &request);
    void answer(const QString &id, const PermissionAnswer &answer, const QJsonObject &request);

    const Job &m_job;
    Launch &m_launch;
    ClaudeReader m_reader;
    Asking m_asking;
    std::atomic<int> m_asked = 0;
    bool m_over = false;
};

void ClaudeSession::heard(const QJsonObject &message)
{
    const QString type = message[u"type"].toString();
    const QString id = message[u"request_id"].toString();
    if (type == QLatin1String("control_request")) {
        const QJsonObject request = message[u"request"].toObject();
        if (request[u"subtype"].toString() == QLatin1String("can_use_tool"))
            return permission(id, request);
        send({{QStringLiteral("type"), QStringLiteral("control_response")},
              {QStringLiteral("response"), QJsonObject{{QStringLiteral("subtype"), QStringLiteral("error")},
                                                       {QStringLiteral("request_id"), id},
                                                       {QStringLiteral("error"), QStringLiteral("not supported")}}}});
    } else if (type == QLatin1String("control_cancel_request")) {
        m_asking.withdraw(id);
    } else if (type == QLatin1String("result")) {
        turnEnded();
    }
}

void ClaudeSession::turnEnded()
{
    if (m_over)
        return;
    const AgentEnd turn = m_reader.end();
    std::optional<QString> next;
    if (turn.outcome == AgentEnd::Outcome::Completed && m_job.onTurnEnd && !m_launch.stopping().stop_requested()) {
        m_launch.waits(true);
        next = m_job.onTurnEnd(turn);
        m_launch.waits(false);
    }
    if (next)
        return prompt(*next);
    m_over = true;
    m_launch.finished();
}

void ClaudeSession::permission(const QString &id, const QJsonObject &request)
{
    const QString tool = request[u"tool_name"].toString();
    const QJsonObject input = request[u"input"].toObject();
    PermissionRequest asked;
    asked.id = clip(id, 200);
    asked.tool = clip(request[u"tool_use_id"].toString(), 200);
    asked.title = titleOfClaudeTool(tool, input);
    asked.kind = kindOfClaudeTool(tool);
    for (const char *key : {"file_path", "notebook_path", "path"}) {
        if (input[QLatin1String(key)].isString())
            asked.paths << clip(input[QLatin1String(key)].toString(), 4000);
    }
    const QString blocked = request[u"blocked_path"].toString();
    if (!blocked.isEmpty() && !asked.paths.contains(blocked))
        asked.paths << clip(blocked, 4000);
    asked.command = clip(input[u"command"].toString(), 4000);
    asked.input = clipped(input, updateTextCap);
    const auto option = [](const char *kind, const char *name) {
        return QJsonObject{{QStringLiteral("id"), QLatin1String(kind)}, {QStringLiteral("name"), QLatin1String(name)}, {QStringLiteral("kind"), QLatin1String(kind)}};
    };
    asked.options = {option("allow_once", "Allow"), option("allow_always", "Allow for this session"), option("reject_once", "Reject")};
    m_asking.ask(std::move(asked), [this, id, request](const PermissionAnswer &given) { answer(id, given, request); });
}

void ClaudeSession::answer(const QString &id, const PermissionAnswer &given, const QJsonObject &request)
{
    using Kind = PermissionAnswer::Kind;
    QJsonObject response;
    QString word = QStringLiteral("allow");
    if (given.kind == Kind::AllowOnce || given.kind == Kind::AllowAlways) {
        response = {{QStringLiteral("behavior"), word}, {QStringLiteral("updatedInput"), request[u"input"]}};
        if (given.kind == Kind::AllowAlways) {
            QJsonArray rules; // for this session only: never into settings that lie in the work folder
            for (const auto &suggestion : request[u"permission_suggestions"].toArray()) {
                QJsonObject rule = suggestion.toObject();
                rule[QStringLiteral("destination")] = QStringLiteral("session");
                rules.append(rule);
            }
            response[QStringLiteral("updatedPermissions")] = rules;
        }
    } else {
        const bool cancelled = given.kind == Kind::Cancelled;
        word = cancelled ? QStringLiteral("cancelled") : QStringLiteral("reject");
        response = {{QStringLiteral("behavior"), QStringLiteral("deny")},
                    {QStringLiteral("message"), given.message.isEmpty() ? QStringLiteral("This is not allowed.") : given.message}};
        if (cancelled)
            response[QStringLiteral("interrupt")] = true;
    }
    send({{QStringLiteral("type"), QStringLiteral("control_response")},
          {QStringLiteral("response"), QJsonObject{{QStringLiteral("subtype"), QStringLiteral("success")},
                                                   {QStringLiteral("request_id"), id},
                                                   {QStringLiteral("response"), response}}}});
    if (m_job.onUpdate)
        m_job.onUpdate({AgentUpdate::Kind::Permission, {},
                        {{QStringLiteral("id"), clip(id, 200)},
                         {QStringLiteral("answer"), word},
                         {QStringLiteral("by"), given.byPerson ? QStringLiteral("person") : QStringLiteral("rule")}}});
}

} // namespace

ClaudeClient::ClaudeClient(library::ClientSettings settings) : m_settings(std::move(settings))
{
    if (m_settings.command.isEmpty())
        m_settings.command = {QStringLiteral("claude")};
    if (m_settings.model || !m_settings.loginHosts.isEmpty())
        return;
    if (qEnvironmentVariableIsEmpty("ANTHROPIC_API_KEY") && QFileInfo::exists(QDir::homePath() + u'/' + loginFile)) {
        m_settings.loginHosts = {QStringLiteral("api.anthropic.com"), QStringLiteral("console.anthropic.com"), QStringLiteral("platform.claude.com")};
        m_settings.loginFiles = {loginFile};
        return;
    }
    m_settings.model = library::ModelEndpoint{QStringLiteral("anthropic"), qEnvironmentVariable("ANTHROPIC_BASE_URL", QStringLiteral("https://api.anthropic.com")),
                                              QStringLiteral("ANTHROPIC_API_KEY"), {}};
}

QStringList ClaudeClient::argvFor(const Job &job, const QString &resume) const
{
    QStringList argv = withFullPath(m_settings.command);
    argv << QStringLiteral("-p") << QStringLiteral("--verbose") << QStringLiteral("--output-format") << QStringLiteral("stream-json")
         << QStringLiteral("--input-format") << QStringLiteral("stream-json") << QStringLiteral("--permission-prompt-tool") << QStringLiteral("stdio")
         << QStringLiteral("--setting-sources") << QStringLiteral("user") << QStringLiteral("--strict-mcp-config");
    if (!m_settings.mode.isEmpty())
        argv << QStringLiteral("--permission-mode") << m_settings.mode;
    // That of the run, where one was asked for.
    if (const auto &model = job.model ? job.model : m_settings.model; model && !model->name.isEmpty())
        argv << QStringLiteral("--model") << model->name;
    if (job.maxTurns > 0)
        argv << QStringLiteral("--max-turns") << QString::number(job.maxTurns);
    // A resumed session counts what it cost before, too: the flag would stop it too early, and the gateway watches anyway.
    if (job.budget && resume.isEmpty())
        argv << QStringLiteral("--max-budget-usd") << QString::number(double(job.budget->micros) / 1e6, 'f', 6);
    if (!resume.isEmpty())
        argv << QStringLiteral("--resume") << resume;
    return argv;
}

Result<AgentEnd> ClaudeClient::start(const Job &job, const QString &resume, std::stop_token stop, bool *noSuchSession)
{
    auto profile = job.sandbox;
    profile.env.insert(m_settings.env);
    const QString who = QStringLiteral("The client %1").arg(name());
    Launch launch(job, stop);
    COPPICE_CHECK(launch.open());
    launch.speaks = true;
    launch.channel = std::make_shared<process::Channel>();
    ClaudeSession session(job, launch);
    launch.onStdout = [&session](QByteArrayView piece) { session.feed(piece); };
    launch.askToStop = [&session] { session.cancel(); };
    session.begin();
    const auto launched = launch.run(profile, argvFor(job, resume), who);
    session.over();
    COPPICE_TRY(const AgentEnd ended, launched);
    const AgentEnd end = launch.judge(session.reader(), ended, who, true);
    *noSuchSession = end.outcome == AgentEnd::Outcome::Failed && end.turns == 0
        && !end.errors.filter(QStringLiteral("No conversation found")).isEmpty();
    return end;
}

Result<AgentEnd> ClaudeClient::work(const Job &job, std::stop_token stop)
{
    bool noSuchSession = false;
    COPPICE_TRY(const AgentEnd end, start(job, job.session, stop, &noSuchSession));
    if (!noSuchSession || job.session.isEmpty() || stop.stop_requested())
        return end;
    return start(job, {}, stop, &noSuchSession); // what it knew is lost; the work is not
}

} // namespace coppice::clients

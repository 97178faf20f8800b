// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/acp_session.h"

#include "clients/json_bits.h"

#include <QCoreApplication>
#include <QJsonDocument>

namespace coppice::clients {

namespace {

constexpr int protocolVersion = 1;

QJsonObject paramsOf(std::initializer_list<std::pair<QString, QJsonValue>> pairs)
{
    return QJsonObject(pairs);
}

/// Where it works, and that settings which lie there are not to be loaded (for the agent that wants to be told so here;
/// the others are told in their HOME).
QJsonObject sessionParams(const QString &folder)
{
    const QJsonObject options{{QStringLiteral("settingSources"), QJsonArray{QStringLiteral("user")}}, {QStringLiteral("strictMcpConfig"), true}};
    return {{QStringLiteral("cwd"), folder},
            {QStringLiteral("mcpServers"), QJsonArray()},
            {QStringLiteral("_meta"), QJsonObject{{QStringLiteral("claudeCode"), QJsonObject{{QStringLiteral("options"), options}}}}}};
}

} // namespace

AcpSession::AcpSession(const Job &job, const library::ClientSettings &settings, Launch &launch)
    : m_job(job), m_settings(settings), m_launch(launch), m_files(job.sandbox.workFolder, job.sandbox.workInside),
      m_peer([&launch](const QByteArray &line) { return launch.channel->write(line); }), m_asking(job, launch)
{
    m_clock.start();
    m_reader.onUpdate = job.onUpdate;
    m_reader.onSession = job.onSession;
    m_peer.onMessage = [this](bool fromAgent, const QJsonObject &message, const QJsonObject &note) {
        QJsonObject line = AcpReader::line(fromAgent, m_clock.elapsed(), message);
        for (auto it = note.begin(); it != note.end(); ++it)
            line[it.key()] = it.value();
        m_launch.keepRaw(QByteArray(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n'));
        const std::lock_guard lock(m_reading);
        m_reader.message(line);
    };
    m_peer.onRequest = [this](const QJsonValue &id, const QString &method, const QJsonObject &params) { onRequest(id, method, params); };
    m_peer.onNotification = [this](const QString &method, const QJsonObject &) {
        if (method == QLatin1String("session/update") && m_job.budget) {
            const AgentEnd now = endNow();
            if (now.cost && now.cost->currency == m_job.budget->currency && now.cost->micros >= m_job.budget->micros)
                m_launch.overBudget();
        }
    };
}

AgentEnd AcpSession::endNow()
{
    const std::lock_guard lock(m_reading);
    return m_reader.end();
}

void AcpSession::begin()
{
    const QJsonObject files{{QStringLiteral("readTextFile"), true}, {QStringLiteral("writeTextFile"), true}};
    m_peer.request(QStringLiteral("initialize"),
                   paramsOf({{QStringLiteral("protocolVersion"), protocolVersion},
                             {QStringLiteral("clientCapabilities"), QJsonObject{{QStringLiteral("fs"), files}, {QStringLiteral("terminal"), false}}},
                             {QStringLiteral("clientInfo"), QJsonObject{{QStringLiteral("name"), QStringLiteral("coppice")},
                                                                        {QStringLiteral("title"), QStringLiteral("Coppice")},
                                                                        {QStringLiteral("version"), QCoreApplication::applicationVersion()}}}}),
                   [this](const rpc::Reply &reply) { initialized(reply); });
}

void AcpSession::initialized(const rpc::Reply &reply)
{
    if (!reply.ok())
        return giveUp({});
    m_agent = reply.result.toObject();
    const int version = int(m_agent[u"protocolVersion"].toInteger(protocolVersion));
    if (version != protocolVersion)
        return giveUp(QStringLiteral("%1 speaks version %2 of the Agent Client Protocol; Coppice speaks version %3.")
                          .arg(m_settings.name).arg(version).arg(protocolVersion));
    const QString eager = loginMethod(true);
    if (eager.isEmpty())
        openSession();
    else
        login(eager, [this] { openSession(); });
}

/// The way to log in that the agent offers and this environment has a key for. `eager`: only one that has to come before a
/// session, whatever the agent says to it.
QString AcpSession::loginMethod(bool eager) const
{
    const auto has = [this](const QString &variable) { return !m_job.sandbox.env.value(variable).isEmpty() || !m_settings.env.value(variable).isEmpty(); };
    for (const auto &value : m_agent[u"authMethods"].toArray()) {
        const QString id = value[u"id"].toString();
        if (id == QLatin1String("gemini-api-key") && has(QStringLiteral("GEMINI_API_KEY")))
            return id;
        if (eager)
            continue;
        for (const auto &variable : value[u"vars"].toArray()) {
            if (has(variable.isString() ? variable.toString() : variable[u"name"].toString()))
                return id;
        }
        const auto about = [&id](const char *word) { return id.contains(QLatin1String(word), Qt::CaseInsensitive); };
        const bool key = about("api-key") || about("apikey") || about("api_key");
        if (key && ((about("openai") && has(QStringLiteral("OPENAI_API_KEY"))) || (about("codex") && has(QStringLiteral("CODEX_API_KEY")))
                    || (about("anthropic") && has(QStringLiteral("ANTHROPIC_API_KEY"))) || (about("google") && has(QStringLiteral("GOOGLE_API_KEY")))))
            return id;
    }
    return {};
}

void AcpSession::login(const QString &method, std::function<void()> then)
{
    m_peer.request(QStringLiteral("authenticate"), paramsOf({{QStringLiteral("methodId"), method}}), [this, then = std::move(then)](const rpc::Reply &reply) {
        if (reply.ok())
            then();
        else
            giveUp({});
    });
}

void AcpSession::openSession()
{
    const auto capabilities = m_agent[u"agentCapabilities"];
    if (m_job.session.isEmpty())
        newSession(false);
    else if (capabilities[u"sessionCapabilities"][u"resume"].isObject())
        continueSession(QStringLiteral("session/resume"));
    else if (capabilities[u"loadSession"].toBool())
        continueSession(QStringLiteral("session/load"));
    else
        newSession(false);
}

void AcpSession::continueSession(const QString &method)
{
    QJsonObject params = sessionParams(m_job.sandbox.workInside);
    params[QStringLiteral("sessionId")] = m_job.session;
    m_peer.request(method, params,
                   [this, method](const rpc::Reply &reply) {
                       if (reply.ok()) {
                           sessionOpen(reply.result.toObject(), m_job.session);
                       } else if (method == QLatin1String("session/resume") && m_agent[u"agentCapabilities"][u"loadSession"].toBool()) {
                           continueSession(QStringLiteral("session/load"));
                       } else {
                           m_launch.note(QStringLiteral("The session %1 cannot be gone on with; a new one is begun.").arg(m_job.session));
                           newSession(false);
                       }
                   });
}

void AcpSession::newSession(bool loginTried)
{
    m_peer.request(QStringLiteral("session/new"), sessionParams(m_job.sandbox.workInside),
                   [this, loginTried](const rpc::Reply &reply) {
                       const QString id = reply.result[u"sessionId"].toString();
                       if (reply.ok() && !id.isEmpty())
                           return sessionOpen(reply.result.toObject(), id);
                       const QString method = reply.code() == rpc::LoginNeeded && !loginTried ? loginMethod(false) : QString();
                       if (method.isEmpty())
                           return giveUp({});
                       login(method, [this] { newSession(true); });
                   });
}

void AcpSession::sessionOpen(const QJsonObject &result, const QString &id)
{
    {
        const std::lock_guard lock(m_sessionMutex);
        m_session = id;
    }
    if (m_settings.mode.isEmpty())
        prompt(m_job.prompt);
    else
        setMode(result[u"modes"].toObject());
}

void AcpSession::setMode(const QJsonObject &modes)
{
    QStringList known;
    for (const auto &mode : modes[u"availableModes"].toArray())
        known << clip(mode[u"id"].toString(), 100);
    if (!known.isEmpty() && !known.contains(m_settings.mode))
        return giveUp(QStringLiteral("%1 has no mode %2; it has: %3.").arg(m_settings.name, m_settings.mode, known.join(QStringLiteral(", "))));
    m_peer.request(QStringLiteral("session/set_mode"), paramsOf({{QStringLiteral("sessionId"), m_session}, {QStringLiteral("modeId"), m_settings.mode}}),
                   [this](const rpc::Reply &reply) {
                       // What it may do hangs on the mode: without it nothing is begun.
                       if (reply.ok())
                           prompt(m_job.prompt);
                       else
                           giveUp(QStringLiteral("%1 does not take the mode %2: %3").arg(m_settings.name, m_settings.mode, clip(reply.error[u"message"].toString(), 300)));
                   });
}

void AcpSession::prompt(const QString &text)
{
    if (m_launch.stopping().stop_requested())
        return m_launch.finished();
    const QJsonArray blocks{QJsonObject{{QStringLiteral("type"), QStringLiteral("text")}, {QStringLiteral("text"), text}}};
    m_peer.request(QStringLiteral("session/prompt"), paramsOf({{QStringLiteral("sessionId"), m_session}, {QStringLiteral("prompt"), blocks}}),
                   [this](const rpc::Reply &) { promptAnswered(); });
}

void AcpSession::promptAnswered()
{
    const AgentEnd turn = endNow();
    std::optional<QString> next;
    if (turn.outcome == AgentEnd::Outcome::Completed && m_job.onTurnEnd && !m_launch.stopping().stop_requested()) {
        m_launch.waits(true);
        next = m_job.onTurnEnd(turn);
        m_launch.waits(false);
    }
    if (next)
        prompt(*next);
    else
        m_launch.finished();
}

void AcpSession::giveUp(const QString &why)
{
    m_refused = why;
    m_launch.finished();
}

void AcpSession::cancel()
{
    QString session;
    {
        const std::lock_guard lock(m_sessionMutex);
        session = m_session;
    }
    if (session.isEmpty()) // nothing is going on yet
        m_launch.channel->close();
    else
        m_peer.notify(QStringLiteral("session/cancel"), paramsOf({{QStringLiteral("sessionId"), session}}));
    m_asking.cancelAll();
}

void AcpSession::over()
{
    m_asking.end();
    m_peer.disconnect(QStringLiteral("The program has ended"));
}

void AcpSession::onRequest(const QJsonValue &id, const QString &method, const QJsonObject &params)
{
    if (method == QLatin1String("session/request_permission"))
        permission(id, params);
    else if (method == QLatin1String("fs/read_text_file"))
        readFile(id, params);
    else if (method == QLatin1String("fs/write_text_file"))
        writeFile(id, params);
    else
        m_peer.refuse(id, rpc::MethodNotFound, QStringLiteral("Method not found: %1").arg(method.left(200)));
}

void AcpSession::permission(const QJsonValue &id, const QJsonObject &params)
{
    const QJsonObject call = params[u"toolCall"].toObject();
    QJsonObject known;
    {
        const std::lock_guard lock(m_reading);
        known = m_reader.toolCall(call[u"toolCallId"].toString());
    }
    PermissionRequest request;
    request.id = id.isString() ? u's' + id.toString() : u'n' + QString::number(id.toInteger(-1));
    request.tool = clip(call[u"toolCallId"].toString(), 200);
    request.title = clip(known[u"title"].toString(), 400);
    request.kind = clip(known[u"kind"].toString(QStringLiteral("other")), 40);
    for (const auto &location : known[u"locations"].toArray())
        request.paths << clip(location[u"path"].toString(), 4000);
    for (const auto &part : call[u"content"].toArray()) {
        const QString path = part[u"path"].toString();
        if (!path.isEmpty() && !request.paths.contains(path))
            request.paths << clip(path, 4000);
    }
    request.input = known[u"rawInput"].toObject();
    const QJsonValue command = request.input[u"command"];
    QStringList words;
    for (const auto &word : command.toArray())
        words << word.toString();
    request.command = clip(command.isString() ? command.toString() : words.join(u' '), 4000);
    if (request.command.isEmpty() && request.kind == QLatin1String("execute"))
        request.command = request.title;
    for (const auto &option : params[u"options"].toArray())
        request.options.append(QJsonObject{{QStringLiteral("id"), option[u"optionId"]}, {QStringLiteral("name"), clip(option[u"name"].toString(), 200)}, {QStringLiteral("kind"), option[u"kind"]}});
    const QJsonArray options = request.options;
    m_asking.ask(std::move(request), [this, id, options](const PermissionAnswer &answer) {
        const QString option = optionFor(answer.kind, options);
        QJsonObject outcome{{QStringLiteral("outcome"), QStringLiteral("cancelled")}};
        if (!option.isEmpty())
            outcome = {{QStringLiteral("outcome"), QStringLiteral("selected")}, {QStringLiteral("optionId"), option}};
        m_peer.respond(id, QJsonObject{{QStringLiteral("outcome"), outcome}},
                       {{QStringLiteral("by"), answer.byPerson ? QStringLiteral("person") : QStringLiteral("rule")}});
    });
}

void AcpSession::readFile(const QJsonValue &id, const QJsonObject &params)
{
    const auto bytes = m_files.read(params[u"path"].toString());
    if (!bytes) {
        m_peer.refuse(id, bytes.error().kind == ErrorKind::NotFound ? rpc::ResourceNotFound : rpc::InvalidParams, bytes.error().message());
        return;
    }
    QString text = QString::fromUtf8(*bytes);
    const qint64 from = params[u"line"].toInteger(1), most = params[u"limit"].toInteger(-1);
    if (from > 1 || most >= 0) {
        const QStringList lines = text.split(u'\n');
        text = lines.mid(qsizetype(std::max<qint64>(0, from - 1)), most < 0 ? -1 : qsizetype(most)).join(u'\n');
    }
    m_peer.respond(id, QJsonObject{{QStringLiteral("content"), text}});
}

void AcpSession::writeFile(const QJsonValue &id, const QJsonObject &params)
{
    if (!params[u"content"].isString()) {
        m_peer.refuse(id, rpc::InvalidParams, QStringLiteral("There is no content"));
        return;
    }
    if (const auto done = m_files.write(params[u"path"].toString(), params[u"content"].toString().toUtf8()); !done)
        m_peer.refuse(id, rpc::InvalidParams, done.error().message());
    else
        m_peer.respond(id, QJsonValue());
}

} // namespace coppice::clients

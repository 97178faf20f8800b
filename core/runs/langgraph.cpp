// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/langgraph.h"

#include "base/json.h"
#include "base/paths.h"
#include "clients/last_words.h"
#include "text/hidden.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

namespace coppice::runs {

namespace {

const QString playbookInside = QStringLiteral("/coppice/playbook");
const QString stateInside = QStringLiteral("/coppice/graph");
const QString runnerInside = QStringLiteral("/coppice/langgraph-runner.mjs");
const QString checkpointName = QStringLiteral("checkpoint.json");
constexpr qint64 logKept = 16 << 20;
constexpr qint64 checkpointCap = 64 << 20;
constexpr qsizetype lineCap = 1 << 20;
constexpr qsizetype questionCap = 4000;
constexpr qsizetype optionCap = 60;
constexpr qsizetype mostOptions = 6;

using Outcome = LangGraphEnd::Outcome;

/// Reads what the runner prints, line by line; what is no line of the protocol is text.
class Listener
{
public:
    explicit Listener(const LangGraphJob &job) : m_job(job), m_log(job.logPath) { }

    Result<> open()
    {
        if (m_job.logPath.isEmpty() || m_log.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
            return {};
        return fail(QStringLiteral("run.log"), QStringLiteral("A log of the run cannot be written (%1)").arg(m_log.errorString()), m_job.logPath);
    }

    void takeOut(QByteArrayView piece)
    {
        keep(piece);
        m_rest += piece;
        qsizetype from = 0;
        for (qsizetype mark = m_rest.indexOf('\n'); mark >= 0; mark = m_rest.indexOf('\n', from)) {
            line(m_rest.mid(from, mark - from));
            from = mark + 1;
        }
        m_rest.remove(0, from);
        if (m_rest.size() > lineCap)
            m_rest.clear(); // no message of ours is so long
    }
    void takeErr(QByteArrayView piece)
    {
        keep(piece);
        clients::keepTail(m_tail, piece);
        say(QString::fromUtf8(piece));
    }

    std::optional<LangGraphEnd> end;
    [[nodiscard]] QString lastWords() const { return clients::lastWords(m_tail); }

private:
    void keep(QByteArrayView piece)
    {
        const qint64 room = logKept - m_kept;
        m_kept += piece.size();
        if (room > 0 && m_log.isOpen())
            m_log.write(piece.data(), qMin<qint64>(room, piece.size()));
    }
    void tell(clients::AgentUpdate update) const
    {
        if (m_job.onUpdate)
            m_job.onUpdate(update);
    }
    void say(const QString &text) const
    {
        const QString shown = text::plain(text, clients::updateTextCap);
        if (!shown.trimmed().isEmpty())
            tell({clients::AgentUpdate::Kind::Text, shown, {{QStringLiteral("role"), QStringLiteral("raw")}}});
    }

    void line(const QByteArray &bytes)
    {
        const QJsonObject message = QJsonDocument::fromJson(bytes).object();
        const QString type = message[u"type"].toString();
        if (type == QLatin1String("update"))
            update(message);
        else if (type == QLatin1String("log"))
            say(message[u"text"].toString());
        else if (type == QLatin1String("interrupt"))
            interrupt(message);
        else if (type == QLatin1String("output"))
            m_outputs = message[u"values"].toObject();
        else if (type == QLatin1String("done"))
            done();
        else if (type == QLatin1String("error"))
            end = LangGraphEnd{Outcome::Failed, QStringLiteral("The graph failed: %1").arg(text::plain(message[u"message"].toString(), questionCap)), {}, {}, {}, {}};
        else
            say(QString::fromUtf8(bytes));
    }

    void update(const QJsonObject &message)
    {
        const QString node = text::plain(message[u"node"].toString(), 200);
        tell({clients::AgentUpdate::Kind::ToolCall, {},
              {{QStringLiteral("id"), QStringLiteral("node-%1").arg(++m_updates)},
               {QStringLiteral("title"), node},
               {QStringLiteral("kind"), QStringLiteral("think")},
               {QStringLiteral("status"), QStringLiteral("completed")},
               {QStringLiteral("output"), text::plain(message[u"text"].toString(), clients::updateTextCap)}}});
    }

    void interrupt(const QJsonObject &message)
    {
        LangGraphEnd waits{Outcome::Interrupted, {}, text::plain(message[u"id"].toString(), 100), text::plain(message[u"question"].toString(), questionCap).trimmed(), {}, {}};
        for (const auto &option : message[u"options"].toArray()) {
            const QString text = text::plain(option.toString(), optionCap).simplified();
            if (!text.isEmpty() && !waits.options.contains(text) && waits.options.size() < mostOptions)
                waits.options << text;
        }
        if (waits.options.size() < 2)
            waits.options = {QStringLiteral("yes"), QStringLiteral("no")};
        if (waits.question.isEmpty())
            waits.question = QStringLiteral("The graph waits for an answer.");
        end = waits;
    }

    void done()
    {
        LangGraphEnd good{Outcome::Done, {}, {}, {}, {}, {}};
        QStringList missing;
        for (const QString &name : m_job.outputs) {
            const QJsonValue value = m_outputs[name];
            if (value.isString())
                good.outputs[name] = text::plain(value.toString(), 8192).trimmed();
            else if (value.isDouble() || value.isBool())
                good.outputs[name] = value;
            else
                missing << name;
        }
        if (missing.isEmpty())
            end = good;
        else
            end = LangGraphEnd{Outcome::Failed, QStringLiteral("The graph ended, and its state holds no text, number or truth value for %1.").arg(missing.join(QStringLiteral(", "))), {}, {}, {}, {}};
    }

    const LangGraphJob &m_job;
    QFile m_log;
    qint64 m_kept = 0;
    QByteArray m_rest, m_tail;
    QJsonObject m_outputs;
    int m_updates = 0;
};

Result<sandbox::SandboxProfile> profileFor(const LangGraphJob &job)
{
    const QString program = job.playbookFolder + u'/' + job.graph;
    if (!isSafeRelative(job.graph.toUtf8()) || !QFileInfo(program).isFile())
        return failNotFound(QStringLiteral("langgraph.program"), QStringLiteral("The graph's program is not in the playbook's folder"), program);
    QString runner = job.runner;
    if (runner.isEmpty()) {
        COPPICE_TRY(const QString templates, dataDir(QStringLiteral("templates")));
        runner = templates + QStringLiteral("/scripts/langgraph-runner.mjs");
    }
    COPPICE_CHECK(makeFolder(job.checkpointFolder));
    auto profile = job.sandbox;
    profile.binds.push_back({job.playbookFolder, playbookInside, false});
    profile.binds.push_back({job.checkpointFolder, stateInside, true});
    profile.binds.push_back({runner, runnerInside, false});
    return profile;
}

QByteArray startLine(const LangGraphJob &job)
{
    const QString program = playbookInside + u'/' + job.graph;
    QJsonObject start{{QStringLiteral("type"), QStringLiteral("start")},
                      {QStringLiteral("graph"), program},
                      {QStringLiteral("state"), job.state},
                      {QStringLiteral("checkpoint"), QString(stateInside + u'/' + checkpointName)},
                      {QStringLiteral("outputs"), QJsonArray::fromStringList(job.outputs)},
                      {QStringLiteral("roots"), QJsonArray{program.section(u'/', 0, -2), job.sandbox.workInside}}};
    if (job.answer)
        start[QStringLiteral("answer")] = *job.answer;
    if (!job.answerTo.isEmpty())
        start[QStringLiteral("answerTo")] = job.answerTo;
    return toJsonLine(start) + '\n';
}

} // namespace

Result<LangGraphEnd> runLangGraph(const LangGraphJob &job, std::stop_token stop)
{
    COPPICE_TRY(const auto profile, profileFor(job));
    if (QFileInfo(job.checkpointFolder + u'/' + checkpointName).size() > checkpointCap)
        return LangGraphEnd{Outcome::Failed, QStringLiteral("The graph's state has grown over %1 MB; keep large things in files.").arg(checkpointCap >> 20), {}, {}, {}, {}};
    Listener listener(job);
    COPPICE_CHECK(listener.open());
    process::Request streams;
    streams.input = startLine(job);
    streams.outputCap = 0;
    streams.limits = profile.limits;
    streams.onStdout = [&](QByteArrayView piece) { listener.takeOut(piece); };
    streams.onStderr = [&](QByteArrayView piece) { listener.takeErr(piece); };
    COPPICE_TRY(const process::Outcome ended, sandbox::run(profile, {QStringLiteral("node"), runnerInside}, streams, stop));
    if (stop.stop_requested() || ended.cancelled)
        return failCancelled();
    const auto failed = [&](const QString &reason) { return LangGraphEnd{Outcome::Failed, reason + listener.lastWords(), {}, {}, {}, {}}; };
    if (ended.timedOut)
        return failed(QStringLiteral("The graph did not end in time and was stopped."));
    if (ended.overMemory)
        return failed(QStringLiteral("The graph used more memory than it may and was stopped."));
    if (!listener.end)
        return failed(QStringLiteral("The graph's program ended with exit status %1 and did not say how.").arg(ended.exitCode));
    return *listener.end;
}

} // namespace coppice::runs

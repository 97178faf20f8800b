// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/stream_reader.h"

#include "clients/acp_stream.h"
#include "clients/claude_stream.h"
#include "clients/codex_stream.h"
#include "clients/gemini_stream.h"
#include "clients/json_bits.h"

#include <QFile>
#include <QJsonDocument>

namespace coppice::clients {

namespace {

constexpr qsizetype wholeCap = 4 << 20;  ///< of a document of many lines
constexpr qsizetype entriesKept = 100;   ///< denials, errors
constexpr qsizetype entryCap = 500;
constexpr qint64 fileCap = 2LL << 30;

QJsonArray toArray(const QStringList &list)
{
    return QJsonArray::fromStringList(list);
}

} // namespace

StreamReader::~StreamReader() = default;

void StreamReader::feed(QByteArrayView piece)
{
    if (!m_recognised && m_whole.size() < wholeCap)
        m_whole.append(piece.first(std::min(piece.size(), wholeCap - m_whole.size())));
    m_lines.feed(piece, [this](QByteArrayView one) { line(one); });
}

void StreamReader::finish()
{
    if (const QByteArray rest = m_lines.takeRest(); !rest.isEmpty())
        line(rest);
    if (!m_recognised && !m_whole.isEmpty())
        takeWhole(m_whole);
    m_whole = {};
}

void StreamReader::line(QByteArrayView bytes)
{
    bytes = bytes.trimmed();
    if (bytes.startsWith("\xEF\xBB\xBF"))
        bytes = bytes.sliced(3);
    if (bytes.isEmpty() || (bytes.front() != '{' && bytes.front() != '['))
        return;
    const auto document = QJsonDocument::fromJson(QByteArray::fromRawData(bytes.data(), bytes.size()));
    if (document.isObject()) {
        message(document.object());
    } else if (document.isArray()) { // a whole stream as one list
        for (const auto &one : document.array()) {
            if (one.isObject())
                message(one.toObject());
        }
    }
}

void StreamReader::message(const QJsonObject &object)
{
    take(object);
    if (m_recognised)
        m_whole = {};
    if (onMessage)
        onMessage(object);
}

AgentEnd StreamReader::end() const
{
    AgentEnd end = m_end;
    if (m_open || !m_ended) {
        end.outcome = AgentEnd::Outcome::Incomplete;
        end.reason = m_recognised ? QStringLiteral("What the client told stops before its end.")
                                  : QStringLiteral("The client told nothing that can be understood.");
        if (!m_retryText.isEmpty() && !end.errors.contains(m_retryText)) {
            end.errors << m_retryText;
            end.reason += QStringLiteral(" Last: ") + m_retryText;
        }
    } else if (end.outcome == AgentEnd::Outcome::Completed && !end.denials.isEmpty()) {
        end.outcome = AgentEnd::Outcome::Denied;
        end.reason = QStringLiteral("The client was denied: %1").arg(end.denials.mid(0, 5).join(QStringLiteral("; ")));
    }
    return end;
}

void StreamReader::endTurn(AgentEnd::Outcome outcome, const QString &reason)
{
    m_open = false;
    m_ended = true;
    m_end.outcome = outcome;
    m_end.reason = clip(reason, entryCap).simplified();
    m_retrying = AgentEnd::Outcome::Incomplete;
    m_retryText.clear();
    const AgentEnd now = end();
    QJsonObject data{{QStringLiteral("outcome"), nameOf(now.outcome)}};
    if (!now.reason.isEmpty())
        data[QStringLiteral("reason")] = now.reason;
    tell({AgentUpdate::Kind::End, now.reason, data});
    if (onTurnEnd)
        onTurnEnd();
}

void StreamReader::session(const QString &id)
{
    const QString clean = clip(id, 200);
    if (clean.isEmpty() || clean == m_end.session)
        return;
    m_end.session = clean;
    if (onSession)
        onSession(clean);
}

void StreamReader::deny(const QString &key, const QString &what)
{
    const QString said = clip(what, entryCap).simplified();
    const QString by = key.isEmpty() ? said : key;
    if (m_denied.contains(by) || m_denied.size() >= entriesKept)
        return;
    m_denied.insert(by);
    m_end.denials << (said.isEmpty() ? clip(key, entryCap) : said);
}

void StreamReader::error(const QString &what)
{
    const QString said = clip(what, entryCap).simplified();
    if (!said.isEmpty() && !m_end.errors.contains(said) && m_end.errors.size() < entriesKept)
        m_end.errors << said;
}

void StreamReader::retry(AgentEnd::Outcome kind, const QString &what)
{
    m_retrying = kind;
    m_retryText = clip(what, entryCap).simplified();
    say("note", m_retryText);
}

void StreamReader::tell(AgentUpdate update)
{
    m_recognised = true;
    if (onUpdate)
        onUpdate(update);
}

void StreamReader::say(const char *role, const QString &text)
{
    if (!text.isEmpty() && onUpdate)
        tell({AgentUpdate::Kind::Text, clip(text, updateTextCap), {{QStringLiteral("role"), QString::fromLatin1(role)}}});
}

void StreamReader::tool(QJsonObject data)
{
    if (onUpdate)
        tell({AgentUpdate::Kind::ToolCall, {}, clipped(data, updateTextCap)});
}

void StreamReader::diff(const QString &tool, const QString &path, const QJsonValue &before, const QString &after)
{
    if (!onUpdate)
        return;
    // Texts of files stay as they are: a reader wants to see what is hidden in them. Only cut.
    QJsonObject data{{QStringLiteral("tool"), clip(tool, 200)},
                     {QStringLiteral("path"), clip(path, 1000)},
                     {QStringLiteral("old"), before.isString() ? QJsonValue(before.toString().left(updateTextCap)) : QJsonValue()},
                     {QStringLiteral("new"), after.left(updateTextCap)}};
    tell({AgentUpdate::Kind::Diff, {}, data});
}

void StreamReader::usage(QJsonObject more)
{
    if (!onUpdate)
        return;
    more[QStringLiteral("input")] = m_end.inputTokens;
    more[QStringLiteral("output")] = m_end.outputTokens;
    more[QStringLiteral("cached")] = m_end.cachedTokens;
    if (m_end.cost)
        more[QStringLiteral("cost_usd")] = double(m_end.cost->micros) / 1e6;
    tell({AgentUpdate::Kind::Usage, {}, more});
}

std::unique_ptr<StreamReader> makeReader(const QString &dialect)
{
    if (dialect == QLatin1String("acp"))
        return std::make_unique<AcpReader>();
    if (dialect == QLatin1String("claude"))
        return std::make_unique<ClaudeReader>();
    if (dialect == QLatin1String("codex"))
        return std::make_unique<CodexReader>();
    if (dialect == QLatin1String("gemini"))
        return std::make_unique<GeminiReader>();
    return nullptr;
}

namespace {

/// The dialect that a first message is of; empty: of none.
QString dialectOf(const QJsonObject &object)
{
    const QString type = object[u"type"].toString();
    if ((type == QLatin1String("system") && object.contains(u"subtype")) || (type == QLatin1String("result") && object.contains(u"is_error"))
        || ((type == QLatin1String("assistant") || type == QLatin1String("user")) && object[u"message"].isObject()))
        return QStringLiteral("claude");
    if (type == QLatin1String("thread.started") || type == QLatin1String("turn.started") || type == QLatin1String("session.created")
        || (object[u"msg"].isObject() && object[u"msg"][u"type"].isString()))
        return QStringLiteral("codex");
    if ((type == QLatin1String("init") && object.contains(u"session_id")) || (type == QLatin1String("result") && object.contains(u"stats")))
        return QStringLiteral("gemini");
    return {};
}

} // namespace

StreamReader *DialectFinder::feed(QByteArrayView piece)
{
    constexpr int linesLookedAt = 50; // a program may greet first
    constexpr qsizetype seenCap = 1 << 20;
    if (m_reader) {
        m_reader->feed(piece);
    } else if (!m_over) {
        m_seen.append(piece);
        look();
        if (!m_reader && (m_lines > linesLookedAt || m_seen.size() > seenCap)) {
            m_over = true;
            m_seen = {};
        }
    }
    return m_reader.get();
}

void DialectFinder::look()
{
    for (qsizetype at = m_seen.indexOf('\n', m_looked); at >= 0; at = m_seen.indexOf('\n', m_looked)) {
        const QByteArray line = m_seen.mid(m_looked, at - m_looked).trimmed();
        m_looked = at + 1;
        ++m_lines;
        const QString dialect = line.startsWith('{') ? dialectOf(QJsonDocument::fromJson(line).object()) : QString();
        if (dialect.isEmpty())
            continue;
        m_reader = makeReader(dialect);
        if (onFound)
            onFound(*m_reader);
        m_reader->feed(std::exchange(m_seen, {}));
        return;
    }
}

Result<AgentEnd> explainFile(const QString &dialect, const QString &path)
{
    const auto reader = makeReader(dialect);
    if (!reader)
        return failUsage(QStringLiteral("explain.dialect"), QStringLiteral("Streams of this client cannot be read"), dialect,
                         QStringLiteral("Name acp, claude, codex or gemini."));
    QFile file(path);
    if (!file.exists())
        return failNotFound(QStringLiteral("explain.missing"), QStringLiteral("There is no such file"), path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(QStringLiteral("explain.unreadable"), QStringLiteral("The file cannot be read (%1)").arg(file.errorString()), path);
    for (qint64 read = 0; read < fileCap;) {
        const QByteArray piece = file.read(256 * 1024);
        if (piece.isEmpty())
            break;
        read += piece.size();
        reader->feed(piece);
    }
    reader->finish();
    return reader->end();
}

QJsonObject toJson(const AgentEnd &end)
{
    return {{QStringLiteral("outcome"), nameOf(end.outcome)},
            {QStringLiteral("turns"), end.turns},
            {QStringLiteral("tokens"), QJsonObject{{QStringLiteral("input"), end.inputTokens},
                                                   {QStringLiteral("output"), end.outputTokens},
                                                   {QStringLiteral("cached"), end.cachedTokens}}},
            {QStringLiteral("cost_usd"), end.cost ? QJsonValue(double(end.cost->micros) / 1e6) : QJsonValue()},
            {QStringLiteral("denials"), toArray(end.denials)},
            {QStringLiteral("errors"), toArray(end.errors)},
            {QStringLiteral("reason"), end.reason},
            {QStringLiteral("session"), end.session}};
}

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/usage.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace coppice::gateway {

namespace {

constexpr qsizetype cap = 4 << 20;

/// The counts of one usage object, whatever its dialect calls them; -1 where it does not say.
std::pair<qint64, qint64> countsOf(const QJsonObject &usage)
{
    const auto number = [&](std::initializer_list<const char *> names) {
        for (const char *name : names) {
            const auto value = usage[QLatin1String(name)];
            if (value.isDouble())
                return value.toInteger();
        }
        return qint64(-1);
    };
    qint64 input = number({"input_tokens", "prompt_tokens", "promptTokenCount"});
    const qint64 output = number({"output_tokens", "completion_tokens", "candidatesTokenCount"});
    // Anthropic counts what the cache answered or took apart from the rest.
    for (const char *name : {"cache_creation_input_tokens", "cache_read_input_tokens"}) {
        if (input >= 0)
            input += usage[QLatin1String(name)].toInteger();
    }
    return {input, output};
}

} // namespace

void UsageReader::read(QByteArrayView piece)
{
    if (m_pending.size() + piece.size() > cap) {
        m_tooLong = true;
        m_pending.clear();
    }
    if (m_tooLong && !m_streamed)
        return;
    m_pending.append(piece.data(), piece.size());
    if (!m_streamed)
        return;
    qsizetype from = 0;
    for (qsizetype end = m_pending.indexOf('\n'); end >= 0; end = m_pending.indexOf('\n', from)) {
        const QByteArray line = m_pending.mid(from, end - from).trimmed();
        from = end + 1;
        if (line.startsWith("data:") && !m_tooLong)
            document(line.mid(5).trimmed());
        m_tooLong = false;
    }
    m_pending.remove(0, from);
}

void UsageReader::finish()
{
    if (!m_streamed && !m_tooLong)
        document(m_pending);
    m_pending.clear();
}

void UsageReader::document(const QByteArray &json)
{
    const auto parsed = QJsonDocument::fromJson(json);
    // Gemini streams an array of answers when it is not asked for events.
    const QJsonArray answers = parsed.isArray() ? parsed.array() : QJsonArray{parsed.object()};
    for (const auto &item : answers) {
        const QJsonObject answer = item.toObject();
        for (const auto &holder : {answer, answer[u"message"].toObject(), answer[u"response"].toObject()}) {
            for (const char *name : {"usage", "usageMetadata"}) {
                if (!holder[QLatin1String(name)].isObject())
                    continue;
                // Later counts of one answer are totals so far, not additions.
                const auto [input, output] = countsOf(holder[QLatin1String(name)].toObject());
                m_input = qMax(m_input, input);
                m_output = qMax(m_output, output);
            }
        }
    }
}

} // namespace coppice::gateway

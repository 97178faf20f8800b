// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/usage_reader.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace coppice::gateway {

namespace {

constexpr qsizetype longestLine = 4 << 20;
constexpr qsizetype longestDocument = 16 << 20;

qint64 count(const QJsonObject &counts, std::initializer_list<const char *> names)
{
    qint64 sum = 0;
    for (const char *name : names)
        sum += std::clamp(counts[QLatin1String(name)].toInteger(), qint64(0), qint64(1) << 40);
    return sum;
}

} // namespace

UsageReader::UsageReader(const QString &dialect, const QByteArray &contentType)
    : m_dialect(dialect), m_stream(contentType.toLower().startsWith("text/event-stream"))
{
}

void UsageReader::read(QByteArrayView piece)
{
    if (!m_stream) {
        if (!m_skipping)
            m_buffer.append(piece.data(), piece.size());
        if (m_buffer.size() > longestDocument) {
            m_skipping = true;
            m_buffer.clear();
        }
        return;
    }
    while (!piece.isEmpty()) {
        const auto at = piece.indexOf('\n');
        const auto part = at < 0 ? piece : piece.first(at);
        if (!m_skipping)
            m_buffer.append(part.data(), part.size());
        if (m_buffer.size() > longestLine) {
            m_skipping = true;
            m_buffer.clear();
        }
        if (at < 0)
            return;
        line(m_buffer);
        m_buffer.clear();
        m_skipping = false;
        piece = piece.sliced(at + 1);
    }
}

void UsageReader::end()
{
    if (m_stream) {
        line(m_buffer);
    } else {
        const auto parsed = QJsonDocument::fromJson(m_buffer);
        if (parsed.isArray()) { // Gemini's stream without alt=sse
            for (const auto &one : parsed.array())
                document(one.toObject());
        } else {
            document(parsed.object());
        }
    }
    m_buffer.clear();
}

void UsageReader::line(const QByteArray &text)
{
    if (!text.startsWith("data:") || !text.toLower().contains("usage"))
        return;
    document(QJsonDocument::fromJson(text.mid(5).trimmed()).object());
}

void UsageReader::document(const QJsonObject &object)
{
    if (m_dialect == u"gemini") {
        const auto counts = object[u"usageMetadata"].toObject();
        if (counts.isEmpty())
            return;
        m_input = std::max(m_input, count(counts, {"promptTokenCount", "toolUsePromptTokenCount"}));
        m_output = std::max(m_output, count(counts, {"candidatesTokenCount", "thoughtsTokenCount"}));
        return;
    }
    usage(object[u"usage"].toObject());
    usage(object[u"message"].toObject()[u"usage"].toObject());  // Anthropic: message_start
    usage(object[u"response"].toObject()[u"usage"].toObject()); // OpenAI: response.completed
}

/// Counts are of the whole answer so far: the largest is the last.
void UsageReader::usage(const QJsonObject &counts)
{
    if (counts.isEmpty())
        return;
    if (m_dialect == u"openai-chat") {
        m_input = std::max(m_input, count(counts, {"prompt_tokens"}));
        m_output = std::max(m_output, count(counts, {"completion_tokens"}));
    } else if (m_dialect == u"anthropic") { // what the cache gave or took is input, too
        m_input = std::max(m_input, count(counts, {"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"}));
        m_output = std::max(m_output, count(counts, {"output_tokens"}));
    } else {
        m_input = std::max(m_input, count(counts, {"input_tokens"}));
        m_output = std::max(m_output, count(counts, {"output_tokens"}));
    }
}

} // namespace coppice::gateway

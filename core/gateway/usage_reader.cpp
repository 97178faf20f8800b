// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/usage_reader.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <cstring>

#include <zlib.h>

namespace coppice::gateway {

namespace {

constexpr qsizetype longestEvent = 16 << 20;
constexpr qsizetype longestDocument = 32 << 20;
constexpr qsizetype overheadOfEvent = 130; // names around the words of one delta
constexpr qint64 bytesPerToken = 4;
constexpr qint64 most = qint64(1) << 40;

qint64 number(const QJsonObject &counts, QLatin1String name)
{
    const auto value = counts[name];
    return value.isDouble() ? qint64(std::clamp(value.toDouble(), 0.0, double(most))) : 0;
}

qint64 number(const QJsonObject &counts, const char *name)
{
    return number(counts, QLatin1String(name));
}

bool contains(QByteArrayView text, const char *word)
{
    return ::memmem(text.data(), size_t(text.size()), word, std::strlen(word)) != nullptr;
}

} // namespace

/// Undoes gzip and deflate, bounded by the size of its steps.
struct UsageReader::Inflater {
    z_stream stream{};
    bool good = false;
    Inflater() { good = ::inflateInit2(&stream, 15 + 32) == Z_OK; } // 32: gzip or zlib, by the first bytes
    ~Inflater() { ::inflateEnd(&stream); }
    Inflater(const Inflater &) = delete;
    Inflater &operator=(const Inflater &) = delete;

    template <class Take> void read(QByteArrayView piece, const Take &take)
    {
        std::array<char, 16 * 1024> out;
        stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(piece.data()));
        stream.avail_in = uInt(piece.size());
        while (good) {
            stream.next_out = reinterpret_cast<Bytef *>(out.data());
            stream.avail_out = uInt(out.size());
            const int state = ::inflate(&stream, Z_SYNC_FLUSH);
            const auto made = qsizetype(out.size() - stream.avail_out);
            if (made > 0)
                take(QByteArrayView(out.data(), made));
            if (state == Z_STREAM_END && stream.avail_in > 0 && ::inflateReset(&stream) == Z_OK)
                continue; // gzip of several members
            good = state == Z_OK || state == Z_BUF_ERROR || state == Z_STREAM_END;
            if (state != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0))
                return;
        }
    }
};

UsageReader::UsageReader(const QString &dialect, const QByteArray &contentType, const QByteArray &contentEncoding)
    : m_dialect(dialect)
{
    if (contentType.toLower().startsWith("text/event-stream"))
        m_form = Form::Events;
    const QByteArray encoding = contentEncoding.trimmed().toLower();
    if (encoding == "gzip" || encoding == "x-gzip" || encoding == "deflate")
        m_inflater = std::make_unique<Inflater>();
    else
        m_unreadable = !encoding.isEmpty() && encoding != "identity";
}

UsageReader::~UsageReader() = default;

void UsageReader::read(QByteArrayView piece)
{
    if (m_unreadable) {
        m_guess += piece.size() / 2;
        return;
    }
    if (m_inflater)
        m_inflater->read(piece, [this](QByteArrayView text) { plain(text); });
    else
        plain(piece);
}

void UsageReader::plain(QByteArrayView piece)
{
    if (m_form == Form::Unknown) { // some servers name no type, or a wrong one
        m_line.append(piece.data(), piece.size());
        qsizetype at = 0;
        while (at < m_line.size() && (m_line[at] == ' ' || m_line[at] == '\r' || m_line[at] == '\n' || m_line[at] == '\t'))
            ++at;
        if (at == m_line.size() && at < 4096)
            return;
        const QByteArrayView rest = QByteArrayView(m_line).sliced(at);
        const bool unsure = rest.size() < 6 && (QByteArrayView("data: ").startsWith(rest) || QByteArrayView("event:").startsWith(rest));
        if (unsure)
            return;
        m_form = rest.startsWith("data:") || rest.startsWith("event:") || rest.startsWith("id:") || rest.startsWith(":") ? Form::Events
                                                                                                                           : Form::Documents;
        const QByteArray begun = std::exchange(m_line, {});
        return plain(begun);
    }
    if (m_form == Form::Events)
        return events(piece);
    m_guess += piece.size() / bytesPerToken;
    keep(piece, longestDocument);
}

void UsageReader::keep(QByteArrayView bytes, qsizetype most)
{
    if (m_skipping)
        return;
    if (m_buffer.size() + bytes.size() > most) {
        m_skipping = true;
        m_buffer = QByteArray();
        return;
    }
    m_buffer.append(bytes.data(), bytes.size());
}

void UsageReader::events(QByteArrayView piece)
{
    while (!piece.isEmpty()) {
        if (std::exchange(m_afterReturn, false) && piece.front() == '\n') {
            piece = piece.sliced(1);
            continue;
        }
        const char *from = piece.data();
        const auto *newline = static_cast<const char *>(std::memchr(from, '\n', size_t(piece.size())));
        const qsizetype upTo = newline ? newline - from : piece.size();
        const auto *carriage = static_cast<const char *>(std::memchr(from, '\r', size_t(upTo)));
        const qsizetype at = carriage ? carriage - from : newline ? upTo : -1;
        const QByteArrayView part = at < 0 ? piece : piece.first(at);
        if (at < 0) {
            if (!m_longLine)
                m_line.append(part.data(), part.size());
            if (m_line.size() > longestEvent) { // its beginning is enough to know it by
                m_longLine = true;
                m_line.truncate(16);
                m_line.squeeze();
            }
            return;
        }
        if (m_longLine) {
            m_longLine = false;
            m_skipping = m_skipping || m_line.startsWith("data:");
            m_hasData = m_hasData || m_skipping;
        } else if (m_line.isEmpty()) {
            line(part);
        } else {
            m_line.append(part.data(), part.size());
            line(m_line);
        }
        m_line.resize(0);
        m_afterReturn = carriage != nullptr;
        piece = piece.sliced(at + 1);
    }
}

void UsageReader::line(QByteArrayView text)
{
    if (text.isEmpty())
        return event();
    if (!text.startsWith("data:"))
        return;
    text = text.sliced(5);
    if (text.startsWith(" "))
        text = text.sliced(1);
    if (m_hasData)
        keep("\n", longestEvent);
    m_hasData = true;
    keep(text, longestEvent);
}

/// The end of one event. Only those that can hold counts or an error are taken apart: an answer is mostly deltas.
void UsageReader::event()
{
    if (m_hasData) {
        const bool done = m_buffer == "[DONE]";
        if (done) {
            m_final = true;
        } else {
            m_guess += m_skipping ? longestEvent / bytesPerToken : std::max<qint64>(1, (m_buffer.size() - overheadOfEvent) / bytesPerToken);
            if (contains(m_buffer, "\"usage") || contains(m_buffer, "\"error\""))
                document(QJsonDocument::fromJson(m_buffer).object());
            else if (contains(m_buffer, "\"message_stop\""))
                m_final = true;
        }
    }
    m_buffer.resize(0);
    m_hasData = false;
    m_skipping = false;
}

void UsageReader::end()
{
    if (m_form == Form::Unknown && !m_line.isEmpty()) {
        m_form = Form::Documents;
        const QByteArray begun = std::exchange(m_line, {});
        plain(begun);
    }
    if (m_form == Form::Events) {
        if (!m_line.isEmpty())
            line(m_line);
        event();
    } else if (!m_skipping && !m_buffer.isEmpty()) {
        QJsonParseError problem;
        auto parsed = QJsonDocument::fromJson(m_buffer, &problem);
        if (parsed.isNull() && m_buffer.startsWith('[')) { // Gemini's stream without alt=sse, broken off after an element
            const auto last = m_buffer.lastIndexOf("\n}");
            parsed = QJsonDocument::fromJson(m_buffer.left(last < 0 ? 0 : last + 2) + ']');
        } else if (!parsed.isNull()) {
            m_final = true;
        }
        if (parsed.isArray()) {
            for (const auto &one : parsed.array())
                document(one.toObject());
        } else {
            document(parsed.object());
        }
    }
    m_line.clear();
    m_buffer.clear();
}

void UsageReader::document(const QJsonObject &object)
{
    const auto response = object[u"response"].toObject(); // OpenAI: response.completed, response.failed
    const auto message = object[u"message"].toObject();   // Anthropic: message_start
    for (const auto &holder : {object, response}) {
        if (m_error.isEmpty() && holder[u"error"].isObject() && !holder[u"error"].toObject().isEmpty())
            m_error = holder[u"error"].toObject();
    }
    if (m_error.isEmpty() && object[u"type"] == QStringLiteral("error") && !object[u"error"].isObject())
        m_error = object; // the Responses' own event of an error
    for (const auto &holder : {object, message, response}) {
        for (const auto key : {"model", "modelVersion"}) {
            if (m_model.isEmpty() && holder[QLatin1String(key)].isString())
                m_model = holder[QLatin1String(key)].toString().left(200);
        }
    }
    if (m_dialect == u"gemini") {
        gemini(object[u"usageMetadata"].toObject());
        for (const auto &one : object[u"candidates"].toArray())
            m_final = m_final || one.toObject().contains(u"finishReason");
        return;
    }
    usage(message[u"usage"].toObject());
    for (const auto &holder : {object, response}) {
        const auto counts = holder[u"usage"].toObject();
        usage(counts);
        // The Responses and the chat tell counts once, at the end; Anthropic's last ones come with the reason to stop.
        if (!counts.isEmpty() && m_form == Form::Events)
            m_final = m_final || m_dialect != u"anthropic" || object[u"type"] == QStringLiteral("message_delta");
    }
}

void UsageReader::gemini(const QJsonObject &counts)
{
    if (counts.isEmpty())
        return;
    m_counted = true;
    const qint64 cached = std::max(m_tokens.cached, number(counts, "cachedContentTokenCount"));
    const qint64 prompt = number(counts, "promptTokenCount") + number(counts, "toolUsePromptTokenCount");
    m_tokens.input = std::max(m_tokens.input + m_tokens.cached, prompt) - std::min(cached, std::max(m_tokens.input + m_tokens.cached, prompt));
    m_tokens.cached = cached;
    m_tokens.output = std::max(m_tokens.output, number(counts, "candidatesTokenCount") + number(counts, "thoughtsTokenCount"));
}

/// Counts are of the whole answer so far: the largest is the last.
void UsageReader::usage(const QJsonObject &counts)
{
    if (counts.isEmpty())
        return;
    m_counted = true;
    const auto raise = [](qint64 &to, qint64 value) { to = std::max(to, value); };
    raise(m_tokens.output, std::max(number(counts, "output_tokens"), number(counts, "completion_tokens")));
    if (m_dialect == u"anthropic") {
        const auto writes = counts[u"cache_creation"].toObject();
        const qint64 hour = number(writes, "ephemeral_1h_input_tokens");
        raise(m_tokens.input, number(counts, "input_tokens"));
        raise(m_tokens.cached, number(counts, "cache_read_input_tokens"));
        raise(m_tokens.cacheWriteHour, hour);
        raise(m_tokens.cacheWrite, std::max<qint64>(0, number(counts, "cache_creation_input_tokens") - m_tokens.cacheWriteHour));
        return;
    }
    // Elsewhere the input is told with what came from the cache.
    const qint64 all = std::max(number(counts, "input_tokens"), number(counts, "prompt_tokens"));
    const auto details = [&](const char *name) {
        return std::max(number(counts[u"input_tokens_details"].toObject(), name), number(counts[u"prompt_tokens_details"].toObject(), name));
    };
    const qint64 cached = std::min(all, std::max(details("cached_tokens"), number(counts, "prompt_cache_hit_tokens")));
    const qint64 written = std::min(all - cached, std::max(details("cache_write_tokens"), number(counts, "cache_write_tokens")));
    if (all >= m_tokens.allInput()) {
        m_tokens.cached = cached;
        m_tokens.cacheWrite = written;
        m_tokens.input = all - cached - written;
    }
}

} // namespace coppice::gateway

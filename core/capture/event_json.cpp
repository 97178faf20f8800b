// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/event_json.h"

#include <QJsonArray>

namespace coppice::capture {

namespace {

/// JSON as text, member by member.
class Writer
{
public:
    explicit Writer(qsizetype likely) { m_out.reserve(likely); }

    void raw(QByteArrayView text) { m_out.append(text); }
    void number(qint64 value) { m_out.append(QByteArray::number(value)); }
    void text(QStringView value)
    {
        const qsizetype before = m_out.size();
        m_out.resize(before + value.size() * longestEscape + 2);
        char *const begin = m_out.data();
        char *out = begin + before;
        *out++ = '"';
        for (qsizetype i = 0; i < value.size(); ++i) {
            const char16_t c = value[i].unicode();
            if (c >= u' ' && c < 0x80 && c != u'"' && c != u'\\')
                *out++ = char(c);
            else if (c < 0x80)
                out = escaped(out, char(c));
            else
                i += beyondAscii(out, value, i);
        }
        *out++ = '"';
        m_out.truncate(out - begin);
    }
    void bytes(const QByteArray &value)
    {
        m_out.append('"');
        m_out.append(value.toBase64());
        m_out.append('"');
    }
    [[nodiscard]] QByteArray take() { return std::move(m_out); }

private:
    static constexpr qsizetype longestEscape = 6;

    static char *escaped(char *out, char c)
    {
        constexpr char digits[] = "0123456789abcdef";
        *out++ = '\\';
        if (c == '"' || c == '\\' || c == '\n') {
            *out++ = c == '\n' ? 'n' : c;
            return out;
        }
        for (const char each : {'u', '0', '0', digits[c >> 4], digits[c & 15]})
            *out++ = each;
        return out;
    }
    /// Answers how many more units it took.
    static qsizetype beyondAscii(char *&out, QStringView all, qsizetype at)
    {
        const bool pair = all[at].isHighSurrogate() && at + 1 < all.size() && all[at + 1].isLowSurrogate();
        const char32_t code = pair ? QChar::surrogateToUcs4(all[at], all[at + 1])
            : all[at].isSurrogate() ? char32_t(QChar::ReplacementCharacter)
                                    : char32_t(all[at].unicode());
        const auto rest = [&](int shift) { *out++ = char(0x80 | (code >> shift & 0x3F)); };
        if (code < 0x800) {
            *out++ = char(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            *out++ = char(0xE0 | code >> 12);
            rest(6);
        } else {
            *out++ = char(0xF0 | code >> 18);
            rest(12);
            rest(6);
        }
        rest(0);
        return pair ? 1 : 0;
    }

    QByteArray m_out;
};

void writeFrames(Writer &out, const Event &event)
{
    out.raw("\"frames\":[");
    bool first = true;
    for (const auto &frame : event.frames) {
        out.raw(first ? "[" : ",[");
        first = false;
        out.text(frame.function);
        out.raw(",");
        out.text(frame.file);
        out.raw(",");
        out.number(frame.line);
        out.raw(frame.inApp ? ",true," : ",false,");
        out.number(frame.column);
        out.raw(",");
        out.text(frame.code);
        out.raw("]");
    }
    out.raw("]");
}

/// Without the braces.
void writeBody(Writer &out, const Event &event)
{
    out.raw("\"causes\":[");
    bool first = true;
    for (const auto &cause : event.causes) {
        out.raw(first ? "[" : ",[");
        first = false;
        out.text(cause.type);
        out.raw(",");
        out.text(cause.message);
        out.raw("]");
    }
    out.raw("],");
    writeFrames(out, event);
    out.raw(",\"tags\":{");
    first = true;
    for (auto it = event.tags.cbegin(); it != event.tags.cend(); ++it) {
        if (!first)
            out.raw(",");
        first = false;
        out.text(it.key());
        out.raw(":");
        out.text(*it);
    }
    out.raw("},\"trace\":");
    out.text(event.trace);
}

qsizetype likelySize(const Event &event)
{
    return 256 + event.trace.size() + event.message.size() * 2 + qsizetype(event.frames.size()) * 96 + event.tags.size() * 48;
}

} // namespace

QByteArray bodyJson(const Event &event)
{
    Writer out(likelySize(event));
    out.raw("{");
    writeBody(out, event);
    out.raw("}");
    return out.take();
}

QByteArray eventJson(const Event &event)
{
    Writer out(likelySize(event) + 256);
    const auto text = [&](QByteArrayView name, const QString &value) {
        out.raw(name);
        out.text(value);
    };
    const auto number = [&](QByteArrayView name, qint64 value) {
        out.raw(name);
        out.number(value);
    };
    text("{\"id\":", event.id.toString());
    text(",\"sender\":", event.senderId);
    text(",\"plugin\":", event.plugin);
    number(",\"received\":", event.received);
    number(",\"at\":", event.at);
    text(",\"source\":", event.source);
    text(",\"release\":", event.release);
    text(",\"environment\":", event.environment);
    number(",\"level\":", int(event.level));
    text(",\"type\":", event.type);
    text(",\"message\":", event.message);
    text(",\"template\":", event.messageTemplate);
    out.raw(",\"identity\":");
    out.bytes(event.identity);
    out.raw(",\"twin\":");
    out.bytes(event.twin);
    number(",\"record\":", event.record);
    number(",\"scrubbed\":", event.scrubbed);
    out.raw(",");
    writeBody(out, event);
    out.raw("}");
    return out.take();
}

void readBody(const QJsonObject &object, Event &event)
{
    const QJsonArray frames = object[u"frames"].toArray();
    for (const auto &each : frames) {
        const QJsonArray f = each.toArray();
        event.frames.push_back({f[0].toString(), f[1].toString(), f[2].toInt(), f[3].toBool(), f[4].toInt(), f[5].toString()});
    }
    const QJsonArray causes = object[u"causes"].toArray();
    for (const auto &each : causes) {
        const QJsonArray cause = each.toArray();
        event.causes.push_back({cause[0].toString(), cause[1].toString()});
    }
    event.trace = object[u"trace"].toString();
    const QJsonObject tags = object[u"tags"].toObject();
    for (auto it = tags.begin(); it != tags.end(); ++it)
        event.tags[it.key()] = it->toString();
}

Event eventFrom(const QJsonObject &object)
{
    const auto unpackedBytes = [](const QJsonValue &value) { return QByteArray::fromBase64(value.toString().toLatin1()); };
    Event event;
    if (const auto id = Id::parse(object[u"id"].toString()))
        event.id = *id;
    event.senderId = object[u"sender"].toString();
    event.plugin = object[u"plugin"].toString();
    event.received = object[u"received"].toInteger();
    event.at = object[u"at"].toInteger();
    event.source = object[u"source"].toString();
    event.release = object[u"release"].toString();
    event.environment = object[u"environment"].toString();
    event.level = Level(qBound(int(Level::Trace), object[u"level"].toInt(), int(Level::Fatal)));
    event.type = object[u"type"].toString();
    event.message = object[u"message"].toString();
    event.messageTemplate = object[u"template"].toString();
    event.identity = unpackedBytes(object[u"identity"]);
    event.twin = unpackedBytes(object[u"twin"]);
    event.record = object[u"record"].toInt();
    event.scrubbed = object[u"scrubbed"].toInt();
    readBody(object, event);
    return event;
}

} // namespace coppice::capture

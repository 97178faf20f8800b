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
        m_out.append('"');
        for (qsizetype i = 0; i < value.size(); ++i)
            i += character(value, i);
        m_out.append('"');
    }
    void bytes(const QByteArray &value)
    {
        m_out.append('"');
        m_out.append(value.toBase64());
        m_out.append('"');
    }
    [[nodiscard]] QByteArray take() { return std::move(m_out); }

private:
    /// Answers how many more units it took.
    qsizetype character(QStringView all, qsizetype at)
    {
        const char32_t c = all[at].unicode();
        if (c < 0x80) {
            ascii(char(c));
            return 0;
        }
        if (c < 0x800) {
            m_out.append(char(0xC0 | c >> 6));
            m_out.append(char(0x80 | (c & 0x3F)));
            return 0;
        }
        const bool pair = all[at].isHighSurrogate() && at + 1 < all.size() && all[at + 1].isLowSurrogate();
        const char32_t code = pair ? QChar::surrogateToUcs4(all[at], all[at + 1]) : all[at].isSurrogate() ? char32_t(QChar::ReplacementCharacter) : c;
        if (pair)
            m_out.append(char(0xF0 | code >> 18));
        m_out.append(char(pair ? 0x80 | (code >> 12 & 0x3F) : 0xE0 | code >> 12));
        m_out.append(char(0x80 | (code >> 6 & 0x3F)));
        m_out.append(char(0x80 | (code & 0x3F)));
        return pair ? 1 : 0;
    }
    void ascii(char c)
    {
        if (c == '"' || c == '\\') {
            m_out.append('\\');
            m_out.append(c);
        } else if (c >= ' ') {
            m_out.append(c);
        } else if (c == '\n') {
            m_out.append("\\n", 2);
        } else {
            constexpr char digits[] = "0123456789abcdef";
            m_out.append("\\u00", 4);
            m_out.append(digits[c >> 4]);
            m_out.append(digits[c & 15]);
        }
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

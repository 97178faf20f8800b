// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/recording.h"

#include "base/json.h"
#include "text/scrub.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QStringDecoder>

#include <algorithm>

namespace coppice::gateway {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 fileCap = 256 << 20;
constexpr qint64 lineCap = 48 << 20;

QByteArray pathOf(const QByteArray &target)
{
    const auto mark = target.indexOf('?');
    return mark < 0 ? target : target.left(mark);
}

std::optional<QString> textOf(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder(bytes);
    if (decoder.hasError() || text.contains(QChar(0)))
        return std::nullopt;
    return text;
}

const text::Scrubber &scrubber()
{
    static const text::Scrubber one;
    return one;
}

/// Strings only: a number under a telling key ("max_tokens") is no secret, and counts have to stay.
QJsonValue scrubStrings(const QJsonValue &value, int depth = 0)
{
    if (value.isString()) {
        const auto scrubbed = scrubber().scrub(value.toString());
        return scrubbed.replaced > 0 ? QJsonValue(scrubbed.text) : value;
    }
    if (depth > 200)
        return value;
    if (value.isArray()) {
        QJsonArray out;
        for (const auto &one : value.toArray())
            out.append(scrubStrings(one, depth + 1));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const auto object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const bool secret = it->isString() && !it->toString().isEmpty() && text::Scrubber::isSecretKey(it.key());
        out[it.key()] = secret ? QJsonValue(u"[scrubbed]"_s) : scrubStrings(*it, depth + 1);
    }
    return out;
}

/// A text without secrets. JSON stays JSON.
QString withoutSecrets(const QString &text)
{
    if (scrubber().scrub(text).replaced == 0)
        return text;
    const auto parsed = QJsonDocument::fromJson(text.toUtf8());
    if (parsed.isObject())
        return QString::fromUtf8(QJsonDocument(scrubStrings(parsed.object()).toObject()).toJson(QJsonDocument::Compact));
    if (parsed.isArray())
        return QString::fromUtf8(QJsonDocument(scrubStrings(parsed.array()).toArray()).toJson(QJsonDocument::Compact));
    return scrubber().scrub(text).text;
}

/// Line by line: the data of each event is a document of its own.
QString eventsWithoutSecrets(const QString &text)
{
    if (scrubber().scrub(text).replaced == 0)
        return text;
    QStringList lines = text.split(u'\n');
    for (auto &line : lines) {
        if (line.startsWith(u"data:"))
            line = u"data: "_s + withoutSecrets(line.mid(5).trimmed());
        else
            line = withoutSecrets(line);
    }
    return lines.join(u'\n');
}

QJsonValue dropVolatile(const QJsonValue &value, int depth)
{
    static const QStringList volatileKeys{u"metadata"_s, u"client_metadata"_s, u"user"_s, u"safety_identifier"_s, u"prompt_cache_key"_s,
                                          u"session_id"_s, u"conversation_id"_s, u"previous_response_id"_s, u"id"_s, u"tool_use_id"_s,
                                          u"call_id"_s, u"tool_call_id"_s, u"signature"_s, u"cache_control"_s, u"encrypted_content"_s};
    if (value.isArray()) {
        QJsonArray out;
        for (const auto &one : value.toArray())
            out.append(depth > 100 ? QJsonValue() : dropVolatile(one, depth + 1));
        return out;
    }
    if (!value.isObject())
        return value;
    QJsonObject out;
    const auto object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!volatileKeys.contains(it.key()) && depth <= 100)
            out[it.key()] = dropVolatile(*it, depth + 1);
    }
    return out;
}

QJsonObject toJson(const Exchange &exchange, qint64 number)
{
    QJsonObject headers;
    for (const auto &[name, value] : exchange.headers)
        headers[QString::fromUtf8(name)] = QString::fromUtf8(value);
    QJsonArray pieces;
    bool binary = false;
    QByteArray all;
    for (const auto &piece : exchange.pieces)
        all += piece;
    if (const auto text = textOf(all)) {
        const bool events = net::header(exchange.headers, "content-type").startsWith("text/event-stream");
        const QString clean = events ? eventsWithoutSecrets(*text) : withoutSecrets(*text);
        const bool cutInside = std::any_of(exchange.pieces.begin(), exchange.pieces.end(), [](const auto &piece) { return !textOf(piece); });
        if (clean == *text && !cutInside) {
            for (const auto &piece : exchange.pieces)
                pieces.append(QString::fromUtf8(piece));
        } else { // the pieces are no more what they were: one for each event
            qsizetype from = 0;
            while (from < clean.size()) {
                const auto at = events ? clean.indexOf(u"\n\n"_s, from) : -1;
                const qsizetype to = at < 0 ? clean.size() : at + 2;
                pieces.append(clean.mid(from, to - from));
                from = to;
            }
        }
    } else {
        binary = true;
        for (const auto &piece : exchange.pieces)
            pieces.append(QString::fromLatin1(piece.toBase64()));
    }
    QJsonObject object{{u"v"_s, 1},
                       {u"n"_s, number},
                       {u"at"_s, exchange.at},
                       {u"method"_s, QString::fromLatin1(exchange.method)},
                       {u"path"_s, QString::fromUtf8(exchange.path)},
                       {u"hash"_s, QString::fromLatin1(exchange.hash)},
                       {u"request"_s, withoutSecrets(textOf(exchange.request).value_or(u"(no text)"_s))},
                       {u"status"_s, exchange.status},
                       {u"headers"_s, headers},
                       {u"pieces"_s, pieces},
                       {u"whole"_s, exchange.whole}};
    if (binary)
        object[u"binary"_s] = true;
    if (exchange.truncated)
        object[u"truncated"_s] = true;
    if (!exchange.error.isEmpty())
        object[u"error"_s] = exchange.error;
    return object;
}

Exchange fromJson(const QJsonObject &object)
{
    Exchange exchange;
    exchange.at = object[u"at"].toInteger();
    exchange.method = object[u"method"].toString().toUtf8();
    exchange.path = object[u"path"].toString().toUtf8();
    exchange.hash = object[u"hash"].toString().toLatin1();
    exchange.status = object[u"status"].toInt();
    exchange.whole = object[u"whole"].toBool();
    exchange.truncated = object[u"truncated"].toBool();
    exchange.error = object[u"error"].toString();
    const auto headers = object[u"headers"].toObject();
    for (auto it = headers.begin(); it != headers.end(); ++it)
        exchange.headers.emplace_back(it.key().toUtf8(), it->toString().toUtf8());
    const bool binary = object[u"binary"].toBool();
    for (const auto &piece : object[u"pieces"].toArray())
        exchange.pieces.push_back(binary ? QByteArray::fromBase64(piece.toString().toLatin1()) : piece.toString().toUtf8());
    return exchange;
}

} // namespace

QByteArray hashOf(const QByteArray &body)
{
    QByteArray plain = body;
    const auto parsed = QJsonDocument::fromJson(body);
    if (parsed.isObject())
        plain = toJsonLine(dropVolatile(parsed.object(), 0).toObject());
    QString text = QString::fromUtf8(plain);
    static const QRegularExpression moment(u"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\d{4}-\\d{2}-\\d{2}([T ][0-9:.]+Z?)?|"
                                           "\\b\\d{10,}\\b|\\b[0-9a-f]{16,}\\b|\\b[0-9A-HJKMNP-TV-Z]{26}\\b"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    text.replace(moment, u"#"_s);
    return QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex().left(32);
}

Result<std::unique_ptr<Recorder>> Recorder::open(const QString &path, std::vector<QByteArray> secrets)
{
    std::unique_ptr<Recorder> recorder(new Recorder);
    recorder->m_secrets = std::move(secrets);
    std::erase_if(recorder->m_secrets, [](const auto &secret) { return secret.size() < 6; });
    recorder->m_file.setFileName(path);
    const bool open = recorder->m_file.open(QIODevice::WriteOnly | QIODevice::Append);
    if (!open || !recorder->m_file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        return fail(u"gateway.record"_s, u"The recording cannot be written: %1"_s.arg(recorder->m_file.errorString()), path,
                    u"Check the folder and the free space of the disk."_s);
    return recorder;
}

Result<> Recorder::append(Exchange exchange)
{
    if (exchange.truncated)
        exchange.pieces.clear();
    for (const auto &secret : m_secrets) {
        exchange.request.replace(secret, "[key]");
        exchange.path.replace(secret, "[key]");
        for (auto &header : exchange.headers)
            header.second.replace(secret, "[key]");
        QByteArray all;
        for (const auto &piece : exchange.pieces)
            all += piece;
        if (all.contains(secret)) // wherever it was cut
            exchange.pieces = {all.replace(secret, "[key]")};
    }
    if (exchange.request.size() > requestCap) // it is kept for people; what it is matched by is its hash
        exchange.request = exchange.request.left(requestCap) + "\n(cut off)";
    const std::lock_guard lock(m_mutex);
    if (m_full)
        return {};
    QByteArray line = toJsonLine(toJson(exchange, ++m_count)) + '\n';
    if (m_file.size() + line.size() > fileCap) {
        m_full = true;
        line = toJsonLine({{u"v"_s, 1}, {u"full"_s, true}}) + '\n';
    }
    if (m_file.write(line) != line.size() || !m_file.flush())
        return fail(u"gateway.record"_s, u"The recording cannot be written: %1"_s.arg(m_file.errorString()), m_file.fileName(),
                    u"Free some space on this disk."_s);
    return {};
}

Result<std::unique_ptr<Replayer>> Replayer::open(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failNotFound(u"gateway.replay"_s, u"The recording cannot be read: %1"_s.arg(file.errorString()), path,
                            u"Replay a run that was recorded."_s);
    std::unique_ptr<Replayer> replayer(new Replayer);
    replayer->m_path = path;
    for (int number = 1; !file.atEnd(); ++number) {
        const QByteArray line = file.readLine(lineCap);
        if (!line.endsWith('\n') && file.atEnd())
            break; // torn off when its writer died
        COPPICE_TRY(const auto object, parseJsonObject(line, u"%1:%2"_s.arg(path).arg(number)));
        if (!object[u"full"].toBool())
            replayer->m_exchanges.push_back(fromJson(object));
    }
    replayer->m_used.resize(replayer->m_exchanges.size());
    return replayer;
}

Result<Exchange> Replayer::next(const QByteArray &method, const QByteArray &path, const QByteArray &body)
{
    const QByteArray hash = hashOf(body);
    const std::lock_guard lock(m_mutex);
    std::optional<size_t> chosen, first;
    for (size_t i = 0; i < m_exchanges.size() && !chosen; ++i) {
        if (m_used[i])
            continue;
        if (!first)
            first = i;
        const auto &one = m_exchanges[i];
        if (one.method == method && pathOf(one.path) == pathOf(path) && one.hash == hash)
            chosen = i;
    }
    const auto describe = [](const QByteArray &aMethod, const QByteArray &aPath) {
        return QString::fromUtf8(QByteArray(aMethod + ' ' + pathOf(aPath)).left(200));
    };
    if (!first)
        return fail(u"gateway.replay"_s,
                    u"The recording is at its end after %1 exchanges, and the client asks for one more: %2"_s.arg(m_exchanges.size()).arg(describe(method, path)),
                    m_path, u"Start the run anew: it does something else than what was recorded."_s);
    if (!chosen && m_exchanges[*first].method == method && pathOf(m_exchanges[*first].path) == pathOf(path))
        chosen = first;
    if (!chosen)
        return fail(u"gateway.replay"_s,
                    u"The recording has %1 as exchange %2 of %3, and the client asks for %4"_s.arg(describe(m_exchanges[*first].method, m_exchanges[*first].path))
                        .arg(*first + 1)
                        .arg(m_exchanges.size())
                        .arg(describe(method, path)),
                    m_path, u"Start the run anew: it does something else than what was recorded."_s);
    m_used[*chosen] = true;
    const auto &exchange = m_exchanges[*chosen];
    if (exchange.truncated)
        return fail(u"gateway.replay"_s, u"Exchange %1 was too large to be recorded whole"_s.arg(*chosen + 1), m_path);
    return exchange;
}

} // namespace coppice::gateway

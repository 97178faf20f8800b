// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/envelope.h"

#include "receivers/lean_json.h"

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr size_t mostItems = 1000;
constexpr JsonBounds headerBounds{16, 2000};

Fail malformed(const QString &what)
{
    return fail(u"envelope.malformed"_s, what);
}

/// The next line, without its end; moves past it.
QByteArrayView takeLine(QByteArrayView &rest)
{
    const auto newline = rest.indexOf('\n');
    const QByteArrayView line = newline < 0 ? rest : rest.first(newline);
    rest = newline < 0 ? QByteArrayView() : rest.sliced(newline + 1);
    return line.endsWith('\r') ? line.chopped(1) : line;
}

Result<QByteArrayView> takePayload(QByteArrayView &rest, LeanValue length)
{
    if (!length.isThere() || length.isNull())
        return takeLine(rest);
    const double wanted = length.isString() ? length.toString().toDouble() : length.toDouble(-1);
    if (wanted > double(rest.size()))
        return malformed(u"An item is shorter than its header says"_s);
    if (!(wanted >= 0) || wanted != double(qint64(wanted))) // also what is no number at all
        return malformed(u"An item's length is no number of bytes"_s);
    const QByteArrayView payload = rest.first(qsizetype(wanted));
    rest = rest.sliced(qsizetype(wanted));
    if (rest.startsWith("\r\n"))
        rest = rest.sliced(2);
    else if (rest.startsWith('\n'))
        rest = rest.sliced(1);
    else if (!rest.isEmpty())
        return malformed(u"An item goes on behind the length that its header says"_s);
    return payload;
}

} // namespace

Result<Envelope> parseEnvelope(QByteArrayView bytes)
{
    QByteArrayView rest = bytes;
    Envelope envelope;
    const QByteArrayView first = takeLine(rest);
    if (first.trimmed().isEmpty())
        return malformed(u"The envelope has no header"_s);
    const auto header = LeanJson::parse(first, headerBounds);
    if (!header)
        return malformed(u"The envelope's header cannot be read: %1"_s.arg(header.error().what));
    envelope.eventId = header->root()["event_id"].toString();
    envelope.dsn = header->root()["dsn"].toString().left(2048);
    while (!rest.isEmpty()) {
        const QByteArrayView line = takeLine(rest);
        if (line.trimmed().isEmpty())
            continue;
        const auto told = LeanJson::parse(line, headerBounds);
        if (!told)
            return malformed(u"The header of item %1 cannot be read: %2"_s.arg(envelope.items.size() + 1).arg(told.error().what));
        const LeanValue item = told->root();
        if (!item["type"].isString())
            return malformed(u"Item %1 has no type"_s.arg(envelope.items.size() + 1));
        COPPICE_TRY(const QByteArrayView payload, takePayload(rest, item["length"]));
        envelope.items.push_back({item["type"].toString().left(64), item["content_type"].toString().left(128), payload});
        if (envelope.items.size() > mostItems)
            return malformed(u"The envelope has more than %1 items"_s.arg(mostItems));
    }
    return envelope;
}

} // namespace coppice::receivers

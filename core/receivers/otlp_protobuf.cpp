// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/otlp.h"

#include "receivers/wire.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

using Wire = WireReader;
constexpr auto Bytes = Wire::Type::Bytes;
constexpr auto Varint = Wire::Type::Varint;
constexpr auto Fixed64 = Wire::Type::Fixed64;
constexpr int deepest = 32; ///< of values within values

Fail malformed()
{
    return fail(u"otlp.malformed"_s, u"The protobuf message is broken"_s);
}

QString hexId(QByteArrayView bytes)
{
    return QString::fromLatin1(bytes.first(qMin<qsizetype>(bytes.size(), 32)).toByteArray().toHex());
}

/// Reads a whole message: `field` sees each one and answers whether it could be read.
bool readMessage(QByteArrayView bytes, const std::function<bool(Wire &)> &field)
{
    Wire wire(bytes);
    while (wire.next()) {
        if (!field(wire))
            return false;
    }
    return !wire.isBroken();
}

bool readAttribute(QByteArrayView bytes, QJsonObject &out, int depth);

bool readAny(QByteArrayView bytes, QJsonValue &out, int depth)
{
    if (depth > deepest)
        return false;
    return readMessage(bytes, [&](Wire &wire) {
        if (wire.is(1, Bytes)) {
            out = wire.text();
        } else if (wire.is(2, Varint)) {
            out = wire.number() != 0;
        } else if (wire.is(3, Varint)) {
            out = qint64(wire.number());
        } else if (wire.is(4, Fixed64)) {
            out = wire.real();
        } else if (wire.is(5, Bytes)) {
            QJsonArray array;
            const bool read = readMessage(wire.bytes(), [&](Wire &list) {
                QJsonValue value;
                if (list.is(1, Bytes) && !readAny(list.bytes(), value, depth + 1))
                    return false;
                if (array.size() < otlpAttributes)
                    array.append(value);
                return true;
            });
            out = array;
            return read;
        } else if (wire.is(6, Bytes)) {
            QJsonObject object;
            const bool read = readMessage(wire.bytes(), [&](Wire &list) { return !list.is(1, Bytes) || readAttribute(list.bytes(), object, depth + 1); });
            out = object;
            return read;
        } else if (wire.is(7, Bytes)) {
            out = QString::fromLatin1(wire.bytes().toByteArray().toBase64());
        }
        return true;
    });
}

bool readAttribute(QByteArrayView bytes, QJsonObject &out, int depth)
{
    QString key;
    QJsonValue value;
    const bool read = readMessage(bytes, [&](Wire &wire) {
        if (wire.is(1, Bytes))
            key = wire.text();
        return !wire.is(2, Bytes) || readAny(wire.bytes(), value, depth);
    });
    if (read && !key.isEmpty() && out.size() < otlpAttributes)
        out[key.left(256)] = value;
    return read;
}

bool readLog(QByteArrayView bytes, OtlpLog &log)
{
    return readMessage(bytes, [&](Wire &wire) {
        if (wire.is(1, Fixed64))
            log.time = qint64(wire.number());
        else if (wire.is(11, Fixed64))
            log.observed = qint64(wire.number());
        else if (wire.is(2, Varint))
            log.severity = int(qMin<uint64_t>(wire.number(), 100));
        else if (wire.is(3, Bytes))
            log.severityText = wire.text();
        else if (wire.is(5, Bytes))
            return readAny(wire.bytes(), log.body, 0);
        else if (wire.is(6, Bytes))
            return readAttribute(wire.bytes(), log.attributes, 0);
        else if (wire.is(9, Bytes))
            log.traceId = hexId(wire.bytes());
        else if (wire.is(10, Bytes))
            log.spanId = hexId(wire.bytes());
        return true;
    });
}

bool readSpanEvent(QByteArrayView bytes, OtlpSpan &span)
{
    OtlpSpan::Event event;
    const bool read = readMessage(bytes, [&](Wire &wire) {
        if (wire.is(1, Fixed64))
            event.time = qint64(wire.number());
        else if (wire.is(2, Bytes))
            event.name = wire.text();
        return !wire.is(3, Bytes) || readAttribute(wire.bytes(), event.attributes, 0);
    });
    if (read && event.name == u"exception" && span.events.size() < otlpSpanEvents)
        span.events.push_back(std::move(event));
    return read;
}

bool readSpan(QByteArrayView bytes, OtlpSpan &span)
{
    return readMessage(bytes, [&](Wire &wire) {
        if (wire.is(1, Bytes))
            span.traceId = hexId(wire.bytes());
        else if (wire.is(2, Bytes))
            span.spanId = hexId(wire.bytes());
        else if (wire.is(5, Bytes))
            span.name = wire.text();
        else if (wire.is(6, Varint))
            span.kind = int(qMin<uint64_t>(wire.number(), 100));
        else if (wire.is(8, Fixed64))
            span.end = qint64(wire.number());
        else if (wire.is(9, Bytes))
            return readAttribute(wire.bytes(), span.attributes, 0);
        else if (wire.is(11, Bytes))
            return readSpanEvent(wire.bytes(), span);
        else if (wire.is(15, Bytes))
            return readMessage(wire.bytes(), [&](Wire &status) {
                if (status.is(2, Bytes))
                    span.statusMessage = status.text();
                else if (status.is(3, Varint))
                    span.status = int(qMin<uint64_t>(status.number(), 100));
                return true;
            });
        return true;
    });
}

/// The fields of the four kinds of points that are wanted; their numbers differ.
struct PointFields {
    uint32_t attributes;
    uint32_t start;
    uint32_t time;
    uint32_t count; ///< fixed64; of a sum: as an integer
};

bool readPoint(QByteArrayView bytes, const PointFields &fields, OtlpPoint &point)
{
    return readMessage(bytes, [&](Wire &wire) {
        if (wire.is(fields.start, Fixed64))
            point.start = qint64(wire.number());
        else if (wire.is(fields.time, Fixed64))
            point.time = qint64(wire.number());
        else if (wire.is(fields.count, Fixed64))
            point.value = point.counts ? double(wire.number()) : double(qint64(wire.number()));
        else if (!point.counts && wire.is(4, Fixed64))
            point.value = wire.real();
        else if (wire.is(fields.attributes, Bytes))
            return readAttribute(wire.bytes(), point.attributes, 0);
        return true;
    });
}

bool visitMetric(QByteArrayView bytes, const std::function<void(const OtlpPoint &)> &visit)
{
    QString name;
    if (!readMessage(bytes, [&](Wire &wire) {
            if (wire.is(1, Bytes))
                name = wire.text();
            return true;
        }))
        return false;
    if (!isRequestMetric(name))
        return true;
    return readMessage(bytes, [&](Wire &wire) {
        // sum, histogram, exponential histogram, summary
        const bool isSum = wire.is(7, Bytes);
        const bool isSummary = wire.is(11, Bytes);
        if (!isSum && !isSummary && !wire.is(9, Bytes) && !wire.is(10, Bytes))
            return true;
        const PointFields fields = isSum ? PointFields{7, 2, 3, 6} : wire.is(10, Bytes) ? PointFields{1, 2, 3, 4} : isSummary ? PointFields{7, 2, 3, 4} : PointFields{9, 2, 3, 4};
        OtlpPoint common;
        common.metric = name;
        common.counts = !isSum;
        common.monotonic = !isSum;
        common.rising = isSummary;
        const QByteArrayView data = wire.bytes();
        if (!readMessage(data, [&](Wire &inner) {
                if (inner.is(2, Varint))
                    common.rising = inner.number() == 2;
                else if (isSum && inner.is(3, Varint))
                    common.monotonic = inner.number() != 0;
                return true;
            }))
            return false;
        return readMessage(data, [&](Wire &inner) {
            if (!inner.is(1, Bytes))
                return true;
            OtlpPoint point = common;
            if (!readPoint(inner.bytes(), fields, point))
                return false;
            visit(point);
            return true;
        });
    });
}

bool readResource(QByteArrayView bytes, QJsonObject &attributes)
{
    return readMessage(bytes, [&](Wire &wire) { return !wire.is(1, Bytes) || readAttribute(wire.bytes(), attributes, 0); });
}

/// What tells a resource or a scope stands in field 1, its items in field 2, in whatever order.
bool visitScope(QByteArrayView bytes, const QJsonObject &resource, OtlpSignal signal, const OtlpVisitor &visitor)
{
    QString scope;
    if (!readMessage(bytes, [&](Wire &wire) {
            return !wire.is(1, Bytes) || readMessage(wire.bytes(), [&](Wire &inner) {
                if (inner.is(1, Bytes))
                    scope = inner.text();
                return true;
            });
        }))
        return false;
    return readMessage(bytes, [&](Wire &wire) {
        if (!wire.is(2, Bytes))
            return true;
        if (signal == OtlpSignal::Logs) {
            OtlpLog log;
            if (!readLog(wire.bytes(), log))
                return false;
            visitor.log(resource, scope, log);
        } else if (signal == OtlpSignal::Traces) {
            OtlpSpan span;
            if (!readSpan(wire.bytes(), span))
                return false;
            visitor.span(resource, scope, span);
        } else {
            return visitMetric(wire.bytes(), [&](const OtlpPoint &point) { visitor.point(resource, scope, point); });
        }
        return true;
    });
}

} // namespace

Result<> readOtlpProtobuf(const QByteArray &body, OtlpSignal signal, const OtlpVisitor &visitor)
{
    const bool read = readMessage(body, [&](Wire &wire) {
        if (!wire.is(1, Bytes))
            return true;
        const QByteArrayView part = wire.bytes();
        QJsonObject resource;
        if (!readMessage(part, [&](Wire &inner) { return !inner.is(1, Bytes) || readResource(inner.bytes(), resource); }))
            return false;
        return readMessage(part, [&](Wire &inner) { return !inner.is(2, Bytes) || visitScope(inner.bytes(), resource, signal, visitor); });
    });
    if (!read)
        return malformed();
    return {};
}

} // namespace coppice::receivers

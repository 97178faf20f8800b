// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/otlp.h"

#include "receivers/bounded_json.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr JsonBounds bounds{96, 200'000};

/// 64-bit numbers are strings in JSON; some exporters write them as numbers.
qint64 integer(const QJsonValue &value)
{
    return value.isString() ? qint64(value.toString().toULongLong()) : value.toInteger(qint64(value.toDouble()));
}

/// Enumerations are numbers; lenient exporters write their names.
int enumeration(const QJsonValue &value, QStringView name, int number)
{
    return value.isString() ? (value.toString() == name ? number : 0) : value.toInt();
}

QString hexId(const QJsonValue &value)
{
    return value.toString().left(64).toLower();
}

QJsonObject attributesFrom(const QJsonValue &list);

QJsonValue anyValue(const QJsonValue &given)
{
    const QJsonObject value = given.toObject();
    if (const auto it = value.constFind(u"stringValue"); it != value.constEnd())
        return *it;
    if (const auto it = value.constFind(u"intValue"); it != value.constEnd())
        return it->isString() ? QJsonValue(it->toString().toLongLong()) : *it;
    if (const auto it = value.constFind(u"doubleValue"); it != value.constEnd())
        return it->isString() ? QJsonValue(it->toString().toDouble()) : *it;
    if (const auto it = value.constFind(u"boolValue"); it != value.constEnd())
        return *it;
    if (const auto it = value.constFind(u"arrayValue"); it != value.constEnd()) {
        QJsonArray out;
        const QJsonArray array = (*it)[u"values"].toArray();
        for (const auto &each : array)
            out.append(anyValue(each));
        return out;
    }
    if (const auto it = value.constFind(u"kvlistValue"); it != value.constEnd())
        return attributesFrom((*it)[u"values"]);
    return value[u"bytesValue"];
}

QJsonObject attributesFrom(const QJsonValue &list)
{
    QJsonObject out;
    const QJsonArray array = list.toArray();
    for (const auto &each : array) {
        if (const QString key = each.toObject()[u"key"].toString(); !key.isEmpty() && out.size() < otlpAttributes)
            out[key.left(256)] = anyValue(each.toObject()[u"value"]);
    }
    return out;
}

OtlpLog logFrom(const QJsonObject &record)
{
    OtlpLog log;
    log.time = integer(record[u"timeUnixNano"]);
    log.observed = integer(record[u"observedTimeUnixNano"]);
    log.severity = record[u"severityNumber"].toInt();
    log.severityText = record[u"severityText"].toString();
    log.body = anyValue(record[u"body"]);
    log.attributes = attributesFrom(record[u"attributes"]);
    log.traceId = hexId(record[u"traceId"]);
    log.spanId = hexId(record[u"spanId"]);
    return log;
}

OtlpSpan spanFrom(const QJsonObject &given)
{
    OtlpSpan span;
    span.traceId = hexId(given[u"traceId"]);
    span.spanId = hexId(given[u"spanId"]);
    span.name = given[u"name"].toString();
    span.kind = enumeration(given[u"kind"], u"SPAN_KIND_SERVER", 2);
    span.end = integer(given[u"endTimeUnixNano"]);
    span.status = enumeration(given[u"status"][u"code"], u"STATUS_CODE_ERROR", 2);
    span.statusMessage = given[u"status"][u"message"].toString();
    const QJsonArray events = given[u"events"].toArray();
    for (const auto &each : events) {
        if (each.toObject()[u"name"].toString() == u"exception" && span.events.size() < otlpSpanEvents)
            span.events.push_back({integer(each.toObject()[u"timeUnixNano"]), u"exception"_s, attributesFrom(each.toObject()[u"attributes"])});
    }
    if (span.status == 2 || !span.events.empty())
        span.attributes = attributesFrom(given[u"attributes"]);
    return span;
}

void visitMetric(const QJsonObject &metric, const std::function<void(const OtlpPoint &)> &visit)
{
    const QString name = metric[u"name"].toString();
    if (!isRequestMetric(name))
        return;
    for (const auto &kind : {u"histogram"_s, u"exponentialHistogram"_s, u"sum"_s, u"summary"_s}) {
        const QJsonObject data = metric[kind].toObject();
        const bool isSum = kind == u"sum";
        const QJsonArray points = data[u"dataPoints"].toArray();
        for (const auto &each : points) {
            const QJsonObject given = each.toObject();
            OtlpPoint point;
            point.metric = name;
            point.counts = !isSum;
            // A summary has no temporality: it always counts from the start.
            point.rising = kind == u"summary" || enumeration(data[u"aggregationTemporality"], u"AGGREGATION_TEMPORALITY_CUMULATIVE", 2) == 2;
            point.monotonic = !isSum || data[u"isMonotonic"].toBool();
            point.start = integer(given[u"startTimeUnixNano"]);
            point.time = integer(given[u"timeUnixNano"]);
            const QJsonValue value = !isSum ? given[u"count"] : given.contains(u"asInt") ? given[u"asInt"] : given[u"asDouble"];
            point.value = value.isString() ? value.toString().toDouble() : value.toDouble();
            point.attributes = attributesFrom(given[u"attributes"]);
            visit(point);
        }
    }
}

} // namespace

Result<> readOtlpJson(const QByteArray &body, OtlpSignal signal, const OtlpVisitor &visitor)
{
    COPPICE_TRY(const QJsonObject root, parseBounded(body, bounds));
    const bool logs = signal == OtlpSignal::Logs;
    const bool traces = signal == OtlpSignal::Traces;
    const QString outer = logs ? u"resourceLogs"_s : traces ? u"resourceSpans"_s : u"resourceMetrics"_s;
    const QString middle = logs ? u"scopeLogs"_s : traces ? u"scopeSpans"_s : u"scopeMetrics"_s;
    const QString inner = logs ? u"logRecords"_s : traces ? u"spans"_s : u"metrics"_s;
    if (root.contains(outer) && !root[outer].isArray())
        return fail(u"otlp.malformed"_s, u"%1 is no list"_s.arg(outer));
    const QJsonArray resources = root[outer].toArray();
    for (const auto &resource : resources) {
        const QJsonObject about = attributesFrom(resource.toObject()[u"resource"][u"attributes"]);
        QJsonArray scopes = resource.toObject()[middle].toArray();
        for (const auto &scope : scopes) {
            const QString name = scope.toObject()[u"scope"][u"name"].toString();
            const QJsonArray items = scope.toObject()[inner].toArray();
            for (const auto &item : items) {
                if (logs)
                    visitor.log(about, name, logFrom(item.toObject()));
                else if (traces)
                    visitor.span(about, name, spanFrom(item.toObject()));
                else
                    visitMetric(item.toObject(), [&](const OtlpPoint &point) { visitor.point(about, name, point); });
            }
        }
    }
    return {};
}

} // namespace coppice::receivers

// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/otlp.h"

#include "capture/crash.h"
#include "capture/record.h"
#include "receivers/sentry_text.h"
#include "receivers/twin.h"
#include "text/scrub.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <cmath>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

using capture::Event;
using capture::Level;

namespace {

constexpr size_t mostEvents = 5000; ///< of one request
constexpr qsizetype mostTags = 60;

void putTag(Event &event, const QString &key, const QString &value)
{
    if (key.isEmpty() || value.isEmpty() || event.tags.size() >= mostTags)
        return;
    event.tags[key.left(64)] = text::Scrubber::isSecretKey(key) ? u"[scrubbed]"_s : value.left(2048);
}

/// What tells this record from every other, so that one that is sent again counts once.
QByteArray identityOf(const Event &event, const QString &traceId, const QString &spanId, qint64 nanoseconds, const QJsonObject &resource)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto &part : {event.source, traceId, spanId, QString::number(nanoseconds), event.type, event.message, event.trace,
                             asText(resource[u"service.instance.id"]), asText(resource[u"host.name"])}) {
        hash.addData(part.toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    }
    return hash.result();
}

Level levelOf(int severity, const QString &text)
{
    if (severity <= 0)
        return text.isEmpty() ? Level::Info : capture::levelFrom(text);
    return severity >= 21 ? Level::Fatal : severity >= 17 ? Level::Error : severity >= 13 ? Level::Warning
        : severity >= 9 ? Level::Info : severity >= 5 ? Level::Debug : Level::Trace;
}

void readResource(const QJsonObject &resource, const QString &scope, Event &event)
{
    const auto text = [&](const QString &key) { return asText(resource[key]); };
    event.release = text(u"service.version"_s);
    event.environment = text(u"deployment.environment.name"_s);
    if (event.environment.isEmpty())
        event.environment = text(u"deployment.environment"_s);
    putTag(event, u"service"_s, text(u"service.name"_s));
    putTag(event, u"server"_s, text(u"host.name"_s));
    putTag(event, u"instance"_s, text(u"service.instance.id"_s));
    putTag(event, u"runtime"_s, QString(text(u"process.runtime.name"_s) + u' ' + text(u"process.runtime.version"_s)).trimmed());
    putTag(event, u"logger"_s, scope);
}

bool hasException(const QJsonObject &attributes)
{
    return attributes.contains(u"exception.type") || attributes.contains(u"exception.message") || attributes.contains(u"exception.stacktrace");
}

/// The stack is one string in its language's own form: the parsers of log files read it.
void readException(const QJsonObject &attributes, Event &event)
{
    const QString type = asText(attributes[u"exception.type"]);
    const QString message = asText(attributes[u"exception.message"]);
    event.trace = asText(attributes[u"exception.stacktrace"]);
    event.messageTemplate.clear();
    if (!event.trace.isEmpty()) {
        if (const auto crash = capture::parseTrace(event.trace.left(128 * 1024)))
            capture::putCrash(*crash, event);
    }
    if (!type.isEmpty())
        event.type = type;
    if (!message.isEmpty() || event.frames.empty())
        event.message = message;
    if (event.message.isEmpty() && event.type.isEmpty())
        event.message = event.trace.section(u'\n', 0, 0);
}

void addAttributes(const QJsonObject &attributes, Event &event)
{
    for (auto it = attributes.begin(); it != attributes.end(); ++it) {
        if (!it.key().startsWith(u"exception."))
            putTag(event, it.key(), safeText(*it, 1024));
    }
}

class Reader
{
public:
    void log(const QJsonObject &resource, const QString &scope, const OtlpLog &log)
    {
        const bool failed = hasException(log.attributes);
        const Level level = levelOf(log.severity, log.severityText);
        if (!failed && level < Level::Error) {
            ++request.batch.skipped[u"log"_s];
            return;
        }
        Event event;
        event.source = u"otlp:logs"_s;
        event.message = safeText(log.body, 64 * 1024);
        if (failed) {
            const QString logged = event.message;
            readException(log.attributes, event);
            if (logged != event.message)
                putTag(event, u"logged"_s, logged);
        } else if (event.message.contains(u'\n')) {
            const QString whole = event.message;
            if (const auto crash = capture::parseTrace(whole)) {
                capture::putCrash(*crash, event);
                event.trace = whole;
            }
        }
        for (const auto &key : {u"message_template.text"_s, u"{OriginalFormat}"_s, u"log.record.template"_s}) {
            if (event.type.isEmpty() && event.messageTemplate.isEmpty())
                event.messageTemplate = asText(log.attributes[key]);
        }
        event.level = qMax(level, Level::Error); // an exception that was logged more quietly is one all the same
        const qint64 time = log.time > 0 ? log.time : log.observed;
        event.senderId = asText(log.attributes[u"log.record.uid"]);
        finish(std::move(event), resource, scope, log.attributes, log.traceId, log.spanId, time);
    }

    void span(const QJsonObject &resource, const QString &scope, const OtlpSpan &span)
    {
        if (span.events.empty() && span.status != 2) {
            ++request.batch.skipped[u"span"_s];
            return;
        }
        for (const auto &given : span.events) {
            Event event;
            event.source = u"otlp:traces"_s;
            event.level = Level::Error;
            readException(given.attributes, event);
            putTag(event, u"span"_s, span.name);
            finish(std::move(event), resource, scope, span.attributes, span.traceId, span.spanId, given.time);
        }
        if (!span.events.empty())
            return; // the status repeats them
        Event event;
        event.source = u"otlp:traces"_s;
        event.level = Level::Error;
        event.type = asText(span.attributes[u"error.type"]);
        event.message = span.statusMessage.isEmpty() ? u"%1 failed"_s.arg(span.name.isEmpty() ? u"A span"_s : span.name) : span.statusMessage;
        putTag(event, u"span"_s, span.name);
        finish(std::move(event), resource, scope, span.attributes, span.traceId, span.spanId, span.end);
    }

    void point(const QJsonObject &resource, const OtlpPoint &given)
    {
        if (!std::isfinite(given.value) || given.value <= 0 || given.value > 1e15 || !given.monotonic)
            return;
        if (request.batch.requests.size() >= mostEvents) {
            ++request.rejected;
            return;
        }
        capture::RequestPoint point;
        point.release = asText(resource[u"service.version"]).left(128);
        point.at = given.time / 1'000'000;
        point.value = qint64(given.value);
        point.rising = given.rising;
        point.started = given.start;
        if (given.rising) {
            const QString series = given.metric + u'\n' + asText(given.attributes) + u'\n' + asText(resource);
            point.series = QCryptographicHash::hash(series.toUtf8(), QCryptographicHash::Sha256);
        }
        request.batch.requests.push_back(std::move(point));
    }

    OtlpRequest request;

private:
    void finish(Event event, const QJsonObject &resource, const QString &scope, const QJsonObject &attributes, const QString &traceId,
                const QString &spanId, qint64 nanoseconds)
    {
        if (request.batch.events.size() >= mostEvents) {
            ++request.rejected;
            return;
        }
        readResource(resource, scope, event);
        addAttributes(attributes, event);
        event.at = qMax<qint64>(0, nanoseconds / 1'000'000);
        putTag(event, u"trace"_s, traceId);
        event.identity = identityOf(event, traceId, spanId, nanoseconds, resource);
        event.twin = twinOf(traceId, spanId, event);
        request.batch.events.push_back(std::move(event));
    }
};

} // namespace

bool isRequestMetric(const QString &name)
{
    // Durations and counters of what a server answered, in today's and older spellings. Clients' own calls are no requests.
    static const QRegularExpression shape(QStringLiteral(
        R"(^(?:http\.server\.(?:request\.)?duration|http\.server\.requests?(?:\.count)?|rpc\.server\.(?:call\.)?duration|mcp\.server\.(?:operation|request)\.(?:duration|count)|)"
        R"(http_server_(?:request_)?duration(?:_seconds|_milliseconds)?|http_server_requests?(?:_seconds|_total)?|http_requests_total|(?:[a-z0-9_.]+[._])?requests?[._](?:total|count))$)"));
    return !name.contains(u"client") && shape.match(name).hasMatch();
}

Result<OtlpRequest> readOtlp(const QByteArray &body, OtlpSignal signal, bool isJson)
{
    Reader reader;
    OtlpVisitor visitor;
    visitor.log = [&](const QJsonObject &resource, const QString &scope, const OtlpLog &log) { reader.log(resource, scope, log); };
    visitor.span = [&](const QJsonObject &resource, const QString &scope, const OtlpSpan &span) { reader.span(resource, scope, span); };
    visitor.point = [&](const QJsonObject &resource, const QString &, const OtlpPoint &point) { reader.point(resource, point); };
    COPPICE_CHECK(isJson ? readOtlpJson(body, signal, visitor) : readOtlpProtobuf(body, signal, visitor));
    return std::move(reader.request);
}

} // namespace coppice::receivers

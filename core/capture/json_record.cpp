// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/record.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <initializer_list>

namespace coppice::capture {

namespace {

/// The value of the first of these keys that is there; a key with a dot also names a nested value.
QJsonValue firstOf(const QJsonObject &object, std::initializer_list<QStringView> keys)
{
    for (const auto key : keys) {
        if (const auto found = object.constFind(key); found != object.constEnd() && !found->isNull())
            return *found;
        const auto dot = key.indexOf(u'.');
        if (dot > 0) {
            const QJsonValue inner = object[key.left(dot)].toObject()[key.mid(dot + 1)];
            if (!inner.isUndefined() && !inner.isNull())
                return inner;
        }
    }
    return QJsonValue::Undefined;
}

QString textOf(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Double:
        return value.toVariant().toString();
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    case QJsonValue::Bool:
        return value.toBool() ? QStringLiteral("true") : QStringLiteral("false");
    default:
        return {};
    }
}

qint64 timeOf(const QJsonValue &value)
{
    if (value.isDouble())
        return timeFrom(QString::number(value.toDouble(), 'f', 6));
    return timeFrom(value.toString());
}

/// structlog's dict_tracebacks: [{exc_type, exc_value, frames: [{filename, lineno, name}]}], the top one first.
bool readExceptionList(const QJsonArray &list, Event &event)
{
    bool first = true;
    for (const auto &each : list) {
        const QJsonObject one = each.toObject();
        const Cause cause{textOf(firstOf(one, {u"exc_type", u"type", u"class"})), textOf(firstOf(one, {u"exc_value", u"message", u"value"}))};
        if (cause.type.isEmpty())
            return !first;
        if (!first) {
            event.causes.push_back(cause);
            continue;
        }
        first = false;
        event.type = cause.type;
        event.message = cause.message;
        const QJsonArray frames = one[u"frames"].toArray();
        for (qsizetype i = frames.size() - 1; i >= 0; --i) {
            const QJsonObject frame = frames[i].toObject();
            Frame made{textOf(firstOf(frame, {u"name", u"function"})), textOf(firstOf(frame, {u"filename", u"file"})),
                       firstOf(frame, {u"lineno", u"line"}).toInt(), true};
            made.inApp = isInApp(made);
            event.frames.push_back(made);
        }
    }
    return !first;
}

bool readTraceText(const QString &text, Event &event)
{
    if (text.isEmpty())
        return false;
    event.trace = text;
    const auto crash = parseTrace(text);
    if (!crash)
        return false;
    putCrash(*crash, event);
    return true;
}

/// A stack that lists frames only, as zap and Go's debug.Stack() give it.
void readBareGoStack(const QString &text, Event &event)
{
    const auto crash = parseTrace(QString(QStringLiteral("panic: -\n\n") + (text.startsWith(u"goroutine ") ? QString() : QStringLiteral("goroutine 1 [running]:\n")) + text));
    if (crash && event.frames.empty())
        event.frames = crash->frames;
}

/// An error below a key: an object of any logger's serialiser, or a string.
void readError(const QJsonValue &value, Event &event)
{
    if (value.isString()) {
        const QString text = value.toString();
        if (text.contains(u'\n') && readTraceText(text, event))
            return;
        if (event.type.isEmpty()) {
            QString type;
            QString message;
            const bool typed = splitTitle(text, type, message)
                && (type.endsWith(u"Error") || type.endsWith(u"Exception"));
            if (typed)
                event.type = type;
            event.message = typed ? message : text;
        }
        return;
    }
    const QJsonObject error = value.toObject();
    const QString type = textOf(firstOf(error, {u"type", u"name", u"class", u"kind", u"exc_type"}));
    const QString message = textOf(firstOf(error, {u"message", u"msg", u"value", u"exc_value"}));
    const QJsonValue stack = firstOf(error, {u"stack", u"stack_trace", u"stacktrace", u"traceback", u"backtrace"});
    const bool parsed = stack.isArray() ? readExceptionList(stack.toArray(), event) : readTraceText(textOf(stack), event);
    if (!parsed) {
        event.message = message;
        event.type = type;
    } else if (event.type.isEmpty() || (!type.isEmpty() && event.type == u"Error")) {
        event.type = type.isEmpty() ? event.type : type;
    }
    for (QJsonValue cause = error[u"cause"]; cause.isObject() && event.causes.size() < 20; cause = cause[u"cause"]) {
        const Cause made{textOf(firstOf(cause.toObject(), {u"type", u"name"})), textOf(firstOf(cause.toObject(), {u"message"}))};
        bool known = made.type.isEmpty() && made.message.isEmpty();
        for (const auto &there : event.causes)
            known = known || there.message == made.message || made.message.startsWith(QString(there.message + QStringLiteral(": ")));
        if (!known)
            event.causes.push_back(made);
    }
    const QJsonArray members = firstOf(error, {u"errors", u"aggregateErrors"}).toArray();
    for (const auto &member : members) {
        const Cause made{textOf(firstOf(member.toObject(), {u"type", u"name"})), textOf(firstOf(member.toObject(), {u"message"}))};
        if (!made.message.isEmpty() || !made.type.isEmpty())
            event.causes.push_back(made);
    }
}

void readLevel(const QJsonObject &record, Event &event, bool isFailure)
{
    const QJsonValue level = firstOf(record, {u"level", u"severity", u"log.level", u"levelname", u"lvl", u"@l", u"loglevel", u"record.level", u"severity_text", u"PRIORITY"});
    if (level.isObject())
        event.level = levelFrom(textOf(firstOf(level.toObject(), {u"name", u"level"})));
    else if (!level.isUndefined())
        event.level = levelFrom(textOf(level));
    else if (record.contains(u"@t"))
        event.level = Level::Info; // Serilog leaves Information out
    else
        event.level = isFailure ? Level::Error : Level::Info;
}

} // namespace

void putCrash(const Crash &crash, Event &event)
{
    event.type = crash.type;
    event.message = crash.message;
    event.frames = crash.frames;
    event.causes = crash.causes;
    if (!crash.logged.isEmpty())
        event.tags[QStringLiteral("logged")] = crash.logged;
    if (crash.level)
        event.level = *crash.level;
}

QString releaseIn(const QString &line)
{
    static const QRegularExpression shape(QStringLiteral(R"((?:^|[\s,;(\[])(?:release|version)=\"?(v?\d+(?:\.\d+)+(?:[-+][\w.+-]+)?|[0-9a-f]{7,40})\"?(?=$|[\s,;)\]]))"));
    const auto match = shape.match(line);
    return match.hasMatch() ? match.captured(1) : QString();
}

void readJsonRecord(const QJsonObject &outer, Event &event)
{
    QJsonObject record = outer;
    if (const QJsonValue fields = outer[u"fields"]; fields.isObject() && !outer.contains(u"message") && !outer.contains(u"msg")) {
        const QJsonObject inner = fields.toObject(); // Rust's tracing
        for (auto it = inner.begin(); it != inner.end(); ++it) {
            if (!record.contains(it.key()))
                record[it.key()] = it.value();
        }
    }
    if (const QJsonValue inner = outer[u"record"]; inner.isObject() && outer.contains(u"text")) {
        record = inner.toObject(); // loguru
        if (!record[u"exception"].isNull())
            record[QStringLiteral("traceback")] = outer[u"text"].toString().mid(qMax<qsizetype>(0, outer[u"text"].toString().indexOf(u"Traceback (most")));
        record.remove(QStringLiteral("exception"));
    }
    event.at = timeOf(firstOf(record, {u"time", u"timestamp", u"@timestamp", u"ts", u"@t", u"date", u"datetime", u"eventTime", u"time.timestamp"}));
    const QString logged = textOf(firstOf(record, {u"msg", u"message", u"event", u"@m", u"@mt", u"short_message", u"text", u"log.message"}));
    const QJsonValue named = firstOf(record, {u"message_template", u"messageTemplate", u"@mt"});
    event.message = logged;
    // "error" and "exception" may be an object, a trace, or only words.
    const QJsonValue error = firstOf(record, {u"err", u"error", u"exception", u"exc_info", u"@x", u"exc", u"e", u"reason"});
    const QJsonValue stack = firstOf(record, {u"stack", u"stack_trace", u"stacktrace", u"stackTrace", u"traceback", u"backtrace", u"error.stack_trace",
                                              u"error.stack", u"exc_text", u"exception.stacktrace"});
    bool failed = false;
    if (error.isObject() && !error.toObject().isEmpty()) {
        Event inner = event;
        inner.message.clear();
        readError(error, inner);
        failed = !inner.type.isEmpty() || !inner.message.isEmpty();
        if (failed)
            event = inner;
    } else if (error.isArray()) {
        failed = readExceptionList(error.toArray(), event);
    } else if (error.isString() && !error.toString().isEmpty()) {
        readError(error, event);
        failed = true;
    }
    if (stack.isArray() && event.frames.empty()) {
        failed = readExceptionList(stack.toArray(), event) || failed;
    } else if (stack.isString() && event.frames.empty()) {
        const QString before = event.message;
        const bool parsed = readTraceText(stack.toString(), event);
        if (!parsed) {
            event.message = before;
            readBareGoStack(stack.toString(), event);
            // A list of frames without its title, as some serialisers leave it
            if (event.frames.empty()) {
                if (const auto crash = parseTrace(QString(QStringLiteral("Error: -\n") + stack.toString())))
                    event.frames = crash->frames;
            }
        }
        failed = true;
    }
    const QString type = textOf(firstOf(record, {u"exception.type", u"error.type", u"errorType", u"exception_type", u"exc_type"}));
    if (event.type.isEmpty() && !type.isEmpty() && !error.isObject())
        event.type = type;
    if (const QString message = textOf(firstOf(record, {u"exception.message", u"error.message"})); !message.isEmpty() && !error.isObject() && event.frames.empty())
        event.message = message;
    if (event.message.isEmpty())
        event.message = logged;
    if (event.message.isEmpty() && event.type.isEmpty())
        event.message = textOf(record);
    if (!logged.isEmpty() && logged != event.message && failed)
        event.tags[QStringLiteral("logged")] = logged;
    if (named.isString())
        event.messageTemplate = named.toString();
    readLevel(record, event, failed);
    event.release = textOf(firstOf(record, {u"release", u"service.version", u"version", u"app_version", u"appVersion", u"resource.service.version"}));
    event.environment = textOf(firstOf(record, {u"environment", u"env", u"deployment.environment.name", u"deployment.environment", u"service.environment"}));
    if (const QString id = record[u"event_id"].toString(); id.size() >= 16) // shorter ones name a kind of event
        event.senderId = id.left(128);
    for (const QStringView key : {u"name", u"logger", u"service", u"component", u"tool", u"hostname", u"module"}) {
        if (const QJsonValue value = record[key]; value.isString())
            event.tags[key.toString()] = value.toString();
    }
}

} // namespace coppice::capture

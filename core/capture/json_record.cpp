// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/record.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <initializer_list>

namespace coppice::capture {

namespace {

/// "LogLevel", "log_level", "log.level", "@log-level" are one key.
bool isSameKey(QStringView a, QStringView b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    const auto skip = [](QStringView text, qsizetype &at) {
        while (at < text.size() && QStringView(u"_-.@ ").contains(text[at]))
            ++at;
    };
    for (;;) {
        skip(a, i);
        skip(b, j);
        if (i == a.size() || j == b.size())
            return i == a.size() && j == b.size();
        if (a[i].toLower() != b[j].toLower())
            return false;
        ++i;
        ++j;
    }
}

QJsonValue valueOf(const QJsonObject &object, QStringView key)
{
    if (const auto found = object.constFind(key); found != object.constEnd() && !found->isNull())
        return *found;
    if (key.size() < 3) // "e", "@t", "ts" are only what they are
        return QJsonValue::Undefined;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (isSameKey(it.key(), key) && !it.value().isNull())
            return it.value();
    }
    return QJsonValue::Undefined;
}

/// The value of the first of these keys that is there; a key with a dot also names a nested value.
QJsonValue firstOf(const QJsonObject &object, std::initializer_list<QStringView> keys)
{
    for (const auto key : keys) {
        if (const QJsonValue found = valueOf(object, key); !found.isUndefined() && !found.isNull())
            return found;
        const auto dot = key.indexOf(u'.');
        if (dot > 0) {
            const QJsonValue inner = valueOf(valueOf(object, key.left(dot)).toObject(), key.mid(dot + 1));
            if (!inner.isUndefined() && !inner.isNull())
                return inner;
        }
    }
    return QJsonValue::Undefined;
}

/// Loggers put what a program adds into an object of its own.
QJsonValue firstWithin(const QJsonObject &record, std::initializer_list<QStringView> keys)
{
    if (const QJsonValue found = firstOf(record, keys); !found.isUndefined())
        return found;
    for (const QStringView holder : {u"context", u"extra", u"data", u"fields", u"@fields", u"attributes", u"properties", u"meta", u"payload", u"labels"}) {
        if (const QJsonObject inner = valueOf(record, holder).toObject(); !inner.isEmpty()) {
            if (const QJsonValue found = firstOf(inner, keys); !found.isUndefined())
                return found;
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
    if (value.isObject()) // loguru's
        return timeOf(value[u"timestamp"]);
    return timeFrom(value.toString());
}

/// A frame as an object, in the words of any logger.
Frame frameOf(const QJsonObject &frame)
{
    const QString owner = textOf(firstOf(frame, {u"class", u"declaringClass"}));
    QString function = textOf(firstOf(frame, {u"function", u"method", u"methodName", u"name"}));
    if (!owner.isEmpty() && !function.isEmpty())
        function.prepend(QString(owner + u'.'));
    Frame made{function, textOf(firstOf(frame, {u"fullFilePath", u"filePath", u"filename", u"file", u"path"})),
               textOf(firstOf(frame, {u"lineno", u"line", u"fileLine", u"lineNumber"})).toInt(), true};
    static const QRegularExpression place(QStringLiteral(R"(:\d+(?::\d+)?$)"));
    made.file.remove(place);
    made.inApp = isInApp(made);
    return made;
}

/// A stack as a list of such objects, innermost first.
bool readFrameList(const QJsonArray &list, Event &event)
{
    std::vector<Frame> frames;
    for (const auto &each : list) {
        const QJsonObject object = each.toObject();
        const Frame frame = frameOf(object);
        const bool placed = !firstOf(object, {u"lineno", u"line", u"fileLine", u"lineNumber", u"method"}).isUndefined();
        if (!placed || (frame.file.isEmpty() && frame.function.isEmpty()))
            return false;
        frames.push_back(frame);
    }
    event.frames = frames;
    return !frames.empty();
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
            const Frame made = frameOf(frame);
            event.frames.push_back(made);
        }
    }
    return !first;
}

constexpr std::initializer_list<QStringView> typeKeys{u"type", u"name", u"class", u"kind", u"exc_type", u"exception_class", u"errorType", u"className", u"exceptionType"};
constexpr std::initializer_list<QStringView> messageKeys{u"message", u"msg", u"value", u"exc_value", u"exception_message", u"errorMessage", u"detail"};
constexpr std::initializer_list<QStringView> stackKeys{u"stack", u"stack_trace", u"stacktrace", u"traceback", u"backtrace", u"trace", u"stackTraceString", u"exc_text", u"frames", u"extendedStackTrace"};

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

/// A stack as a list of lines, in whatever language; `type` and `message` stand elsewhere.
bool readTraceLines(const QJsonArray &list, const QString &type, const QString &message, Event &event)
{
    QStringList lines;
    for (const auto &each : list) {
        if (!each.isString())
            return false;
        lines << each.toString().split(u'\n', Qt::SkipEmptyParts);
    }
    if (lines.isEmpty())
        return false;
    const QString title = (type.isEmpty() ? QStringLiteral("Error") : type) + QStringLiteral(": ") + message.section(u'\n', 0, 0);
    const QString body = lines.join(u'\n');
    event.trace = body;
    auto crash = parseTrace(body);
    for (const auto &text : {QString(title + u'\n' + body), QString(QStringLiteral("Traceback (most recent call last):\n") + body + u'\n' + title)}) {
        if (crash && !crash->frames.empty() && !crash->type.isEmpty())
            break;
        crash = parseTrace(text);
    }
    if (crash && !crash->frames.empty()) {
        putCrash(*crash, event);
    } else { // "path:line" alone
        static const QRegularExpression place(QStringLiteral(R"(^\s*(?:at )?(\S.*?):(\d+)(?::\d+)?$)"));
        for (const auto &line : std::as_const(lines)) {
            if (const auto m = place.match(line); m.hasMatch()) {
                Frame frame{QString(), m.captured(1), m.captured(2).toInt(), true};
                frame.inApp = isInApp(frame);
                event.frames.push_back(frame);
            }
        }
    }
    if (!type.isEmpty())
        event.type = type;
    if (!message.isEmpty())
        event.message = message;
    return !event.frames.empty();
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
            // "InvalidPrice: …": a name of two parts, not the first word of a sentence
            static const QRegularExpression name(QStringLiteral(R"(^(?:\w+(?:\.|::|\\))*[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+$)"));
            const bool typed = splitTitle(text, type, message)
                && (type.endsWith(u"Error") || type.endsWith(u"Exception") || (!message.isEmpty() && name.match(type).hasMatch()));
            if (typed)
                event.type = type;
            event.message = typed ? message : text;
        }
        return;
    }
    const QJsonObject error = value.toObject();
    const QString type = textOf(firstOf(error, typeKeys));
    const QString message = textOf(firstOf(error, messageKeys));
    const QJsonValue stack = firstOf(error, stackKeys);
    const bool parsed = stack.isArray() ? readTraceLines(stack.toArray(), type, message, event) || (!readFrameList(stack.toArray(), event) && readExceptionList(stack.toArray(), event))
                                        : readTraceText(textOf(stack), event);
    if (!parsed) {
        event.message = message;
        event.type = type;
        // frames without a title, as some give them
        if (stack.isString()) {
            if (const auto crash = parseTrace(QString((type.isEmpty() ? QStringLiteral("Error") : type) + QStringLiteral(": -\n") + stack.toString())))
                event.frames = crash->frames;
        }
    }
    // The place itself, where the trace lists only the callers: "file": "/srv/app.php:9"
    static const QRegularExpression place(QStringLiteral(R"(^(.+):(\d+)$)"));
    if (const auto m = place.match(error[u"file"].toString()); m.hasMatch()) {
        Frame frame{QString(), m.captured(1), m.captured(2).toInt(), true};
        frame.inApp = isInApp(frame);
        event.frames.insert(event.frames.begin(), frame);
    }
    if (parsed && event.frames.empty() && event.message.isEmpty())
        event.message = message;
    if (parsed && !type.isEmpty() && (event.type.isEmpty() || event.type == u"Error"))
        event.type = type;
    const auto causeOf = [](const QJsonObject &object) { return firstOf(object, {u"cause", u"previous", u"inner", u"innerException"}); };
    for (QJsonValue cause = causeOf(error); cause.isObject() && event.causes.size() < 20; cause = causeOf(cause.toObject())) {
        const Cause made{textOf(firstOf(cause.toObject(), typeKeys)), textOf(firstOf(cause.toObject(), messageKeys))};
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
    // A word says more than a number, of which there are several scales.
    const QJsonValue word = firstOf(record, {u"level_name", u"levelname", u"severity_text", u"severityText", u"logLevelName", u"_meta.logLevelName"});
    const QJsonValue level = word.isString() ? word : firstWithin(record, {u"level", u"severity", u"log.level", u"lvl", u"@l", u"loglevel", u"record.level", u"severityNumber", u"severity_number", u"context.logLevel", u"PRIORITY"});
    if (level.isObject())
        event.level = levelFrom(textOf(firstOf(level.toObject(), {u"name", u"levelStr", u"level", u"standardLevel"})));
    else if (level.isDouble() && (record.contains(u"severityNumber") || record.contains(u"severity_number")) && !record.contains(u"level"))
        event.level = level.toInt() >= 21 ? Level::Fatal : level.toInt() >= 17 ? Level::Error : level.toInt() >= 13 ? Level::Warning : level.toInt() >= 9 ? Level::Info : Level::Debug;
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
    for (const QStringView carrier : {u"jsonPayload", u"json_payload"}) { // an entry of a cloud's log, around what the program wrote
        if (const QJsonObject inner = outer[carrier].toObject(); !inner.isEmpty()) {
            for (auto it = inner.begin(); it != inner.end(); ++it)
                record[it.key()] = it.value();
        }
    }
    for (const QStringView said : {u"message", u"textPayload", u"@message", u"msg", u"log"}) { // {"message": {"errorType": …}}, or a trace as the message
        const QJsonValue value = record.value(said);
        if (value.isObject() && !firstOf(value.toObject(), {u"errorType", u"stack", u"stack_trace", u"exception"}).isUndefined()) {
            const QJsonObject inner = value.toObject();
            record.remove(said);
            record[QStringLiteral("error")] = inner;
        } else if (value.isString() && value.toString().contains(u'\n') && firstWithin(record, {u"stack", u"stack_trace", u"error", u"err", u"exception", u"exc_info"}).isUndefined()) {
            if (parseTrace(value.toString()))
                record[QStringLiteral("stack_trace")] = value;
        }
    }
    if (const QJsonValue inner = outer[u"record"]; inner.isObject() && outer.contains(u"text")) {
        record = inner.toObject(); // loguru
        if (!record[u"exception"].isNull())
            record[QStringLiteral("traceback")] = outer[u"text"].toString().mid(qMax<qsizetype>(0, outer[u"text"].toString().indexOf(u"Traceback (most")));
        record.remove(QStringLiteral("exception"));
    }
    event.at = timeOf(firstOf(record, {u"time", u"timestamp", u"@timestamp", u"ts", u"@t", u"date", u"datetime", u"eventTime", u"time.timestamp", u"timeMillis", u"instant.epochSecond", u"_meta.date", u"timeUnixNano", u"asctime", u"created"}));
    const QString logged = textOf(firstOf(record, {u"msg", u"message", u"event", u"@m", u"@mt", u"short_message", u"text", u"log.message", u"textPayload", u"renderedMessage", u"body", u"log"}));
    const QJsonValue named = firstOf(record, {u"message_template", u"messageTemplate", u"@mt", u"state.{OriginalFormat}"});
    event.message = logged;
    // "error" and "exception" may be an object, a trace, or only words.
    const QJsonValue error = firstWithin(record, {u"err", u"error", u"exception", u"exc_info", u"@x", u"thrown", u"throwable", u"exc", u"e", u"reason"});
    const QJsonValue stack = firstWithin(record, {u"stack", u"stack_trace", u"traceback", u"backtrace", u"error.stack_trace", u"error.stack", u"exc_text",
                                                  u"exception.stacktrace", u"full_message", u"errorVerbose", u"error_verbose"});
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
        failed = readExceptionList(stack.toArray(), event)
            || readTraceLines(stack.toArray(), event.type.isEmpty() ? textOf(firstOf(record, {u"errorType", u"error.type", u"exception.type"})) : event.type,
                              event.message.isEmpty() ? textOf(firstOf(record, {u"errorMessage", u"error.message", u"exception.message"})) : event.message, event)
            || failed;
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
    const QString type = textOf(firstOf(record, {u"exception.type", u"error.type", u"errorType", u"exception_type", u"exc_type", u"exception_class"}));
    if (event.type.isEmpty() && !type.isEmpty() && !error.isObject())
        event.type = type;
    if (const QString message = textOf(firstOf(record, {u"exception.message", u"error.message", u"errorMessage"})); !message.isEmpty() && !error.isObject() && event.frames.empty())
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
    // Whom it happened to, by the names of ECS, OpenTelemetry, Datadog and of most applications; an address is scrubbed later.
    const QJsonValue user = firstOf(record, {u"user.id", u"user_id", u"userId", u"enduser.id", u"usr.id", u"user.name", u"user"});
    if (const QString who = user.isObject() ? QString() : textOf(user); !who.isEmpty())
        event.tags[QStringLiteral("user")] = who.left(200);
}

} // namespace coppice::capture

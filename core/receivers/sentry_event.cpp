// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/sentry_event.h"

#include "capture/crash.h"
#include "receivers/sentry_text.h"
#include "receivers/twin.h"
#include "text/scrub.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

using capture::Event;
using capture::Frame;
using capture::Level;

namespace {

constexpr qsizetype mostFrames = 200;
constexpr qsizetype mostCauses = 50;
constexpr qsizetype mostTags = 60;

/// Kits of these platforms give class and method apart.
bool isClassBased(const QString &platform)
{
    return platform == u"java" || platform == u"kotlin" || platform == u"csharp" || platform == u"dotnet";
}

std::vector<Frame> framesFrom(const QJsonArray &given, const QString &platform)
{
    std::vector<Frame> frames;
    const qsizetype last = qMax<qsizetype>(0, given.size() - mostFrames);
    for (qsizetype i = given.size() - 1; i >= last; --i) { // outermost first in the protocol
        const QJsonObject one = given[i].toObject();
        const QString module = one[u"module"].toString();
        Frame frame;
        frame.function = one[u"function"].toString();
        if (isClassBased(platform) && !module.isEmpty())
            frame.function = module + u'.' + frame.function;
        frame.file = one[u"filename"].toString();
        if (frame.file.isEmpty())
            frame.file = one[u"abs_path"].toString();
        if (frame.file.isEmpty())
            frame.file = module;
        frame.line = qMax(0, one[u"lineno"].toInt());
        frame.column = qMax(0, one[u"colno"].toInt());
        frame.code = one[u"context_line"].toString().trimmed();
        frame.inApp = one[u"in_app"].isBool() ? one[u"in_app"].toBool() : capture::isInApp(frame);
        frames.push_back(std::move(frame));
    }
    return frames;
}

void putTag(Event &event, const QString &key, const QString &value)
{
    if (key.isEmpty() || value.isEmpty() || event.tags.size() >= mostTags)
        return;
    event.tags[key.left(64)] = text::Scrubber::isSecretKey(key) ? u"[scrubbed]"_s : value.left(2048);
}

/// Tags come as an object, as pairs, or as objects of key and value.
void readTags(const QJsonValue &tags, Event &event)
{
    const QJsonObject object = tags.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        putTag(event, it.key(), asText(*it));
    const QJsonArray list = tags.toArray();
    for (const auto &each : list) {
        if (each.isArray()) {
            const QJsonArray pair = each.toArray(); // const: past its end there is nothing, and not what lies in memory
            putTag(event, asText(pair[0]), asText(pair[1]));
        } else {
            putTag(event, asText(each.toObject()[u"key"]), asText(each.toObject()[u"value"]));
        }
    }
}

/// %s and %d of a template replaced by what was put in; only for those kits that leave that to the server.
QString formatted(const QString &pattern, const QJsonValue &params)
{
    const QJsonArray list = params.toArray();
    QString out;
    qsizetype next = 0;
    for (qsizetype i = 0; i < pattern.size() && out.size() < 64 * 1024; ++i) {
        const bool marked = pattern[i] == u'%' && i + 1 < pattern.size();
        if (marked && pattern[i + 1] == u'%') {
            out += pattern[++i];
        } else if (marked && pattern[i + 1].isLetter() && next < list.size()) {
            out += asText(list[next++]).left(1024);
            ++i;
        } else {
            out += pattern[i];
        }
    }
    return out;
}

void readMessage(const QJsonObject &payload, Event &event)
{
    QJsonValue entry = payload[u"logentry"];
    if (!entry.isObject())
        entry = payload[u"sentry.interfaces.Message"];
    if (!entry.isObject() && payload[u"message"].isObject())
        entry = payload[u"message"];
    if (entry.isObject()) {
        const QString pattern = asText(entry[u"message"]);
        const QString whole = asText(entry[u"formatted"]);
        const bool hasParams = !entry[u"params"].toArray().isEmpty();
        event.message = !whole.isEmpty() ? whole : hasParams ? formatted(pattern, entry[u"params"]) : pattern;
        // A pattern that is the message itself says nothing: its ids are then found as in any message.
        if (hasParams || (!whole.isEmpty() && whole != pattern))
            event.messageTemplate = pattern;
    }
    if (event.message.isEmpty())
        event.message = asText(payload[u"message"]);
}

/// The frames of the thread that crashed, or of the one that was running.
QJsonArray threadFrames(const QJsonObject &payload)
{
    const QJsonArray threads = valuesOf(payload[u"threads"]);
    for (const QStringView key : {u"crashed", u"current"}) {
        for (const auto &thread : threads) {
            if (thread.toObject()[key].toBool() && thread[u"stacktrace"].isObject())
                return thread[u"stacktrace"][u"frames"].toArray();
        }
    }
    return {};
}

void readExceptions(const QJsonArray &exceptions, const QString &platform, const QJsonObject &payload, Event &event)
{
    const QJsonObject thrown = exceptions.last().toObject();
    const QString value = asText(thrown[u"value"]);
    const QString logged = event.message;
    event.type = asText(thrown[u"type"]);
    if (event.type.isEmpty() && value.isEmpty())
        event.type = asText(thrown[u"module"]);
    if (!event.type.isEmpty() || event.message.isEmpty()) {
        event.message = value;
        event.messageTemplate.clear();
        if (!logged.isEmpty() && logged != value)
            putTag(event, u"logged"_s, logged);
    }
    event.frames = framesFrom(thrown[u"stacktrace"][u"frames"].toArray(), platform);
    if (event.frames.empty() && exceptions.size() == 1)
        event.frames = framesFrom(threadFrames(payload), platform);
    for (qsizetype i = exceptions.size() - 2; i >= 0 && qsizetype(event.causes.size()) < mostCauses; --i)
        event.causes.push_back({asText(exceptions[i][u"type"]), asText(exceptions[i][u"value"])});
    if (const QJsonValue handled = thrown[u"mechanism"][u"handled"]; handled.isBool())
        putTag(event, u"handled"_s, asText(handled));
}

void readContext(const QJsonObject &payload, Event &event)
{
    event.release = asText(payload[u"release"]);
    event.environment = asText(payload[u"environment"]);
    event.at = sentryTime(payload[u"timestamp"]);
    event.senderId = sentryId(payload[u"event_id"].toString());
    for (const auto &[key, tag] : {std::pair{u"logger"_s, u"logger"_s}, {u"server_name"_s, u"server"_s}, {u"transaction"_s, u"transaction"_s},
                                   {u"culprit"_s, u"culprit"_s}, {u"platform"_s, u"platform"_s}, {u"dist"_s, u"dist"_s}})
        putTag(event, tag, asText(payload[key]));
    const QJsonObject user = payload[u"user"].toObject();
    for (const auto &key : {u"id"_s, u"username"_s, u"email"_s, u"ip_address"_s}) {
        if (const QString value = asText(user[key]); !value.isEmpty()) {
            putTag(event, u"user"_s, value);
            break;
        }
    }
    const QJsonObject contexts = payload[u"contexts"].toObject();
    const QJsonObject runtime = contexts[u"runtime"].toObject();
    putTag(event, u"runtime"_s, QString(asText(runtime[u"name"]) + u' ' + asText(runtime[u"version"])).trimmed());
    putTag(event, u"sdk"_s, QString(asText(payload[u"sdk"][u"name"]) + u' ' + asText(payload[u"sdk"][u"version"])).trimmed());
    QStringList fingerprint;
    for (const auto &part : payload[u"fingerprint"].toArray()) {
        if (const QString text = asText(part).simplified().left(200); !text.isEmpty() && fingerprint.size() < 20)
            fingerprint << text;
    }
    if (!fingerprint.isEmpty() && fingerprint != QStringList{u"{{ default }}"_s})
        putTag(event, u"fingerprint"_s, fingerprint.join(u'\n'));
    const QString trace = contexts[u"trace"][u"trace_id"].toString();
    putTag(event, u"trace"_s, trace);
    event.twin = twinOf(trace, contexts[u"trace"][u"span_id"].toString(), event);
}

} // namespace

QString sentryId(const QString &text)
{
    if (text.size() != 32 && text.size() != 36)
        return {};
    QString id = text.toLower();
    id.remove(u'-');
    const bool hex = std::all_of(id.begin(), id.end(), [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
    return hex && id.size() == 32 ? id : QString();
}

Event sentryEvent(const QJsonObject &payload)
{
    Event event;
    event.source = u"sentry"_s;
    readTags(payload[u"tags"], event);
    readMessage(payload, event);
    const QString platform = payload[u"platform"].toString();
    QJsonArray exceptions = valuesOf(payload[u"exception"]);
    if (exceptions.isEmpty())
        exceptions = valuesOf(payload[u"sentry.interfaces.Exception"]);
    QJsonArray loose;
    if (!exceptions.isEmpty()) {
        readExceptions(exceptions, platform, payload, event);
    } else {
        loose = payload[u"stacktrace"][u"frames"].toArray();
        if (loose.isEmpty())
            loose = payload[u"sentry.interfaces.Stacktrace"][u"frames"].toArray();
        if (loose.isEmpty())
            loose = threadFrames(payload);
        event.frames = framesFrom(loose, platform);
    }
    // Without a level the protocol says error.
    const QJsonValue level = payload[u"level"];
    event.level = level.isString() || level.isDouble() ? capture::levelFrom(asText(level)) : Level::Error;
    readContext(payload, event);
    event.trace = traceText(exceptions, loose, payload);
    return event;
}

Event sentryLog(const QJsonObject &record)
{
    Event event;
    event.source = u"sentry:log"_s;
    event.message = asText(record[u"body"]);
    event.at = sentryTime(record[u"timestamp"]);
    const int severity = record[u"severity_number"].toInt();
    event.level = record[u"level"].isString() ? capture::levelFrom(record[u"level"].toString())
        : severity >= 21                      ? Level::Fatal
        : severity >= 17                      ? Level::Error
                                              : Level::Info;
    const QJsonObject attributes = record[u"attributes"].toObject();
    const auto attribute = [&](const QString &name) {
        const QJsonValue value = attributes[name];
        return asText(value.isObject() ? value[u"value"] : value);
    };
    event.messageTemplate = attribute(u"sentry.message.template"_s);
    event.release = attribute(u"sentry.release"_s);
    event.environment = attribute(u"sentry.environment"_s);
    putTag(event, u"server"_s, attribute(u"server.address"_s));
    putTag(event, u"sdk"_s, QString(attribute(u"sentry.sdk.name"_s) + u' ' + attribute(u"sentry.sdk.version"_s)).trimmed());
    putTag(event, u"user"_s, attribute(u"user.id"_s));
    for (auto it = attributes.begin(); it != attributes.end(); ++it) {
        if (!it.key().startsWith(u"sentry.") && it.key() != u"server.address")
            putTag(event, it.key(), attribute(it.key()));
    }
    const QString trace = record[u"trace_id"].toString();
    putTag(event, u"trace"_s, trace);
    return event;
}

} // namespace coppice::receivers

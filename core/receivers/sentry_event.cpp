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

std::vector<Frame> framesFrom(const LeanList &given, const QString &platform)
{
    std::vector<Frame> frames;
    const qsizetype last = qMax<qsizetype>(0, given.size() - mostFrames);
    for (qsizetype i = given.size() - 1; i >= last; --i) { // outermost first in the protocol
        const LeanValue one = given[i];
        const QString module = one["module"].toString();
        Frame frame;
        frame.function = one["function"].toString();
        if (isClassBased(platform) && !module.isEmpty())
            frame.function = module + u'.' + frame.function;
        frame.file = one["filename"].toString();
        if (frame.file.isEmpty())
            frame.file = one["abs_path"].toString();
        if (frame.file.isEmpty())
            frame.file = module;
        frame.line = qMax(0, one["lineno"].toInt());
        frame.column = qMax(0, one["colno"].toInt());
        frame.code = one["context_line"].toString().trimmed();
        frame.inApp = one["in_app"].isBool() ? one["in_app"].toBool() : capture::isInApp(frame);
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
void readTags(LeanValue tags, Event &event)
{
    for (const auto &[key, value] : tags.members())
        putTag(event, QString::fromUtf8(key), asText(value));
    const LeanList list = tags.list();
    for (const auto &each : list) {
        if (each.isArray()) {
            const LeanList pair = each.list();
            putTag(event, asText(pair[0]), asText(pair[1]));
        } else {
            putTag(event, asText(each["key"]), asText(each["value"]));
        }
    }
}

/// %s and %d of a template replaced by what was put in; only for those kits that leave that to the server.
QString formatted(const QString &pattern, LeanValue params)
{
    const LeanList list = params.list();
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

void readMessage(LeanValue payload, Event &event)
{
    LeanValue entry = payload["logentry"];
    if (!entry.isObject())
        entry = payload["sentry.interfaces.Message"];
    if (!entry.isObject() && payload["message"].isObject())
        entry = payload["message"];
    if (entry.isObject()) {
        const QString pattern = asText(entry["message"]);
        const QString whole = asText(entry["formatted"]);
        const bool hasParams = !entry["params"].list().isEmpty();
        event.message = !whole.isEmpty() ? whole : hasParams ? formatted(pattern, entry["params"]) : pattern;
        // A pattern that is the message itself says nothing: its ids are then found as in any message.
        if (hasParams || (!whole.isEmpty() && whole != pattern))
            event.messageTemplate = pattern;
    }
    if (event.message.isEmpty())
        event.message = asText(payload["message"]);
}

/// The frames of the thread that crashed, or of the one that was running.
LeanList threadFrames(LeanValue payload)
{
    const LeanList threads = valuesOf(payload["threads"]);
    for (const auto *key : {"crashed", "current"}) {
        for (const auto &thread : threads) {
            if (thread[key].toBool() && thread["stacktrace"].isObject())
                return thread["stacktrace"]["frames"].list();
        }
    }
    return {};
}

void readExceptions(const LeanList &exceptions, const QString &platform, LeanValue payload, Event &event)
{
    const LeanValue thrown = exceptions.last();
    const QString value = asText(thrown["value"]);
    const QString logged = event.message;
    event.type = asText(thrown["type"]);
    if (event.type.isEmpty() && value.isEmpty())
        event.type = asText(thrown["module"]);
    if (!event.type.isEmpty() || event.message.isEmpty()) {
        event.message = value;
        event.messageTemplate.clear();
        if (!logged.isEmpty() && logged != value)
            putTag(event, u"logged"_s, logged);
    }
    event.frames = framesFrom(thrown["stacktrace"]["frames"].list(), platform);
    if (event.frames.empty() && exceptions.size() == 1)
        event.frames = framesFrom(threadFrames(payload), platform);
    for (qsizetype i = exceptions.size() - 2; i >= 0 && qsizetype(event.causes.size()) < mostCauses; --i)
        event.causes.push_back({asText(exceptions[i]["type"]), asText(exceptions[i]["value"])});
    if (const LeanValue handled = thrown["mechanism"]["handled"]; handled.isBool())
        putTag(event, u"handled"_s, asText(handled));
}

void readContext(LeanValue payload, Event &event)
{
    event.release = asText(payload["release"]);
    event.environment = asText(payload["environment"]);
    event.at = sentryTime(payload["timestamp"]);
    event.senderId = sentryId(payload["event_id"].toString());
    for (const auto &[key, tag] : {std::pair{"logger", u"logger"_s}, {"server_name", u"server"_s}, {"transaction", u"transaction"_s},
                                   {"culprit", u"culprit"_s}, {"platform", u"platform"_s}, {"dist", u"dist"_s}})
        putTag(event, tag, asText(payload[key]));
    const LeanValue user = payload["user"];
    for (const auto *key : {"id", "username", "email", "ip_address"}) {
        if (const QString value = asText(user[key]); !value.isEmpty()) {
            putTag(event, u"user"_s, value);
            break;
        }
    }
    const LeanValue contexts = payload["contexts"];
    const LeanValue runtime = contexts["runtime"];
    putTag(event, u"runtime"_s, QString(asText(runtime["name"]) + u' ' + asText(runtime["version"])).trimmed());
    putTag(event, u"sdk"_s, QString(asText(payload["sdk"]["name"]) + u' ' + asText(payload["sdk"]["version"])).trimmed());
    QStringList fingerprint;
    for (const auto part : payload["fingerprint"].list()) {
        if (const QString text = asText(part).simplified().left(200); !text.isEmpty() && fingerprint.size() < 20)
            fingerprint << text;
    }
    if (!fingerprint.isEmpty() && fingerprint != QStringList{u"{{ default }}"_s})
        putTag(event, u"fingerprint"_s, fingerprint.join(u'\n'));
    const QString trace = contexts["trace"]["trace_id"].toString();
    putTag(event, u"trace"_s, trace);
    event.twin = twinOf(trace, contexts["trace"]["span_id"].toString(), event);
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

Event sentryEvent(LeanValue payload)
{
    Event event;
    event.source = u"sentry"_s;
    readTags(payload["tags"], event);
    readMessage(payload, event);
    const QString platform = payload["platform"].toString();
    LeanList exceptions = valuesOf(payload["exception"]);
    if (exceptions.isEmpty())
        exceptions = valuesOf(payload["sentry.interfaces.Exception"]);
    LeanList loose;
    if (!exceptions.isEmpty()) {
        readExceptions(exceptions, platform, payload, event);
    } else {
        loose = payload["stacktrace"]["frames"].list();
        if (loose.isEmpty())
            loose = payload["sentry.interfaces.Stacktrace"]["frames"].list();
        if (loose.isEmpty())
            loose = threadFrames(payload);
        event.frames = framesFrom(loose, platform);
    }
    // Without a level the protocol says error.
    const LeanValue level = payload["level"];
    event.level = level.isString() || level.isNumber() ? capture::levelFrom(asText(level)) : Level::Error;
    readContext(payload, event);
    event.trace = traceText(exceptions, loose, payload);
    return event;
}

Event sentryLog(LeanValue record)
{
    Event event;
    event.source = u"sentry:log"_s;
    event.message = asText(record["body"]);
    event.at = sentryTime(record["timestamp"]);
    const int severity = record["severity_number"].toInt();
    event.level = record["level"].isString() ? capture::levelFrom(record["level"].toString())
        : severity >= 21                      ? Level::Fatal
        : severity >= 17                      ? Level::Error
                                              : Level::Info;
    const LeanValue attributes = record["attributes"];
    const auto told = [](LeanValue value) { return asText(value.isObject() ? value["value"] : value); };
    const auto attribute = [&](QByteArrayView name) { return told(attributes[name]); };
    event.messageTemplate = attribute("sentry.message.template");
    event.release = attribute("sentry.release");
    event.environment = attribute("sentry.environment");
    putTag(event, u"server"_s, attribute("server.address"));
    putTag(event, u"sdk"_s, QString(attribute("sentry.sdk.name") + u' ' + attribute("sentry.sdk.version")).trimmed());
    putTag(event, u"user"_s, attribute("user.id"));
    for (const auto &[key, value] : attributes.members()) {
        if (!key.startsWith("sentry.") && key != "server.address")
            putTag(event, QString::fromUtf8(key), told(value));
    }
    const QString trace = record["trace_id"].toString();
    putTag(event, u"trace"_s, trace);
    return event;
}

} // namespace coppice::receivers

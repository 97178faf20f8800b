// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/batch_json.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

using capture::Event;

namespace {

QString base64(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray unbase64(const QJsonValue &value)
{
    return QByteArray::fromBase64(value.toString().toLatin1());
}

QJsonObject eventJson(const Event &event)
{
    QJsonArray frames;
    for (const auto &frame : event.frames)
        frames.append(QJsonArray{frame.function, frame.file, frame.line, frame.inApp, frame.column, frame.code});
    QJsonArray causes;
    for (const auto &cause : event.causes)
        causes.append(QJsonArray{cause.type, cause.message});
    QJsonObject tags;
    for (auto it = event.tags.begin(); it != event.tags.end(); ++it)
        tags[it.key()] = *it;
    return {{u"id"_s, event.id.toString()},
            {u"sender"_s, event.senderId},
            {u"plugin"_s, event.plugin},
            {u"received"_s, event.received},
            {u"at"_s, event.at},
            {u"source"_s, event.source},
            {u"release"_s, event.release},
            {u"environment"_s, event.environment},
            {u"level"_s, int(event.level)},
            {u"type"_s, event.type},
            {u"message"_s, event.message},
            {u"template"_s, event.messageTemplate},
            {u"frames"_s, frames},
            {u"causes"_s, causes},
            {u"trace"_s, event.trace},
            {u"tags"_s, tags},
            {u"identity"_s, base64(event.identity)},
            {u"twin"_s, base64(event.twin)},
            {u"scrubbed"_s, event.scrubbed}};
}

Event eventFrom(const QJsonObject &object)
{
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
    event.level = capture::Level(qBound(int(capture::Level::Trace), object[u"level"].toInt(), int(capture::Level::Fatal)));
    event.type = object[u"type"].toString();
    event.message = object[u"message"].toString();
    event.messageTemplate = object[u"template"].toString();
    const QJsonArray frames = object[u"frames"].toArray();
    for (const auto &each : frames) {
        const QJsonArray f = each.toArray();
        event.frames.push_back({f[0].toString(), f[1].toString(), f[2].toInt(), f[3].toBool(), f[4].toInt(), f[5].toString()});
    }
    const QJsonArray causes = object[u"causes"].toArray();
    for (const auto &each : causes)
        event.causes.push_back({each[0].toString(), each[1].toString()});
    event.trace = object[u"trace"].toString();
    const QJsonObject tags = object[u"tags"].toObject();
    for (auto it = tags.begin(); it != tags.end(); ++it)
        event.tags[it.key()] = it->toString();
    event.identity = unbase64(object[u"identity"]);
    event.twin = unbase64(object[u"twin"]);
    event.scrubbed = object[u"scrubbed"].toInt();
    return event;
}

} // namespace

QJsonObject toJson(const Batch &batch)
{
    QJsonArray events;
    for (const auto &event : batch.events)
        events.append(eventJson(event));
    QJsonArray requests;
    for (const auto &point : batch.requests)
        requests.append(QJsonObject{{u"plugin"_s, point.plugin}, {u"release"_s, point.release}, {u"at"_s, point.at}, {u"value"_s, point.value},
                                    {u"rising"_s, point.rising}, {u"series"_s, base64(point.series)}, {u"started"_s, QString::number(point.started)}});
    QJsonArray lost;
    for (const auto &report : batch.lost)
        lost.append(QJsonObject{{u"plugin"_s, report.plugin}, {u"reason"_s, report.reason}, {u"category"_s, report.category},
                                {u"at"_s, report.at}, {u"quantity"_s, report.quantity}});
    return {{u"events"_s, events}, {u"requests"_s, requests}, {u"lost"_s, lost}};
}

Result<Batch> batchFrom(const QJsonObject &object)
{
    Batch batch;
    const QJsonArray events = object[u"events"].toArray();
    for (const auto &each : events)
        batch.events.push_back(eventFrom(each.toObject()));
    const QJsonArray requests = object[u"requests"].toArray();
    for (const auto &each : requests) {
        const QJsonObject o = each.toObject();
        batch.requests.push_back({o[u"plugin"].toString(), o[u"release"].toString(), o[u"at"].toInteger(), o[u"value"].toInteger(),
                                  o[u"rising"].toBool(), unbase64(o[u"series"]), o[u"started"].toString().toLongLong()});
    }
    const QJsonArray lost = object[u"lost"].toArray();
    for (const auto &each : lost) {
        const QJsonObject o = each.toObject();
        batch.lost.push_back({o[u"plugin"].toString(), o[u"reason"].toString(), o[u"category"].toString(), o[u"at"].toInteger(), o[u"quantity"].toInteger()});
    }
    const auto named = [](const auto &list) { return std::all_of(list.begin(), list.end(), [](const auto &each) { return !each.plugin.isEmpty(); }); };
    if (!named(batch.events) || !named(batch.requests) || !named(batch.lost))
        return fail(u"spool.entry"_s, u"An entry of a spool names no plugin"_s);
    return batch;
}

} // namespace coppice::receivers

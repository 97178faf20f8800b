// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/batch_json.h"

#include "base/json.h"
#include "capture/event_json.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

QString base64(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray unbase64(const QJsonValue &value)
{
    return QByteArray::fromBase64(value.toString().toLatin1());
}

} // namespace

QByteArray lineOf(const Batch &batch, qint64 cursor)
{
    QByteArray line = "{\"events\":[";
    for (const auto &event : batch.events) {
        if (!line.endsWith('['))
            line += ',';
        line += capture::eventJson(event);
    }
    QJsonArray requests;
    for (const auto &point : batch.requests)
        requests.append(QJsonObject{{u"plugin"_s, point.plugin}, {u"release"_s, point.release}, {u"at"_s, point.at}, {u"value"_s, point.value},
                                    {u"rising"_s, point.rising}, {u"series"_s, base64(point.series)}, {u"started"_s, QString::number(point.started)}});
    QJsonArray lost;
    for (const auto &report : batch.lost)
        lost.append(QJsonObject{{u"plugin"_s, report.plugin}, {u"reason"_s, report.reason}, {u"category"_s, report.category},
                                {u"at"_s, report.at}, {u"quantity"_s, report.quantity}});
    QJsonObject rest{{u"requests"_s, requests}, {u"lost"_s, lost}};
    if (cursor > 0)
        rest[u"cursor"_s] = cursor;
    return line + "]," + toJsonLine(rest).mid(1);
}

Result<Batch> batchFrom(const QJsonObject &object)
{
    Batch batch;
    const QJsonArray events = object[u"events"].toArray();
    for (const auto &each : events)
        batch.events.push_back(capture::eventFrom(each.toObject()));
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

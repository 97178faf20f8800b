// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/sentry_text.h"

#include "text/scrub.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr qsizetype mostFrames = 60;
constexpr qsizetype mostExceptions = 20;
constexpr qsizetype mostBreadcrumbs = 20;
constexpr qsizetype mostValues = 30;
constexpr int contextFrames = 3; ///< whose line of source is shown

QString frameText(const QJsonObject &frame)
{
    QString file = frame[u"filename"].toString();
    if (file.isEmpty())
        file = frame[u"abs_path"].toString(frame[u"module"].toString());
    QString place = file.left(1024);
    if (const int line = frame[u"lineno"].toInt(); line > 0) {
        place += u':' + QString::number(line);
        if (const int column = frame[u"colno"].toInt(); column > 0)
            place += u':' + QString::number(column);
    }
    const QString function = frame[u"function"].toString().left(512);
    return function.isEmpty() ? QString(u"    at "_s + place) : QString(u"    at "_s + function + u" ("_s + place + u')');
}

void addFrames(const QJsonArray &frames, bool withSource, QString &out)
{
    int shown = 0;
    const qsizetype last = qMax<qsizetype>(0, frames.size() - mostFrames);
    for (qsizetype i = frames.size() - 1; i >= last; --i) {
        const QJsonObject frame = frames[i].toObject();
        out += frameText(frame) + u'\n';
        const QString source = frame[u"context_line"].toString().trimmed();
        if (withSource && shown < contextFrames && frame[u"in_app"].toBool() && !source.isEmpty()) {
            out += u"        > "_s + source.left(200) + u'\n';
            ++shown;
        }
    }
    if (last > 0)
        out += u"    … %1 more\n"_s.arg(last);
}

void addValues(const QString &title, const QJsonObject &values, QString &out)
{
    if (values.isEmpty())
        return;
    out += u'\n' + title + u'\n';
    qsizetype count = 0;
    for (auto it = values.begin(); it != values.end() && count < mostValues; ++it, ++count) {
        const bool tells = text::Scrubber::isSecretKey(it.key()) && !it->isNull();
        out += u"    "_s + it.key().left(100) + u": "_s + (tells ? u"[scrubbed]"_s : safeText(*it, 300)) + u'\n';
    }
    if (values.size() > mostValues)
        out += u"    … %1 more\n"_s.arg(values.size() - mostValues);
}

void addVariables(const QJsonArray &frames, QString &out)
{
    for (qsizetype i = frames.size() - 1; i >= 0; --i) {
        const QJsonObject frame = frames[i].toObject();
        const QJsonObject values = frame[u"vars"].toObject();
        if (values.isEmpty() || !frame[u"in_app"].toBool(true))
            continue;
        addValues(u"Variables of "_s + frame[u"function"].toString().left(200), values, out);
        return;
    }
}

void addBreadcrumbs(const QJsonArray &crumbs, QString &out)
{
    if (crumbs.isEmpty())
        return;
    out += u"\nBefore it\n"_s;
    for (qsizetype i = qMax<qsizetype>(0, crumbs.size() - mostBreadcrumbs); i < crumbs.size(); ++i) {
        const QJsonObject crumb = crumbs[i].toObject();
        QStringList parts{crumb[u"category"].toString(crumb[u"type"].toString()).left(80), crumb[u"level"].toString().left(20),
                          crumb[u"message"].toString().left(300)};
        if (const QJsonObject data = crumb[u"data"].toObject(); !data.isEmpty())
            parts << safeText(data, 300);
        parts.removeAll(QString());
        out += u"    "_s + parts.join(u' ') + u'\n';
    }
}

QJsonValue withoutSecrets(const QJsonValue &value, int depth)
{
    if (value.isArray()) {
        QJsonArray out;
        const QJsonArray array = value.toArray();
        for (qsizetype i = 0; i < array.size() && i < mostValues && depth > 0; ++i)
            out.append(withoutSecrets(array[i], depth - 1));
        return out;
    }
    if (value.isObject()) {
        QJsonObject out;
        const QJsonObject object = value.toObject();
        qsizetype count = 0;
        for (auto it = object.begin(); it != object.end() && count < mostValues && depth > 0; ++it, ++count)
            out[it.key()] = text::Scrubber::isSecretKey(it.key()) && !it->isNull() ? QJsonValue(u"[scrubbed]"_s) : withoutSecrets(*it, depth - 1);
        return out;
    }
    return value;
}

} // namespace

QJsonArray valuesOf(const QJsonValue &value)
{
    if (value.isArray())
        return value.toArray();
    const QJsonObject object = value.toObject();
    if (object[u"values"].isArray())
        return object[u"values"].toArray();
    return object.isEmpty() ? QJsonArray() : QJsonArray{object};
}

QString asText(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return value.toString();
    case QJsonValue::Double:
        return value.toVariant().toString();
    case QJsonValue::Bool:
        return value.toBool() ? u"true"_s : u"false"_s;
    case QJsonValue::Object:
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    case QJsonValue::Array:
        return QString::fromUtf8(QJsonDocument(value.toArray()).toJson(QJsonDocument::Compact));
    default:
        return {};
    }
}

QString safeText(const QJsonValue &value, qsizetype cap)
{
    const bool nested = value.isObject() || value.isArray();
    return asText(nested ? withoutSecrets(value, 5) : value).left(cap);
}

qint64 sentryTime(const QJsonValue &value)
{
    if (value.isDouble()) {
        const double seconds = value.toDouble();
        return seconds > 0 && seconds < 1e11 ? qint64(seconds * 1000) : 0;
    }
    QString text = value.toString().left(64);
    bool isNumber = false;
    const double seconds = text.toDouble(&isNumber);
    if (isNumber)
        return seconds > 0 && seconds < 1e11 ? qint64(seconds * 1000) : 0;
    auto time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!time.isValid())
        return 0;
    if (time.timeSpec() == Qt::LocalTime) // no zone is written: it is UTC
        time.setTimeZone(QTimeZone::utc());
    return qMax<qint64>(0, time.toMSecsSinceEpoch());
}

QString traceText(const QJsonArray &exceptions, const QJsonArray &looseFrames, const QJsonObject &payload)
{
    QString out;
    const qsizetype last = qMax<qsizetype>(0, exceptions.size() - mostExceptions);
    for (qsizetype i = exceptions.size() - 1; i >= last; --i) {
        const QJsonObject exception = exceptions[i].toObject();
        const QString type = asText(exception[u"type"]);
        const QString value = asText(exception[u"value"]).left(4096);
        const QString title = type.isEmpty() ? value : value.isEmpty() ? type : QString(type + u": "_s + value);
        const bool thrown = i == exceptions.size() - 1;
        out += (thrown ? QString() : u"Caused by: "_s) + title + u'\n';
        addFrames(exception[u"stacktrace"][u"frames"].toArray(), thrown, out);
    }
    if (exceptions.isEmpty() && !looseFrames.isEmpty())
        addFrames(looseFrames, true, out);
    addVariables(exceptions.isEmpty() ? looseFrames : exceptions.last()[u"stacktrace"][u"frames"].toArray(), out);
    addBreadcrumbs(valuesOf(payload[u"breadcrumbs"]), out);
    const QJsonObject request = payload[u"request"].toObject();
    if (const QString url = request[u"url"].toString(); !url.isEmpty())
        out += u"\nRequest\n    %1 %2\n"_s.arg(request[u"method"].toString().left(16), url.left(2048));
    addValues(u"More values"_s, payload[u"extra"].toObject(), out);
    return out;
}

} // namespace coppice::receivers

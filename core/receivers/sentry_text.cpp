// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/sentry_text.h"

#include "text/scrub.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringBuilder>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr qsizetype mostFrames = 60;
constexpr qsizetype mostExceptions = 20;
constexpr qsizetype mostBreadcrumbs = 20;
constexpr qsizetype mostValues = 30;
constexpr int contextFrames = 3; ///< whose line of source is shown

void addFrame(LeanValue frame, QString &out)
{
    LeanValue file = frame["filename"];
    if (file.bytes().isEmpty())
        file = frame["abs_path"].isString() ? frame["abs_path"] : frame["module"];
    const QString function = frame["function"].toString();
    out += u"    at "_s;
    if (!function.isEmpty())
        out += QStringView(function).left(512) % u" ("_s;
    out += file.toString().left(1024);
    if (const int line = frame["lineno"].toInt(); line > 0) {
        out += u':' % QString::number(line);
        if (const int column = frame["colno"].toInt(); column > 0)
            out += u':' % QString::number(column);
    }
    out += function.isEmpty() ? u"\n"_s : u")\n"_s;
}

void addFrames(const LeanList &frames, bool withSource, QString &out)
{
    int shown = 0;
    const qsizetype last = qMax<qsizetype>(0, frames.size() - mostFrames);
    for (qsizetype i = frames.size() - 1; i >= last; --i) {
        const LeanValue frame = frames[i];
        addFrame(frame, out);
        if (!withSource || shown >= contextFrames || !frame["in_app"].toBool())
            continue;
        if (const QString source = frame["context_line"].toString().trimmed(); !source.isEmpty()) {
            out += u"        > "_s % QStringView(source).left(200) % u'\n';
            ++shown;
        }
    }
    if (last > 0)
        out += u"    … %1 more\n"_s.arg(last);
}

void addValues(const QString &title, LeanValue given, QString &out)
{
    if (given.isEmptyObject())
        return;
    out += u'\n' + title + u'\n';
    const auto values = given.members();
    qsizetype count = 0;
    for (auto it = values.begin(); it != values.end() && count < mostValues; ++it, ++count) {
        const QString key = QString::fromUtf8(it->first);
        const bool tells = text::Scrubber::isSecretKey(key) && !it->second.isNull();
        out += u"    "_s + key.left(100) + u": "_s + (tells ? u"[scrubbed]"_s : safeText(it->second, 300)) + u'\n';
    }
    if (qsizetype(values.size()) > mostValues)
        out += u"    … %1 more\n"_s.arg(qsizetype(values.size()) - mostValues);
}

void addVariables(const LeanList &frames, QString &out)
{
    for (qsizetype i = frames.size() - 1; i >= 0; --i) {
        const LeanValue frame = frames[i];
        const LeanValue values = frame["vars"];
        if (values.isEmptyObject() || !frame["in_app"].toBool(true))
            continue;
        addValues(u"Variables of "_s + frame["function"].toString().left(200), values, out);
        return;
    }
}

void addBreadcrumbs(const LeanList &crumbs, QString &out)
{
    if (crumbs.isEmpty())
        return;
    out += u"\nBefore it\n"_s;
    for (qsizetype i = qMax<qsizetype>(0, crumbs.size() - mostBreadcrumbs); i < crumbs.size(); ++i) {
        const LeanValue crumb = crumbs[i];
        QStringList parts{crumb["category"].toString(crumb["type"].toString()).left(80), crumb["level"].toString().left(20),
                          crumb["message"].toString().left(300)};
        if (const LeanValue data = crumb["data"]; !data.isEmptyObject())
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

LeanList valuesOf(LeanValue value)
{
    if (value.isArray())
        return value.list();
    if (value["values"].isArray())
        return value["values"].list();
    return value.isEmptyObject() ? LeanList() : LeanList({value});
}

QString asText(LeanValue value)
{
    if (value.isString())
        return value.toString();
    if (value.is(LeanNode::Is::Integer))
        return QString::number(value.toInteger());
    return value.isThere() ? asText(value.toQt()) : QString();
}

QString safeText(LeanValue value, qsizetype cap)
{
    return value.isObject() || value.isArray() ? safeText(value.toQt(), cap) : asText(value).left(cap);
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

qint64 sentryTime(LeanValue value)
{
    if (value.isNumber()) {
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

QString traceText(const LeanList &exceptions, const LeanList &looseFrames, LeanValue payload)
{
    QString out;
    out.reserve(2048);
    const qsizetype last = qMax<qsizetype>(0, exceptions.size() - mostExceptions);
    for (qsizetype i = exceptions.size() - 1; i >= last; --i) {
        const LeanValue exception = exceptions[i];
        const QString type = asText(exception["type"]);
        const QString value = asText(exception["value"]).left(4096);
        const QString title = type.isEmpty() ? value : value.isEmpty() ? type : QString(type + u": "_s + value);
        const bool thrown = i == exceptions.size() - 1;
        out += (thrown ? QString() : u"Caused by: "_s) + title + u'\n';
        addFrames(exception["stacktrace"]["frames"].list(), thrown, out);
    }
    if (exceptions.isEmpty() && !looseFrames.isEmpty())
        addFrames(looseFrames, true, out);
    addVariables(exceptions.isEmpty() ? looseFrames : exceptions.last()["stacktrace"]["frames"].list(), out);
    addBreadcrumbs(valuesOf(payload["breadcrumbs"]), out);
    const LeanValue request = payload["request"];
    if (const QString url = request["url"].toString(); !url.isEmpty())
        out += u"\nRequest\n    %1 %2\n"_s.arg(request["method"].toString().left(16), url.left(2048));
    addValues(u"More values"_s, payload["extra"], out);
    return out;
}

} // namespace coppice::receivers

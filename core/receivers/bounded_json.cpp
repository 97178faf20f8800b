// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/bounded_json.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

Result<> demandBounds(QByteArrayView bytes, const JsonBounds &bounds)
{
    int depth = 0;
    qsizetype values = 1;
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    for (; at != end; ++at) {
        switch (*at) {
        case '"':
            for (++at; at != end && *at != '"'; ++at) {
                if (*at == '\\' && ++at == end)
                    break;
            }
            if (at == end)
                return fail(u"json.broken"_s, u"The JSON ends within a string"_s);
            break;
        case '{':
        case '[':
            ++values;
            if (++depth > bounds.depth)
                return fail(u"json.too-deep"_s, u"The JSON is nested more than %1 deep"_s.arg(bounds.depth));
            break;
        case '}':
        case ']':
            --depth;
            break;
        case ',':
            ++values;
            break;
        default:
            break;
        }
    }
    if (values > bounds.values)
        return fail(u"json.too-many"_s, u"The JSON holds more than %1 values"_s.arg(bounds.values), {}, u"Send smaller pieces."_s);
    return {};
}

} // namespace

qint64 parsingCost(QByteArrayView bytes)
{
    constexpr qint64 ofOneValue = 250; // an object or a list of Qt's with one member
    constexpr qsizetype block = 128; // counted in bytes side by side
    const auto mark = [](char byte) { return quint8(byte == '{' || byte == '[' || byte == ','); };
    qint64 values = 0;
    const char *at = bytes.data();
    qsizetype left = bytes.size();
    for (; left >= block; left -= block, at += block) {
        quint8 here = 0;
        for (qsizetype i = 0; i < block; ++i)
            here = quint8(here + mark(at[i]));
        values += here;
    }
    for (; left > 0; --left)
        values += mark(*at++);
    return values * ofOneValue + bytes.size() * 3; // the bytes, Qt's copy, and what is made of them
}

Result<QJsonObject> parseBounded(QByteArrayView bytes, const JsonBounds &bounds)
{
    COPPICE_CHECK(demandBounds(bytes, bounds));
    QJsonParseError error;
    // The document copies what it keeps.
    auto document = QJsonDocument::fromJson(QByteArray::fromRawData(bytes.data(), bytes.size()), &error);
    if (error.error == QJsonParseError::IllegalUTF8String)
        document = QJsonDocument::fromJson(QString::fromUtf8(bytes).toUtf8(), &error);
    if (error.error != QJsonParseError::NoError)
        return fail(u"json.broken"_s, u"The JSON cannot be read: %1 at byte %2"_s.arg(error.errorString()).arg(error.offset));
    if (!document.isObject())
        return fail(u"json.broken"_s, u"The JSON is no object"_s);
    return document.object();
}

} // namespace coppice::receivers

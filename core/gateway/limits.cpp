// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>
#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>

namespace coppice::gateway {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 second = 1000;
constexpr qint64 otherwiseMs = 60 * second;      // "too many" without a time
constexpr qint64 outOfMoneyMs = 60 * 60 * second; // somebody has to pay first
constexpr qint64 longestMs = 8 * 24 * 3600 * second; // weekly limits, with a day to spare
constexpr qsizetype reasonCap = 300;

qint64 isoMs(const QString &text)
{
    const QDateTime at = QDateTime::fromString(text.trimmed(), Qt::ISODateWithMs);
    return at.isValid() ? at.toMSecsSinceEpoch() : -1;
}

/// A time of the day or of the epoch as services write it: RFC 3339, seconds or milliseconds since 1970.
qint64 momentMs(const QString &text)
{
    bool isNumber = false;
    const double number = text.trimmed().toDouble(&isNumber);
    if (!isNumber)
        return isoMs(text);
    if (number > 1e12 && number < 1e14)
        return qint64(number);
    return number > 1e9 && number < 1e11 ? qint64(number * 1000) : -1;
}

qint64 retryAfterMs(const QByteArray &value, qint64 now)
{
    bool isNumber = false;
    const double seconds = value.trimmed().toDouble(&isNumber);
    if (isNumber)
        return seconds >= 0 && seconds < 1e8 ? now + qint64(seconds * 1000) : -1;
    const QDateTime at = QLocale::c().toDateTime(QString::fromLatin1(value.trimmed()), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    return at.isValid() ? QDateTime(at.date(), at.time(), Qt::UTC).toMSecsSinceEpoch() : -1;
}

/// The latest reset among the counters that are used up, or of all where none says so.
qint64 resetOfHeaders(const net::Headers &headers, qint64 now)
{
    qint64 spent = -1, any = -1;
    for (const auto &[name, value] : headers) {
        qint64 at = -1;
        QByteArray remaining;
        if (name.startsWith("anthropic-ratelimit-") && name.endsWith("-reset")) {
            at = momentMs(QString::fromLatin1(value));
            remaining = net::header(headers, QByteArray(name.left(name.size() - 5) + "remaining"));
        } else if (name.startsWith("x-ratelimit-reset")) {
            const QString text = QString::fromLatin1(value);
            at = momentMs(text);
            if (const qint64 wait = durationMs(text); at < 0 && wait >= 0)
                at = now + wait;
            remaining = net::header(headers, QByteArray("x-ratelimit-remaining" + name.mid(17)));
        }
        if (at < 0)
            continue;
        any = any < 0 ? at : std::min(any, at);
        if (remaining.trimmed() == "0")
            spent = std::max(spent, at);
    }
    return spent >= 0 ? spent : any;
}

/// Google's day of quotas ends at midnight of the Pacific coast.
qint64 nextPacificMidnight(qint64 now)
{
    const QTimeZone zone("America/Los_Angeles");
    if (!zone.isValid())
        return now + 24 * 3600 * second;
    const QDateTime here = QDateTime::fromMSecsSinceEpoch(now, zone);
    return QDateTime(here.date().addDays(1), QTime(0, 0), zone).toMSecsSinceEpoch();
}

/// What the error itself says about when to come back; -1: nothing.
qint64 untilOf(const QJsonObject &error, const QString &message, qint64 now)
{
    for (const auto key : {"resets_at", "reset_at", "resetsAt"}) {
        const auto value = error[QLatin1String(key)];
        const qint64 at = value.isDouble() ? momentMs(QString::number(value.toDouble(), 'f', 0)) : momentMs(value.toString());
        if (at > 0)
            return at;
    }
    for (const auto key : {"resets_in_seconds", "retry_after", "retry_after_seconds"}) {
        if (error[QLatin1String(key)].isDouble())
            return now + qint64(std::clamp(error[QLatin1String(key)].toDouble(), 0.0, 1e7) * 1000);
    }
    qint64 wait = -1;
    bool day = false;
    for (const auto &one : error[u"details"].toArray()) {
        const auto detail = one.toObject();
        if (detail[u"@type"].toString().endsWith(u"RetryInfo"))
            wait = durationMs(detail[u"retryDelay"].toString());
        for (const auto &violation : detail[u"violations"].toArray())
            day = day || violation.toObject()[u"quotaId"].toString().contains(u"PerDay");
    }
    if (day)
        return nextPacificMidnight(now);
    if (wait >= 0)
        return now + wait;
    static const QRegularExpression epoch(u"limit reached\\|(\\d{10})\\b"_s);
    if (const auto match = epoch.match(message); match.hasMatch())
        return momentMs(match.captured(1));
    static const QRegularExpression again(u"(?:try again|retry|reset\\w*)\\s+(?:in|after)\\s+((?:\\d+(?:\\.\\d+)?\\s*(?:ms|h|m|s)[a-z]*\\s*)+)"_s,
                                          QRegularExpression::CaseInsensitiveOption);
    if (const auto match = again.match(message); match.hasMatch()) {
        const qint64 ms = durationMs(match.captured(1));
        return ms < 0 ? -1 : now + ms;
    }
    return -1;
}

bool says(const QString &text, std::initializer_list<const char *> words)
{
    return std::any_of(words.begin(), words.end(), [&](const char *word) { return text.contains(QLatin1String(word), Qt::CaseInsensitive); });
}

QString plain(QString text)
{
    for (auto &c : text) {
        if (c.category() == QChar::Other_Control || c.category() == QChar::Other_Format)
            c = u' ';
    }
    return text.simplified().left(reasonCap);
}

struct Words {
    QString message, type, code;
};

Words wordsOf(const QJsonObject &error)
{
    Words words;
    words.message = error[u"message"].toString();
    words.type = error[u"type"].toString() + u' ' + error[u"status"].toString();
    words.code = error[u"code"].toString();
    return words;
}

bool isOutOfMoney(const Words &words)
{
    return says(words.type + u' ' + words.code, {"insufficient_quota", "billing", "usage_not_included", "credits"})
        || says(words.message, {"credit balance", "exceeded your current quota, please check your plan"});
}

bool isLimit(const Words &words)
{
    return says(words.type + u' ' + words.code,
                {"rate_limit", "usage_limit", "overloaded", "RESOURCE_EXHAUSTED", "insufficient_quota", "too_many_requests", "slow_down",
                 "quota_exceeded"})
        || says(words.message, {"usage limit reached", "rate limit reached", "rate limit exceeded", "quota exceeded", "model is overloaded",
                                "credit balance is too low"});
}

LimitSeen seen(const QJsonObject &error, const Words &words, qint64 headerUntil, qint64 now, const QString &otherwise)
{
    LimitSeen limit;
    // Google's body is exact where it is given; elsewhere the headers are.
    const qint64 said = untilOf(error, words.message, now);
    limit.until = headerUntil > 0 ? std::max(headerUntil, said) : said;
    if (limit.until <= 0)
        limit.until = now + (isOutOfMoney(words) ? outOfMoneyMs : otherwiseMs);
    limit.until = std::clamp(limit.until, now + second, now + longestMs);
    limit.reason = plain(words.message.isEmpty() ? otherwise : words.message);
    return limit;
}

} // namespace

qint64 durationMs(const QString &text)
{
    static const QRegularExpression part(u"(\\d+(?:\\.\\d+)?)\\s*(ms|d|h|m|s)?[a-z]*"_s);
    double ms = 0;
    bool any = false;
    for (auto it = part.globalMatch(text.trimmed()); it.hasNext();) {
        const auto match = it.next();
        const double number = match.captured(1).toDouble();
        const QString unit = match.captured(2);
        ms += number * (unit == u"ms" ? 1 : unit == u"m" ? 60e3 : unit == u"h" ? 3600e3 : unit == u"d" ? 86400e3 : 1e3);
        any = true;
    }
    return any && ms < 1e12 ? qint64(ms) : -1;
}

std::optional<LimitSeen> readLimit(int status, const net::Headers &headers, const QByteArray &body, qint64 now)
{
    if (status < 400)
        return std::nullopt;
    auto document = QJsonDocument::fromJson(body);
    const QJsonObject object = document.isArray() ? document.array().at(0).toObject() : document.object();
    QJsonObject error = object[u"error"].toObject();
    if (error.isEmpty() && !object.isEmpty())
        error = object;
    Words words = wordsOf(error);
    if (words.message.isEmpty())
        words.message = object[u"error"].isString() ? object[u"error"].toString() : error.isEmpty() ? QString::fromUtf8(body.left(1000)) : QString();
    const bool overloaded = status == 529 || (status == 503 && says(words.type + words.message, {"UNAVAILABLE", "overloaded"}));
    if (status != 429 && !overloaded && !isLimit(words))
        return std::nullopt;

    qint64 until = -1;
    if (const auto ms = net::header(headers, "retry-after-ms"); !ms.isEmpty()) {
        bool isNumber = false;
        const double wait = ms.toDouble(&isNumber);
        until = isNumber && wait >= 0 && wait < 1e11 ? now + qint64(wait) : -1;
    }
    if (until < 0)
        until = retryAfterMs(net::header(headers, "retry-after"), now);
    if (until < 0)
        until = resetOfHeaders(headers, now);
    return seen(error, words, until, now, overloaded ? u"The model service is overloaded."_s : u"The model service says: too many requests."_s);
}

std::optional<LimitSeen> readLimit(const QJsonObject &error, qint64 now)
{
    const Words words = wordsOf(error);
    if (!isLimit(words) && error[u"code"].toInt() != 429)
        return std::nullopt;
    return seen(error, words, -1, now, u"The model service says: too many requests."_s);
}

} // namespace coppice::gateway

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits.h"
#include "support/test_main.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QTest>

using namespace coppice;
using namespace coppice::gateway;

namespace {

qint64 at(const char *text)
{
    return QDateTime::fromString(QString::fromLatin1(text), Qt::ISODate).toMSecsSinceEpoch();
}
const qint64 now = at("2026-11-22T10:00:00Z");

} // namespace

Q_DECLARE_METATYPE(coppice::net::Headers)

class LimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsALimit_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<net::Headers>("headers");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<qint64>("until"); // 0: no limit
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, int status, const net::Headers &headers, const char *body, qint64 until, const char *says = "") {
            QTest::newRow(name) << status << headers << QByteArray(body) << until << QString::fromUtf8(says);
        };
        const char *anthropic = R"({"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your rate limit."}})";
        row("retry-after", 429, {{"retry-after", "42"}}, anthropic, now + 42'000, "exceed your rate limit");
        row("retry-after as a date", 429, {{"retry-after", "Sun, 22 Nov 2026 10:05:00 GMT"}}, anthropic, at("2026-11-22T10:05:00Z"));
        row("retry-after-ms first", 429, {{"retry-after", "42"}, {"retry-after-ms", "1500"}}, anthropic, now + 1500);
        row("retry-after nonsense", 429, {{"retry-after", "soon"}}, anthropic, now + 60'000);
        row("counter that is used up", 429,
            {{"anthropic-ratelimit-requests-remaining", "3"}, {"anthropic-ratelimit-requests-reset", "2026-11-22T10:00:10Z"},
             {"anthropic-ratelimit-output-tokens-remaining", "0"}, {"anthropic-ratelimit-output-tokens-reset", "2026-11-22T10:03:00Z"}},
            anthropic, at("2026-11-22T10:03:00Z"));
        row("no counter says which", 429, {{"anthropic-ratelimit-unified-reset", "1795344000"}}, anthropic, at("2026-11-22T10:40:00Z"));
        row("subscription", 429, {}, R"({"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_at":1795345200}})",
            at("2026-11-22T11:00:00Z"), "usage limit");
        row("subscription in seconds", 429, {}, R"({"error":{"type":"usage_limit_reached","resets_in_seconds":90}})", now + 90'000);
        row("limit reached in words", 400, {}, R"({"type":"error","error":{"type":"invalid_request_error","message":"AI usage limit reached|1795345200"}})",
            at("2026-11-22T11:00:00Z"));
        row("overloaded", 529, {}, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})", now + 60'000, "Overloaded");
        row("chat, counter", 429, {{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "6m0s"}, {"x-ratelimit-remaining-requests", "9"}, {"x-ratelimit-reset-requests", "1s"}},
            R"({"error":{"message":"Rate limit reached for m in organization o on tokens per min. Please try again in 12s.","type":"tokens","code":"rate_limit_exceeded"}})", now + 360'000);
        row("chat, in words", 429, {}, R"({"error":{"message":"Rate limit reached. Please try again in 1m12.5s. Visit x.","type":"requests","code":"rate_limit_exceeded"}})", now + 72'500);
        row("chat, milliseconds in words", 429, {}, R"({"error":{"message":"Rate limit reached. Please try again in 1500ms.","code":"rate_limit_exceeded"}})", now + 1'500);
        row("out of money", 429, {}, R"({"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}})", now + 3'600'000);
        row("credit", 400, {}, R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}})", now + 3'600'000);
        row("gemini", 429, {}, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded.","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}})", now + 34'500, "Quota exceeded");
        row("gemini in a list", 429, {}, R"([{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Q","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}])", now + 7'000);
        row("gemini's day", 429, {}, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProject"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}})", at("2026-11-23T08:00:00Z"));
        row("gemini overloaded", 503, {}, R"({"error":{"code":503,"status":"UNAVAILABLE","message":"The model is overloaded."}})", now + 60'000);
        row("no body", 429, {}, "", now + 60'000, "too many requests");
        row("no json", 429, {}, "<html>slow\u202e down</html>", now + 60'000, "slow");
        row("far away", 429, {{"retry-after", "99999999"}}, "", now + 8LL * 24 * 3'600'000);
        row("in the past", 429, {{"retry-after", "Sun, 22 Nov 2009 10:05:00 GMT"}}, "", now + 1'000);
        row("key", 401, {}, R"({"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}})", 0);
        row("forbidden", 403, {}, R"({"error":{"message":"Country not supported","code":"unsupported_country"}})", 0);
        row("server", 500, {}, R"({"type":"error","error":{"type":"api_error","message":"Internal server error"}})", 0);
        row("server that is away", 503, {}, "upstream connect error", 0);
        row("bad request", 400, {}, R"({"error":{"message":"max_tokens is too large","type":"invalid_request_error"}})", 0);
        row("fine", 200, {{"retry-after", "5"}}, R"({"message":"usage limit reached"})", 0);
    }
    void whatIsALimit()
    {
        QFETCH(int, status);
        QFETCH(net::Headers, headers);
        QFETCH(QByteArray, body);
        QFETCH(qint64, until);
        QFETCH(QString, says);
        const auto limit = readLimit(status, headers, body, now);
        QCOMPARE(limit.has_value(), until != 0);
        if (!limit)
            return;
        QCOMPARE(QDateTime::fromMSecsSinceEpoch(limit->until, Qt::UTC), QDateTime::fromMSecsSinceEpoch(until, Qt::UTC));
        QVERIFY2(limit->reason.contains(says), qPrintable(limit->reason));
        QVERIFY(!limit->reason.isEmpty() && limit->reason.size() <= 300);
        QVERIFY(!limit->reason.contains(QChar(0x202e)));
    }
    void limitsInStreams()
    {
        const auto parse = [](const char *text) { return QJsonDocument::fromJson(text).object(); };
        QVERIFY(readLimit(parse(R"({"type":"overloaded_error","message":"Overloaded"})"), now));
        QCOMPARE(readLimit(parse(R"({"code":"rate_limit_exceeded","message":"Rate limit reached. Please try again in 11.054s."})"), now)->until, now + 11'054);
        QVERIFY(readLimit(parse(R"({"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"})"), now));
        QVERIFY(!readLimit(parse(R"({"type":"api_error","message":"Internal"})"), now));
        QVERIFY(!readLimit(QJsonObject(), now));
    }
    void durations()
    {
        QCOMPARE(durationMs("1.5s"), 1500);
        QCOMPARE(durationMs("6m0s"), 360'000);
        QCOMPARE(durationMs("17ms"), 17);
        QCOMPARE(durationMs("1h2m3s"), 3'723'000);
        QCOMPARE(durationMs("20"), 20'000);
        QCOMPARE(durationMs("2 minutes"), 120'000);
        QCOMPARE(durationMs(""), -1);
        QCOMPARE(durationMs("soon"), -1);
        QCOMPARE(durationMs("99999999999999999999h"), -1);
    }
};

COPPICE_TEST(LimitsTest)
#include "limits_test.moc"

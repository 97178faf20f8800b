// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialect.h"
#include "gateway/prices.h"
#include "support/test_main.h"

#include <QDateTime>
#include <QTest>

using namespace coppice;
using namespace coppice::gateway;

namespace {

const QByteArray list = "date: 2026-06-01\n"
                        "models:\n"
                        "  anthropic:\n"
                        "    claude-a: {input: 3, cached: 0.3, cache_write: 3.75, cache_write_1h: 6, output: 15, context: 1000, max_output: 100}\n"
                        "    claude-a-4-5: {input: 1, output: 5}\n"
                        "    claude-b: {input: 2, cached: 0.2, output: 10, long: {over: 1000, input: 4, output: 20}}\n"
                        "  openai:\n"
                        "    gpt-5: {input: 1.25, cached: 0.125, output: 10}\n"
                        "    gpt-5.4: {input: 2.5, output: 15}\n"
                        "    ft:*: {input: 9, output: 90}\n"
                        "  gemini:\n"
                        "    gemini-x-pro: {input: 2, output: 12}\n";

} // namespace

class PricesTest : public QObject
{
    Q_OBJECT

    PriceList m_list = PriceList::parse(list).value();

private Q_SLOTS:
    void modelsAreFound_data()
    {
        QTest::addColumn<QString>("dialect");
        QTest::addColumn<QString>("model");
        QTest::addColumn<double>("input"); // 0: not listed
        const auto row = [](const char *dialect, const char *model, double input) {
            QTest::newRow(model) << QString::fromLatin1(dialect) << QString::fromLatin1(model) << input;
        };
        row("anthropic", "claude-a", 3);
        row("anthropic", "claude-a-20261001", 3);
        row("anthropic", "claude-a-latest", 3);
        row("anthropic", "Claude-A[1m]", 3);
        row("anthropic", "us.anthropic.claude-a-20261001-v1:0", 3);
        row("anthropic", "claude-a@20261001", 3);
        row("anthropic", "claude-a-4-5-20261001", 1); // the longest
        row("anthropic", "claude-a-4-6", 0);          // another version
        row("anthropic", "claude-a5", 0);
        row("anthropic", "claude", 0);
        row("anthropic", "", 0);
        row("openai-responses", "gpt-5", 1.25);
        row("openai-responses", "gpt-5-codex", 1.25);
        row("openai-responses", "gpt-5.4-2026-03-05", 2.5);
        row("openai-chat", "openai/gpt-5-4", 2.5);
        row("openai-chat", "gpt-5.9", 0);
        row("openai-chat", "gpt-51", 0);
        row("openai-chat", "ft:gpt-4o:acme::abc", 9);
        row("openai-chat", "anthropic/claude-a", 3); // resold
        row("gemini", "models/gemini-x-pro-preview-06-05", 2);
        row("gemini", "gemini-x-flash", 0);
    }
    void modelsAreFound()
    {
        QFETCH(QString, dialect);
        QFETCH(QString, model);
        QFETCH(double, input);
        const auto price = m_list.find(dialect, model);
        QCOMPARE(price ? price->rates.input : 0.0, input);
    }
    void eachKindOfTokenHasItsPrice()
    {
        const auto price = *m_list.find("anthropic", "claude-a");
        QCOMPARE(price.cost({1000, 0, 0, 0, 0}), 3000);
        QCOMPARE(price.cost({0, 1000, 0, 0, 0}), 300);
        QCOMPARE(price.cost({0, 0, 1000, 0, 0}), 3750);
        QCOMPARE(price.cost({0, 0, 0, 1000, 0}), 6000);
        QCOMPARE(price.cost({0, 0, 0, 0, 1000}), 15000);
        QCOMPARE(price.cost({0, 1, 0, 0, 0}), 1); // rounded up
        QCOMPARE(price.cost({}), 0);
        QCOMPARE(price.cost({1000, 0, 0, 0, 0}, 2), 6000);
        const auto other = *m_list.find("anthropic", "claude-b");
        QCOMPARE(other.cost({0, 0, 500, 500, 0}), 2000); // as input, where the list says no more
        QCOMPARE(other.cost({1000, 0, 0, 0, 10}), 2100);
        QCOMPARE(other.cost({1, 1000, 0, 0, 10}), 4004 + 200); // over the line all of it costs more
    }
    void theMostIsNeverLessThanWhatItComesTo()
    {
        const auto price = *m_list.find("anthropic", "claude-a");
        QCOMPARE(price.most(500, 10), 500 * 6 + 10 * 15);
        QCOMPARE(price.most(500, 0), 500 * 6 + 100 * 15);         // the model's own bound
        QCOMPARE(price.most(500, 1'000'000), 500 * 6 + 100 * 15); // it answers no more than that
        QCOMPARE(price.most(5'000'000, 10), 1000 * 6 + 10 * 15);  // nor does it read more than it can
        QVERIFY(m_list.find("anthropic", "claude-a-4-5")->most(10, 0) >= 5 * 100'000);
        const Price dearest = m_list.dearest("anthropic");
        QCOMPARE(dearest.rates.input, 4.0);
        QCOMPARE(dearest.rates.output, 20.0);
        QCOMPARE(m_list.dearest("openai-chat").rates.output, 90.0);
        QVERIFY(price.most(std::numeric_limits<qint64>::max(), std::numeric_limits<qint64>::max(), 2) > 0);
    }
    void oldAfterNinetyDays()
    {
        const auto at = [](const char *day) { return QDateTime::fromString(QString::fromLatin1(day) + "T12:00:00Z", Qt::ISODate).toMSecsSinceEpoch(); };
        QVERIFY(!m_list.isOld(at("2026-08-30")));
        QVERIFY(m_list.isOld(at("2026-08-31")));
    }
    void wrongListsNameTheLine_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("where");
        QTest::newRow("no date") << QByteArray("models: {}\n") << QStringLiteral("prices.yaml");
        QTest::newRow("bad date") << QByteArray("x: 1\ndate: last week\n") << QStringLiteral("prices.yaml:2");
        QTest::newRow("currency") << QByteArray("date: 2026-01-01\ncurrency: EUR\n") << QStringLiteral("prices.yaml:2");
        QTest::newRow("kind") << QByteArray("date: 2026-01-01\nmodels:\n  other:\n    m: {input: 1, output: 1}\n") << QStringLiteral("prices.yaml:3");
        QTest::newRow("negative") << QByteArray("date: 2026-01-01\nmodels:\n  gemini:\n    m: {input: -1, output: 1}\n") << QStringLiteral("prices.yaml:4");
        QTest::newRow("no output") << QByteArray("date: 2026-01-01\nmodels:\n  gemini:\n    m: {input: 1}\n") << QStringLiteral("prices.yaml:4");
        QTest::newRow("misspelt") << QByteArray("date: 2026-01-01\nmodels:\n  gemini:\n    m: {input: 1, output: 1, cache: 1}\n") << QStringLiteral("prices.yaml:4");
        QTest::newRow("no yaml") << QByteArray("date: [\n") << QStringLiteral("prices.yaml");
    }
    void wrongListsNameTheLine()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, where);
        const auto parsed = PriceList::parse(yaml);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().code, QStringLiteral("gateway.prices"));
        QVERIFY2(parsed.error().where.contains(where), qPrintable(parsed.error().message()));
    }
    void theShippedListIsGood()
    {
        const auto shipped = PriceList::parse({});
        QVERIFY_RESULT(shipped);
        QVERIFY(shipped->date() > QDate(2026, 1, 1));
        for (const char *model : {"claude-opus-5-5", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"}) {
            const auto price = shipped->find("anthropic", QString::fromLatin1(model));
            QVERIFY2(price, model);
            QVERIFY(price->rates.cached < price->rates.input && price->rates.input < price->rates.cacheWrite);
            QVERIFY(price->rates.cacheWrite < price->rates.cacheWriteHour && price->rates.input < price->rates.output);
            QVERIFY(price->context > 0 && price->maxOutput > 0);
        }
        QVERIFY(shipped->find("openai-responses", "gpt-5-codex"));
        QVERIFY(shipped->find("gemini", "gemini-3.8-flash"));
        QVERIFY(!shipped->find("anthropic", "no-such-model"));
        QVERIFY(shipped->dearest("anthropic").rates.output >= 50);
    }
    void keysGoWhereTheServiceLooks()
    {
        const auto header = [](const char *dialect, const char *url) {
            net::Headers headers;
            addKey({QString::fromLatin1(dialect), QString::fromLatin1(url), {}, {}}, "k", headers);
            return QByteArray(headers.at(0).first + ' ' + headers.at(0).second);
        };
        QCOMPARE(header("anthropic", "https://api.example"), QByteArray("x-api-key k"));
        QCOMPARE(header("gemini", "https://g.example"), QByteArray("x-goog-api-key k"));
        QCOMPARE(header("openai-chat", "https://o.example/v1"), QByteArray("authorization Bearer k"));
        QCOMPARE(header("openai-responses", "https://me.openai.azure.com/openai/v1"), QByteArray("api-key k"));
        net::Headers none;
        addKey({QStringLiteral("openai-chat"), QStringLiteral("http://127.0.0.1:1"), {}, {}}, {}, none);
        QVERIFY(none.empty());
    }
    void whatARequestMayCost_data()
    {
        QTest::addColumn<QString>("dialect");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("costs");
        QTest::addColumn<bool>("countless");
        QTest::addColumn<QString>("model");
        QTest::addColumn<qint64>("output");
        const auto row = [](const char *dialect, const char *method, const char *path, const char *body, bool costs, bool countless,
                            const char *model, qint64 output) {
            QTest::newRow(qPrintable(QStringLiteral("%1 %2 %3").arg(QLatin1String(method), QLatin1String(path)).arg(qHash(QByteArray(body)))))
                << QString::fromLatin1(dialect) << QByteArray(method) << QByteArray(path) << QByteArray(body) << costs << countless
                << QString::fromLatin1(model) << output;
        };
        row("anthropic", "POST", "/v1/messages", R"({"model":"m","max_tokens":32000})", true, false, "m", 32000);
        row("anthropic", "POST", "/v1/messages/count_tokens", R"({"model":"m"})", false, false, "", 0);
        row("anthropic", "POST", "/v1/messages/batches", R"({"requests":[]})", false, true, "", 0);
        row("anthropic", "GET", "/v1/messages/batches", "", false, false, "", 0);
        row("anthropic", "GET", "/v1/models", "", false, false, "", 0);
        row("openai-responses", "POST", "/v1/responses", R"({"model":"g","max_output_tokens":10})", true, false, "g", 10);
        row("openai-responses", "POST", "/v1/responses", R"({"model":"g"})", true, false, "g", 0);
        row("openai-responses", "POST", "/v1/responses/input_tokens", R"({"model":"g"})", false, false, "", 0);
        row("openai-responses", "POST", "/v1/responses/r1/cancel", "{}", false, false, "", 0);
        row("openai-chat", "POST", "/chat/completions", R"({"model":"g","max_completion_tokens":10,"n":3})", true, false, "g", 30);
        row("openai-chat", "POST", "/openai/deployments/my-gpt/chat/completions", R"({"max_tokens":5})", true, false, "my-gpt", 5);
        row("openai-chat", "POST", "/v1/fine_tuning/jobs", "{}", false, true, "", 0);
        row("gemini", "POST", "/v1beta/models/gemini-x:generateContent", R"({"generationConfig":{"maxOutputTokens":7,"candidateCount":2}})", true, false, "gemini-x", 14);
        row("gemini", "POST", "/v1beta/models/gemini-x:streamGenerateContent", "{}", true, false, "gemini-x", 0);
        row("gemini", "POST", "/v1beta/models/gemini-x:countTokens", "{}", false, false, "", 0);
        row("gemini", "POST", "/v1beta/models/gemini-x:batchGenerateContent", "{}", false, true, "", 0);
        row("anthropic", "POST", "/v1/messages", "no json", true, false, "", 0);
        row("anthropic", "POST", "/v1/messages", R"({"model":7,"max_tokens":-3})", true, false, "", 0);
        row("anthropic", "POST", "/v1/messages", R"({"model":"m","max_tokens":1e300})", true, false, "m", 10'000'000);
    }
    void whatARequestMayCost()
    {
        QFETCH(QString, dialect);
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        QFETCH(bool, costs);
        QFETCH(bool, countless);
        QFETCH(QString, model);
        QFETCH(qint64, output);
        const auto asked = readAsked(dialect, method, path, body);
        QCOMPARE(asked.costs, costs);
        QCOMPARE(asked.countless, countless);
        QCOMPARE(asked.model, model);
        QCOMPARE(asked.outputTokens, output);
        QCOMPARE(asked.inputTokens > 0, costs);
    }
};

COPPICE_TEST(PricesTest)
#include "prices_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Health as the terminal shows it: one library, and what a manager and a script get to see of it.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace coppice::test;
using namespace Qt::StringLiterals;

namespace {

QJsonObject reasonOf(const QJsonObject &plugin, const QString &signal)
{
    for (const auto &reason : plugin[u"reasons"].toArray()) {
        if (reason[u"signal"].toString() == signal)
            return reason.toObject();
    }
    return {};
}
QJsonObject pluginOf(const QJsonObject &report, const QString &id)
{
    for (const auto &plugin : report[u"plugins"].toArray()) {
        if (plugin[u"plugin"].toString() == id)
            return plugin.toObject();
    }
    return {};
}
int tenths(const QJsonValue &points)
{
    return qRound(points.toDouble() * 10);
}

} // namespace

class HealthContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_dir = m_scratch.repository(u"lib"_s, {{u"coppice.yaml"_s, "name: small\n"},
                                                {u".coppice/plugins/weather.yaml"_s, "id: weather\nowners: [ann]\nwaivers:\n"
                                                                                     "  - {what: knowledge, why: is being written, until: 2020-01-31}\n"
                                                                                     "  - {what: leftovers, why: an old client reads it}\n"},
                                                {u"plugins/weather/package.json"_s, R"({"name":"weather","version":"1.0.0","license":"MIT","dependencies":{"zod":"^3.0.0"},"scripts":{"test":"node --test"}})"},
                                                {u"plugins/weather/package-lock.json"_s, R"({"lockfileVersion":3,"packages":{"":{"dependencies":{"zod":"^3.0.0"}},"node_modules/zod":{"version":"3.1.0"}}})"},
                                                {u"plugins/weather/index.js"_s, "const k = process.env.WEATHER_KEY;\n"},
                                                {u"plugins/weather/.env.example"_s, "WEATHER_KEY=\nWEATHER_OLD=\n"},
                                                {u"plugins/weather/AGENTS.md"_s, "Run npm test before you commit anything.\n"},
                                                {u"plugins/clock/main.py"_s, "import os\nprint(os.environ['ZONE_NAME'])\n"}});
        m_ctl.emplace(QStringLiteral(COPPICECTL), m_scratch.path(u"home"_s), m_dir);
    }

    void showTellsScoresAndReasons()
    {
        const auto all = (*m_ctl)({u"health"_s, u"show"_s});
        QCOMPARE_EXIT(all, 0);
        QCOMPARE(all.json[u"v"].toInt(), 1);
        QCOMPARE(all.json[u"plugins"].toArray().size(), 2);
        int dark = 0, counted = 0;
        for (const auto &plugin : all.json[u"plugins"].toArray()) {
            int points = 0, worth = 0, unknown = 0;
            for (const auto &reason : plugin[u"reasons"].toArray()) {
                points += tenths(reason[u"points"]);
                worth += tenths(reason[u"worth"]);
                unknown += reason[u"verdict"].toString() == "unknown"_L1 ? tenths(reason[u"worth"]) : 0;
                QVERIFY(reason[u"verdict"].toString() != "unknown"_L1 || reason[u"points"].toDouble() == 0);
            }
            QCOMPARE(points, tenths(plugin[u"score"]));
            QCOMPARE(unknown, tenths(plugin[u"unknown"]));
            QCOMPARE(worth, 1000);
            dark += plugin[u"unmeasured"].toInt();
            counted += plugin[u"counted"].toInt();
        }
        QVERIFY(dark > 0);
        QCOMPARE(all.json[u"unmeasured"][u"signals"].toInt(), dark);
        QCOMPARE(all.json[u"unmeasured"][u"of"].toInt(), counted);
        QVERIFY(!all.json[u"unmeasured"][u"kinds"][0][u"next"].toString().isEmpty());
        QCOMPARE(reasonOf(pluginOf(all.json, u"clock"_s), u"variables"_s)[u"verdict"].toString(), u"bad"_s);
        QCOMPARE(reasonOf(pluginOf(all.json, u"weather"_s), u"tests"_s)[u"verdict"].toString(), u"unknown"_s);
    }

    void onePluginTellsItsExemptions()
    {
        const auto one = (*m_ctl)({u"health"_s, u"show"_s, u"weather"_s});
        QCOMPARE_EXIT(one, 0);
        const auto over = reasonOf(one.json, u"knowledge"_s), holds = reasonOf(one.json, u"leftovers"_s);
        QCOMPARE(over[u"verdict"].toString(), u"bad"_s);
        QVERIFY2(over[u"exemption"].toString().contains(u"ended on 2020-01-31 (is being written)"_s), qPrintable(over[u"exemption"].toString()));
        QCOMPARE(holds[u"verdict"].toString(), u"exempt"_s);
        QCOMPARE(holds[u"worth"].toDouble(), 0.0);
        QVERIFY(holds[u"exemption"].toString().contains(u"an old client reads it"_s));
        QVERIFY(one.json[u"facts"].toArray().size() >= 12);
        QCOMPARE(one.json[u"movements"].toArray().size(), 1); // measured for the first time
        const auto text = m_ctl->plain({u"health"_s, u"show"_s, u"weather"_s, u"--stored"_s});
        QVERIFY2(text.out.contains("Not measured yet, ") && text.out.contains("To do, by what it brings:"), text.out.constData());
    }

    void reportsAreTheSameNumbers()
    {
        const QString html = m_scratch.path(u"r.html"_s), csv = m_scratch.path(u"r.csv"_s), json = m_scratch.path(u"r.json"_s);
        const auto made = (*m_ctl)({u"health"_s, u"report"_s, u"--stored"_s, u"--html"_s, html, u"--csv"_s, csv, u"--json"_s, json});
        QCOMPARE_EXIT(made, 0);
        QCOMPARE(made.json[u"files"].toArray().size(), 3);
        const auto document = QJsonDocument::fromJson(m_scratch.read(u"r.json"_s)).object();
        const QByteArray page = m_scratch.read(u"r.html"_s), sheet = m_scratch.read(u"r.csv"_s);
        QVERIFY(page.contains(QByteArray(document[u"headline"].toString().toUtf8())));
        for (const auto &plugin : document[u"plugins"].toArray()) {
            const QByteArray points = QByteArray::number(plugin[u"score"].toDouble(), 'f', 1);
            QVERIFY(page.contains(points));
            const QString row = plugin[u"plugin"].toString() + u',' + plugin[u"kind"].toString() + u',' + plugin[u"tier"].toString() + u',';
            QVERIFY(sheet.contains(QByteArray(row.toUtf8() + points)));
        }
        QCOMPARE_EXIT((*m_ctl)({u"health"_s, u"report"_s, u"--stored"_s}), 2);
        const auto folder = (*m_ctl)({u"health"_s, u"report"_s, u"--stored"_s, u"--html"_s, m_scratch.path(u"no/such/folder/r.html"_s)});
        QCOMPARE_EXIT(folder, 1);
        QVERIFY(!folder.json[u"error"][u"message"].toString().isEmpty());
    }

    void findingsBecomeTickets()
    {
        const auto made = (*m_ctl)({u"health"_s, u"ticket"_s, u"clock"_s, u"licence"_s});
        QCOMPARE_EXIT(made, 0);
        const auto again = (*m_ctl)({u"health"_s, u"ticket"_s, u"clock"_s, u"licence"_s});
        QCOMPARE(again.json[u"id"], made.json[u"id"]);
        QVERIFY(again.json[u"there"].toBool() && !made.json[u"there"].toBool());
        QCOMPARE_EXIT((*m_ctl)({u"health"_s, u"ticket"_s, u"weather"_s, u"licence"_s}), 2); // nothing is wrong there
        QCOMPARE_EXIT((*m_ctl)({u"health"_s, u"ticket"_s, u"nobody"_s, u"licence"_s}), 3);
        const auto signal = (*m_ctl)({u"health"_s, u"ticket"_s, u"clock"_s, u"weather"_s});
        QCOMPARE_EXIT(signal, 3);
        QVERIFY(signal.json[u"error"][u"hint"].toString().contains(u"licence"_s));
    }

    void whatNobodyUnderstandsIsAnError()
    {
        QCOMPARE_EXIT((*m_ctl)({u"health"_s, u"show"_s, u"--stored"_s, u"--since"_s, u"yesterday"_s}), 2);
        QCOMPARE_EXIT((*m_ctl)({u"health"_s, u"show"_s, u"nobody"_s}), 3);
        m_scratch.commit(m_dir, u"coppice.yaml"_s, "name: small\nhealth:\n  weights: {licenze: 3, tests: many, owner: 0}\n  tiers: {great: 90}\n", u"chore: a policy"_s);
        const auto bad = (*m_ctl)({u"health"_s, u"show"_s});
        QCOMPARE_EXIT(bad, 1);
        QCOMPARE(bad.json[u"problems"].toArray().size(), 3);
        for (const char *told : {"coppice.yaml", "there is no signal \"licenze\"", "known are", "tests of health/weights has to be a number", "there is no tier \"great\""})
            QVERIFY2(bad.err.contains(told), bad.err.constData());
        QVERIFY(reasonOf(pluginOf(bad.json, u"weather"_s), u"owner"_s).isEmpty()); // what is understood counts
        QCOMPARE_EXIT((*m_ctl)({u"health"_s, u"report"_s, u"--stored"_s, u"--csv"_s, m_scratch.path(u"bad.csv"_s)}), 1);
    }

private:
    const Scratch m_scratch;
    QString m_dir;
    std::optional<Ctl> m_ctl;
};

COPPICE_TEST(HealthContract)
#include "health_test.moc"

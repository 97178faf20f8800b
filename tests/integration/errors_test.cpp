// SPDX-License-Identifier: GPL-3.0-or-later
// From a log to a ticket by coppicectl alone.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDateTime>
#include <QJsonArray>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

QString crashLog()
{
    return QStringLiteral(COPPICE_SOURCE_DIR "/tests/unit/capture/data/python-chained.log");
}

} // namespace

class ErrorsTest : public QObject
{
    Q_OBJECT
    Scratch m_scratch;
    Ctl m_bare{QStringLiteral(COPPICECTL), m_scratch.path(QStringLiteral("home"))};
    Ctl m_ctl = m_bare.on(m_scratch.path(QStringLiteral("library")));

    QJsonArray groups() const { return m_ctl(words("groups list")).json[u"groups"].toArray(); }

private Q_SLOTS:
    void initTestCase()
    {
        const QString library = m_scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/mail/package.json"), R"({"name":"mail","version":"1.2.3"})"}});
        QCOMPARE_EXIT(m_bare({QStringLiteral("init"), QStringLiteral("--adopt"), library}), 0);
        QCOMPARE(m_ctl(words("plugins list")).json[u"plugins"].toArray().size(), 1);
    }
    /// What a plugin's settings name is read while an engine runs; what is too much goes, but for the first, the last and
    /// samples of each group.
    void theEngineKeepsLogs()
    {
        const QString library = m_scratch.repository(QStringLiteral("logs"), {{QStringLiteral("plugins/shop/package.json"), R"({"name":"shop","version":"1.0.0"})"}});
        QCOMPARE_EXIT(m_bare({QStringLiteral("init"), QStringLiteral("--adopt"), library}), 0);
        const Ctl ctl = m_bare.on(library);
        const QString log = m_scratch.path(QStringLiteral("shop.log"));
        const QString settings = QStringLiteral("logs/.coppice/plugins/shop.yaml");
        m_scratch.write(settings, m_scratch.read(settings) + "\nlogs:\n  - file: " + log.toUtf8() + "\n    release: 2.1.0\n");
        m_scratch.write(QStringLiteral("logs/coppice.yaml"), m_scratch.read(QStringLiteral("logs/coppice.yaml")) + "\nretention:\n  plugin_megabytes: 1\n  samples: 2\n");
        m_scratch.git(library, {QStringLiteral("add"), QStringLiteral("-A")});
        m_scratch.git(library, {QStringLiteral("commit"), QStringLiteral("-qm"), QStringLiteral("logs")});
        struct Kept {
            qint64 counted = 0;
            QStringList messages;
            QStringList releases;
        };
        const auto kept = [&] {
            Kept all;
            for (const auto &group : ctl(words("groups list")).json[u"groups"].toArray()) {
                all.counted += group[u"events"].toInteger();
                const auto whole = ctl({QStringLiteral("groups"), QStringLiteral("show"), group[u"id"].toString(), QStringLiteral("--limit"), QStringLiteral("10000")}).json;
                for (const auto &event : whole[u"events"].toArray()) {
                    all.messages << event[u"message"].toString().left(30);
                    all.releases << event[u"release"].toString();
                }
            }
            return all;
        };
        QByteArray many;
        for (int i = 0; i < 400; ++i)
            many += "ERROR the shelf " + QByteArray::number(i) + " fell over " + QByteArray(4000, 'x') + '\n';
        QCOMPARE_EXIT(ctl(QStringList(words("ingest --plugin shop")) << m_scratch.write(QStringLiteral("many.log"), many)), 0);
        QCOMPARE(kept().messages.size(), 400);

        m_scratch.write(QStringLiteral("shop.log"), "INFO begun\nERROR the shelf 4711 fell over now\n");
        const auto engine = pid_t(ctl.start({QStringLiteral("serve")}, m_scratch.path(QStringLiteral("engine.log"))));
        Kept now;
        QTRY_VERIFY_WITH_TIMEOUT((now = kept()).counted == 401 && now.messages.size() < 390, 60'000);
        ::kill(engine, SIGTERM);
        ::waitpid(engine, nullptr, 0);
        QVERIFY2(!m_scratch.read(QStringLiteral("engine.log")).contains("log"), m_scratch.read(QStringLiteral("engine.log")).constData());
        // Deleted events stay counted; the first, the last and the new one are there.
        QVERIFY(now.releases.contains(QStringLiteral("2.1.0")));
        for (const char *one : {"the shelf 0 fell", "the shelf 399 fell", "the shelf 4711 fell"})
            QVERIFY2(!now.messages.filter(QLatin1String(one)).isEmpty(), one);
    }
    void dryRunNeedsNoLibrary()
    {
        const auto answer = m_bare(words("ingest --dry-run") << crashLog());
        QCOMPARE_EXIT(answer, 0);
        const auto lines = answer.lines();
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0][u"record"].toInt(), 1);
        QCOMPARE(lines[1][u"record"].toInt(), 2);
        QCOMPARE(lines[0][u"level"].toString(), QStringLiteral("error"));
        QCOMPARE(lines[0][u"type"].toString(), QStringLiteral("RuntimeError"));
        QCOMPARE(lines[0][u"message"].toString(), QStringLiteral("load failed for item 1"));
        QCOMPARE(lines[0][u"frames"][0][u"function"].toString(), QStringLiteral("load"));
        QCOMPARE(lines[0][u"frames"][0][u"line"].toInt(), 5);
        QCOMPARE(lines[0][u"frames"][0][u"in_app"].toBool(), true);
        QCOMPARE(lines[0][u"causes"][0][u"type"].toString(), QStringLiteral("ValueError"));
        QCOMPARE(lines[0][u"group"].toString(), lines[1][u"group"].toString());

        const QString plain = m_scratch.write(QStringLiteral("plain.txt"), "job 1 done\njob 2 done\nother words\n");
        const auto every = m_bare(words("ingest --dry-run --every-line") << plain).lines();
        QCOMPARE(every.size(), 3);
        QCOMPARE(every[2][u"record"].toInt(), 3);
        QCOMPARE(every[0][u"group"].toString(), every[1][u"group"].toString());
        QVERIFY(every[0][u"group"].toString() != every[2][u"group"].toString());
        QCOMPARE(every[1][u"template"].toString(), QStringLiteral("job <*> done"));
    }
    void sameFileTwiceCountsOnceAndATicketIsOne()
    {
        const auto ingest = words("ingest --plugin mail");
        const auto first = m_ctl(QStringList(ingest) << crashLog());
        QCOMPARE_EXIT(first, 0);
        QCOMPARE(first.json[u"events"].toInt(), 2);
        const auto again = m_ctl(QStringList(ingest) << crashLog());
        QCOMPARE_EXIT(again, 0);
        QCOMPARE(again.json[u"events"].toInt(), 0);
        QCOMPARE(again.json[u"known"].toInt(), 2);
        QCOMPARE(groups().size(), 1);
        const QJsonObject group = groups().at(0).toObject();
        QCOMPARE(group[u"plugin"].toString(), QStringLiteral("mail"));
        QCOMPARE(group[u"title"].toString(), QStringLiteral("RuntimeError: load failed for item 1"));
        QCOMPARE(group[u"level"].toString(), QStringLiteral("error"));
        QCOMPARE(group[u"events"].toInt(), 2);
        const QString id = group[u"id"].toString();
        QCOMPARE(id.size(), 26);
        const auto shown = m_ctl(words("groups show") << id.right(6).toLower());
        QCOMPARE_EXIT(shown, 0);
        QCOMPARE(shown.json[u"id"].toString(), id);
        QCOMPARE(shown.json[u"events"].toArray().size(), 2);
        QVERIFY(m_ctl(words("groups explain") << id).json[u"why"].toString().contains(QStringLiteral("RuntimeError")));

        const auto ticket = m_ctl(words("tickets new --group") << id);
        QCOMPARE_EXIT(ticket, 0);
        const QString ticketId = ticket.json[u"id"].toString();
        QCOMPARE(m_ctl(words("tickets new --group") << id).json[u"id"].toString(), ticketId);
        const auto list = m_ctl(words("tickets list")).json[u"tickets"].toArray();
        QCOMPARE(list.size(), 1);
        QCOMPARE(list[0][u"state"].toString(), QStringLiteral("inbox"));
        QCOMPARE(groups()[0][u"ticket"].toString(), ticketId);

        // triage, and taking it back
        QCOMPARE_EXIT(m_ctl(words("tickets triage") << ticketId << QStringLiteral("decline")), 2);
        QCOMPARE_EXIT(m_ctl(words("tickets triage --reason noise") << ticketId << QStringLiteral("decline")), 0);
        QCOMPARE(m_ctl(words("tickets show") << ticketId).json[u"state"].toString(), QStringLiteral("declined"));
        QCOMPARE_EXIT(m_ctl(words("undo")), 0);
        QCOMPARE(m_ctl(words("tickets show") << ticketId).json[u"state"].toString(), QStringLiteral("inbox"));
        QCOMPARE_EXIT(m_ctl(words("tickets snooze --for 3d") << ticketId), 0);
        const auto snoozed = m_ctl(words("tickets show") << ticketId).json;
        QCOMPARE(snoozed[u"state"].toString(), QStringLiteral("snoozed"));
        QVERIFY(snoozed[u"snoozed_until"].toDouble() > double(QDateTime::currentMSecsSinceEpoch()));
        QCOMPARE_EXIT(m_ctl(words("tickets assign") << ticketId << QStringLiteral("bob")), 0);
        QCOMPARE_EXIT(m_ctl(words("tickets triage") << ticketId << QStringLiteral("accept")), 0);
        const auto accepted = m_ctl(words("tickets show") << ticketId).json;
        QCOMPARE(accepted[u"state"].toString(), QStringLiteral("accepted"));
        QCOMPARE(accepted[u"assignee"].toString(), QStringLiteral("bob"));
        QVERIFY(accepted[u"tainted"].toBool());
    }
    void ticketsByHand()
    {
        const auto made = m_ctl({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), QStringLiteral("mail"),
                                 QStringLiteral("--title"), QStringLiteral("Document the API")});
        QCOMPARE_EXIT(made, 0);
        const auto shown = m_ctl(words("tickets show") << made.json[u"id"].toString()).json;
        QCOMPARE(shown[u"title"].toString(), QStringLiteral("Document the API"));
        QCOMPARE(shown[u"kind"].toString(), QStringLiteral("manual"));
        QVERIFY(!shown[u"tainted"].toBool());
    }
    void badRequests()
    {
        QCOMPARE_EXIT(m_ctl(words("ingest") << crashLog()), 2);
        QCOMPARE_EXIT(m_ctl(words("ingest --plugin nope") << crashLog()), 3);
        QCOMPARE_EXIT(m_ctl(words("ingest --plugin mail /no/such.log")), 3);
        QCOMPARE_EXIT(m_ctl(words("ingest --plugin mail --every-line") << crashLog()), 2);
        QCOMPARE_EXIT(m_ctl(words("groups show zzzzzz")), 3);
        QCOMPARE_EXIT(m_ctl(words("tickets new --plugin mail")), 2);
        QCOMPARE_EXIT(m_ctl(words("tickets new --plugin nope --title x")), 3);
        QCOMPARE_EXIT(m_ctl(words("tickets show zzzzzz")), 3);
        QCOMPARE_EXIT(m_ctl(words("tickets triage zzzzzz maybe")), 2);
        QCOMPARE_EXIT(m_ctl(words("tickets snooze zzzzzz --for ever")), 2);
        const auto answer = m_bare(words("ingest --dry-run /no/such.log"));
        QCOMPARE_EXIT(answer, 3);
        QVERIFY(!answer.json[u"error"][u"message"].toString().isEmpty());
    }
    void infoMakesNoGroup()
    {
        const qsizetype before = groups().size();
        const QString log = m_scratch.write(QStringLiteral("info.log"), "{\"level\":30,\"msg\":\"fine\"}\nWARNING slow\nall is well\n");
        const auto answer = m_ctl(words("ingest --plugin mail") << log);
        QCOMPARE_EXIT(answer, 0);
        QCOMPARE(answer.json[u"events"].toInt(), 0);
        QCOMPARE(answer.json[u"below"].toInt(), 3);
        QCOMPARE(groups().size(), before);
    }
};
COPPICE_TEST(ErrorsTest)
#include "errors_test.moc"

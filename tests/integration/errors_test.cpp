// SPDX-License-Identifier: GPL-3.0-or-later
// From a log to a ticket by coppicectl alone.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDateTime>
#include <QJsonArray>
#include <QTest>

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

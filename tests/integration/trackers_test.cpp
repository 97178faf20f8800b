// SPDX-License-Identifier: GPL-3.0-or-later
// Tickets and a tracker by coppicectl alone: told, taken, killed in the middle, triaged by rules.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"
#include "support/tracker_server.h"

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;

namespace {

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

QByteArray settings(const QString &base, const QByteArray &more = {})
{
    return "trackers:\n  github: {base_url: \"" + base.toUtf8() + "\", token: \"env:TRACKER_KEY\"}\n  new_per_hour: 1000\n" + more;
}

} // namespace

class TrackersTest : public QObject
{
    Q_OBJECT
    Scratch m_scratch;
    TrackerServer m_server{QStringLiteral("github")};
    Ctl m_bare{QStringLiteral(COPPICECTL), m_scratch.path(QStringLiteral("home"))};
    Ctl m_ctl = m_bare.on(m_scratch.path(QStringLiteral("library")));

    void set(const QByteArray &yaml)
    {
        m_scratch.commit(m_scratch.path(QStringLiteral("library")), QStringLiteral("coppice.yaml"), yaml, QStringLiteral("settings"));
    }
    QString accepted(const QString &title)
    {
        const auto made = m_ctl({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), QStringLiteral("mail"), QStringLiteral("--title"), title});
        const QString id = made.json[u"id"].toString();
        return m_ctl(words("tickets triage") << id << QStringLiteral("accept")).exit == 0 ? id : QString();
    }
    /// Rounds until nothing waits.
    int settle()
    {
        int waiting = 1;
        for (int i = 0; i < 40 && waiting > 0; ++i) {
            waiting = m_ctl(words("tickets sync")).json[u"waiting"].toInt(-1);
            if (waiting != 0)
                QTest::qWait(500);
        }
        return waiting;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_ctl.setEnv(QStringLiteral("TRACKER_KEY"), QStringLiteral("good"));
        const QString library = m_scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/mail/package.json"), R"({"name":"mail","version":"1.2.3"})"}});
        QCOMPARE_EXIT(m_bare({QStringLiteral("init"), QStringLiteral("--adopt"), library}), 0);
        set(settings(m_server.base()));
        m_scratch.commit(library, QStringLiteral(".coppice/plugins/mail.yaml"), "id: mail\nprefix: plugins/mail\ntracker: {kind: github, project: acme/weather}\n", QStringLiteral("tracker"));
    }

    void toldAndTaken()
    {
        const QString id = accepted(QStringLiteral("No mail since Monday, @all"));
        QVERIFY(!id.isEmpty());
        auto plan = m_ctl(words("tickets sync --dry-run"));
        QCOMPARE_EXIT(plan, 0);
        QCOMPARE(plan.json[u"plan"].toArray().size(), 1);
        QCOMPARE(m_server.asked().size(), 0);
        const auto report = m_ctl(words("tickets sync"));
        QCOMPARE_EXIT(report, 0);
        QCOMPARE(report.json[u"created"].toArray().size(), 1);
        QCOMPARE(m_ctl(words("tickets show") << id).json[u"remote"].toString(), QString(m_server.base() + QStringLiteral("/acme/weather/issues/1")));

        m_server.say(1, QStringLiteral("bob"), QStringLiteral("It is the queue."));
        m_server.change(1, [](auto &issue) { issue.status = QStringLiteral("completed"); });
        QCOMPARE_EXIT(m_ctl(words("tickets sync")), 0);
        const auto shown = m_ctl(words("tickets show") << id).json;
        QCOMPARE(shown[u"state"].toString(), QStringLiteral("closed"));
        QCOMPARE(shown[u"comments"][0][u"author"].toString(), QStringLiteral("bob"));
        QCOMPARE(shown[u"comments"][0][u"outside"].toBool(), true);
        QCOMPARE_EXIT(m_ctl(words("tickets triage") << id << QStringLiteral("reopen")), 0);
        QCOMPARE_EXIT(m_ctl(words("tickets sync")), 0);
        QCOMPARE(m_server.issues()[0].status, QStringLiteral("open"));

        const QString inbox = m_ctl(words("tickets new --plugin mail --title Later")).json[u"id"].toString();
        QCOMPARE_EXIT(m_ctl(words("tickets push") << inbox), 0); // by hand, whatever the policy
        QCOMPARE(m_server.issues().size(), size_t(2));
        QCOMPARE_EXIT(m_ctl(words("tickets comment") << inbox << QStringLiteral("seen")), 0);
        QCOMPARE_EXIT(m_ctl(words("tickets sync")), 0);
        QCOMPARE(m_server.issues()[1].notes.size(), size_t(1));
    }

    void aWrongKeyIsAFailure()
    {
        Ctl other = m_ctl;
        other.setEnv(QStringLiteral("TRACKER_KEY"), QStringLiteral("stolen"));
        const auto answer = other(words("tickets sync"));
        QCOMPARE_EXIT(answer, 1);
        QVERIFY(!answer.out.contains("stolen") && !answer.err.contains("stolen"));
        QVERIFY(answer.json[u"problems"][0].toString().contains(QStringLiteral("does not accept the key")));
        QCOMPARE_EXIT(m_ctl(words("tickets sync")), 0);
    }

    /// Killed at any moment, the next one goes on: each ticket has one issue.
    void killedInTheMiddle()
    {
        const int rounds = qEnvironmentVariableIntValue("COPPICE_FAULTS") > 0 ? qEnvironmentVariableIntValue("COPPICE_FAULTS") : 20;
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED")) : QRandomGenerator::global()->generate();
        qInfo("COPPICE_SEED=%u", seed);
        QRandomGenerator random(seed);
        const auto before = m_server.issues().size();
        QSet<QString> ids;
        for (int round = 0; round < rounds; ++round) {
            for (int i = 0; i < 2; ++i)
                ids << accepted(QStringLiteral("Round %1 %2").arg(round).arg(i));
            const auto pid = pid_t(m_ctl.start(words("tickets sync")));
            QTest::qWait(int(random.bounded(400)));
            ::kill(-pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
        QCOMPARE(settle(), 0);
        QCOMPARE(m_server.issues().size(), before + size_t(ids.size()));
        QSet<QString> remotes, markers;
        for (const QString &id : ids)
            remotes << m_ctl(words("tickets show") << id).json[u"remote"].toString();
        QCOMPARE(remotes.size(), ids.size());
        for (const auto &issue : m_server.issues())
            markers << issue.labels.last();
        QCOMPARE(markers.size(), int(m_server.issues().size()));
    }

    void rulesTriage()
    {
        set(settings(m_server.base(), "triage:\n  rules:\n    - {name: ours, when: {type: RuntimeError}, then: {accept: true, assign: ann}}\n"));
        QCOMPARE_EXIT(m_ctl({QStringLiteral("ingest"), QStringLiteral("--plugin"), QStringLiteral("mail"), QStringLiteral(COPPICE_SOURCE_DIR "/tests/unit/capture/data/python-chained.log")}), 0);
        QCOMPARE_EXIT(m_ctl(words("tickets rules off ours")), 0);
        QCOMPARE(m_ctl(words("tickets rules list")).json[u"rules"][0][u"on"].toBool(true), false);
        QCOMPARE_EXIT(m_ctl(words("tickets rules on ours")), 0);
        const auto done = m_ctl(words("tickets rules run"));
        QCOMPARE_EXIT(done, 0);
        const auto acts = done.json[u"acts"].toArray();
        QVERIFY(acts.size() >= 1);
        const auto rules = m_ctl(words("tickets rules list")).json[u"rules"].toArray();
        QCOMPARE(rules[0][u"acts"].toArray().size(), acts.size());
        const QString ticket = rules[0][u"acts"][0][u"ticket"].toString();
        const auto shown = m_ctl(words("tickets show") << ticket);
        QCOMPARE_EXIT(shown, 0);
        QCOMPARE(shown.json[u"state"].toString(), QStringLiteral("accepted"));
        QCOMPARE(shown.json[u"assignee"].toString(), QStringLiteral("ann"));
        QVERIFY(shown.json.contains(u"similar") && shown.json.contains(u"suspects"));
        QCOMPARE_EXIT(m_ctl(words("tickets rules undo") << rules[0][u"acts"][0][u"id"].toString()), 0);
        QCOMPARE_EXIT(m_ctl(words("tickets show") << ticket), 3); // as if it had never been
        QCOMPARE_EXIT(m_ctl(words("tickets rules off nothing")), 3);
        QVERIFY(m_ctl(words("tickets rules list")).json[u"problems"].toArray().isEmpty());
        set(settings(m_server.base(), "triage:\n  rules:\n    - {name: broken, when: {message: '('}, then: {accept: true}}\n"));
        const auto wrong = m_ctl(words("tickets rules list"));
        QVERIFY(wrong.json[u"rules"].toArray().isEmpty());
        QVERIFY2(wrong.json[u"problems"][0][u"what"].toString().contains(QStringLiteral("broken")), wrong.out.constData());
    }

    void searchesAreKept()
    {
        QCOMPARE_EXIT(m_ctl({QStringLiteral("tickets"), QStringLiteral("search"), QStringLiteral("save"), QStringLiteral("mine"), QStringLiteral("assignee:ann")}), 0);
        QCOMPARE(m_ctl(words("tickets search list")).json[u"searches"][0][u"query"].toString(), QStringLiteral("assignee:ann"));
        QCOMPARE_EXIT(m_ctl(words("tickets search remove mine")), 0);
        QCOMPARE_EXIT(m_ctl(words("tickets search remove mine")), 3);
    }
};

COPPICE_TEST(TrackersTest)
#include "trackers_test.moc"

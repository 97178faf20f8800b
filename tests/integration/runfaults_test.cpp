// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 of an engine that carries eight runs at once, at random moments; afterwards no process of theirs is left, what was
// finished is not done again, no side effect is there twice, and every run comes to a right end. COPPICE_FAULTS is the number
// of kills (20), COPPICE_SEED repeats a sequence of moments.
#include "support/ctl.h"
#include "support/left.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTest>
#include <QThread>

#include <csignal>
#include <sys/wait.h>

using namespace coppice::test;

namespace {

constexpr int plugins = 8; ///< the last one is deployed, the others are changed
constexpr int killsInARound = 4;

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

const QByteArray skill = "---\nname: steps\ndescription: Changes files in several steps, for a test.\n---\nChange them.\n";
/// Each step adds a line to a file of its own: one that is done twice leaves two lines.
const QByteArray workflow = "version: 1\nneeds_ticket: false\nchanges: any\nsteps:\n"
                            "  - {id: one, kind: command, run: 'echo one >> one.txt; sleep 0.1', retries: 0}\n"
                            "  - {id: work, kind: agent, prompt: Do it., timeout: 5m}\n"
                            "  - {id: two, kind: command, run: 'echo two >> two.txt; sleep 0.1'}\n"
                            "  - {id: right, kind: check, run: 'test -f one.txt && test -f agent.txt && test -f two.txt'}\n";

} // namespace

class RunFaultsTest final : public QObject
{
    Q_OBJECT

    Scratch m_scratch;
    Ctl m_ctl{QStringLiteral(COPPICECTL), m_scratch.path(QStringLiteral("home"))};
    QRandomGenerator m_random;
    QString m_mark;
    int m_faults = 20, m_done = 0;
    int m_underWay = 0;   ///< runs that a kill met, over all kills
    int m_deploys = 0;    ///< that were asked for
    int m_sureDeploys = 0;///< that said they had ended well
    qint64 m_usualMs = 0; ///< of a round without kills
    pid_t m_engine = -1;

    void startEngine()
    {
        m_engine = pid_t(m_ctl.start(words("serve"), m_scratch.path(QStringLiteral("engine.log"))));
    }
    void endEngine(int signal)
    {
        ::kill(m_engine, signal);
        int status = 0;
        ::waitpid(m_engine, &status, 0);
        m_engine = -1;
    }
    /// Whether it lives, and its last words: for a failure's message.
    QString engineTold() const
    {
        const bool lives = ::waitpid(m_engine, nullptr, WNOHANG) == 0;
        return (lives ? QStringLiteral("the engine lives; it said: ") : QStringLiteral("the engine has ended; it said: "))
            + QString::fromUtf8(m_scratch.read(QStringLiteral("engine.log")).right(2000));
    }
    QString queue(int plugin) const
    {
        const QString id = QStringLiteral("p%1").arg(plugin);
        QStringList args{QStringLiteral("run"), QStringLiteral("start"), QStringLiteral("--plugin"), id, QStringLiteral("--client"), QStringLiteral("exec"),
                         QStringLiteral("--command"), QStringLiteral("echo begun >> half; sleep 0.2; : %1; rm half; echo agent >> agent.txt").arg(m_mark)};
        args << QStringLiteral("--playbook") << (plugin == plugins ? QStringLiteral("deploy") : QStringLiteral("steps"));
        if (plugin == plugins)
            args.remove(6, 2);
        const auto answer = m_ctl(args);
        return answer.exit == 0 ? answer.json[u"id"].toString() : QString();
    }
    QJsonObject show(const QString &run) const { return m_ctl({QStringLiteral("run"), QStringLiteral("show"), run}).json; }
    static bool isOver(const QString &state) { return state == u"done" || state == u"failed" || state == u"cancelled"; }
    int deployed() const { return int(m_scratch.read(QStringLiteral("production/deployed")).count('\n')); }

    void killAtRandom(const QStringList &ids)
    {
        QThread::msleep(ulong(m_random.bounded(int(qMax<qint64>(m_usualMs, 200) * 7 / 10))));
        endEngine(SIGKILL);
        ++m_done;
        QCOMPARE(processesLeft(m_scratch.path(), m_mark), QStringList());
        for (const auto &id : ids) {
            const QString state = show(id)[u"state"].toString();
            m_underWay += !isOver(state) && state != u"queued";
        }
    }
    /// All of them over, started again by a person's word where the engine has given up by itself.
    void waitForAll(const QStringList &ids)
    {
        QDeadlineTimer patience(90'000);
        QStringList open = ids;
        while (!open.isEmpty()) {
            QVERIFY2(!patience.hasExpired(), qPrintable(open.join(u' ') + u'\n' + engineTold()));
            QThread::msleep(150);
            const QString state = show(open.first())[u"state"].toString();
            if (isOver(state))
                open.removeFirst();
            else if (state == u"interrupted")
                (void)m_ctl({QStringLiteral("run"), QStringLiteral("resume"), open.first()});
        }
    }
    void checkRound(const QStringList &ids, int deployedBefore)
    {
        for (const auto &id : ids) {
            const auto run = show(id);
            const QString state = run[u"state"].toString();
            if (run[u"plugin"].toString() == QStringLiteral("p%1").arg(plugins)) {
                // Done once, or it is told that nobody knows; never a second time by itself.
                const int now = deployed() - deployedBefore;
                QVERIFY2(state == u"done" ? now == 1 : state == u"failed" && now <= 1, qPrintable(state + QString::number(now)));
                QVERIFY(state == u"done" || !run[u"reason"].toString().isEmpty());
                m_sureDeploys += state == u"done";
                continue;
            }
            QVERIFY2(state == u"done", qPrintable(state + u": " + run[u"reason"].toString()));
            int reviews = 0;
            const auto shown = m_ctl({QStringLiteral("review"), QStringLiteral("show"), run[u"review"].toString()});
            QCOMPARE_EXIT(shown, 0);
            for (const auto &one : m_ctl(words("review list --all")).json[u"reviews"].toArray())
                reviews += one[u"id"] == run[u"review"];
            QCOMPARE(reviews, 1);
            QStringList files;
            for (const auto &file : shown.json[u"files"].toArray()) {
                files << file[u"path"].toString().section(u'/', -1);
                const auto hunks = file[u"hunks"].toArray();
                QCOMPARE(hunks.size(), 1);
                QCOMPARE(hunks[0][u"new_lines"].toInt(), 1); // once each
            }
            files.sort();
            QCOMPARE(files, (QStringList{QStringLiteral("agent.txt"), QStringLiteral("one.txt"), QStringLiteral("two.txt")}));
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : QRandomGenerator::global()->generate() % 1'000'000;
        qInfo("COPPICE_SEED=%u", seed);
        m_random.seed(seed);
        m_mark = QStringLiteral("runfaults-%1-%2").arg(seed).arg(QCoreApplication::applicationPid());
        if (qEnvironmentVariableIsSet("COPPICE_FAULTS"))
            m_faults = qEnvironmentVariableIntValue("COPPICE_FAULTS");
        QList<QPair<QString, QByteArray>> files{{QStringLiteral("coppice.yaml"), "max_runs: 8\n"},
                                                {QStringLiteral("templates/playbooks/steps/SKILL.md"), skill},
                                                {QStringLiteral("templates/playbooks/steps/workflow.yaml"), workflow}};
        for (int i = 1; i <= plugins; ++i)
            files << QPair<QString, QByteArray>{QStringLiteral("plugins/p%1/x.txt").arg(i), "x\n"};
        const QString library = m_scratch.repository(QStringLiteral("library"), files);
        QDir().mkpath(m_scratch.path(QStringLiteral("production")));
        QCOMPARE_EXIT(m_ctl({QStringLiteral("init"), QStringLiteral("--adopt"), library}), 0);
        m_ctl = m_ctl.on(library);
        const QString settings = QStringLiteral("library/.coppice/plugins/p%1.yaml").arg(plugins);
        m_scratch.write(settings, m_scratch.read(settings)
                            + "commands:\n  deploy: 'echo once >> \"$COPPICE_DEPLOY_TO/deployed\"; sleep 0.3; : " + m_mark.toUtf8() + "'\n  deploy_to: [../production]\n");
        m_scratch.git(library, words("add -A"));
        m_scratch.git(library, words("commit -qm deploys"));
    }

    void aRoundWorksUnharmed()
    {
        QStringList ids;
        for (int i = 1; i <= plugins; ++i)
            ids << queue(i);
        QVERIFY(!ids.contains(QString()));
        QElapsedTimer timer;
        timer.start();
        startEngine();
        waitForAll(ids);
        if (QTest::currentTestFailed())
            return;
        m_usualMs = timer.elapsed();
        checkRound(ids, 0);
        QCOMPARE(deployed(), 1);
        m_sureDeploys = 0;
        endEngine(SIGTERM);
        QCOMPARE(processesLeft(m_scratch.path(), m_mark), QStringList());
    }

    /// One row is one round, so that no function takes longer than Qt Test allows.
    void killsLeaveEveryRunRight_data()
    {
        QTest::addColumn<int>("round");
        for (int i = 0; i < (m_faults + killsInARound - 1) / killsInARound; ++i)
            QTest::addRow("round %d", i + 1) << i;
    }
    void killsLeaveEveryRunRight()
    {
        QVERIFY2(m_usualMs > 0, "the unharmed round did not work");
        const int before = deployed();
        QStringList ids;
        for (int i = 1; i <= plugins; ++i)
            ids << queue(i);
        QVERIFY(!ids.contains(QString()));
        ++m_deploys;
        for (int i = 0; i < killsInARound && m_done < m_faults; ++i) {
            startEngine();
            killAtRandom(ids);
            if (QTest::currentTestFailed())
                return;
        }
        startEngine();
        waitForAll(ids);
        if (!QTest::currentTestFailed())
            checkRound(ids, before);
        endEngine(SIGTERM);
    }

    void whatIsLeftIsSound()
    {
        if (m_engine > 0)
            endEngine(SIGKILL);
        const QString library = m_scratch.path(QStringLiteral("library"));
        QCOMPARE(processesLeft(m_scratch.path(), m_mark), QStringList());
        QCOMPARE(m_scratch.git(library, words("status --porcelain")), QByteArray());
        m_scratch.git(library, words("fsck --connectivity-only"));
        QVERIFY(deployed() - 1 <= m_deploys && deployed() - 1 >= m_sureDeploys);
        qInfo("%d kills met %d runs under way; %d deploys asked for, %d known to be done, %d made", m_done, m_underWay, m_deploys, m_sureDeploys, deployed() - 1);
        QVERIFY(m_faults < 4 || m_underWay > 0);
    }
};

COPPICE_TEST(RunFaultsTest)
#include "runfaults_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at every moment of shipping: afterwards nothing was pushed, tagged, deployed or asked for twice, nothing is half
// done without being told, and shipping again ends well. COPPICE_FAULTS is the number of kills (4), COPPICE_SEED repeats one
// sequence.
#include "ship_desk.h"
#include "support/pull_server.h"
#include "support/test_main.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include <csignal>

using namespace coppice::test;

class ShipFaultsTest : public QObject
{
    Q_OBJECT

    int m_faults = 4;
    QRandomGenerator m_random;
    qint64 m_took = 1500; ///< ms that a ship takes when nobody harms it
    int m_harmed = 0, m_told = 0;

    /// Ships, is killed somewhere between its beginning and a little after its end, and ships again. What the second one says.
    Ctl::Answer harmed(const ShipDesk &desk, QStringList *notes)
    {
        const qint64 pid = desk.ctl.start({"ship", "a"});
        QTest::qWait(int(m_random.bounded(quint32(m_took * 11 / 10) + 1)));
        ++m_harmed;
        ::kill(pid_t(-pid), SIGKILL);
        const auto dry = desk.ctl({"ship", "a", "--dry-run"});
        for (const auto &note : dry.json[u"notes"].toArray())
            *notes << note.toString();
        return desk.ctl({"ship", "a"});
    }
    static QByteArray version(int round) { return "1.3." + QByteArray::number(round); }
    /// A change, and a version of its own.
    static void change(const ShipDesk &desk, int round)
    {
        desk.scratch.write("library/plugins/a/src.txt", "round " + QByteArray::number(round) + '\n');
        desk.scratch.commit("library", "plugins/a/package.json", "{\n  \"name\": \"a\",\n  \"version\": \"" + version(round) + "\"\n}\n", "fix: round " + QString::number(round));
    }
    void checkSound(const ShipDesk &desk)
    {
        QCOMPARE(desk.scratch.git(desk.library, {"status", "--porcelain"}), QByteArray());
        QCOMPARE(desk.head("remote.git"), desk.head(desk.library));
        desk.scratch.git(desk.upstream(), {"fsck", "--full"});
        desk.scratch.git(desk.library, {"fsck", "--full"});
    }

private Q_SLOTS:
    void initTestCase()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : QRandomGenerator::global()->generate() % 1'000'000;
        qInfo("COPPICE_SEED=%u", seed);
        m_random.seed(seed);
        if (qEnvironmentVariableIsSet("COPPICE_FAULTS"))
            m_faults = qEnvironmentVariableIntValue("COPPICE_FAULTS");
    }

    void pushTagAndDeploy_data() { rows(); }
    void pushTagAndDeploy()
    {
        QFETCH(const int, from);
        QFETCH(const int, to);
        ShipDesk desk;
        desk.settings("coppice.yaml", "\ngit_policy: {tags: \"v{version}\"}\n");
        desk.scratch.write("production/.keep", "");
        desk.settings(".coppice/plugins/a.yaml", "commands:\n  deploy: 'echo \"$COPPICE_VERSION\" >> \"$COPPICE_DEPLOY_TO/deployed\"; sleep 0.2; echo \"$COPPICE_VERSION\" >> \"$COPPICE_DEPLOY_TO/over\"'\n  deploy_to: [../production]\n");
        change(desk, 10'000); // how long it takes unharmed
        QElapsedTimer timer;
        timer.start();
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        m_took = timer.elapsed();
        for (int round = from; round < to; ++round) {
            const QByteArray before = desk.head(desk.upstream());
            change(desk, round);
            QStringList notes;
            const auto again = harmed(desk, &notes);
            QCOMPARE_EXIT(again, 0);
            // pushed once
            QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", "HEAD^"}), before);
            QCOMPARE(desk.upstreamFile(), "round " + QByteArray::number(round));
            QCOMPARE(desk.head(desk.upstream()), textIn(again.json, u"commit").toLatin1());
            // tagged once, on it
            const QString tag = u"v" + QString::fromLatin1(version(round));
            QCOMPARE(desk.scratch.git(desk.upstream(), {"rev-parse", tag + "^{commit}"}), desk.head(desk.upstream()));
            QVERIFY(again.json[u"tagged"].toBool());
            // deployed once for each ship that came so far, and never begun again by itself
            const auto lines = [&](const char *file) { return desk.scratch.read(QString("production/") + file).split('\n').count(version(round)); };
            const auto begun = lines("deployed");
            QVERIFY2(begun >= 1 && begun <= 2, qPrintable(QString::number(begun)));
            QVERIFY(lines("over") >= 1);
            const QString said = notes.filter("last ship did not end well").join(u' ');
            m_told += said.isEmpty() ? 0 : 1;
            if (said.contains("before"))
                QCOMPARE(begun, 1);
            if (begun == 2) // only where it is told that the first one may not have come to its end
                QVERIFY2(said.contains("while the deploy command ran"), qPrintable(said));
            if (lines("over") < begun)
                QVERIFY2(said.contains("while the deploy command ran"), qPrintable(said));
            checkSound(desk);
        }
        QCOMPARE(desk.scratch.git(desk.upstream(), {"tag"}).split('\n').size(), to - from + 1);
    }

    void pullRequests_data() { rows(); }
    void pullRequests()
    {
        QFETCH(const int, from);
        QFETCH(const int, to);
        PullServer server;
        ShipDesk desk;
        desk.settings("coppice.yaml", "\ntrackers:\n  github: {base_url: \"" + server.base().toLatin1() + "\", token: \"env:FORGE_KEY\"}\n");
        desk.scratch.commit("library", ".coppice/plugins/a.yaml", "id: a\nprefix: plugins/a\nupstream:\n  url: " + desk.upstream().toUtf8()
                                                                      + "\n  branch: main\n  ship: pr\n  forge: github\n  project: acme/weather\n  labels: [x]\n", "chore: pull requests");
        desk.ctl.setEnv("FORGE_KEY", "good");
        change(desk, 10'000);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE_EXIT(desk.ctl({"ship", "a"}), 0);
        m_took = timer.elapsed();
        int made = 1;
        const QByteArray before = desk.head(desk.upstream());
        for (int round = from; round < to; ++round) {
            const bool fresh = m_random.bounded(2) == 0; // else the open one gets what is new
            if (fresh) {
                server.end(made, "closed");
                ++made;
            }
            change(desk, round);
            QStringList notes;
            const auto again = harmed(desk, &notes);
            QCOMPARE_EXIT(again, 0);
            QCOMPARE(server.creations(), made);
            const auto pull = server.pulls().back();
            QCOMPARE(pull.state, QStringLiteral("open"));
            QCOMPARE(desk.scratch.git(desk.upstream(), {"show", pull.head + ":src.txt"}), "round " + QByteArray::number(round));
            QCOMPARE(desk.head(desk.upstream()), before);
            m_told += notes.filter("last ship did not end well").isEmpty() ? 0 : 1;
            checkSound(desk);
        }
    }

    void cleanupTestCase() { qInfo("%d ships killed, %d of them left unfinished and told so", m_harmed, m_told); }

private:
    /// A few rounds in a row on one desk, so that no function takes longer than Qt Test allows.
    void rows()
    {
        constexpr int atOnce = 10;
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        const int half = qMax(1, m_faults / 2);
        for (int from = 0; from < half; from += atOnce)
            QTest::addRow("rounds from %d", from) << from << qMin(from + atOnce, half);
    }
};

COPPICE_TEST(ShipFaultsTest)
#include "shipfaults_test.moc"

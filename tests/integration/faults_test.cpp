// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at random moments of runs, of applying, pushing and deploying; afterwards nothing is lost, nothing is there twice, and no
// process of it is left. COPPICE_FAULTS is the number of kills (20), COPPICE_SEED repeats a sequence of moments.
#include "support/ctl.h"
#include "support/left.h"
#include "support/scratch.h"
#include "support/test_main.h"

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

QStringList words(const char *line)
{
    return QString::fromLatin1(line).split(u' ');
}

} // namespace

class FaultsTest final : public QObject
{
    Q_OBJECT

    struct House {
        Scratch scratch;
        Ctl bare{QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))};
        Ctl ctl{bare};
        QString library, upstream, production;
    };
    std::unique_ptr<House> m_house;
    QRandomGenerator m_random;
    int m_faults = 20;
    int m_killed = 0; ///< that were still at work when they were killed
    int m_done = 0;   ///< kills so far
    int m_notes = 0;  ///< tickets answered so far
    qint64 m_runMs = 0, m_applyMs = 0, m_shipMs = 0;

    /// Starts a command, kills it and all of its group after a random part of the time that it takes unharmed.
    void killAtRandom(const QStringList &args, qint64 usualMs)
    {
        const pid_t child = pid_t(m_house->ctl.start(args));
        QThread::msleep(ulong(m_random.bounded(int(qMax<qint64>(usualMs, 50) * 11 / 10))));
        ::kill(-child, SIGKILL);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status))
            ++m_killed;
        QCOMPARE(processesLeft(m_house->scratch.path()), QStringList());
    }

    /// Runs that answer a ticket.
    [[nodiscard]] QList<QJsonObject> runsOf(const QString &ticket) const
    {
        QList<QJsonObject> found;
        for (const auto &run : m_house->ctl(words("run list")).json[u"runs"].toArray()) {
            if (run[u"ticket"].toString() == ticket)
                found << run.toObject();
        }
        return found;
    }

    [[nodiscard]] QStringList startArgs(const QString &ticket, int n) const
    {
        return {QStringLiteral("run"),      QStringLiteral("start"),  QStringLiteral("--ticket"),  ticket,
                QStringLiteral("--playbook"), QStringLiteral("fix"),  QStringLiteral("--client"),  QStringLiteral("exec"),
                QStringLiteral("--wait"),   QStringLiteral("--command"),
                QStringLiteral("echo begun >> half; sleep 0.3; rm half; mkdir -p notes; echo note %1 > notes/%1.txt").arg(n)};
    }
    [[nodiscard]] QString ticket(int n) const
    {
        return m_house->ctl({QStringLiteral("tickets"), QStringLiteral("new"), QStringLiteral("--plugin"), QStringLiteral("sums"),
                             QStringLiteral("--title"), QStringLiteral("note %1").arg(n)})
            .json[u"id"].toString();
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
        m_house = std::make_unique<House>();
        auto &house = *m_house;
        const QString source = house.scratch.repository(
            QStringLiteral("source"), {{QStringLiteral("sums.py"), "def add(a, b):\n    return a + b\n"},
                                       {QStringLiteral("pyproject.toml"), "[project]\nname = \"sums\"\nversion = \"1.0.0\"\n"},
                                       {QStringLiteral("tests/__init__.py"), ""},
                                       {QStringLiteral("tests/test_sums.py"),
                                        "import unittest\nfrom sums import add\n\nclass Add(unittest.TestCase):\n"
                                        "    def test_sum(self):\n        self.assertEqual(add(2, 2), 4)\n"}});
        house.upstream = house.scratch.path(QStringLiteral("sums.git"));
        house.scratch.git(house.scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), source, house.upstream});
        house.library = house.scratch.path(QStringLiteral("library"));
        QCOMPARE_EXIT(house.bare({QStringLiteral("init"), house.library}), 0);
        house.ctl = house.bare.on(house.library);
        QCOMPARE_EXIT(house.ctl({QStringLiteral("plugins"), QStringLiteral("add"), house.upstream, QStringLiteral("--name"), QStringLiteral("sums")}), 0);
        // A deploy command takes its time and has two steps; the second one shows the release.
        house.production = house.scratch.path(QStringLiteral("production"));
        QVERIFY(QDir().mkpath(house.production));
        QFile settings(house.library + QStringLiteral("/.coppice/plugins/sums.yaml"));
        QVERIFY(settings.open(QIODevice::Append));
        settings.write("commands:\n"
                       "  deploy: 'd=$(mktemp -d \"$COPPICE_DEPLOY_TO/r.XXXXXX\") && cp -r . \"$d\" && sleep 0.3 && ln -sn \"${d##*/}\" \"$d.new\""
                       " && mv -T \"$d.new\" \"$COPPICE_DEPLOY_TO/current\"'\n"
                       "  deploy_to: [../production]\n");
        settings.close();
        house.scratch.git(house.library, words("commit -qam deploys"));
    }

    /// Unharmed once, for how long each step takes.
    void everyStepWorksUnharmed()
    {
        auto &ctl = m_house->ctl;
        QElapsedTimer timer;
        timer.start();
        const auto first = ctl(startArgs(ticket(0), 0));
        QCOMPARE_EXIT(first, 0);
        m_runMs = timer.restart();
        const QString review = first.json[u"review"].toString();
        QCOMPARE_EXIT(ctl({QStringLiteral("review"), QStringLiteral("accept"), review, QStringLiteral("--all")}), 0);
        timer.restart();
        QCOMPARE_EXIT(ctl({QStringLiteral("review"), QStringLiteral("apply"), review}), 0);
        m_applyMs = timer.restart();
        const auto shipped = ctl(words("ship sums"));
        QCOMPARE_EXIT(shipped, 0);
        QVERIFY(shipped.json[u"deployed"].toBool());
        m_shipMs = timer.restart();
    }

    /// One row is one ticket's way with a few kills in it, so that no function takes longer than Qt Test allows.
    void nothingIsLostAndNothingIsThereTwice_data()
    {
        QTest::addColumn<int>("ticketNumber");
        for (int i = 0; i < (m_faults + 2) / 3; ++i)
            QTest::addRow("ticket %d", i + 1) << i + 1;
    }
    void nothingIsLostAndNothingIsThereTwice()
    {
        QFETCH(int, ticketNumber);
        if (m_done >= m_faults)
            return;
        QVERIFY2(m_shipMs > 0, "the unharmed way did not work");
        auto &ctl = m_house->ctl;
        auto &scratch = m_house->scratch;
        const int note = ticketNumber;
        m_notes = note;
        const QString id = ticket(note);
        const QStringList start = startArgs(id, note);
        killAtRandom(start, m_runMs);
        ++m_done;
        auto runs = runsOf(id);
        QVERIFY(runs.size() <= 1);
        if (runs.isEmpty()) { // killed before it was queued, or while the command was on its way
            QCOMPARE_EXIT(ctl(start), 0);
        } else if (runs.first()[u"state"].toString() != QStringLiteral("done")) {
            const QString run = runs.first()[u"id"].toString();
            if (m_done < m_faults && m_random.bounded(2)) { // once more, on the way back
                killAtRandom({QStringLiteral("run"), QStringLiteral("resume"), run, QStringLiteral("--wait")}, m_runMs);
                ++m_done;
            }
            if (ctl({QStringLiteral("run"), QStringLiteral("show"), run}).json[u"state"].toString() != QStringLiteral("done"))
                QCOMPARE_EXIT(ctl({QStringLiteral("run"), QStringLiteral("resume"), run, QStringLiteral("--wait")}), 0);
        }
        runs = runsOf(id);
        QCOMPARE(runs.size(), 1);
        QCOMPARE(runs.first()[u"state"].toString(), QStringLiteral("done"));
        const QString review = runs.first()[u"review"].toString();
        int reviews = 0;
        for (const auto &one : ctl(words("review list --all")).json[u"reviews"].toArray())
            reviews += one[u"ticket"].toString() == id;
        QCOMPARE(reviews, 1);
        // Exactly the one file is in it: nothing of an attempt that was killed.
        const auto files = ctl({QStringLiteral("review"), QStringLiteral("show"), review}).json[u"files"].toArray();
        QCOMPARE(files.size(), 1);
        QCOMPARE(files[0][u"path"].toString(), QStringLiteral("plugins/sums/notes/%1.txt").arg(note));

        QCOMPARE_EXIT(ctl({QStringLiteral("review"), QStringLiteral("accept"), review, QStringLiteral("--all")}), 0);
        if (m_done < m_faults) {
            killAtRandom({QStringLiteral("review"), QStringLiteral("apply"), review}, m_applyMs);
            ++m_done;
        }
        QCOMPARE_EXIT(ctl({QStringLiteral("review"), QStringLiteral("apply"), review}), 0);
        if (m_done < m_faults) {
            killAtRandom(words("ship sums"), m_shipMs);
            ++m_done;
        }
        const auto shipped = ctl(words("ship sums"));
        QVERIFY2(shipped.exit == 0, shipped.err.constData());

        // One commit in the library and one upstream, in order; a clean work tree; sound objects.
        const QString path = QStringLiteral("notes/%1.txt").arg(note);
        const auto commits = scratch.git(m_house->library, {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("HEAD"),
                                                            QStringLiteral("--"), QString(QStringLiteral("plugins/sums/") + path)});
        QCOMPARE(commits, QByteArray("1"));
        QCOMPARE(scratch.git(m_house->library, words("status --porcelain")), QByteArray());
        QCOMPARE(scratch.git(m_house->upstream, {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("HEAD"),
                                                 QStringLiteral("--"), path}),
                 QByteArray("1"));
        QCOMPARE(scratch.git(m_house->upstream, {QStringLiteral("show"), QString(QStringLiteral("HEAD:") + path)}),
                 QStringLiteral("note %1").arg(note).toUtf8());
        // Production serves it, and the ticket is watched.
        QFile served(m_house->production + QStringLiteral("/current/") + path);
        QVERIFY(served.open(QIODevice::ReadOnly));
        QCOMPARE(served.readAll(), QStringLiteral("note %1\n").arg(note).toUtf8());
        QCOMPARE(ctl({QStringLiteral("tickets"), QStringLiteral("show"), id}).json[u"state"].toString(), QStringLiteral("watching"));
    }

    void whatIsLeftIsSound()
    {
        auto &scratch = m_house->scratch;
        QCOMPARE(scratch.git(m_house->upstream, words("rev-list --count HEAD -- notes")), QByteArray::number(m_notes + 1));
        scratch.git(m_house->library, words("fsck --connectivity-only"));
        scratch.git(m_house->upstream, words("fsck --connectivity-only"));
        qInfo("%d of %d kills met a command at work", m_killed, m_faults);
        QVERIFY(m_faults < 4 || m_killed > 0);
    }
};

COPPICE_TEST(FaultsTest)
#include "faults_test.moc"

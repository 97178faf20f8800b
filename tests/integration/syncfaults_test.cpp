// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at random moments of adds, pulls, pushes, decided links, resolved conflicts and staged templates; afterwards nothing is lost, nothing is
// there twice, and the ids are what they would have been. COPPICE_FAULTS is the number of kills (20), COPPICE_SEED repeats
// a sequence of moments.
#include "support/ctl.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
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

class SyncFaultsTest final : public QObject
{
    Q_OBJECT

    struct House {
        Scratch scratch;
        Ctl bare{QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))};
        Ctl ctl{bare};
    };
    std::unique_ptr<House> m_house;
    QRandomGenerator m_random;
    int m_faults = 20;
    int m_killed = 0; ///< that were still at work when they were killed
    int m_done = 0;
    int m_added = 0; ///< plugins, beside the two
    QMap<QString, qint64> m_usual; ///< how long a verb takes unharmed

    /// Runs a command, which is killed after a random part of the time it takes while kills are left to be made; then runs it
    /// again to its end. Answers what that said.
    Ctl::Answer harmed(const QStringList &args)
    {
        const QString verb = args.at(0) + args.at(1);
        while (m_done < m_faults && m_usual.contains(verb) && m_random.bounded(3) > 0) {
            ++m_done;
            const pid_t child = pid_t(m_house->ctl.start(args));
            QThread::msleep(ulong(m_random.bounded(int(qMax<qint64>(m_usual[verb], 50) * 11 / 10))));
            ::kill(-child, SIGKILL);
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            if (WIFSIGNALED(status))
                ++m_killed;
        }
        QElapsedTimer timer;
        timer.start();
        const auto answer = m_house->ctl(args);
        m_usual.insert(verb, qMax(timer.elapsed(), m_usual.value(verb)));
        return answer;
    }
    /// Repeats what may have been done before the kill; that is then said by this code.
    void harmedOnce(const QStringList &args, const QString &doneAlready)
    {
        const auto answer = harmed(args);
        QVERIFY2(answer.exit == 0 || answer.json[u"error"][u"code"].toString() == doneAlready, QByteArray(answer.out + answer.err).constData());
    }
    void stageAndPromote(const QByteArray &value)
    {
        auto &scratch = m_house->scratch;
        const QString file = scratch.write(QStringLiteral("staged"), "staged for " + value + '\n');
        QCOMPARE_EXIT(harmed({QStringLiteral("templates"), QStringLiteral("stage"), QStringLiteral("s"), QStringLiteral("--from"), file,
                              QStringLiteral("--pilot"), QStringLiteral("b")}),
                      0);
        QCOMPARE(scratch.read(QStringLiteral("library/plugins/b/s")), "staged for " + value + '\n');
        harmedOnce(words("templates promote s --ungated"), QStringLiteral("templates.not-staged"));
        QCOMPARE(scratch.read(QStringLiteral("library/templates/s")), "staged for " + value + '\n');
        QCOMPARE(git(QStringLiteral("library"), "cat-file blob HEAD:plugins/b/s"), "../../templates/s");
    }
    void addPlugin(const QString &id)
    {
        auto &scratch = m_house->scratch;
        scratch.repository(id, {{QStringLiteral("x"), "new\n"}});
        scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), id, QString(id + QStringLiteral(".git"))});
        harmedOnce({QStringLiteral("plugins"), QStringLiteral("add"), scratch.path(id + QStringLiteral(".git")), QStringLiteral("--name"), id},
                   QStringLiteral("plugin.exists"));
        QCOMPARE(scratch.read(QStringLiteral("library/plugins/%1/x").arg(id)), "new\n");
        QCOMPARE(scratch.git(QStringLiteral("library"), {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("HEAD"), QStringLiteral("--"),
                                                         QStringLiteral(".coppice/plugins/%1.yaml").arg(id)}),
                 QByteArray("1"));
        ++m_added;
    }
    QByteArray git(const QString &folder, const char *line) const { return m_house->scratch.git(folder, words(line)); }
    void commitUpstream(const QString &name, const QString &file, const QByteArray &content) const
    {
        git(name, "pull -q --ff-only up main");
        m_house->scratch.commit(name, file, content, QStringLiteral("upstream: ") + file);
        git(name, "push -q up main");
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
        auto &scratch = m_house->scratch;
        QCOMPARE_EXIT(m_house->bare({QStringLiteral("init"), scratch.path(QStringLiteral("library"))}), 0);
        m_house->ctl = m_house->bare.on(scratch.path(QStringLiteral("library")));
        for (const char *id : {"a", "b"}) {
            const QString name = QString::fromLatin1(id);
            scratch.repository(name, {{QStringLiteral("x"), "0\n"}, {QStringLiteral("clash"), "0\n"}});
            scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), name, QString(name + QStringLiteral(".git"))});
            scratch.git(name, {QStringLiteral("remote"), QStringLiteral("add"), QStringLiteral("up"), scratch.path(name + QStringLiteral(".git"))});
            QCOMPARE_EXIT(m_house->ctl({QStringLiteral("plugins"), QStringLiteral("add"), scratch.path(name + QStringLiteral(".git")), QStringLiteral("--name"), name}), 0);
        }
        scratch.commit(QStringLiteral("library"), QStringLiteral("templates/t"), "template\n", QStringLiteral("template"));
        scratch.commit(QStringLiteral("library"), QStringLiteral("templates/s"), "staged 0\n", QStringLiteral("template"));
        QCOMPARE_EXIT(m_house->ctl(words("templates link a t t")), 0);
        QCOMPARE_EXIT(m_house->ctl(words("templates link b s s")), 0);
        QCOMPARE_EXIT(m_house->ctl(words("sync push")), 0);
    }

    /// One row is one round of changes on both sides, so that no function takes longer than Qt Test allows.
    void nothingIsLostAndNothingIsThereTwice_data()
    {
        QTest::addColumn<int>("round");
        for (int i = 0; i < m_faults / 4 + 2; ++i)
            QTest::addRow("round %d", i) << i;
    }
    void nothingIsLostAndNothingIsThereTwice()
    {
        QFETCH(const int, round);
        if (m_done >= m_faults)
            return;
        auto &scratch = m_house->scratch;
        const QByteArray value = QByteArray::number(round);
        const QString file = QStringLiteral("file%1").arg(round);

        // both sides change; in a both change one line, and upstream changes its copy of the template
        scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/b/") + file, "library\n", QStringLiteral("library"));
        scratch.commit(QStringLiteral("library"), QStringLiteral("plugins/a/clash"), "library " + value + '\n', QStringLiteral("library"));
        commitUpstream(QStringLiteral("b"), QStringLiteral("up") + file, "upstream\n");
        commitUpstream(QStringLiteral("a"), QStringLiteral("clash"), "upstream " + value + '\n');
        commitUpstream(QStringLiteral("a"), QStringLiteral("t"), "template " + value + '\n');

        const auto asked = harmed(words("sync pull"));
        QCOMPARE_EXIT(asked, 4);
        QCOMPARE(scratch.read(QStringLiteral("library/plugins/b/up") + file), "upstream\n");
        QCOMPARE_EXIT(harmed(words("templates decide a t adopt")), 0);
        QCOMPARE_EXIT(harmed(words("sync resolve a")), 0);
        QCOMPARE_EXIT(m_house->ctl(words("sync resolve a --theirs clash")), 0);
        const auto done = harmed(words("sync resolve a --done"));
        // killed after it was taken up and tidied away, there is nothing left to be done
        QVERIFY2(done.exit == 0 || done.json[u"error"][u"code"].toString() == u"sync.nothing-begun", done.out.constData());
        QCOMPARE(scratch.read(QStringLiteral("library/plugins/a/clash")), "upstream " + value + '\n');
        QCOMPARE(scratch.read(QStringLiteral("library/templates/t")), "template " + value + '\n');
        QCOMPARE(git(QStringLiteral("library"), "ls-tree HEAD plugins/a/t").left(6), "120000");
        stageAndPromote(value);
        if (QTest::currentTestFailed())
            return;
        if (round % 3 == 0) {
            addPlugin(QStringLiteral("new%1").arg(round));
            if (QTest::currentTestFailed())
                return;
        }
        QCOMPARE_EXIT(harmed(words("sync push")), 0);

        QCOMPARE(git(QStringLiteral("library"), "status --porcelain"), QByteArray());
        QCOMPARE(git(QStringLiteral("library"), "rev-list --count --no-merges HEAD -- templates/s"), QByteArray::number(round + 2));
        // each change is there once, on both sides
        for (const auto &[folder, path] : {std::pair(QStringLiteral("library"), QString(QStringLiteral("plugins/b/") + file)),
                                           std::pair(QStringLiteral("b.git"), file), std::pair(QStringLiteral("b.git"), QString(QStringLiteral("up") + file))})
            QCOMPARE(scratch.git(folder, {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("--no-merges"), QStringLiteral("HEAD"),
                                          QStringLiteral("--"), path}),
                     QByteArray("1"));
        QCOMPARE(git(QStringLiteral("library"), "rev-list --count --no-merges HEAD -- templates/t"), QByteArray::number(round + 2));
        const auto status = m_house->ctl(words("sync status"));
        QCOMPARE(status.json[u"counts"][u"clean"].toInt(), 2 + m_added);
    }

    void whatIsLeftIsSound()
    {
        auto &scratch = m_house->scratch;
        for (const char *folder : {"library", "a.git", "b.git"})
            scratch.git(QString::fromLatin1(folder), words("fsck --full"));
        // nothing is left that a person would have to remove
        QDirIterator files(scratch.path(QStringLiteral("library/.git")), {QStringLiteral("*.lock")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext())
            QCOMPARE(QFileInfo(files.next()).fileName(), QStringLiteral("engine.lock"));
        // a library without its state gives the same ids
        const auto before = m_house->ctl(words("sync split --all --dry-run")).json[u"splits"].toArray();
        QVERIFY(QDir(scratch.path(QStringLiteral("library/.git/coppice/split"))).removeRecursively());
        const auto after = m_house->ctl(words("sync split --all --dry-run")).json[u"splits"].toArray();
        QCOMPARE(after.size(), 2 + m_added);
        for (qsizetype i = 0; i < after.size(); ++i)
            QCOMPARE(after[i][u"commit"], before[i][u"commit"]);
        qInfo("%d of %d kills met a command at work", m_killed, m_done);
        QVERIFY(m_faults < 4 || m_killed > 0);
    }
};
COPPICE_TEST(SyncFaultsTest)
#include "syncfaults_test.moc"

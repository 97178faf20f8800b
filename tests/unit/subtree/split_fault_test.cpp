// SPDX-License-Identifier: GPL-3.0-or-later
// Splits killed at random moments. COPPICE_FAULTS is the number of kills (20), COPPICE_SEED repeats their moments.
#include "history.h"
#include "support/fork.h"
#include "support/test_main.h"

#include <subtree/split.h>

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <thread>

using namespace coppice;
using namespace coppice::test;

namespace {

const std::vector<QByteArray> prefixes{"p", "q", "r/s"};

std::vector<git::Oid> splitAll(const QString &path, const git::Oid &head, bool dryRun)
{
    auto repository = must(git::Repository::open(path));
    subtree::SplitOptions options;
    options.dryRun = dryRun;
    std::vector<git::Oid> commits;
    for (const auto &one : must(subtree::SubtreeSplitter(repository, options).split(head, prefixes)))
        commits.push_back(one.commit);
    return commits;
}

} // namespace

class SplitFaultTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void killedSplitsLoseNothing()
    {
        const int faults = qEnvironmentVariableIsSet("COPPICE_FAULTS") ? qEnvironmentVariableIntValue("COPPICE_FAULTS") : 20;
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : std::random_device()() % 1'000'000;
        qInfo("%d kills, seed %u", faults, seed);
        std::mt19937 dice(seed);
        const auto below = [&](int end) { return std::uniform_int_distribution<int>(0, end - 1)(dice); };
        const Scratch scratch;
        History history(scratch);
        const QString state = history.path() + QStringLiteral("/.git/coppice/split");
        git::Oid head;
        History::Files files{{"p/a", "0"}, {"q/a", "0"}, {"r/s/a", "0"}};
        int killed = 0;
        qint64 whole = 20'000; // microseconds that a split takes
        for (int round = 0; round < faults; ++round) {
            for (int i = below(120) + 1; i-- > 0;) {
                files[prefixes[size_t(below(3))] + "/a"] = QByteArray::number(below(1'000'000));
                head = history.commit(files, head.isNull() ? std::vector<git::Oid>{} : std::vector{head}, "n\n");
            }
            if (below(4) == 0)
                QDir(state).removeRecursively();
            QDir().rename(state, state + QStringLiteral(".aside"));
            const auto wanted = splitAll(history.path(), head, true);
            QDir().rename(state + QStringLiteral(".aside"), state);

            Fork child([&](const std::function<void()> &say) {
                say();
                (void)splitAll(history.path(), head, false);
                return 0;
            });
            QVERIFY(child.heard());
            std::this_thread::sleep_for(std::chrono::microseconds(below(int(whole * 5 / 4))));
            child.kill();
            killed += child.wait() != 0;

            QElapsedTimer timer;
            timer.start();
            QVERIFY2(splitAll(history.path(), head, false) == wanted, qPrintable(QStringLiteral("round %1").arg(round)));
            whole = std::clamp(timer.nsecsElapsed() / 1000, qint64(2'000), qint64(500'000));
            if (round % 10 == 9 || round == faults - 1)
                scratch.git(history.path(), {QStringLiteral("fsck"), QStringLiteral("--strict"), QStringLiteral("--connectivity-only")});
        }
        qInfo("%d of %d ended by the kill", killed, faults);
        scratch.git(history.path(), {QStringLiteral("fsck"), QStringLiteral("--strict")});
        // what they left behind is what git clears away
        scratch.git(history.path(), {QStringLiteral("gc"), QStringLiteral("-q"), QStringLiteral("--prune=now")});
        QCOMPARE(QDir(history.path() + QStringLiteral("/.git/objects/pack")).entryList({QStringLiteral("tmp_*")}, QDir::Files).size(), 0);
        QCOMPARE(splitAll(history.path(), head, false), splitAll(history.path(), head, true));
    }
};
COPPICE_TEST(SplitFaultTest)
#include "split_fault_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// How memory and processes are bounded: by control groups, by a scope of systemd, by watching; and how a hit is told.
#include "process/child.h"
#include "process/control_group.h"
#include "process/limit_told.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

using namespace coppice;
using namespace std::chrono_literals;

class LimitsTest : public QObject
{
    Q_OBJECT

    QByteArray m_path;

    static process::Request hog(qint64 limit)
    {
        process::Request request;
        // Three of 40 MB, each below the limit; the leader outlives what the kernel ends.
        request.argv = {QStringLiteral("bash"), QStringLiteral("-c"),
                        QStringLiteral("for i in 1 2 3; do perl -e '$x = \"x\" x 40_000_000; sleep 60' & done; wait; echo survived")};
        request.limits.residentBytes = limit;
        request.limits.time = 60s;
        return request;
    }

private Q_SLOTS:
    void init() { m_path = qgetenv("PATH"); }
    void cleanup()
    {
        qputenv("PATH", m_path);
        qunsetenv("COPPICE_MEMORY_BOUND");
    }

    void foldersOfOurOwnGroup()
    {
        const test::Scratch scratch;
        const QString root = scratch.path(QStringLiteral("cgroup"));
        const auto first = process::groupFolders("9:name=systemd:/\n8:pids:/a/b\n4:memory:/c\n1:cpu,cpuacct:/\n0::/\n", root);
        QCOMPARE(first.processes, QString(root + QStringLiteral("/pids/a/b")));
        QCOMPARE(first.memory, QString(root + QStringLiteral("/memory/c")));
        QVERIFY(!first.unified);

        // Version 2: only where the controllers are handed down to groups below.
        const QByteArray own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/coppice.scope\n";
        QVERIFY(process::groupFolders(own, root).memory.isEmpty());
        const QString folder = QStringLiteral("cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/coppice.scope/");
        scratch.write(folder + QStringLiteral("cgroup.subtree_control"), "cpu\n");
        QVERIFY(process::groupFolders(own, root).memory.isEmpty());
        scratch.write(folder + QStringLiteral("cgroup.subtree_control"), "cpu memory pids\n");
        const auto second = process::groupFolders(own, root);
        QVERIFY(second.unified);
        QCOMPARE(second.memory, second.processes);
        QVERIFY(QFile::exists(second.memory + QStringLiteral("/cgroup.subtree_control")));
        QVERIFY(process::groupFolders("nonsense\n:::\n", root).memory.isEmpty());
        QVERIFY(process::groupFolders({}, root).processes.isEmpty());
    }

    void everyWayBoundsMemory_data()
    {
        QTest::addColumn<QByteArray>("way");
        QTest::newRow("as this machine has it") << QByteArray();
        QTest::newRow("watched") << QByteArray("watch");
    }
    void everyWayBoundsMemory()
    {
        QFETCH(QByteArray, way);
        if (!way.isEmpty())
            qputenv("COPPICE_MEMORY_BOUND", way);
        const auto request = hog(100'000'000);
        const auto outcome = process::run(request);
        QVERIFY_RESULT(outcome);
        QVERIFY2(outcome->overMemory, outcome->err.constData());
        QVERIFY(!outcome->timedOut && !outcome->ok());
        QCOMPARE(process::limitTold(*outcome, request.limits), QStringLiteral("used more memory than the 95.37 MiB it may, and was stopped"));
        auto fine = hog(1LL << 30);
        fine.argv.last() = QStringLiteral("perl -e '$x = \"x\" x 40_000_000'; echo fine");
        const auto modest = process::run(fine);
        QVERIFY_RESULT(modest);
        QCOMPARE(modest->out, QByteArray("fine\n"));
        QVERIFY(modest->ok() && process::limitTold(*modest, request.limits).isEmpty());
    }

    void aControlGroupGoesWithItsCommand()
    {
        const auto groups = [] {
            QFile file(QStringLiteral("/proc/self/cgroup"));
            const auto folders = process::groupFolders(file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray(), QStringLiteral("/sys/fs/cgroup"));
            return QDir(folders.memory).entryList({QStringLiteral("coppice-%1-*").arg(getpid())}, QDir::Dirs);
        };
        process::Request request;
        request.argv = {QStringLiteral("cat"), QStringLiteral("/proc/self/cgroup")};
        request.limits.residentBytes = 1LL << 30;
        const auto outcome = process::run(request);
        QVERIFY_RESULT(outcome);
        QCOMPARE(outcome->out.contains("coppice-"), process::memoryBoundHere() == process::MemoryBound::ControlGroup);
        QCOMPARE(groups(), QStringList());
    }

    void systemdMakesAScope()
    {
        // A systemd-run that makes no scope, but starts what it is given, as the real one does: in its own place.
        const test::Scratch scratch;
        const QString log = scratch.path(QStringLiteral("log"));
        const auto install = [&](const QByteArray &body) {
            scratch.write(QStringLiteral("bin/systemd-run"), "#!/bin/bash\n" + body);
            QFile::setPermissions(scratch.path(QStringLiteral("bin/systemd-run")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        };
        install("printf '%s ' \"$@\" >> '" + log.toUtf8() + "'; echo >> '" + log.toUtf8()
                + "'\nwhile [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\n");
        qputenv("XDG_RUNTIME_DIR", scratch.path().toUtf8());
        qputenv("COPPICE_MEMORY_BOUND", "scope");
        qputenv("PATH", scratch.path(QStringLiteral("bin")).toUtf8() + ':' + m_path);
        QVERIFY(process::memoryBoundHere() == process::MemoryBound::SystemdScope);
        process::Request request;
        request.argv = {QStringLiteral("bash"), QStringLiteral("-c"), QStringLiteral("env; exit 7")};
        request.env = QMap<QString, QString>{{QStringLiteral("GIVEN"), QStringLiteral("a b=c")}};
        request.limits.residentBytes = 1LL << 30;
        request.limits.processes = 300;
        const auto outcome = process::run(request);
        QVERIFY_RESULT(outcome);
        QCOMPARE(outcome->exitCode, 7);
        QVERIFY2(outcome->out.contains("GIVEN=a b=c\n"), outcome->out.constData());
        QVERIFY2(!outcome->out.contains("XDG_RUNTIME_DIR"), "the command sees where the user's manager listens");
        const QByteArray words = scratch.read(QStringLiteral("log")).trimmed().split('\n').last();
        for (const char *word : {"--scope", "MemoryMax=1073741824", "MemorySwapMax=0", "TasksMax=300"})
            QVERIFY2(words.contains(word), words.constData());
        const auto hungry = process::run(hog(100'000'000));
        QVERIFY_RESULT(hungry);
        QVERIFY(hungry->overMemory);
        request.argv = {QStringLiteral("no-such-program")};
        const auto missing = process::run(request);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, QStringLiteral("process.not-found"));

        // One that does not work, and one that closes what it was given, are not used.
        for (const char *body : {"echo 'System has not been booted with systemd' >&2; exit 1\n",
                                 "while [ \"$1\" != -- ]; do shift; done; shift; for fd in /proc/self/fd/*; do fd=${fd##*/}; "
                                 "[ $fd -gt 2 ] && eval \"exec $fd>&-\"; done; exec \"$@\"\n"}) {
            install(body);
            qputenv("PATH", scratch.path(QStringLiteral("bin")).toUtf8() + "::" + qgetenv("PATH")); // looked at anew
            QVERIFY(process::memoryBoundHere() == process::MemoryBound::Watch);
        }
    }

    void hitsAreToldInASentence()
    {
        process::Limits limits;
        limits.time = 30min;
        limits.fileSize = 2LL << 30;
        limits.processes = 4096;
        limits.cpuSeconds = 1;
        limits.residentBytes = 8LL << 30;
        const auto told = [&](auto set) {
            process::Outcome outcome;
            outcome.exitCode = 1;
            set(outcome);
            return process::limitTold(outcome, limits);
        };
        QCOMPARE(told([](auto &) {}), QString());
        QCOMPARE(told([](auto &o) { o.timedOut = true; }), QStringLiteral("did not end within 30 minutes and was stopped"));
        QCOMPARE(told([](auto &o) { o.overMemory = true; }), QStringLiteral("used more memory than the 8 GiB it may, and was stopped"));
        QCOMPARE(told([](auto &o) { o.overProcesses = true; }), QStringLiteral("started more than the 4096 processes it may, and was stopped"));
        QCOMPARE(told([](auto &o) { o.exitCode = 128 + SIGXFSZ; }), QStringLiteral("wrote a file larger than the 2 GiB it may, and was stopped"));
        QCOMPARE(told([](auto &o) { o.exitCode = 128 + SIGXCPU; }),
                 QStringLiteral("used more than the 1 second of processor time it may, and was stopped"));
    }

    void aFileThatIsTooLargeEndsItsWriter()
    {
        process::Request request;
        request.argv = {QStringLiteral("perl"), QStringLiteral("-e"), QStringLiteral("open(F, '>', $ARGV[0]); print F 'x' x 200000; close F"),
                        QDir::tempPath() + QStringLiteral("/coppice-large-%1").arg(getpid())};
        request.limits.fileSize = 100'000;
        const auto outcome = process::run(request);
        QFile::remove(request.argv.last());
        QVERIFY_RESULT(outcome);
        QCOMPARE(process::limitTold(*outcome, request.limits), QStringLiteral("wrote a file larger than the 100000 bytes it may, and was stopped"));
    }
};

COPPICE_TEST(LimitsTest)
#include "limits_test.moc"

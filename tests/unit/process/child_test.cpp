// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/child.h"
#include "process/group.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QTest>

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace coppice;
using namespace std::chrono_literals;

namespace {

process::Request bash(const QString &line)
{
    process::Request request;
    request.argv = {QStringLiteral("bash"), QStringLiteral("-c"), line};
    return request;
}

bool alive(pid_t pid)
{
    QFile stat(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly))
        return false;
    const QByteArray line = stat.readAll();
    return !line.mid(line.lastIndexOf(')') + 2).startsWith('Z');
}

} // namespace

class ChildTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesOutputAndStatus();
    void feedsInput();
    void inputThatNobodyReads();
    void buildsTheEnvironment();
    void refusesOddEnvironment();
    void programThatIsNotThere();
    void folderThatIsNotThere();
    void programThatCannotRun();
    void keepsOutputToTheCap();
    void tellsPiecesAsTheyCome();
    void timeLimitEndsTheGroup();
    void stubbornChildIsKilled();
    void stopEndsTheGroup();
    void stoppedBeforeItBegan();
    void backgroundChildrenDoNotOutlive();
    void lastWordsOfABackgroundWriterAreRead();
    void closesOtherDescriptors();
    void keepsNamedDescriptors();
    void fileSizeIsLimited();
    void cpuIsLimited();
    void memoryIsWatchedOverTheGroup();
    void processesAreLimited();
    void noCoreFileIsLeft();
    void signalsAreAtTheirDefaults();
    void diesWithItsParent();
    void isTalkedToWhileItRuns();
    void aChildThatDoesNotListen();
};

void ChildTest::givesOutputAndStatus()
{
    const auto outcome = process::run(bash(QStringLiteral("echo out; echo err >&2; exit 7")));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->exitCode, 7);
    QCOMPARE(outcome->out, QByteArray("out\n"));
    QCOMPARE(outcome->err, QByteArray("err\n"));
    QVERIFY(!outcome->ok());
    const auto killed = process::run(bash(QStringLiteral("kill -9 $$")));
    QVERIFY_RESULT(killed);
    QCOMPARE(killed->exitCode, 137);
}

void ChildTest::feedsInput()
{
    auto request = bash(QStringLiteral("sha1sum"));
    request.input = QByteArray(3 << 20, 'x'); // more than a pipe holds
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    auto check = bash(QStringLiteral("head -c 3145728 /dev/zero | tr '\\0' x | sha1sum"));
    const auto expected = process::run(check);
    QVERIFY_RESULT(expected);
    QCOMPARE(outcome->out, expected->out);
    QVERIFY(outcome->out.size() > 40);
}

void ChildTest::inputThatNobodyReads()
{
    auto request = bash(QStringLiteral("exec <&-; echo done"));
    request.input = QByteArray(3 << 20, 'x');
    const auto outcome = process::run(request); // must not die of SIGPIPE
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("done\n"));
}

void ChildTest::buildsTheEnvironment()
{
    qputenv("COPPICE_TEST_SECRET", "do not tell");
    process::Request request;
    request.argv = {QStringLiteral("env")};
    request.env = QMap<QString, QString>{{QStringLiteral("ONLY"), QStringLiteral("this=one")}};
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("ONLY=this=one\n"));
    request.env.reset();
    const auto inherited = process::run(request);
    QVERIFY_RESULT(inherited);
    QVERIFY(inherited->out.contains("COPPICE_TEST_SECRET=do not tell"));
    qunsetenv("COPPICE_TEST_SECRET");
}

void ChildTest::refusesOddEnvironment()
{
    auto request = bash(QStringLiteral("true"));
    request.env = QMap<QString, QString>{{QStringLiteral("A=B"), QStringLiteral("c")}};
    QVERIFY(!process::run(request));
    request = bash(QString(QChar(0)) + QStringLiteral("true"));
    QVERIFY(!process::run(request));
    QVERIFY(!process::run({}));
}

void ChildTest::programThatIsNotThere()
{
    process::Request request;
    request.argv = {QStringLiteral("coppice-no-such-program")};
    const auto outcome = process::run(request);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, QStringLiteral("process.not-found"));
}

void ChildTest::folderThatIsNotThere()
{
    auto request = bash(QStringLiteral("true"));
    request.cwd = QStringLiteral("/nonexistent/folder");
    const auto outcome = process::run(request);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, QStringLiteral("process.folder"));
    QCOMPARE(outcome.error().where, request.cwd);
}

void ChildTest::programThatCannotRun()
{
    const test::Scratch scratch;
    process::Request request;
    request.argv = {scratch.write(QStringLiteral("broken"), "\x7f" "ELF nonsense")};
    QFile::setPermissions(request.argv.first(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const auto outcome = process::run(request);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().code, QStringLiteral("process.start"));
}

void ChildTest::keepsOutputToTheCap()
{
    auto request = bash(QStringLiteral("head -c 1000000 /dev/zero; head -c 300 /dev/zero >&2"));
    request.outputCap = 1000;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out.size(), 1000);
    QCOMPARE(outcome->droppedOut, 999000);
    QCOMPARE(outcome->err.size(), 300);
    QCOMPARE(outcome->droppedErr, 0);
    QVERIFY(outcome->ok());
}

void ChildTest::tellsPiecesAsTheyCome()
{
    // The second line is only written once the first has been told.
    const test::Scratch scratch;
    auto request = bash(QStringLiteral("echo one; until [ -e '%1' ]; do sleep 0.01; done; echo two")
                            .arg(scratch.path(QStringLiteral("heard"))));
    QByteArray told;
    request.onStdout = [&](QByteArrayView piece) {
        told += piece;
        if (told == "one\n")
            scratch.write(QStringLiteral("heard"), {});
    };
    request.limits.time = 60s;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->ok());
    QCOMPARE(told, QByteArray("one\ntwo\n"));
}

void ChildTest::timeLimitEndsTheGroup()
{
    auto request = bash(QStringLiteral("sleep 1000 & echo $!; sleep 1000"));
    request.limits.time = 300ms;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->timedOut);
    QVERIFY(!outcome->ok());
    QCOMPARE(outcome->exitCode, 128 + SIGTERM);
    const pid_t background = outcome->out.trimmed().toInt();
    QVERIFY(background > 0);
    QTRY_VERIFY(!alive(background));
}

void ChildTest::stubbornChildIsKilled()
{
    auto request = bash(QStringLiteral("trap '' TERM; echo $$; while :; do sleep 0.1; done"));
    request.limits.time = 200ms;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->timedOut);
    QCOMPARE(outcome->exitCode, 128 + SIGKILL);
}

void ChildTest::stopEndsTheGroup()
{
    std::stop_source source;
    // One that left the group and the session, as daemons do, but has its parent still.
    auto request = bash(QStringLiteral("setsid sleep 1000 & echo $!; wait"));
    request.onStdout = [&](QByteArrayView) { source.request_stop(); };
    const auto outcome = process::run(request, source.get_token());
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->cancelled);
    QVERIFY(!outcome->ok());
    const pid_t escaped = outcome->out.trimmed().toInt();
    QVERIFY(escaped > 0);
    QTRY_VERIFY(!alive(escaped));
}

void ChildTest::stoppedBeforeItBegan()
{
    std::stop_source source;
    source.request_stop();
    const test::Scratch scratch;
    const auto outcome = process::run(bash(QStringLiteral("touch '%1'").arg(scratch.path(QStringLiteral("ran")))),
                                      source.get_token());
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
    QVERIFY(!QFile::exists(scratch.path(QStringLiteral("ran"))));
}

void ChildTest::backgroundChildrenDoNotOutlive()
{
    const auto outcome = process::run(bash(QStringLiteral("sleep 1000 >/dev/null 2>&1 & echo $!")));
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->ok());
    QTRY_VERIFY(!alive(outcome->out.trimmed().toInt()));
}

void ChildTest::lastWordsOfABackgroundWriterAreRead()
{
    const auto outcome = process::run(bash(QStringLiteral("echo kept > >(sed s/kept/read/)")));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("read\n"));
}

void ChildTest::closesOtherDescriptors()
{
    const int open = ::open("/etc/passwd", O_RDONLY); // without O_CLOEXEC
    const auto outcome = process::run(bash(QStringLiteral("[ -e /proc/self/fd/%1 ] && echo leaked; echo end").arg(open)));
    ::close(open);
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("end\n"));
}

void ChildTest::keepsNamedDescriptors()
{
    int ends[2];
    QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
    auto request = bash(QStringLiteral("echo through >&%1").arg(ends[1]));
    request.keepFds = {ends[1]};
    const auto outcome = process::run(request);
    ::close(ends[1]);
    QByteArray got(64, '\0');
    got.resize(::read(ends[0], got.data(), size_t(got.size())));
    ::close(ends[0]);
    QVERIFY_RESULT(outcome);
    QCOMPARE(got, QByteArray("through\n"));
}

void ChildTest::fileSizeIsLimited()
{
    const test::Scratch scratch;
    auto request = bash(QStringLiteral("head -c 100000 /dev/zero > '%1'").arg(scratch.path(QStringLiteral("big"))));
    request.limits.fileSize = 10'000;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(!outcome->ok());
    QCOMPARE(QFile(scratch.path(QStringLiteral("big"))).size(), 10'000);
}

void ChildTest::cpuIsLimited()
{
    auto request = bash(QStringLiteral("while :; do :; done"));
    request.limits.cpuSeconds = 1;
    request.limits.time = 60s;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(!outcome->timedOut);
    QVERIFY(outcome->exitCode == 128 + SIGXCPU || outcome->exitCode == 128 + SIGKILL);
}

void ChildTest::memoryIsWatchedOverTheGroup()
{
    // Each of four is below the limit, together they are above; one has left the session.
    auto request = bash(QStringLiteral(
        "for i in 1 2 3; do perl -e '$x = \"x\" x 30_000_000; sleep 100' & done; "
        "setsid perl -e '$x = \"x\" x 30_000_000; sleep 100' & wait"));
    request.limits.residentBytes = 100'000'000;
    request.limits.time = 90s;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->overMemory);
    QVERIFY(!outcome->timedOut);
    QVERIFY(!outcome->ok());

    request = bash(QStringLiteral("perl -e '$x = \"x\" x 30_000_000; select(undef, undef, undef, 0.5)'"));
    request.limits.residentBytes = 100'000'000;
    const auto modest = process::run(request);
    QVERIFY_RESULT(modest);
    QVERIFY(modest->ok());
}

void ChildTest::processesAreLimited()
{
    auto request = bash(QStringLiteral("for i in $(seq 60); do sleep 100 & done; wait"));
    request.limits.processes = 40;
    request.limits.time = 90s;
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    // Root is exempt from RLIMIT_NPROC and is caught by the watch; for others fork fails.
    QVERIFY(outcome->overProcesses || outcome->err.contains("fork"));
    QVERIFY(!outcome->timedOut || geteuid() != 0);
}

void ChildTest::noCoreFileIsLeft()
{
    const auto outcome = process::run(bash(QStringLiteral("ulimit -c")));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("0\n"));
}

void ChildTest::signalsAreAtTheirDefaults()
{
    // Qt programs and CI runners ignore SIGPIPE; a child that inherits that never ends in a pipeline.
    const auto before = ::signal(SIGPIPE, SIG_IGN);
    const auto outcome = process::run(bash(QStringLiteral("grep -E 'SigIgn|SigBlk' /proc/self/status")));
    ::signal(SIGPIPE, before);
    QVERIFY_RESULT(outcome);
    for (const auto &line : outcome->out.trimmed().split('\n'))
        QCOMPARE(line.split('\t').last(), QByteArray("0000000000000000"));
}

void ChildTest::diesWithItsParent()
{
    // A parent that is killed with -9 while run() waits.
    int ends[2];
    QCOMPARE(::pipe(ends), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        process::Request request = bash(QStringLiteral("echo $$; exec sleep 1000"));
        request.onStdout = [&](QByteArrayView piece) {
            [[maybe_unused]] const auto written = ::write(ends[1], piece.data(), size_t(piece.size()));
        };
        (void)process::run(request);
        ::_exit(0);
    }
    ::close(ends[1]);
    QByteArray text(64, '\0');
    text.resize(::read(ends[0], text.data(), size_t(text.size())));
    ::close(ends[0]);
    const pid_t child = text.trimmed().toInt();
    QVERIFY(child > 0 && alive(child));
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    QTRY_VERIFY(!alive(child));
}

void ChildTest::isTalkedToWhileItRuns()
{
    process::Request request = bash(QStringLiteral("while read -r line; do echo \"got $line\"; done; echo end"));
    request.input = "first\n";
    request.channel = std::make_shared<process::Channel>();
    QVERIFY(request.channel->write("second\n")); // before the start
    int asked = 0;
    QByteArray all;
    request.onStdout = [&](QByteArrayView piece) {
        all += piece;
        if (all.contains("got second") && asked == 0 && ++asked)
            QVERIFY(request.channel->write(QByteArray(300'000, 'x') + "\n")); // more than a pipe holds
        if (all.contains("xxx\n") && asked == 1 && ++asked)
            request.channel->close();
    };
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->ok());
    QVERIFY(all.startsWith("got first\ngot second\ngot xxx"));
    QVERIFY(all.endsWith("xxx\nend\n"));
    QVERIFY(!request.channel->write("late\n"));
}

void ChildTest::aChildThatDoesNotListen()
{
    process::Request request = bash(QStringLiteral("exec 0<&-; sleep 0.3; echo over"));
    request.channel = std::make_shared<process::Channel>();
    const auto outcome = process::run(request);
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->ok());
    QCOMPARE(outcome->out, QByteArray("over\n"));
    // It did not spin meanwhile: what cannot be written is refused from then on.
    QVERIFY(!request.channel->write("x"));
}

COPPICE_TEST(ChildTest)
#include "child_test.moc"

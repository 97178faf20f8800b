// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "sandbox/sandbox.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <memory>
#include <thread>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace coppice;
using namespace std::chrono_literals;

namespace {

int processesNamed(const QByteArray &mark)
{
    int found = 0;
    for (const auto &name : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        QFile file(QStringLiteral("/proc/%1/cmdline").arg(name));
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(mark))
            ++found;
    }
    return found;
}

} // namespace

class SandboxTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void workFolderIsWritable();
    void systemIsReadOnly();
    void otherFoldersAreNotThere();
    void homeIsItsOwn();
    void environmentIsBuilt();
    void hostProcessesAreNotSeen();
    void networkIsOff();
    void gitDirectoryIsReadOnly();
    void gitWorksInside();
    void workFolderIsLeftAsItWas();
    void aGitLinkInTheWorkFolderIsNoWayOut();
    void sharedWorkFolder();
    void nothingIsGained();
    void procIsNotWritable();
    void stopLeavesNothing();
    void timeLimitLeavesNothing();
    void forkBombIsBounded();
    void nothingWritesAfterTheEnd();
    void bigFilesAreRefused();
    void temporaryFolderIsBounded();
    void gatewaySocketIsReached();
    void exitStatusComesThroughTheRelay();
    void refusedBinds_data();
    void refusedBinds();
    void ownFolderInMemory();
    void refusedPlaces_data();
    void refusedPlaces();
    void bindsAreShown();
    void whatTheWorkFolderHoldsCanBeHidden();
    void runFolderInState();
    void probeSaysThatItWorks();
    void commandLinesNameNothingOfTheHost();
    void memoryIsBounded();

private:
    Result<process::Outcome> inside(const QString &line, process::Request streams = {}, std::stop_token stop = {})
    {
        m_profile.limits.time = m_profile.limits.time.value_or(100s);
        return sandbox::run(m_profile, {QStringLiteral("bash"), QStringLiteral("-c"), line}, std::move(streams), stop);
    }
    std::unique_ptr<test::Scratch> m_scratch;
    sandbox::SandboxProfile m_profile;
};

void SandboxTest::initTestCase()
{
    QVERIFY2(sandbox::probe().works, qPrintable(sandbox::probe().why));
}

void SandboxTest::init()
{
    m_scratch = std::make_unique<test::Scratch>();
    qputenv("XDG_STATE_HOME", m_scratch->path(QStringLiteral("state")).toUtf8());
    qputenv("XDG_CACHE_HOME", m_scratch->path(QStringLiteral("cache")).toUtf8());
    m_profile = {};
    m_profile.workFolder = m_scratch->path(QStringLiteral("run/work"));
    m_profile.workInside = QStringLiteral("/src/weather");
    QDir().mkpath(m_profile.workFolder);
    m_scratch->write(QStringLiteral("run/work/file"), "text");
}

void SandboxTest::workFolderIsWritable()
{
    const auto outcome = inside(QStringLiteral("pwd; cat file; echo new > made"));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("/src/weather\ntext"));
    QVERIFY2(outcome->ok(), outcome->err.constData());
    QCOMPARE(m_scratch->read(QStringLiteral("run/work/made")), QByteArray("new\n"));
}

void SandboxTest::systemIsReadOnly()
{
    const auto outcome = inside(QStringLiteral(
        "for f in /usr/x /etc/x /x /dev/x /src/x /home/x /opt/x /etc/passwd; do (: >> $f) 2>/dev/null && echo wrote $f; done; "
        "touch /tmp/ok ~/ok /dev/shm/ok && echo end"));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("end\n"));
    QVERIFY(!QFile::exists(QStringLiteral("/tmp/ok")));
}

void SandboxTest::otherFoldersAreNotThere()
{
    m_scratch->write(QStringLiteral("library/.git/config"), "x");
    m_scratch->write(QStringLiteral("run/secret"), "x");
    const auto outcome = inside(QStringLiteral("for f in '%1/library' '%1/run/secret' '%1' ../../run /var/lib /sys/class; do "
                                               "[ -e $f ] && echo sees $f; done; ls /src; ls /tmp")
                                    .arg(m_scratch->path()));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("weather\n"));
}

void SandboxTest::homeIsItsOwn()
{
    const QByteArray home = qgetenv("HOME");
    const QString fake = m_scratch->path(QStringLiteral("home"));
    m_scratch->write(QStringLiteral("home/.ssh/id"), "private");
    m_scratch->write(QStringLiteral("home/notes"), "private");
    qputenv("HOME", fake.toUtf8());
    const auto outcome = inside(QStringLiteral("echo $HOME; ls -A ~; find / -xdev -name notes -o -xdev -name .ssh 2>/dev/null; "
                                               "[ -e '%1/.ssh' ] && echo sees home").arg(fake));
    qputenv("HOME", home);
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("/home/agent\n"));

    m_profile.home = m_scratch->path(QStringLiteral("run/home"));
    QDir().mkpath(m_profile.home);
    QVERIFY_RESULT(inside(QStringLiteral("echo kept > ~/kept")));
    QCOMPARE(m_scratch->read(QStringLiteral("run/home/kept")), QByteArray("kept\n"));
}

void SandboxTest::environmentIsBuilt()
{
    qputenv("COPPICE_TEST_TOKEN", "hush-hush");
    m_profile.env[QStringLiteral("GIVEN")] = QStringLiteral("yes");
    const auto outcome = inside(QStringLiteral("env; cat /proc/*/environ | tr '\\0' '\\n'; id -un; hostname"));
    qunsetenv("COPPICE_TEST_TOKEN");
    QVERIFY_RESULT(outcome);
    QVERIFY(!outcome->out.contains("hush-hush"));
    QVERIFY(outcome->out.contains("GIVEN=yes"));
    QVERIFY(outcome->out.contains("HOME=/home/agent\n"));
    QVERIFY(outcome->out.endsWith("agent\ncoppice\n"));
}

void SandboxTest::hostProcessesAreNotSeen()
{
    const auto outcome = inside(QStringLiteral("ls /proc | grep -c '^[0-9]'; kill -0 %1 2>/dev/null && echo reached")
                                    .arg(QString::number(getpid() > 50 ? getpid() : 99999)));
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->out.trimmed().toInt() > 0);
    QVERIFY2(outcome->out.trimmed().toInt() < 8, outcome->out.constData());
}

void SandboxTest::networkIsOff()
{
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    QCOMPARE(::bind(server, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    QCOMPARE(::listen(server, 8), 0);
    socklen_t length = sizeof address;
    ::getsockname(server, reinterpret_cast<sockaddr *>(&address), &length);
    const auto outcome = inside(QStringLiteral("(: > /dev/tcp/127.0.0.1/%1) 2>/dev/null && echo loopback; "
                                               "(: > /dev/tcp/192.0.2.1/80) 2>/dev/null && echo outside; "
                                               "ls /sys/class/net 2>/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")
                                    .arg(ntohs(address.sin_port)));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("lo\n"));
    pollfd waiting{server, POLLIN, 0};
    QCOMPARE(::poll(&waiting, 1, 0), 0);
    ::close(server);
}

void SandboxTest::gitDirectoryIsReadOnly()
{
    m_scratch->repository(QStringLiteral("repo"), {{QStringLiteral("file"), "text"}});
    m_profile.gitDir = m_scratch->path(QStringLiteral("repo/.git"));
    const QByteArray config = m_scratch->read(QStringLiteral("repo/.git/config"));
    const auto outcome = inside(QStringLiteral("echo x > .git/hooks/pre-commit; echo x >> .git/config; rm -rf .git; mv .git gone; "
                                               "git commit -q --allow-empty -m no; ls -d .git/HEAD"));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray(".git/HEAD\n"));
    QCOMPARE(m_scratch->read(QStringLiteral("repo/.git/config")), config);
    QVERIFY(!QFile::exists(m_scratch->path(QStringLiteral("repo/.git/hooks/pre-commit"))));
    QCOMPARE(m_scratch->git(QStringLiteral("repo"), {QStringLiteral("rev-list"), QStringLiteral("--count"), QStringLiteral("HEAD")}),
             QByteArray("1"));
}

void SandboxTest::gitWorksInside()
{
    m_scratch->repository(QStringLiteral("repo"), {{QStringLiteral("file"), "text"}});
    m_profile.gitDir = m_scratch->path(QStringLiteral("repo/.git"));
    m_scratch->write(QStringLiteral("run/work/file"), "other");
    const auto outcome = inside(QStringLiteral("git status --short; git log --format=%s"));
    QVERIFY_RESULT(outcome);
    QVERIFY2(outcome->ok(), outcome->err.constData());
    QCOMPARE(outcome->out, QByteArray(" M file\nfirst\n"));
}

void SandboxTest::workFolderIsLeftAsItWas()
{
    m_scratch->repository(QStringLiteral("repo"), {});
    m_profile.gitDir = m_scratch->path(QStringLiteral("repo/.git"));
    QVERIFY_RESULT(inside(QStringLiteral("true")));
    QCOMPARE(QDir(m_profile.workFolder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{QStringLiteral("file")});
}

void SandboxTest::aGitLinkInTheWorkFolderIsNoWayOut()
{
    m_scratch->repository(QStringLiteral("repo"), {});
    QDir().mkpath(m_scratch->path(QStringLiteral("elsewhere")));
    QVERIFY(QFile::link(m_scratch->path(QStringLiteral("elsewhere")), m_profile.workFolder + QStringLiteral("/.git")));
    m_profile.gitDir = m_scratch->path(QStringLiteral("repo/.git"));
    const auto outcome = inside(QStringLiteral("ls .git/HEAD"));
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->ok());
    QVERIFY(QDir(m_scratch->path(QStringLiteral("elsewhere"))).isEmpty());
}

void SandboxTest::sharedWorkFolder()
{
    // The second sandbox comes and goes while the first still needs its git directory.
    m_scratch->repository(QStringLiteral("repo"), {});
    m_profile.gitDir = m_scratch->path(QStringLiteral("repo/.git"));
    m_profile.limits.time = 100s;
    const sandbox::SandboxProfile profile = m_profile;
    Result<process::Outcome> first = fail(QStringLiteral("not-run"), {});
    std::jthread other([&] {
        first = sandbox::run(profile, {QStringLiteral("bash"), QStringLiteral("-c"),
                                       QStringLiteral("touch up; until [ -e over ]; do sleep 0.02; done; ls .git/HEAD")});
    });
    while (!QFile::exists(m_profile.workFolder + QStringLiteral("/up")))
        std::this_thread::sleep_for(5ms);
    const auto second = inside(QStringLiteral("true"));
    m_scratch->write(QStringLiteral("run/work/over"), {});
    other.join();
    QVERIFY_RESULT(second);
    QVERIFY_RESULT(first);
    QCOMPARE(first->out, QByteArray(".git/HEAD\n"));
    QVERIFY(!QFile::exists(m_profile.workFolder + QStringLiteral("/.git")));
}

void SandboxTest::nothingIsGained()
{
    const auto outcome = inside(QStringLiteral(
        "grep -E 'Cap(Eff|Bnd|Prm)|NoNewPrivs' /proc/self/status | awk '{print $2}' | tr '\\n' ' '; "
        "unshare -U true 2>/dev/null && echo namespaces; mount -t tmpfs none /tmp 2>/dev/null && echo mounts; "
        "cp /bin/id own-id && chmod 4755 own-id && ./own-id -u; mknod dev b 8 0 2>/dev/null && echo devices; true"));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("0000000000000000 0000000000000000 0000000000000000 1 1000\n"));
    const auto setuid = inside(QStringLiteral("find / -xdev -perm -4000 -type f 2>/dev/null | head -1; "
                                              "findmnt -rno TARGET,OPTIONS 2>/dev/null | grep -v nosuid | grep -v '^/proc\\|^/dev/pts'"));
    QVERIFY_RESULT(setuid);
    QVERIFY2(!setuid->out.contains("/src"), setuid->out.constData());
}

void SandboxTest::procIsNotWritable()
{
    const auto outcome = inside(QStringLiteral(
        "find /proc -maxdepth 4 -path '/proc/[0-9]*' -prune -o -path /proc/self -prune -o -path /proc/thread-self -prune "
        "-o -type f -perm /222 -print 2>/dev/null | while read f; do (exec 3>>\"$f\") 2>/dev/null && echo \"$f\"; done"));
    QVERIFY_RESULT(outcome);
    // Pressure files take a reader's own alarm; they change nothing for anybody else.
    QByteArrayList open;
    for (const auto &line : outcome->out.trimmed().split('\n')) {
        if (!line.isEmpty() && !line.startsWith("/proc/pressure/"))
            open << line;
    }
    QVERIFY2(open.isEmpty(), open.join(' ').constData());
}

void SandboxTest::stopLeavesNothing()
{
    std::stop_source source;
    process::Request streams;
    streams.onStdout = [&](QByteArrayView) { source.request_stop(); };
    const auto outcome = inside(QStringLiteral("(setsid nohup sleep 98761 </dev/null >/dev/null 2>&1 &) ; sleep 98761 & "
                                               "trap '' TERM; echo up; sleep 98761"),
                                streams, source.get_token());
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->cancelled);
    QTRY_COMPARE(processesNamed("98761"), 0);
}

void SandboxTest::timeLimitLeavesNothing()
{
    m_profile.limits.time = 1s;
    const auto outcome = inside(QStringLiteral("(setsid nohup sleep 98762 </dev/null >/dev/null 2>&1 &); sleep 98762"));
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->timedOut);
    QTRY_COMPARE(processesNamed("98762"), 0);
}

void SandboxTest::forkBombIsBounded()
{
    m_profile.limits.processes = 200;
    m_profile.limits.time = 20s;
    const auto outcome = inside(QStringLiteral("bomb() { sleep 98763 & bomb | bomb & }; bomb; sleep 98763"));
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->overProcesses || outcome->err.contains("fork"));
    QTRY_COMPARE(processesNamed("98763"), 0);
}

void SandboxTest::nothingWritesAfterTheEnd()
{
    // A writer in the background, as fast as it can: what it counted when the call returned is all there will be.
    for (int i = 0; i < 5; ++i) {
        QVERIFY_RESULT(inside(QStringLiteral("(setsid perl -e '$i = 0; while (1) { open(F, q(>), q(count)); print F ++$i; close F }' "
                                             "</dev/null >/dev/null 2>&1 &); until [ -s count ]; do sleep 0.01; done")));
        QFile file(m_profile.workFolder + QStringLiteral("/count"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray then = file.readAll();
        file.close();
        std::this_thread::sleep_for(30ms);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), then);
        file.remove();
    }
}

void SandboxTest::bigFilesAreRefused()
{
    m_profile.limits.fileSize = 100'000;
    const auto outcome = inside(QStringLiteral("head -c 200000 /dev/zero > big; stat -c %s big"));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("100000\n"));
}

void SandboxTest::temporaryFolderIsBounded()
{
    const auto outcome = inside(QStringLiteral("df -B1 --output=size /tmp /dev/shm ~ | tail -n +2"));
    QVERIFY_RESULT(outcome);
    for (const auto &line : outcome->out.trimmed().split('\n'))
        QVERIFY2(line.trimmed().toLongLong() > 0 && line.trimmed().toLongLong() <= 2LL << 30, line.constData());
}

void SandboxTest::gatewaySocketIsReached()
{
    // A gateway that turns each line round, on a socket outside.
    m_profile.gatewaySocket = m_scratch->path(QStringLiteral("run/gateway.sock"));
    const QByteArray path = m_profile.gatewaySocket.toUtf8();
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    QVERIFY(path.size() < qsizetype(sizeof address.sun_path));
    memcpy(address.sun_path, path.constData(), size_t(path.size()));
    QCOMPARE(::bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    QCOMPARE(::listen(listener, 8), 0);
    std::jthread gateway([listener] {
        for (int i = 0; i < 3; ++i) {
            const int peer = ::accept(listener, nullptr, nullptr);
            QByteArray got;
            char c = 0;
            while (::read(peer, &c, 1) == 1)
                got.prepend(c); // until the agent has said all
            [[maybe_unused]] const auto put = ::write(peer, got.constData(), size_t(got.size()));
            ::close(peer);
        }
    });
    const auto outcome = inside(QStringLiteral(
        "echo $COPPICE_GATEWAY; for i in 1 2 3; do python3 -c \"import socket; s = socket.create_connection(('127.0.0.1', 8377)); "
        "s.sendall(b'abc$i' * 100000); s.shutdown(1); d = b''.join(iter(lambda: s.recv(65536), b'')); "
        "print(len(d), d[:4].decode())\"; done"));
    ::shutdown(listener, SHUT_RDWR);
    ::close(listener);
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out,
             QByteArray("http://127.0.0.1:8377\n400000 1cba\n400000 2cba\n400000 3cba\n"));
}

void SandboxTest::exitStatusComesThroughTheRelay()
{
    m_profile.gatewaySocket = m_scratch->path(QStringLiteral("run/gateway.sock"));
    const auto missing = inside(QStringLiteral("true"));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, QStringLiteral("sandbox.gateway"));

    const QByteArray path = m_profile.gatewaySocket.toUtf8();
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path.constData(), size_t(path.size()));
    QCOMPARE(::bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    const auto seven = inside(QStringLiteral("cat; exit 7"), process::Request{.input = "told"});
    const auto killed = inside(QStringLiteral("kill -9 $$"));
    ::close(listener);
    QVERIFY_RESULT(seven);
    QCOMPARE(seven->exitCode, 7);
    QCOMPARE(seven->out, QByteArray("told"));
    QVERIFY_RESULT(killed);
    QCOMPARE(killed->exitCode, 137);
}

void SandboxTest::refusedBinds_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("root") << QStringLiteral("/");
    QTest::newRow("home") << QStringLiteral("@home");
    QTest::newRow("above home") << QStringLiteral("@home/..");
    QTest::newRow("ssh") << QStringLiteral("@home/.ssh");
    QTest::newRow("link to ssh") << QStringLiteral("@home/link");
    QTest::newRow("etc") << QStringLiteral("/etc");
    QTest::newRow("run") << QStringLiteral("/run");
    QTest::newRow("proc") << QStringLiteral("/proc/self");
    QTest::newRow("state") << QStringLiteral("@state/coppice");
    QTest::newRow("another run") << QStringLiteral("@state/coppice/lib/runs/B");
    QTest::newRow("a library") << QStringLiteral("@lib");
    QTest::newRow("its git directory") << QStringLiteral("@lib/.git");
    QTest::newRow("inside its git directory") << QStringLiteral("@lib/.git/coppice");
    QTest::newRow("named forbidden") << QStringLiteral("@kept/sub");
    QTest::newRow("above what is forbidden") << QStringLiteral("@kept/..");
    QTest::newRow("not there") << QStringLiteral("@home/nothing");
    QTest::newRow("all of the memory's files") << QStringLiteral("/dev/shm");
}

void SandboxTest::ownFolderInMemory()
{
    QTemporaryDir own(QStringLiteral("/dev/shm/coppice-own-XXXXXX"));
    if (!own.isValid())
        QSKIP("nothing can be written to /dev/shm here");
    m_profile.binds = {{own.path(), own.path(), true}};
    const auto outcome = inside(QStringLiteral("ls /dev/shm; echo put > '%1/put'").arg(own.path()));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QFileInfo(own.path()).fileName().toUtf8() + '\n');
    QVERIFY(QFileInfo::exists(own.filePath(QStringLiteral("put"))));
}

void SandboxTest::refusedBinds()
{
    QFETCH(QString, host);
    const QByteArray home = qgetenv("HOME");
    for (const char *name : {"home/.ssh", "state/coppice/lib/runs/B", "lib/.git/coppice", "lib/.git/objects", "keep/kept/sub"})
        QDir().mkpath(m_scratch->path(QLatin1String(name)));
    m_scratch->write(QStringLiteral("lib/.git/HEAD"), "ref: refs/heads/main\n");
    QFile::link(m_scratch->path(QStringLiteral("home/.ssh")), m_scratch->path(QStringLiteral("home/link")));
    qputenv("HOME", m_scratch->path(QStringLiteral("home")).toUtf8());
    host.replace(QStringLiteral("@home"), m_scratch->path(QStringLiteral("home")));
    host.replace(QStringLiteral("@state"), m_scratch->path(QStringLiteral("state")));
    host.replace(QStringLiteral("@lib"), m_scratch->path(QStringLiteral("lib")));
    host.replace(QStringLiteral("@kept"), m_scratch->path(QStringLiteral("keep/kept")));
    m_profile.forbidden = {m_scratch->path(QStringLiteral("keep/kept"))};
    for (const bool writable : {false, true}) {
        m_profile.binds = {{host, QStringLiteral("/mnt/x"), writable}};
        const auto plan = sandbox::plan(m_profile, {QStringLiteral("true")});
        QVERIFY(!plan);
        QCOMPARE(plan.error().code, QStringLiteral("sandbox.bind-refused"));
    }
    qputenv("HOME", home);
}

void SandboxTest::refusedPlaces_data()
{
    QTest::addColumn<QString>("place");
    for (const char *place : {"/", "/usr/x", "/etc/passwd", "/proc/1", "/home/agent", "/home", "/tmp", "relative", "/mnt/../etc",
                              "/src/weather", "/src", "/src/weather/node_modules", ""})
        QTest::newRow(place) << QString::fromLatin1(place);
}

void SandboxTest::refusedPlaces()
{
    QFETCH(QString, place);
    QDir().mkpath(m_scratch->path(QStringLiteral("fine")));
    m_profile.binds = {{m_scratch->path(QStringLiteral("fine")), place, false}};
    const auto plan = sandbox::plan(m_profile, {QStringLiteral("true")});
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, QStringLiteral("sandbox.inside-path"));
}

void SandboxTest::whatTheWorkFolderHoldsCanBeHidden()
{
    const QString work = m_profile.workFolder;
    QDir().mkpath(work + QStringLiteral("/.own/hooks"));
    QDir().mkpath(m_scratch->path(QStringLiteral("nothing")));
    QFile(work + QStringLiteral("/.own/hooks/run")).open(QIODevice::WriteOnly);
    m_profile.binds = {{m_scratch->path(QStringLiteral("nothing")), QString(m_profile.workInside + QStringLiteral("/.own")), false}};
    const auto outcome = sandbox::run(m_profile, {QStringLiteral("bash"), QStringLiteral("-c"), QStringLiteral("ls -A .own; touch .own/x")});
    QVERIFY_RESULT(outcome);
    QVERIFY(!outcome->ok());
    QCOMPARE(outcome->out, QByteArray());
    QVERIFY(QFile::exists(work + QStringLiteral("/.own/hooks/run")));
    QVERIFY(!QFile::exists(work + QStringLiteral("/.own/x")));
    // Never by a link, which could lead anywhere.
    QFile::link(QStringLiteral(".own"), work + QStringLiteral("/linked"));
    m_profile.binds[0].inside = m_profile.workInside + QStringLiteral("/linked");
    QVERIFY(!sandbox::plan(m_profile, {QStringLiteral("true")}));
}

void SandboxTest::bindsAreShown()
{
    m_scratch->write(QStringLiteral("fine/readable"), "seen");
    QDir().mkpath(m_scratch->path(QStringLiteral("target")));
    m_profile.binds = {{m_scratch->path(QStringLiteral("fine")), QStringLiteral("/mnt/fine"), false},
                       {m_scratch->path(QStringLiteral("target")), QStringLiteral("/srv/target"), true}};
    const auto outcome = inside(QStringLiteral("cat /mnt/fine/readable; echo no > /mnt/fine/readable; echo put > /srv/target/put"));
    QVERIFY_RESULT(outcome);
    QCOMPARE(outcome->out, QByteArray("seen"));
    QCOMPARE(m_scratch->read(QStringLiteral("fine/readable")), QByteArray("seen"));
    QCOMPARE(m_scratch->read(QStringLiteral("target/put")), QByteArray("put\n"));
}

void SandboxTest::runFolderInState()
{
    const QString run = stateHome() + QStringLiteral("/lib/runs/A");
    QDir().mkpath(run + QStringLiteral("/work"));
    QDir().mkpath(run + QStringLiteral("/home"));
    QDir().mkpath(run + QStringLiteral("/git"));
    m_profile.workFolder = run + QStringLiteral("/work");
    m_profile.home = run + QStringLiteral("/home");
    QVERIFY_RESULT(sandbox::plan(m_profile, {QStringLiteral("true")}));
    // The git directory cannot be made writable by the back door.
    m_profile.gitDir = run + QStringLiteral("/git");
    m_profile.binds = {{run, QStringLiteral("/mnt/run"), true}};
    QVERIFY(!sandbox::plan(m_profile, {QStringLiteral("true")}));
}

void SandboxTest::probeSaysThatItWorks()
{
    QVERIFY(sandbox::probe().works);
    QVERIFY(sandbox::probe().version.contains(u'.'));
    QVERIFY(sandbox::probe().why.isEmpty());
}

void SandboxTest::commandLinesNameNothingOfTheHost()
{
    m_profile.home = m_scratch->path(QStringLiteral("run/home"));
    QDir().mkpath(m_profile.home);
    const auto outcome = inside(QStringLiteral("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'; echo; echo end; ls -l /proc/1/fd /proc/self/fd"));
    QVERIFY_RESULT(outcome);
    QVERIFY2(outcome->out.contains("bwrap"), outcome->out.constData());
    QVERIFY2(!outcome->out.contains(m_scratch->path().toUtf8()), outcome->out.constData());
    QVERIFY2(!outcome->out.contains("memfd"), outcome->out.constData());
}

void SandboxTest::memoryIsBounded()
{
    // Files in a tmpfs are memory, too, as far as the kernel counts for us; a program's own is bounded everywhere.
    m_profile.limits.residentBytes = 100'000'000;
    const auto outcome = inside(QStringLiteral("perl -e '$x = \"x\" x 300_000_000; sleep 60'; sleep 60"));
    QVERIFY_RESULT(outcome);
    QVERIFY(outcome->overMemory);
    QVERIFY(!outcome->timedOut);
}

COPPICE_TEST(SandboxTest)
#include "sandbox_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/spawn.h"

#include "process/control_group.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace coppice::process {

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    if (this != &other) {
        reset();
        m_fd = std::exchange(other.m_fd, -1);
    }
    return *this;
}

void Descriptor::reset()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

Spawned::Spawned() = default;
Spawned::Spawned(Spawned &&) noexcept = default;
Spawned &Spawned::operator=(Spawned &&) noexcept = default;
Spawned::~Spawned() = default;

namespace {

enum class Stage : int { Group, Signals, Streams, Folder, Limits, Program };

/// What the child says when it could not become the program.
struct Failure {
    Stage stage;
    int error;
};

/// All that the child needs, made before the fork: after it only async-signal-safe calls are allowed.
struct Prepared {
    QByteArray program;
    QByteArray cwd;
    std::vector<QByteArray> argBytes, envBytes;
    std::vector<char *> argv, envp;
    std::array<std::pair<int, rlimit>, 4> limits{};
    size_t limitCount = 0;
    std::vector<int> keepFds;
    pid_t parent = 0;
    bool newKeyring = false;
    bool background = false;
    std::vector<int> joinFds; ///< of the control group
};

void addLimit(Prepared &prepared, int resource, qint64 value)
{
    rlimit wanted{};
    rlimit now{};
    getrlimit(__rlimit_resource(resource), &now);
    wanted.rlim_max = now.rlim_max == RLIM_INFINITY ? rlim_t(value) : std::min(rlim_t(value), now.rlim_max);
    wanted.rlim_cur = wanted.rlim_max;
    prepared.limits[prepared.limitCount++] = {resource, wanted};
}

Result<Prepared> prepare(const Request &request)
{
    if (request.argv.isEmpty())
        return failUsage(QStringLiteral("process.empty"), QStringLiteral("No command was given"));
    Prepared prepared;
    COPPICE_TRY(const QString program, findProgram(request.argv.first()));
    prepared.program = QFile::encodeName(program);
    prepared.cwd = QFile::encodeName(request.cwd);
    prepared.keepFds = request.keepFds;
    prepared.parent = getpid();
    prepared.newKeyring = request.newKeyring;
    prepared.background = request.background;
    for (const auto &arg : request.argv) {
        if (arg.contains(QChar(0)))
            return failUsage(QStringLiteral("process.nul"), QStringLiteral("An argument holds a NUL character"), program);
        prepared.argBytes.push_back(arg.toUtf8());
    }
    if (request.env) {
        for (auto it = request.env->cbegin(); it != request.env->cend(); ++it) {
            if (it.key().isEmpty() || it.key().contains(u'=') || it.key().contains(QChar(0)) || it->contains(QChar(0)))
                return failUsage(QStringLiteral("process.environment"),
                                 QStringLiteral("An environment variable cannot have this name or value"), it.key());
            prepared.envBytes.push_back(it.key().toUtf8() + '=' + it->toUtf8());
        }
    } else {
        for (char **entry = environ; entry && *entry; ++entry)
            prepared.envBytes.emplace_back(*entry);
    }
    for (auto &bytes : prepared.argBytes)
        prepared.argv.push_back(bytes.data());
    prepared.argv.push_back(nullptr);
    for (auto &bytes : prepared.envBytes)
        prepared.envp.push_back(bytes.data());
    prepared.envp.push_back(nullptr);

    addLimit(prepared, RLIMIT_CORE, 0); // a core file would lie in the work folder
    if (request.limits.fileSize)
        addLimit(prepared, RLIMIT_FSIZE, *request.limits.fileSize);
    if (request.limits.processes)
        addLimit(prepared, RLIMIT_NPROC, *request.limits.processes);
    if (request.limits.cpuSeconds)
        addLimit(prepared, RLIMIT_CPU, *request.limits.cpuSeconds);
    return prepared;
}

struct Pipe {
    Descriptor read, write;
};

Result<Pipe> makePipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return fail(QStringLiteral("process.pipe"),
                    QStringLiteral("Cannot make a pipe: %1").arg(QString::fromLocal8Bit(strerror(errno))), {},
                    QStringLiteral("Raise the limit of open files, or close other programs."));
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

[[noreturn]] void giveUp(int report, Stage stage)
{
    const Failure failure{stage, errno};
    [[maybe_unused]] const auto written = ::write(report, &failure, sizeof failure);
    ::_exit(127);
}

/// Moves a descriptor out of the way of 0, 1 and 2.
int above(int fd)
{
    return fd > 2 ? fd : ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

[[noreturn]] void become(const Prepared &prepared, int in, int out, int err, int report)
{
    in = above(in);
    out = above(out);
    err = above(err);
    report = above(report);
    if (::setpgid(0, 0) != 0)
        giveUp(report, Stage::Group);
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        giveUp(report, Stage::Signals);
    if (::getppid() != prepared.parent)
        ::_exit(127); // the parent died before PDEATHSIG was set
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) // SIGKILL and SIGSTOP refuse; nothing to do about it
        ::sigaction(signal, &action, nullptr);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0)
        giveUp(report, Stage::Streams);
    for (const int join : prepared.joinFds) {
        if (::write(join, "0", 1) != 1)
            giveUp(report, Stage::Limits);
    }
    if (prepared.background)
        ::setpriority(PRIO_PROCESS, 0, 10);
    if (prepared.newKeyring) // fails where the kernel has no keyrings, or seccomp forbids them to everybody
        ::syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, nullptr);
    if (!prepared.cwd.isEmpty() && ::chdir(prepared.cwd.constData()) != 0)
        giveUp(report, Stage::Folder);
    for (size_t i = 0; i < prepared.limitCount; ++i) {
        if (::setrlimit(__rlimit_resource(prepared.limits[i].first), &prepared.limits[i].second) != 0)
            giveUp(report, Stage::Limits);
    }
    // CLOSE_RANGE_CLOEXEC: `report` must stay open until the program has been started.
    if (::syscall(SYS_close_range, 3u, ~0u, 4u) != 0) {
        for (int fd = 3; fd < int(::sysconf(_SC_OPEN_MAX)); ++fd)
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    for (const int fd : prepared.keepFds)
        ::fcntl(fd, F_SETFD, 0);
    ::execve(prepared.program.constData(), prepared.argv.data(), prepared.envp.data());
    giveUp(report, Stage::Program);
}

/// Where systemd bounds memory: the program is started by it. Programs that it cannot find are told as ever.
Result<> putInScope(Request &request, QString &scope)
{
    QMap<QString, QString> env;
    if (request.env) {
        env = *request.env;
    } else {
        for (char **entry = environ; entry && *entry; ++entry) {
            const QString text = QString::fromLocal8Bit(*entry);
            env.insert(text.section(u'=', 0, 0), text.section(u'=', 1));
        }
    }
    const QStringList words = scopeWords(request.limits, env, scope);
    if (words.isEmpty() || request.argv.isEmpty())
        return {};
    COPPICE_TRY(request.argv[0], findProgram(request.argv.first()));
    request.argv = words + request.argv;
    request.env = env;
    return {};
}

Fail describe(const Failure &failure, const Request &request)
{
    const QString why = QString::fromLocal8Bit(strerror(failure.error));
    switch (failure.stage) {
    case Stage::Folder:
        return fail(QStringLiteral("process.folder"), QStringLiteral("Cannot start a program in this folder: %1").arg(why),
                    request.cwd);
    case Stage::Limits:
        return fail(QStringLiteral("process.limits"), QStringLiteral("Cannot limit a program: %1").arg(why),
                    request.argv.first());
    case Stage::Program:
        return fail(QStringLiteral("process.start"), QStringLiteral("Cannot start a program: %1").arg(why),
                    request.argv.first());
    case Stage::Group:
    case Stage::Signals:
    case Stage::Streams:
        break;
    }
    return fail(QStringLiteral("process.start"), QStringLiteral("Cannot set up a program: %1").arg(why),
                request.argv.first());
}

} // namespace

Result<QString> findProgram(const QString &name)
{
    if (name.contains(u'/'))
        return QDir::isAbsolutePath(name) ? name : QDir::current().absoluteFilePath(name);
    const QString path = qEnvironmentVariable("PATH", QStringLiteral("/usr/local/bin:/usr/bin:/bin"));
    if (!name.isEmpty()) {
        for (const auto &folder : path.split(u':', Qt::SkipEmptyParts)) {
            const QFileInfo info(folder + u'/' + name);
            if (info.isFile() && ::access(QFile::encodeName(info.filePath()).constData(), X_OK) == 0)
                return info.absoluteFilePath();
        }
    }
    return fail(QStringLiteral("process.not-found"), QStringLiteral("A program is not installed"), name,
                QStringLiteral("Install it, or add its folder to PATH."));
}

Result<Spawned> spawn(const Request &request, bool pipeInput)
{
    std::unique_ptr<ControlGroup> group;
    if (request.limits.processes || request.limits.residentBytes)
        group = ControlGroup::make(request.limits);
    QString scope;
    Request bounded = request;
    if (request.limits.residentBytes && !(group && group->boundsMemory()))
        COPPICE_CHECK(putInScope(bounded, scope));
    COPPICE_TRY(Prepared prepared, prepare(bounded));
    Spawned spawned;
    spawned.group = std::move(group);
    spawned.scope = std::move(scope);
    if (spawned.group)
        prepared.joinFds = spawned.group->joinFds();
    Pipe in;
    Descriptor nothing;
    if (pipeInput) {
        COPPICE_TRY(in, makePipe());
    } else {
        nothing = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    }
    COPPICE_TRY(Pipe out, makePipe());
    COPPICE_TRY(Pipe err, makePipe());
    COPPICE_TRY(Pipe report, makePipe());

    const pid_t pid = ::fork();
    if (pid < 0)
        return fail(QStringLiteral("process.fork"),
                    QStringLiteral("Cannot start a process: %1").arg(QString::fromLocal8Bit(strerror(errno))),
                    request.argv.first(), QStringLiteral("Close other programs, or raise the limit of processes."));
    if (pid == 0)
        become(prepared, pipeInput ? in.read.get() : nothing.get(), out.write.get(), err.write.get(), report.write.get());

    ::setpgid(pid, pid); // whoever is first; so that the group exists when this returns
    report.write.reset();
    Failure failure{};
    ssize_t got = 0;
    do {
        got = ::read(report.read.get(), &failure, sizeof failure);
    } while (got < 0 && errno == EINTR);
    if (got == ssize_t(sizeof failure)) {
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) { }
        return describe(failure, request);
    }
    spawned.pid = pid;
    spawned.pidfd = Descriptor(int(::syscall(SYS_pidfd_open, pid, 0)));
    if (!spawned.pidfd.isOpen()) {
        const int error = errno;
        ::kill(-pid, SIGKILL);
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) { }
        return fail(QStringLiteral("process.pidfd"),
                    QStringLiteral("Cannot watch a process: %1").arg(QString::fromLocal8Bit(strerror(error))),
                    request.argv.first(), QStringLiteral("Coppice needs Linux 5.3 or newer."));
    }
    spawned.in = std::move(in.write);
    spawned.out = std::move(out.read);
    spawned.err = std::move(err.read);
    for (const int fd : {spawned.in.get(), spawned.out.get(), spawned.err.get()}) {
        if (fd >= 0)
            ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    return spawned;
}

} // namespace coppice::process

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "process/spawn.h"
#include "sandbox/sandbox.h"
#include "sandbox/syscall_filter.h"

#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>

#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace coppice::sandbox {

namespace {

constexpr qint64 usualFileSize = 2LL << 30;
constexpr qint64 usualProcesses = 4096;
constexpr qint64 usualMemory = 8LL << 30;

/// The empty folder that the run's git directory is mounted over. It stands in the work folder only while a sandbox
/// needs it; several may use one work folder, and the last one takes it away (removing it earlier would take the mount
/// of the others away with it).
class GitMountPoint
{
public:
    [[nodiscard]] static Result<std::unique_ptr<GitMountPoint>> make(const QString &workFolder)
    {
        const QString path = workFolder + QStringLiteral("/.git");
        const QByteArray name = QFile::encodeName(path);
        const std::lock_guard lock(mutex());
        struct stat info {};
        if (::lstat(name.constData(), &info) == 0 && !S_ISDIR(info.st_mode))
            ::unlink(name.constData()); // a file or link named .git is no part of a plugin's files
        const bool made = ::mkdir(name.constData(), 0755) == 0;
        if (!made && errno != EEXIST)
            return fail(QStringLiteral("sandbox.mount-point"),
                        QStringLiteral("Cannot prepare the work folder: %1").arg(QString::fromLocal8Bit(strerror(errno))), path);
        if (made || users().contains(path))
            ++users()[path];
        return std::unique_ptr<GitMountPoint>(new GitMountPoint(path));
    }
    ~GitMountPoint()
    {
        const std::lock_guard lock(mutex());
        const auto it = users().find(m_path);
        if (it == users().end() || --*it > 0)
            return;
        users().erase(it);
        ::rmdir(QFile::encodeName(m_path).constData());
    }
    GitMountPoint(const GitMountPoint &) = delete;
    GitMountPoint &operator=(const GitMountPoint &) = delete;

private:
    explicit GitMountPoint(QString path) : m_path(std::move(path)) { }
    static std::mutex &mutex()
    {
        static std::mutex instance;
        return instance;
    }
    static QHash<QString, int> &users()
    {
        static QHash<QString, int> instance;
        return instance;
    }
    QString m_path;
};

/// A file in memory that bwrap reads from its beginning.
Result<process::Descriptor> handedOver(const QByteArray &bytes)
{
    process::Descriptor file(::memfd_create("bwrap", MFD_CLOEXEC));
    if (!file.isOpen() || ::write(file.get(), bytes.constData(), size_t(bytes.size())) != bytes.size()
        || ::lseek(file.get(), 0, SEEK_SET) != 0)
        return fail(QStringLiteral("sandbox.arguments"),
                    QStringLiteral("Cannot hand over what a sandbox shows: %1").arg(QString::fromLocal8Bit(strerror(errno))));
    return file;
}

/// Gives bwrap its own arguments by a file: its command line, which can be read inside as that of the first process, names
/// no path of the host. (The kernel's list of mounts does name the folders that are shown, which cannot be helped.)
Result<process::Descriptor> hideArguments(QStringList &argv)
{
    const auto command = argv.indexOf(QStringLiteral("--"));
    QByteArray bytes;
    for (qsizetype i = 1; i < command; ++i)
        bytes += argv[i].toUtf8() + '\0';
    COPPICE_TRY(process::Descriptor file, handedOver(bytes));
    argv = QStringList{argv.first(), QStringLiteral("--args"), QString::number(file.get())} + argv.mid(command);
    return file;
}

/// Waits until the first process of the PID namespace is gone: the kernel lets it go only after all others in there.
/// bwrap itself may end (or be killed) a moment earlier. `info` is what bwrap wrote to --info-fd.
void waitForNamespace(const QByteArray &info)
{
    const pid_t first = QJsonDocument::fromJson(info).object()[u"child-pid"].toInt();
    if (first <= 0)
        return;
    const process::Descriptor pidfd(int(::syscall(SYS_pidfd_open, first, 0)));
    pollfd polled{pidfd.get(), POLLIN, 0};
    if (pidfd.isOpen())
        ::poll(&polled, 1, 10'000);
}

} // namespace

process::Limits limitsOf(const SandboxProfile &profile)
{
    process::Limits limits = profile.limits;
    limits.fileSize = limits.fileSize.value_or(usualFileSize);
    limits.processes = limits.processes.value_or(usualProcesses);
    limits.residentBytes = limits.residentBytes.value_or(usualMemory);
    return limits;
}

Result<process::Outcome> run(const SandboxProfile &profile, const QStringList &argv, process::Request streams,
                             std::stop_token stop)
{
    if (!probe().works)
        return failNeeds(QStringLiteral("sandbox.unavailable"), probe().why, {},
                         QStringLiteral("Make bubblewrap work, or allow this one run to go without isolation."),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("sandbox")}}});
    COPPICE_TRY(LaunchPlan launch, plan(profile, argv));
    std::unique_ptr<GitMountPoint> mountPoint;
    if (!profile.gitDir.isEmpty() && !profile.workFolder.isEmpty()) {
        COPPICE_TRY(mountPoint, GitMountPoint::make(QFileInfo(profile.workFolder).canonicalFilePath()));
    }
    streams.argv = std::move(launch.argv);
    streams.env = std::move(launch.env);
    streams.cwd = QStringLiteral("/");
    streams.limits = limitsOf(profile);
    streams.newKeyring = true;
    streams.background = true;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return fail(QStringLiteral("sandbox.pipe"),
                    QStringLiteral("Cannot make a pipe: %1").arg(QString::fromLocal8Bit(strerror(errno))));
    const process::Descriptor readInfo(ends[0]);
    process::Descriptor writeInfo(ends[1]);
    streams.keepFds.push_back(writeInfo.get());
    COPPICE_TRY(const QString warden, helperProgram(QStringLiteral("coppice-relay")));
    COPPICE_TRY(streams.argv[0], process::findProgram(streams.argv.first()));
    streams.argv.insert(1, QStringLiteral("--info-fd"));
    streams.argv.insert(2, QString::number(writeInfo.get()));
    process::Descriptor filter;
    if (const QByteArray program = syscallFilter(); !program.isEmpty()) {
        COPPICE_TRY(filter, handedOver(program));
        streams.keepFds.push_back(filter.get());
        streams.argv.insert(1, QStringLiteral("--seccomp"));
        streams.argv.insert(2, QString::number(filter.get()));
    }
    COPPICE_TRY(const process::Descriptor arguments, hideArguments(streams.argv));
    streams.keepFds.push_back(arguments.get());
    streams.argv = QStringList{warden, QStringLiteral("--warden"), QStringLiteral("--")} + streams.argv;
    auto outcome = process::run(streams, std::move(stop));
    QByteArray info(4096, Qt::Uninitialized);
    info.resize(std::max<ssize_t>(0, ::read(readInfo.get(), info.data(), size_t(info.size()))));
    waitForNamespace(info);
    return outcome;
}

} // namespace coppice::sandbox

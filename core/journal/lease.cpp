// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/lease.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/paths.h"

#include <QCryptographicHash>
#include <QFile>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

namespace coppice::journal {

namespace {

QString lockPath(const QString &coppiceDir)
{
    return coppiceDir + u"/engine.lock";
}

std::optional<Lease::Holder> readHolder(int fd)
{
    char buffer[4096];
    const ssize_t size = pread(fd, buffer, sizeof buffer, 0);
    const auto object = parseJsonObject(QByteArray(buffer, qsizetype(size > 0 ? size : 0)), {});
    if (!object)
        return {};
    return Lease::Holder{(*object)[u"pid"].toInteger(), (*object)[u"startedAt"].toInteger(), (*object)[u"socket"].toString()};
}

/// The file may have been removed and made anew between opening and locking: then the lock is on a dead file.
bool isStillThere(int fd, const QByteArray &path)
{
    struct stat ours {};
    struct stat there {};
    return fstat(fd, &ours) == 0 && stat(path.constData(), &there) == 0 && ours.st_ino == there.st_ino
        && ours.st_dev == there.st_dev;
}

QString describe(const std::optional<Lease::Holder> &holder)
{
    return holder ? QStringLiteral("process %1, since %2").arg(holder->pid).arg(isoTime(holder->startedAt))
                  : QStringLiteral("a process that is just starting");
}

} // namespace

Result<Lease> Lease::take(const QString &coppiceDir)
{
    COPPICE_CHECK(makeFolder(coppiceDir));
    const QByteArray path = QFile::encodeName(lockPath(coppiceDir));
    std::optional<Holder> other;
    for (int tries = 0; tries < 5; ++tries) {
        const int fd = ::open(path.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
            return fail(QStringLiteral("engine.lock"), QStringLiteral("Cannot open the engine's lock: %1").arg(qt_error_string(errno)),
                        lockPath(coppiceDir), QStringLiteral("Check the permissions of the folder."));
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            Lease lease(fd, coppiceDir);
            if (!isStillThere(fd, path))
                continue;
            const QByteArray content = toJsonLine({{QStringLiteral("pid"), qint64(getpid())},
                                                   {QStringLiteral("startedAt"), nowMs()},
                                                   {QStringLiteral("socket"), lease.socketPath()}});
            if (ftruncate(fd, 0) != 0 || pwrite(fd, content.constData(), size_t(content.size()), 0) != content.size())
                return fail(QStringLiteral("engine.lock"), QStringLiteral("Cannot write the engine's lock: %1").arg(qt_error_string(errno)),
                            lockPath(coppiceDir), QStringLiteral("Free some space on this disk."));
            return lease;
        }
        const int why = errno;
        other = readHolder(fd);
        ::close(fd);
        if (why != EWOULDBLOCK && why != EINTR)
            return fail(QStringLiteral("engine.lock"), QStringLiteral("Cannot lock for the engine: %1").arg(qt_error_string(why)),
                        lockPath(coppiceDir));
        // holder() of another process locks for an instant, too: a live holder is still there a moment later.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return failNeeds(QStringLiteral("engine.busy"), QStringLiteral("Another process acts for this library"), describe(other),
                     QStringLiteral("Use that one, or end it."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("engine")}, {QStringLiteral("pid"), other ? other->pid : 0}}});
}

std::optional<Lease::Holder> Lease::holder(const QString &coppiceDir)
{
    const int fd = ::open(QFile::encodeName(lockPath(coppiceDir)).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return {};
    std::optional<Holder> found = readHolder(fd);
    if (found && flock(fd, LOCK_SH | LOCK_NB) == 0) // left there by one that was killed
        found.reset();
    ::close(fd);
    return found;
}

Lease::Lease(Lease &&other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)), m_coppiceDir(std::move(other.m_coppiceDir))
{
}

Lease &Lease::operator=(Lease &&other) noexcept
{
    std::swap(m_fd, other.m_fd);
    std::swap(m_coppiceDir, other.m_coppiceDir);
    return *this;
}

Lease::~Lease()
{
    if (m_fd < 0)
        return;
    // So that nobody is named while nobody holds it; where that fails, the lock itself still tells.
    [[maybe_unused]] const int cleared = ftruncate(m_fd, 0);
    ::close(m_fd);
}

QString Lease::socketPath() const
{
    constexpr qsizetype longest = 100; // of the 108 bytes that a socket's address has
    const QString beside = m_coppiceDir + u"/engine.sock";
    if (QFile::encodeName(beside).size() <= longest)
        return beside;
    const QString name = QString::fromLatin1(
        QCryptographicHash::hash(m_coppiceDir.toUtf8(), QCryptographicHash::Sha256).toHex().left(16));
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return (runtime.isEmpty() ? stateHome() : runtime + u"/coppice") + u"/engine-" + name + u".sock";
}

} // namespace coppice::journal

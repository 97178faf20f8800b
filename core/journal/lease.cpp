// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/lease.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/paths.h"

#include <QFile>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace coppice::journal {

namespace {

QString lockFile(const QString &coppiceDir)
{
    return coppiceDir + QStringLiteral("/engine.lock");
}

Lease::Holder readHolder(int fd)
{
    QByteArray bytes(4096, Qt::Uninitialized);
    const auto length = pread(fd, bytes.data(), size_t(bytes.size()), 0);
    const auto object = parseJsonObject(bytes.left(qMax<qsizetype>(0, length)), QStringLiteral("engine.lock")).value_or(QJsonObject());
    return {object[u"pid"].toInteger(), object[u"startedAt"].toInteger(), object[u"socket"].toString()};
}

} // namespace

Result<Lease> Lease::take(const QString &coppiceDir)
{
    COPPICE_CHECK(makeFolder(coppiceDir));
    const QString file = lockFile(coppiceDir);
    const int fd = open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(QStringLiteral("engine.lock"), QStringLiteral("Cannot open the engine's lock: %1").arg(QString::fromLocal8Bit(std::strerror(errno))), file);
    // Whoever asks for the holder has a shared lock for an instant: try for a moment before calling it taken.
    int tries = 20;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0 && --tries > 0)
        usleep(5000);
    if (tries == 0) {
        const Holder other = readHolder(fd);
        ::close(fd);
        return failNeeds(QStringLiteral("engine.busy"), QStringLiteral("Another process acts for this library"),
                         QStringLiteral("process %1").arg(other.pid),
                         QStringLiteral("Use that one, or end it first."),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("engine")}, {QStringLiteral("pid"), other.pid}}});
    }
    Lease lease(fd, coppiceDir);
    const QByteArray text = toJsonLine({{QStringLiteral("pid"), qint64(getpid())},
                                        {QStringLiteral("startedAt"), nowMs()},
                                        {QStringLiteral("socket"), lease.socketPath()}});
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text.constData(), size_t(text.size()), 0) != text.size())
        return fail(QStringLiteral("engine.lock"), QStringLiteral("Cannot write the engine's lock"), file,
                    QStringLiteral("Check the free space."));
    return lease;
}

std::optional<Lease::Holder> Lease::holder(const QString &coppiceDir)
{
    const int fd = open(QFile::encodeName(lockFile(coppiceDir)).constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return std::nullopt;
    std::optional<Holder> holder;
    // A shared lock can be had only when nobody holds the exclusive one.
    if (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        holder = readHolder(fd);
    ::close(fd);
    return holder;
}

QString Lease::socketPath() const
{
    return m_coppiceDir + QStringLiteral("/engine.sock");
}

Lease::Lease(Lease &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)), m_coppiceDir(std::move(other.m_coppiceDir)) { }

Lease &Lease::operator=(Lease &&other) noexcept
{
    if (this != &other) {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = std::exchange(other.m_fd, -1);
        m_coppiceDir = std::move(other.m_coppiceDir);
    }
    return *this;
}

Lease::~Lease()
{
    if (m_fd >= 0)
        ::close(m_fd); // gives the lock back
}

} // namespace coppice::journal

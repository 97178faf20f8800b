// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/work_files.h"

#include "process/spawn.h"

#include <QDir>
#include <QFile>
#include <QStringList>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::clients {

namespace {

using process::Descriptor;

Fail failed(const QString &path)
{
    if (errno == ENOENT)
        return failNotFound(QStringLiteral("files.missing"), QStringLiteral("There is no such file"), path);
    if (errno == ELOOP || errno == ENOTDIR)
        return fail(QStringLiteral("files.outside"), QStringLiteral("Links are not followed"), path);
    return fail(QStringLiteral("files.failed"), QString::fromLocal8Bit(strerror(errno)), path);
}

/// The folder that holds the last part.
Result<Descriptor> folderOf(const QString &host, const QStringList &parts, bool make, const QString &path)
{
    Descriptor folder(::open(QFile::encodeName(host).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.isOpen())
        return failed(path);
    for (const QString &part : parts.first(parts.size() - 1)) {
        const QByteArray name = QFile::encodeName(part);
        if (make && ::mkdirat(folder.get(), name.constData(), 0777) != 0 && errno != EEXIST)
            return failed(path);
        Descriptor next(::openat(folder.get(), name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.isOpen())
            return failed(path);
        folder = std::move(next);
    }
    return folder;
}

Result<> isPlainFile(int fd, const QString &path)
{
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        return failed(path);
    if (!S_ISREG(info.st_mode))
        return fail(QStringLiteral("files.kind"), QStringLiteral("This is no file"), path);
    if (info.st_size > WorkFolder::cap)
        return fail(QStringLiteral("files.too-large"), QStringLiteral("The file is larger than %1 MB").arg(WorkFolder::cap >> 20), path);
    return {};
}

} // namespace

Result<QStringList> WorkFolder::partsOf(const QString &path) const
{
    const QString clean = QDir::cleanPath(path);
    const bool within = clean.startsWith(m_inside + u'/') && path.startsWith(u'/') && !path.contains(QChar(0));
    const QStringList parts = within ? clean.mid(m_inside.size() + 1).split(u'/') : QStringList();
    if (!within || parts.contains(QStringLiteral("..")) || parts.first() == QLatin1String(".git"))
        return fail(QStringLiteral("files.outside"), QStringLiteral("This is not in the work folder"), path);
    return parts;
}

Result<QByteArray> WorkFolder::read(const QString &path) const
{
    COPPICE_TRY(const QStringList parts, partsOf(path));
    COPPICE_TRY(const Descriptor folder, folderOf(m_host, parts, false, path));
    // Non-blocking: a pipe in its place would wait for a writer for ever.
    const Descriptor file(::openat(folder.get(), QFile::encodeName(parts.last()).constData(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.isOpen())
        return failed(path);
    COPPICE_CHECK(isPlainFile(file.get(), path));
    QByteArray bytes;
    for (char buffer[65536]; bytes.size() <= cap;) {
        const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(path);
        if (got == 0)
            break;
        bytes.append(buffer, got);
    }
    return bytes;
}

Result<> WorkFolder::write(const QString &path, const QByteArray &bytes) const
{
    if (bytes.size() > cap)
        return fail(QStringLiteral("files.too-large"), QStringLiteral("A file may have at most %1 MB").arg(cap >> 20), path);
    COPPICE_TRY(const QStringList parts, partsOf(path));
    COPPICE_TRY(const Descriptor folder, folderOf(m_host, parts, true, path));
    const Descriptor file(::openat(folder.get(), QFile::encodeName(parts.last()).constData(),
                                   O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
    if (!file.isOpen())
        return failed(path);
    COPPICE_CHECK(isPlainFile(file.get(), path));
    if (::ftruncate(file.get(), 0) != 0)
        return failed(path);
    for (qsizetype at = 0; at < bytes.size();) {
        const ssize_t done = ::write(file.get(), bytes.constData() + at, size_t(bytes.size() - at));
        if (done < 0 && errno != EINTR)
            return failed(path);
        at += std::max<ssize_t>(0, done);
    }
    return {};
}

} // namespace coppice::clients

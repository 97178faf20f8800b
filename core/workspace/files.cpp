// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/files.h"

#include "base/id.h"
#include "base/paths.h"

#include <QFile>
#include <QList>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace coppice::workspace {

using process::Descriptor;

namespace {

Fail failedAt(const char *what, const QByteArray &path)
{
    return fail(QStringLiteral("workspace.file"),
                QStringLiteral("Cannot %1: %2").arg(QLatin1String(what), QString::fromLocal8Bit(strerror(errno))),
                QString::fromUtf8(path), QStringLiteral("Check the permissions and the free space of the disk."));
}

/// Opens a folder, giving its owner the right to read it where it has been taken away.
Descriptor openFolder(int parent, const char *name)
{
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    Descriptor fd(::openat(parent, name, flags));
    struct stat info {};
    if (!fd.isOpen() && errno == EACCES && ::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode)) {
        ::fchmodat(parent, name, 0700, 0);
        fd = Descriptor(::openat(parent, name, flags));
    }
    if (fd.isOpen() && ::fstat(fd.get(), &info) == 0 && (info.st_mode & 0700) != 0700)
        ::fchmod(fd.get(), info.st_mode | 0700);
    return fd;
}

Result<QByteArrayList> namesIn(int folder, const QByteArray &path)
{
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR *)> dir(::fdopendir(copy), ::closedir);
    if (!dir)
        return failedAt("read a folder", path);
    QByteArrayList names;
    while (const dirent *entry = ::readdir(dir.get())) {
        const QByteArray name(entry->d_name);
        if (name != "." && name != "..")
            names << name;
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<> walk(int folder, const QByteArray &path, const std::function<Result<Descend>(const FoundFile &)> &found, int depth)
{
    COPPICE_TRY(const QByteArrayList names, namesIn(folder, path));
    for (const auto &name : names) {
        FoundFile file{path.isEmpty() ? name : QByteArray(path + '/' + name), name, folder, {}};
        if (::fstatat(folder, name.constData(), &file.info, AT_SYMLINK_NOFOLLOW) != 0)
            return failedAt("look at a file", file.path);
        COPPICE_TRY(const Descend descend, found(file));
        if (!S_ISDIR(file.info.st_mode) || descend == Descend::No)
            continue;
        if (depth <= 0 || file.path.size() > 16 * 1024)
            return fail(QStringLiteral("workspace.deep"), QStringLiteral("Folders are nested too deeply"), QString::fromUtf8(file.path.left(300)));
        const Descriptor next = openFolder(folder, name.constData());
        if (!next.isOpen())
            return failedAt("open a folder", file.path);
        COPPICE_CHECK(walk(next.get(), file.path, found, depth - 1));
    }
    return {};
}

/// Empties a folder by descriptor. Not bounded in depth by the stack: a stranger may have nested deeply.
Result<> emptyAt(int folder, const QByteArray &path)
{
    std::vector<Descriptor> above;
    Descriptor here(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    QByteArrayList trail;
    for (;;) {
        COPPICE_TRY(const QByteArrayList names, namesIn(here.get(), path));
        QByteArray next;
        for (const auto &name : names) {
            if (::unlinkat(here.get(), name.constData(), 0) == 0)
                continue;
            if (errno != EISDIR && errno != EPERM)
                return failedAt("delete a file", QByteArray(path + '/' + name));
            if (::unlinkat(here.get(), name.constData(), AT_REMOVEDIR) == 0)
                continue;
            next = name;
            break;
        }
        if (!next.isEmpty()) {
            Descriptor below = openFolder(here.get(), next.constData());
            if (!below.isOpen())
                return failedAt("open a folder", QByteArray(path + '/' + next));
            // Very deep: the folder is moved up instead of kept open.
            if (above.size() >= 256) {
                const QByteArray moved = QByteArray(".emptied-" + Id::make().toString().toLatin1());
                if (::renameat(here.get(), next.constData(), folder, moved.constData()) != 0)
                    return failedAt("move a folder", next);
                continue;
            }
            above.push_back(std::move(here));
            here = std::move(below);
            trail << next;
            continue;
        }
        if (above.empty())
            break;
        here = std::move(above.back());
        above.pop_back();
        if (::unlinkat(here.get(), trail.takeLast().constData(), AT_REMOVEDIR) != 0)
            return failedAt("delete a folder", path);
    }
    // What was moved up while it was being emptied.
    COPPICE_TRY(const QByteArrayList left, namesIn(folder, path));
    return left.isEmpty() ? Result<>{} : emptyAt(folder, path);
}

Result<> copyFile(const FoundFile &file, int target)
{
    COPPICE_TRY(const Descriptor from, openFound(file));
    const QByteArray name = file.path;
    ::unlinkat(target, name.constData(), 0);
    const Descriptor to(::openat(target, name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to.isOpen())
        return failedAt("write a file", file.path);
    for (;;) {
        ssize_t copied = ::copy_file_range(from.get(), nullptr, to.get(), nullptr, 1 << 30, 0);
        if (copied < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
            copied = ::sendfile(to.get(), from.get(), nullptr, 1 << 30);
        if (copied < 0)
            return failedAt("copy a file", file.path);
        if (copied == 0)
            break;
    }
    const timespec times[2] = {file.info.st_mtim, file.info.st_mtim};
    ::fchmod(to.get(), file.info.st_mode & 0777);
    ::futimens(to.get(), times);
    return {};
}

} // namespace

Result<> walkFolder(const QString &folder, const std::function<Result<Descend>(const FoundFile &)> &found, int depth)
{
    const Descriptor fd = openFolder(AT_FDCWD, QFile::encodeName(folder).constData());
    if (!fd.isOpen())
        return failedAt("open a folder", QFile::encodeName(folder));
    return walk(fd.get(), {}, found, depth);
}

Result<> emptyFolder(const QString &folder)
{
    const QByteArray name = QFile::encodeName(folder);
    const Descriptor fd = openFolder(AT_FDCWD, name.constData());
    if (!fd.isOpen())
        return failedAt("open a folder", name);
    return emptyAt(fd.get(), name);
}

Result<> removeFolder(const QString &folder)
{
    const QByteArray name = QFile::encodeName(folder);
    struct stat info {};
    if (::lstat(name.constData(), &info) != 0)
        return {};
    if (!S_ISDIR(info.st_mode))
        return ::unlink(name.constData()) == 0 ? Result<>{} : failedAt("delete a file", name);
    COPPICE_CHECK(emptyFolder(folder));
    return ::rmdir(name.constData()) == 0 ? Result<>{} : failedAt("delete a folder", name);
}

Result<> copyFolder(const QString &from, const QString &to)
{
    COPPICE_CHECK(makeFolder(to));
    const Descriptor target = openFolder(AT_FDCWD, QFile::encodeName(to).constData());
    if (!target.isOpen())
        return failedAt("open a folder", QFile::encodeName(to));
    return walkFolder(from, [&](const FoundFile &file) -> Result<Descend> {
        const char *path = file.path.constData();
        if (S_ISDIR(file.info.st_mode)) {
            if (::mkdirat(target.get(), path, 0700) != 0 && errno != EEXIST)
                return failedAt("make a folder", file.path);
        } else if (S_ISLNK(file.info.st_mode)) {
            COPPICE_TRY(const QByteArray link, readLink(file));
            ::unlinkat(target.get(), path, 0);
            if (::symlinkat(link.constData(), target.get(), path) != 0)
                return failedAt("make a link", file.path);
        } else if (S_ISREG(file.info.st_mode)) {
            COPPICE_CHECK(copyFile(file, target.get()));
        }
        return Descend::Yes;
    });
}

Result<> moveEntry(const QString &from, const QString &to)
{
    const QByteArray source = QFile::encodeName(from);
    const QByteArray target = QFile::encodeName(to);
    if (::rename(source.constData(), target.constData()) == 0)
        return {};
    struct stat info {};
    if (errno != EXDEV || ::lstat(source.constData(), &info) != 0)
        return failedAt("move a file", source);
    if (S_ISDIR(info.st_mode))
        return copyFolder(from, to);
    const QByteArray name = source.mid(source.lastIndexOf('/') + 1);
    const QByteArray targetName = target.mid(target.lastIndexOf('/') + 1);
    const Descriptor folder(::open(source.left(source.lastIndexOf('/') + 1).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Descriptor targetFolder(::open(target.left(target.lastIndexOf('/') + 1).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.isOpen() || !targetFolder.isOpen())
        return failedAt("open a folder", source);
    const FoundFile file{targetName, name, folder.get(), info};
    if (!S_ISLNK(info.st_mode))
        return S_ISREG(info.st_mode) ? copyFile(file, targetFolder.get()) : Result<>{};
    COPPICE_TRY(const QByteArray link, readLink(file));
    return ::symlinkat(link.constData(), targetFolder.get(), targetName.constData()) == 0 ? Result<>{} : failedAt("make a link", target);
}

Result<Descriptor> openFound(const FoundFile &file)
{
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    Descriptor fd(::openat(file.folder, file.name.constData(), flags));
    if (!fd.isOpen() && errno == EACCES && S_ISREG(file.info.st_mode)) {
        ::fchmodat(file.folder, file.name.constData(), (file.info.st_mode & 0777) | 0600, 0);
        fd = Descriptor(::openat(file.folder, file.name.constData(), flags));
    }
    struct stat info {};
    if (!fd.isOpen() || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
        return failedAt("open a file", file.path);
    return fd;
}

Result<QByteArray> readFound(const FoundFile &file, qint64 cap)
{
    COPPICE_TRY(const Descriptor fd, openFound(file));
    QByteArray bytes;
    bytes.reserve(std::min<qint64>(cap, file.info.st_size) + 1);
    std::array<char, 64 * 1024> piece;
    ssize_t got = 0;
    while ((got = ::read(fd.get(), piece.data(), piece.size())) > 0) {
        bytes.append(piece.data(), got);
        if (bytes.size() > cap)
            return fail(QStringLiteral("workspace.file-large"), QStringLiteral("A file is larger than %1 bytes").arg(cap),
                        QString::fromUtf8(file.path), QStringLiteral("Remove it, or have it ignored."));
    }
    if (got < 0)
        return failedAt("read a file", file.path);
    return bytes;
}

Result<QByteArray> readLink(const FoundFile &file)
{
    QByteArray target(PATH_MAX, Qt::Uninitialized);
    const ssize_t length = ::readlinkat(file.folder, file.name.constData(), target.data(), size_t(target.size()));
    if (length < 0)
        return failedAt("read a link", file.path);
    target.resize(length);
    return target;
}

} // namespace coppice::workspace

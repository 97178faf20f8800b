// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/materialise.h"

#include "base/paths.h"
#include "process/spawn.h"

#include <QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::workspace {

using process::Descriptor;

namespace {

constexpr qint64 largestBlob = 1LL << 30;
constexpr int deepest = 128;

Fail failedAt(const QByteArray &path)
{
    return fail(QStringLiteral("workspace.write"),
                QStringLiteral("Cannot write a plugin's file: %1").arg(QString::fromLocal8Bit(strerror(errno))), QString::fromUtf8(path),
                QStringLiteral("Check the free space of the disk."));
}

class Writer
{
public:
    explicit Writer(const git::Repository &repository) : m_repository(repository) { }

    Result<> write(const git::Oid &tree, int folder, const QByteArray &path, int depth)
    {
        COPPICE_TRY(const auto entries, m_repository.tree(tree));
        for (const auto &entry : entries) {
            const QByteArray here = path.isEmpty() ? entry.name : QByteArray(path + '/' + entry.name);
            if (!isSafeRelative(entry.name) || entry.name.contains('/'))
                return fail(QStringLiteral("workspace.name"), QStringLiteral("A tree holds a name that no file can have"), QString::fromUtf8(here));
            if (isGitName(entry.name))
                continue;
            COPPICE_CHECK(one(entry, folder, here, depth));
        }
        return {};
    }

private:
    Result<> one(const git::TreeEntry &entry, int folder, const QByteArray &path, int depth)
    {
        const char *name = entry.name.constData();
        if (entry.mode == git::Mode::Tree || entry.mode == git::Mode::Submodule) {
            if (::mkdirat(folder, name, 0755) != 0)
                return failedAt(path);
            if (entry.mode == git::Mode::Submodule)
                return {};
            const Descriptor next(::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!next.isOpen())
                return failedAt(path);
            if (depth >= deepest)
                return fail(QStringLiteral("workspace.deep"), QStringLiteral("Folders are nested too deeply"), QString::fromUtf8(path.left(300)));
            return write(entry.id, next.get(), path, depth + 1);
        }
        COPPICE_TRY(const QByteArray bytes, m_repository.blob(entry.id, largestBlob));
        if (entry.mode == git::Mode::Link)
            return ::symlinkat(bytes.constData(), folder, name) == 0 ? Result<>{} : failedAt(path);
        const mode_t mode = entry.mode == git::Mode::Executable ? 0755 : 0644;
        const Descriptor file(::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
        if (!file.isOpen())
            return failedAt(path);
        QByteArrayView left(bytes);
        while (!left.isEmpty()) {
            const ssize_t put = ::write(file.get(), left.data(), size_t(left.size()));
            if (put < 0 && errno != EINTR)
                return failedAt(path);
            left = left.sliced(std::max<ssize_t>(put, 0));
        }
        return {};
    }

    const git::Repository &m_repository;
};

} // namespace

bool isGitName(const QByteArray &name)
{
    const QByteArray lower = name.toLower();
    return lower == ".git" || lower == "git~1";
}

Result<> materialise(const git::Repository &repository, const git::Oid &tree, const QString &folder)
{
    const Descriptor fd(::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.isOpen())
        return failedAt(QFile::encodeName(folder));
    return Writer(repository).write(tree, fd.get(), {}, 0);
}

} // namespace coppice::workspace

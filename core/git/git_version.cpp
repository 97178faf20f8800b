// SPDX-License-Identifier: GPL-3.0-or-later
// The installed git's version. Asking costs as much as a whole split in which nothing is new, so the answer is kept
// for as long as the program stays the same file.
#include "git/user_git.h"

#include "base/paths.h"

#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <sys/stat.h>
#include <unistd.h>

namespace coppice::git {

namespace {

using Version = std::array<int, 3>;

/// What changes when another git is installed; empty for a program that is none itself but starts one (a script, or a
/// version manager's stand-in), where nothing can be told from the file.
QByteArray markOf(const QString &program)
{
    const QString path = QFileInfo(program).canonicalFilePath();
    QFile file(path);
    struct stat info {};
    if (!path.endsWith(QStringLiteral("/git")) || !file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)
        || file.read(4) != QByteArray("\177ELF", 4) || fstat(file.handle(), &info) != 0)
        return {};
    QByteArray mark = path.toUtf8();
    for (const qint64 number : {qint64(info.st_dev), qint64(info.st_ino), qint64(info.st_size), qint64(info.st_mtim.tv_sec),
                                qint64(info.st_mtim.tv_nsec), qint64(info.st_ctim.tv_sec), qint64(info.st_ctim.tv_nsec)})
        mark += ' ' + QByteArray::number(number);
    return mark + '\n';
}

Result<Version> versionIn(const QByteArray &text)
{
    const auto at = text.indexOf("git version ");
    const QByteArrayList parts = text.mid(at + 12).split(' ').first().trimmed().split('.');
    bool major = false;
    bool minor = false;
    const Version version{parts.value(0).toInt(&major), parts.value(1).toInt(&minor), parts.value(2).toInt()};
    if (at < 0 || !major || !minor)
        return fail(QStringLiteral("git.version"), QStringLiteral("git does not say its version"), QString::fromUtf8(text.left(100)));
    return version;
}

/// Not written where it cannot be: then git is asked again the next time.
void keep(const QString &path, const QByteArray &text)
{
    if (!makeFolder(cacheHome()))
        return;
    QFile file(path + QStringLiteral(".%1").arg(getpid()));
    const bool good = file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.flush();
    file.close();
    if (!good || ::rename(QFile::encodeName(file.fileName()).constData(), QFile::encodeName(path).constData()) != 0)
        file.remove();
}

} // namespace

Result<Version> userGitVersion()
{
    static const auto asked = []() -> Result<Version> {
        const QByteArray mark = markOf(QStandardPaths::findExecutable(QStringLiteral("git")));
        const QString path = cacheHome() + QStringLiteral("/git-version");
        if (QFile known(path); !mark.isEmpty() && known.open(QIODevice::ReadOnly)) {
            const QByteArray text = known.read(10'000);
            if (text.startsWith(mark)) {
                if (const auto version = versionIn(text.mid(mark.size())))
                    return version;
            }
        }
        COPPICE_TRY(const QByteArray said, userGitChecked({}, {}, {QStringLiteral("version")}));
        COPPICE_TRY(const auto version, versionIn(said));
        if (!mark.isEmpty())
            keep(path, mark + said);
        return version;
    }();
    return asked;
}

} // namespace coppice::git

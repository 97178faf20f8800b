// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/guard.h"

#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>
#include <unistd.h>

namespace coppice::sandbox {

namespace {

/// Folders of the machine: what a program needs of them is there already.
const QStringList &systemFolders()
{
    static const QStringList folders = {
        QStringLiteral("/bin"),  QStringLiteral("/boot"), QStringLiteral("/dev"),   QStringLiteral("/etc"),
        QStringLiteral("/lib"),  QStringLiteral("/lib32"), QStringLiteral("/lib64"), QStringLiteral("/libx32"),
        QStringLiteral("/proc"), QStringLiteral("/run"),  QStringLiteral("/sbin"),  QStringLiteral("/sys"),
        QStringLiteral("/usr"),  QStringLiteral("/var/run")};
    return folders;
}

/// A folder of ours in the machine's memory: who keeps work there has it as another keeps it in /tmp.
bool isOwnInMemory(const QString &real)
{
    const QString memory = QStringLiteral("/dev/shm/");
    const QString first = real.startsWith(memory) ? real.section(u'/', 0, 3) : QString();
    struct stat info {};
    return first.size() > memory.size() && ::stat(QFile::encodeName(first).constData(), &info) == 0 && S_ISDIR(info.st_mode) &&
           info.st_uid == ::getuid();
}

/// Folders below home that hold credentials.
const QStringList &secretFolders()
{
    static const QStringList folders = {QStringLiteral(".ssh"),          QStringLiteral(".gnupg"),
                                        QStringLiteral(".aws"),          QStringLiteral(".azure"),
                                        QStringLiteral(".kube"),         QStringLiteral(".docker"),
                                        QStringLiteral(".netrc"),        QStringLiteral(".npmrc"),
                                        QStringLiteral(".pypirc"),       QStringLiteral(".git-credentials"),
                                        QStringLiteral(".config/gcloud"), QStringLiteral(".config/gh"),
                                        QStringLiteral(".password-store"), QStringLiteral(".mozilla"),
                                        QStringLiteral(".local/share/keyrings"), QStringLiteral(".cargo/credentials.toml")};
    return folders;
}

Fail refuse(const QString &host, const QString &why)
{
    return fail(QStringLiteral("sandbox.bind-refused"), QStringLiteral("A folder is not shown in the sandbox: %1").arg(why),
                host, QStringLiteral("Name a folder that holds only what the command needs."));
}

/// A git directory that Coppice keeps its databases in.
bool holdsLibraryState(const QString &gitDir)
{
    return QFileInfo::exists(gitDir + QStringLiteral("/coppice")) && QFileInfo::exists(gitDir + QStringLiteral("/objects"))
        && QFileInfo::exists(gitDir + QStringLiteral("/HEAD"));
}

bool isLibrary(const QString &folder)
{
    return holdsLibraryState(folder) || holdsLibraryState(folder + QStringLiteral("/.git"));
}

bool overlaps(const QString &host, const QString &kept)
{
    return !kept.isEmpty() && (isWithin(host, kept) || isWithin(kept, host));
}

} // namespace

QString canonical(const QString &path)
{
    return QFileInfo(path).canonicalFilePath();
}

bool isWithin(const QString &path, const QString &folder)
{
    return path == folder || folder == u"/" || (path.startsWith(folder) && path.at(folder.size()) == u'/');
}

Result<> checkHostPath(const QString &host, bool writable, const SandboxProfile &profile)
{
    const QString real = canonical(host);
    if (real.isEmpty() || !QDir::isAbsolutePath(host))
        return refuse(host, QStringLiteral("it does not exist"));
    struct stat info {};
    if (::stat(QFile::encodeName(real).constData(), &info) != 0 || !(S_ISDIR(info.st_mode) || S_ISREG(info.st_mode)))
        return refuse(host, QStringLiteral("it is neither a folder nor a file"));

    const QString home = canonical(QDir::homePath());
    if (isWithin(home, real))
        return refuse(host, QStringLiteral("it holds the home folder"));
    for (const auto &folder : systemFolders()) {
        if (isWithin(folder, real) || (isWithin(real, folder) && (writable || folder != u"/usr") && !isOwnInMemory(real)))
            return refuse(host, QStringLiteral("it belongs to the system"));
    }
    for (const auto &name : secretFolders()) {
        if (overlaps(real, canonical(home + u'/' + name)))
            return refuse(host, QStringLiteral("it holds credentials"));
    }
    const QString run = profile.workFolder.isEmpty() ? QString() : QFileInfo(canonical(profile.workFolder)).path();
    const QString state = canonical(stateHome());
    if (overlaps(real, state) && !(isWithin(run, state) && run != state && isWithin(real, run)))
        return refuse(host, QStringLiteral("it holds Coppice's own state"));
    if (overlaps(real, canonical(configHome())))
        return refuse(host, QStringLiteral("it holds Coppice's settings"));
    for (const auto &kept : profile.forbidden) {
        if (overlaps(real, canonical(kept)))
            return refuse(host, QStringLiteral("it belongs to the library"));
    }
    if (isLibrary(real))
        return refuse(host, QStringLiteral("it is a library"));
    for (QString above = real; above != u"/"; above = QFileInfo(above).path()) {
        if (holdsLibraryState(above))
            return refuse(host, QStringLiteral("it lies in a library's git directory"));
    }
    if (writable && !profile.gitDir.isEmpty() && overlaps(real, canonical(profile.gitDir)))
        return refuse(host, QStringLiteral("the run's git directory is never writable"));
    return {};
}

Result<> checkInsidePath(const QString &inside, const SandboxProfile &profile)
{
    const bool plain = inside.startsWith(u'/') && isSafeRelative(inside.mid(1).toUtf8());
    bool system = false;
    for (const auto &folder : systemFolders())
        system = system || isWithin(inside, folder) || isWithin(folder, inside);
    system = system && !inside.startsWith(QStringLiteral("/dev/shm/")); // the sandbox's own, empty
    const QString &work = profile.workInside;
    if (!plain || system || isWithin(QStringLiteral("/home/agent"), inside) || isWithin(QStringLiteral("/tmp"), inside))
        return fail(QStringLiteral("sandbox.inside-path"), QStringLiteral("Nothing can be shown at this place in the sandbox"),
                    inside);
    if (!work.isEmpty() && inside != work && isWithin(inside, work) && !profile.workFolder.isEmpty()) {
        // Over what is there anyway, and no link on the way: nothing stays behind.
        const QString there = canonical(profile.workFolder);
        if (!there.isEmpty() && canonical(there + inside.mid(work.size())) == there + inside.mid(work.size()))
            return {};
    }
    if (!work.isEmpty() && (isWithin(inside, work) || isWithin(work, inside)))
        return fail(QStringLiteral("sandbox.inside-path"),
                    QStringLiteral("Nothing can be shown within the work folder: it would leave an empty folder there"), inside);
    return {};
}

} // namespace coppice::sandbox

// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/prepared_store.h"

#include "base/id.h"
#include "base/paths.h"
#include "workspace/files.h"
#include "workspace/ignore_rules.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

namespace coppice::workspace {

namespace {

constexpr int daysUnused = 28;
constexpr int daysHalfMade = 2;
const QString lockEnding = QStringLiteral(".lock"); // an empty file, left where it is: removing it would let two in at once

QString root()
{
    return cacheHome() + QStringLiteral("/prepare");
}

QString recordOf(const QString &runPath)
{
    return runPath + QStringLiteral("/prepared");
}

Result<> excludeFromPatches(const QString &runPath, const QByteArray &lines)
{
    const QString file = runPath + QStringLiteral("/git/info/exclude");
    COPPICE_TRY(QByteArray exclude, readFile(file, 1 << 20));
    for (const auto &line : lines.split('\n')) {
        if (!line.isEmpty() && !exclude.contains(QByteArray('\n' + line + '\n')))
            exclude += line + '\n';
    }
    return writeFileAtomically(file, exclude);
}

} // namespace

PreparedStore::PreparedStore(QString key) : m_path(root() + u'/' + key) { }

bool PreparedStore::exists() const
{
    return QFileInfo(files()).isDir();
}

Result<process::Descriptor> PreparedStore::lock(std::stop_token stop) const
{
    COPPICE_CHECK(makeFolder(root()));
    const QString path = m_path + lockEnding;
    while (!stop.stop_requested()) {
        process::Descriptor file(::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!file.isOpen())
            return fail(QStringLiteral("workspace.cache"),
                        QStringLiteral("Cannot lock what a set-up makes: %1").arg(QString::fromLocal8Bit(strerror(errno))), path,
                        QStringLiteral("Check the permissions of the cache folder."));
        if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
            return file;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return failCancelled();
}

Result<QString> PreparedStore::begin() const
{
    const QString fresh = QString(root() + QStringLiteral("/new-") + Id::make().toString());
    for (const char *name : {"/files", "/store"})
        COPPICE_CHECK(makeFolder(fresh + QLatin1String(name)));
    return fresh;
}

Result<> PreparedStore::commit(const QString &made) const
{
    if (QDir().rename(made, m_path))
        return {};
    if (exists()) // another run was quicker; what it made is as good
        return removeFolder(made);
    return fail(QStringLiteral("workspace.cache"), QStringLiteral("Cannot keep what the set-up made"), m_path,
                QStringLiteral("Check the permissions of the cache folder."));
}

Result<> PreparedStore::use(const QString &runPath, const QString &work) const
{
    QFile used(m_path + QStringLiteral("/used"));
    if (used.open(QIODevice::WriteOnly))
        used.write(QByteArray::number(QDateTime::currentMSecsSinceEpoch()));
    COPPICE_CHECK(writeFileAtomically(recordOf(runPath), QFileInfo(m_path).fileName().toUtf8()));
    return putBack(runPath, work);
}

Result<> PreparedStore::putBack(const QString &runPath, const QString &work)
{
    if (!QFileInfo::exists(recordOf(runPath)))
        return {};
    COPPICE_TRY(const QByteArray key, readFile(recordOf(runPath), 256));
    const PreparedStore store(QString::fromUtf8(key));
    if (!store.exists()) // pruned meanwhile: prepare() makes it again
        return {};
    COPPICE_TRY(const QByteArray excludes, readFile(store.path() + QStringLiteral("/excludes"), 1 << 20));
    COPPICE_CHECK(excludeFromPatches(runPath, excludes));
    return copyFolder(store.files(), work);
}

Result<> PreparedStore::forget(const QString &runPath)
{
    return removeFolder(recordOf(runPath));
}

void PreparedStore::prune()
{
    const auto now = QDateTime::currentDateTime();
    for (const auto &info : QDir(root()).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const bool half = info.fileName().startsWith(u"new-");
        const QFileInfo used(info.filePath() + QStringLiteral("/used"));
        const auto last = !half && used.exists() ? used.lastModified() : info.lastModified();
        if (last.daysTo(now) > (half ? daysHalfMade : daysUnused))
            (void)removeFolder(info.filePath()); // tried again next time
    }
}

} // namespace coppice::workspace

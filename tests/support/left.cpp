// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/left.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QThread>

namespace coppice::test {

namespace {

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

QStringList processesOf(const QString &folder, const QString &mark)
{
    const QByteArray own = readAll(QStringLiteral("/proc/self/mountinfo"));
    const QByteArray name = QFileInfo(folder).fileName().toUtf8(); // its path there begins at its file system's root
    QStringList found;
    for (const QString &pid : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        if (pid.toInt() <= 0 || pid.toInt() == QCoreApplication::applicationPid())
            continue;
        const QByteArray line = readAll(QStringLiteral("/proc/%1/cmdline").arg(pid));
        const QByteArray mounts = readAll(QStringLiteral("/proc/%1/mountinfo").arg(pid));
        if (line.contains(folder.toUtf8()) || (!mark.isEmpty() && line.contains(mark.toUtf8()))
            || (mounts != own && mounts.contains(name)))
            found << pid;
    }
    return found;
}

QStringList processesLeft(const QString &folder, const QString &mark)
{
    QDeadlineTimer patience(10'000);
    QStringList found = processesOf(folder, mark);
    while (!found.isEmpty() && !patience.hasExpired()) {
        QThread::msleep(20);
        found = processesOf(folder, mark);
    }
    return found;
}

} // namespace coppice::test

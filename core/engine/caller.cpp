// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/caller.h"

#include <QFile>
#include <QList>

#include <unistd.h>

namespace coppice::engine {

namespace {

/// Field 22 of /proc/<pid>/stat; empty when there is no such process. Source: proc_pid_stat(5).
QByteArray startTime(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray line = file.readAll();
    // The name in parentheses may hold spaces and parentheses; field 3 begins after the last one.
    const auto fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
    return fields.size() > 19 && fields[0] != "Z" && fields[0] != "X" ? fields[19] : QByteArray();
}

} // namespace

QString thisProcess()
{
    return QStringLiteral("%1/%2").arg(getpid()).arg(QString::fromLatin1(startTime(getpid())));
}

bool isAlive(const QString &process)
{
    const QByteArray started = startTime(process.section(u'/', 0, 0).toLongLong());
    return !started.isEmpty() && started == process.section(u'/', 1, 1).toLatin1();
}

} // namespace coppice::engine

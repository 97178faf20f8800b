// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/pids_group.h"

#include <QDir>
#include <QFile>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::process {

namespace {

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The folder of our own control group that can have children with a limit on processes; empty when there is none.
QString parentFolder()
{
    QString unified;
    for (const auto &line : readAll(QStringLiteral("/proc/self/cgroup")).split('\n')) {
        const auto parts = line.split(':');
        if (parts.size() < 3)
            continue;
        const QString path = QString::fromLocal8Bit(line.mid(parts[0].size() + parts[1].size() + 2));
        if (parts[1].split(',').contains("pids"))
            return QDir::cleanPath(QStringLiteral("/sys/fs/cgroup/pids/") + path);
        if (parts[1].isEmpty())
            unified = QDir::cleanPath(QStringLiteral("/sys/fs/cgroup/") + path);
    }
    if (!unified.isEmpty() && readAll(unified + QStringLiteral("/cgroup.subtree_control")).split('\n').value(0).split(' ').contains("pids"))
        return unified;
    return {};
}

/// What a killed process of ours left behind. A group that is in use cannot be removed.
void removeStale(const QString &parent)
{
    for (const auto &name : QDir(parent).entryList({QStringLiteral("coppice-*")}, QDir::Dirs)) {
        const pid_t owner = name.section(u'-', 1, 1).toInt();
        if (owner > 0 && ::kill(owner, 0) != 0)
            ::rmdir(QFile::encodeName(parent + u'/' + name).constData());
    }
}

} // namespace

std::unique_ptr<PidsGroup> PidsGroup::make(qint64 most)
{
    static std::atomic<int> count = 0;
    if (::geteuid() != 0)
        return nullptr;
    static const QString parent = [] {
        const QString folder = parentFolder();
        if (!folder.isEmpty())
            removeStale(folder);
        return folder;
    }();
    if (parent.isEmpty())
        return nullptr;
    const QByteArray path = QFile::encodeName(QStringLiteral("%1/coppice-%2-%3").arg(parent).arg(getpid()).arg(++count));
    if (::mkdir(path.constData(), 0755) != 0)
        return nullptr;
    const QByteArray limit = QByteArray::number(most);
    const Descriptor max(::open(QByteArray(path + "/pids.max").constData(), O_WRONLY | O_CLOEXEC));
    Descriptor join(::open(QByteArray(path + "/cgroup.procs").constData(), O_WRONLY | O_CLOEXEC));
    const bool limited = max.isOpen() && ::write(max.get(), limit.constData(), size_t(limit.size())) == limit.size();
    if (!limited || !join.isOpen()) {
        ::rmdir(path.constData());
        return nullptr;
    }
    return std::unique_ptr<PidsGroup>(new PidsGroup(path, std::move(join)));
}

PidsGroup::~PidsGroup()
{
    // Killed processes are gone in a moment; what cannot be removed now is removed by the next start.
    for (int i = 0; i < 200 && ::rmdir(m_path.constData()) != 0 && errno == EBUSY; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

} // namespace coppice::process

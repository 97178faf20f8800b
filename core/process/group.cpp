// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/group.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QString>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <unordered_set>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace coppice::process {

namespace {

QByteArray readProc(pid_t pid, const char *name)
{
    const QByteArray path = "/proc/" + QByteArray::number(pid) + '/' + name;
    const int fd = ::open(path.constData(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return {};
    QByteArray bytes(4096, Qt::Uninitialized);
    const ssize_t got = ::read(fd, bytes.data(), size_t(bytes.size()));
    ::close(fd);
    bytes.resize(std::max<ssize_t>(got, 0));
    return bytes;
}

struct Stat {
    pid_t pid = 0;
    pid_t parent = 0;
    pid_t group = 0;
    bool dead = false;
};

/// /proc/PID/stat: "pid (name) state ppid pgrp …"; the name may hold spaces and parentheses. Source: proc(5)
bool readStat(pid_t pid, Stat &stat)
{
    const QByteArray line = readProc(pid, "stat");
    const auto end = line.lastIndexOf(')');
    if (end < 0)
        return false;
    const auto fields = line.mid(end + 2).split(' ');
    if (fields.size() < 3)
        return false;
    const char state = fields[0].isEmpty() ? 'X' : fields[0][0];
    stat = Stat{pid, pid_t(fields[1].toInt()), pid_t(fields[2].toInt()), state == 'Z' || state == 'X'};
    return true;
}

} // namespace

std::vector<pid_t> groupMembers(pid_t leader, size_t enough)
{
    // /proc lists processes by rising id, so a parent mostly comes before its children; a second pass over what was
    // read finds those of which the parent came later (ids wrap).
    std::unordered_set<pid_t> members;
    std::vector<pid_t> living;
    std::vector<Stat> others;
    const auto take = [&](const Stat &stat) {
        if (stat.pid != leader && stat.group != leader && !members.contains(stat.parent))
            return false;
        members.insert(stat.pid);
        if (!stat.dead)
            living.push_back(stat.pid);
        return true;
    };
    const std::unique_ptr<DIR, int (*)(DIR *)> proc(::opendir("/proc"), ::closedir);
    while (const dirent *entry = proc ? ::readdir(proc.get()) : nullptr) {
        Stat stat;
        const int pid = std::atoi(entry->d_name);
        if (pid > 0 && readStat(pid, stat) && !take(stat))
            others.push_back(stat);
        if (living.size() > enough)
            return living;
    }
    while (std::erase_if(others, take) > 0) { }
    return living;
}

qint64 residentBytes(const std::vector<pid_t> &processes)
{
    qint64 total = 0;
    for (const pid_t pid : processes) {
        const QByteArray status = readProc(pid, "status");
        for (const char *field : {"\nRssAnon:", "\nRssShmem:"}) {
            const auto at = status.indexOf(field);
            if (at >= 0)
                total += std::strtoll(status.constData() + at + qstrlen(field), nullptr, 10) * 1024;
        }
    }
    return total;
}

} // namespace coppice::process

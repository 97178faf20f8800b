// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/spawn.h"

#include <memory>
#include <vector>

namespace coppice::process {

/// What bounds the memory of a child and all that it starts, on this machine.
enum class MemoryBound {
    ControlGroup, ///< a control group of ours: the kernel refuses, and ends the group
    SystemdScope, ///< a scope that the user's systemd makes for it
    Watch,        ///< resident memory summed up ten times a second: a short excess is possible
};
/// Found out once, by trying. The environment variable COPPICE_MEMORY_BOUND (group, scope or watch) forbids the others.
[[nodiscard]] MemoryBound memoryBoundHere();

/// Folders of our own control group in which groups with a limit can be made; empty where there is none.
struct GroupFolders {
    QString processes;
    QString memory;
    bool unified = false; ///< both are one folder of version 2
};
/// From the text of /proc/self/cgroup and the folder that the hierarchies are mounted below. Whether they can be written
/// to is not looked at, but version 2 must hand its controllers down. Source: cgroups(7), the kernel's cgroup-v2.rst.
[[nodiscard]] GroupFolders groupFolders(const QByteArray &ownGroups, const QString &mounts);

/// A control group that bounds processes and memory of one child with all that it starts. Removed when destroyed, once
/// its last process is gone.
class ControlGroup
{
public:
    /// None where neither can be bounded. For processes it is made for root only, whom RLIMIT_NPROC does not bind.
    [[nodiscard]] static std::unique_ptr<ControlGroup> make(const Limits &limits);
    ~ControlGroup();
    ControlGroup(const ControlGroup &) = delete;
    ControlGroup &operator=(const ControlGroup &) = delete;

    /// A process that writes "0" to all of these joins the group.
    [[nodiscard]] std::vector<int> joinFds() const;
    [[nodiscard]] bool boundsProcesses() const { return !m_processes.isEmpty(); }
    [[nodiscard]] bool boundsMemory() const { return !m_memory.isEmpty(); }
    /// The living processes of the group, also those that have left their parent, process group or terminal.
    [[nodiscard]] std::vector<pid_t> members() const;
    /// The kernel had to end a process of the group, since there was no more memory for it.
    [[nodiscard]] bool memoryRanOut() const;

private:
    ControlGroup() = default;
    QString m_processes, m_memory; ///< folders; empty where not bounded
    std::vector<Descriptor> m_joins;
};

/// The words before a command that make systemd start it in a scope with these limits; empty where that is not needed or
/// cannot be done. What systemd-run needs of our environment and the command must not see is added to `env` and taken off
/// again by the words themselves. `unit` is the scope's name.
[[nodiscard]] QStringList scopeWords(const Limits &limits, QMap<QString, QString> &env, QString &unit);
/// Whether the kernel ended a process in the scope that `pid` is in.
[[nodiscard]] bool memoryRanOutInScope(pid_t pid, const QString &unit);

} // namespace coppice::process

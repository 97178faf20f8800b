// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/control_group.h"

#include <QDir>
#include <QFile>

#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::process {

namespace {

const QString mountedAt = QStringLiteral("/sys/fs/cgroup");

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool put(const QString &path, const QByteArray &value)
{
    const Descriptor file(::open(QFile::encodeName(path).constData(), O_WRONLY | O_CLOEXEC));
    return file.isOpen() && ::write(file.get(), value.constData(), size_t(value.size())) == value.size();
}

/// The number after a word in a file of lines "word number"; 0 when it is not there.
qint64 countIn(const QString &path, const QByteArray &word)
{
    for (const auto &line : readAll(path).split('\n')) {
        if (line.startsWith(QByteArray(word + ' ')))
            return line.mid(word.size() + 1).trimmed().toLongLong();
    }
    return 0;
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

const GroupFolders &ownFolders()
{
    static const GroupFolders folders = [] {
        GroupFolders found = groupFolders(readAll(QStringLiteral("/proc/self/cgroup")), mountedAt);
        for (QString *folder : {&found.processes, &found.memory}) {
            if (!folder->isEmpty() && ::access(QFile::encodeName(*folder).constData(), W_OK) != 0)
                folder->clear();
            if (!folder->isEmpty())
                removeStale(*folder);
        }
        return found;
    }();
    return folders;
}

QString nextName()
{
    static std::atomic<int> count = 0;
    return QStringLiteral("coppice-%1-%2").arg(getpid()).arg(++count);
}

bool makeGroup(const QString &path)
{
    return ::mkdir(QFile::encodeName(path).constData(), 0755) == 0;
}

/// Version 1 counts swap in a file of its own, where the kernel counts it at all.
bool boundMemory(const QString &group, bool unified, qint64 bytes)
{
    const QByteArray value = QByteArray::number(bytes);
    if (unified) {
        (void)put(group + QStringLiteral("/memory.swap.max"), "0");
        (void)put(group + QStringLiteral("/memory.oom.group"), "1");
        return put(group + QStringLiteral("/memory.max"), value);
    }
    if (!put(group + QStringLiteral("/memory.limit_in_bytes"), value))
        return false;
    (void)put(group + QStringLiteral("/memory.memsw.limit_in_bytes"), value);
    return true;
}

qint64 memoryKills(const QString &group)
{
    return countIn(group + QStringLiteral("/memory.events"), "oom_kill") // version 2
        + countIn(group + QStringLiteral("/memory.oom_control"), "oom_kill");
}

/// Killed processes are gone in a moment; what cannot be removed now is removed by the next start.
void removeGroup(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    for (int i = 0; i < 200 && ::rmdir(name.constData()) != 0 && errno == EBUSY; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

/// Variables that systemd-run finds its manager by.
QMap<QString, QString> managerEnvironment()
{
    QMap<QString, QString> env;
    for (const char *name : {"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"}) {
        if (qEnvironmentVariableIsSet(name))
            env[QLatin1String(name)] = qEnvironmentVariable(name);
    }
    return env;
}

QStringList scopeCommand(const QString &program, const QString &unit, const Limits &limits)
{
    QStringList words{program, QStringLiteral("--scope"), QStringLiteral("--quiet"), QStringLiteral("--collect"),
                      QString(QStringLiteral("--unit=") + unit)};
    if (::geteuid() != 0)
        words.insert(1, QStringLiteral("--user"));
    const auto property = [&words](const QString &text) { words << QStringLiteral("-p") << text; };
    if (limits.residentBytes) {
        property(QStringLiteral("MemoryMax=%1").arg(*limits.residentBytes));
        property(QStringLiteral("MemorySwapMax=0"));
    }
    if (limits.processes)
        property(QStringLiteral("TasksMax=%1").arg(*limits.processes));
    return words << QStringLiteral("--");
}

/// The systemd-run that works here: a scope can be made, and a program in it has the descriptors that it was given.
QString workingSystemdRun()
{
    const auto program = findProgram(QStringLiteral("systemd-run"));
    if (!program || (::geteuid() != 0 && !qEnvironmentVariableIsSet("XDG_RUNTIME_DIR")))
        return {};
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return {};
    const Descriptor readEnd(ends[0]);
    Descriptor writeEnd(ends[1]);
    Limits limits;
    limits.residentBytes = 64 << 20;
    limits.processes = 64;
    Request request;
    request.argv = scopeCommand(*program, nextName() + QStringLiteral("-try"), limits)
        << QStringLiteral("/bin/sh") << QStringLiteral("-c") << QStringLiteral("echo here >&\"$0\"")
        << QString::number(writeEnd.get());
    request.limits.time = std::chrono::seconds(10);
    request.keepFds = {writeEnd.get()};
    request.outputCap = 4096;
    const auto outcome = run(request);
    writeEnd.reset();
    char said[8] = {};
    return outcome && outcome->ok() && ::read(readEnd.get(), said, sizeof said) == 5 ? *program : QString();
}

/// Found once per value of PATH.
QString systemdRun()
{
    static std::mutex mutex;
    static std::map<QByteArray, QString> known;
    const std::lock_guard lock(mutex);
    const QByteArray path = qgetenv("PATH");
    const auto at = known.find(path);
    return at != known.end() ? at->second : known.emplace(path, workingSystemdRun()).first->second;
}

/// What a person prefers, where one of the ways does not do on a machine: COPPICE_MEMORY_BOUND=group, scope or watch.
bool mayUse(const char *way)
{
    const QByteArray wanted = qgetenv("COPPICE_MEMORY_BOUND");
    return wanted.isEmpty() || wanted == way;
}

} // namespace

GroupFolders groupFolders(const QByteArray &ownGroups, const QString &mounts)
{
    GroupFolders found;
    QString unified;
    for (const auto &line : ownGroups.split('\n')) {
        const auto parts = line.split(':');
        if (parts.size() < 3)
            continue;
        const QString path = QString::fromLocal8Bit(line.mid(parts[0].size() + parts[1].size() + 2));
        const auto controllers = parts[1].split(',');
        for (auto [name, folder] : {std::pair("pids", &found.processes), std::pair("memory", &found.memory)}) {
            if (controllers.contains(name))
                *folder = QDir::cleanPath(mounts + u'/' + QString::fromLatin1(parts[1]) + u'/' + path);
        }
        if (parts[1].isEmpty())
            unified = QDir::cleanPath(mounts + u'/' + path);
    }
    if (!found.processes.isEmpty() || !found.memory.isEmpty() || unified.isEmpty())
        return found;
    const auto handedDown = readAll(unified + QStringLiteral("/cgroup.subtree_control")).trimmed().split(' ');
    if (handedDown.contains("pids") && handedDown.contains("memory"))
        found = {unified, unified, true};
    return found;
}

std::unique_ptr<ControlGroup> ControlGroup::make(const Limits &limits)
{
    const GroupFolders &folders = ownFolders();
    const QString name = nextName();
    std::unique_ptr<ControlGroup> group(new ControlGroup);
    const auto join = [&](const QString &path) {
        Descriptor file(::open(QFile::encodeName(path + QStringLiteral("/cgroup.procs")).constData(), O_WRONLY | O_CLOEXEC));
        const bool open = file.isOpen();
        if (open)
            group->m_joins.push_back(std::move(file));
        return open;
    };
    if (limits.processes && ::geteuid() == 0 && !folders.processes.isEmpty()) {
        const QString path = folders.processes + u'/' + name;
        if (makeGroup(path)) {
            if (put(path + QStringLiteral("/pids.max"), QByteArray::number(*limits.processes)) && join(path))
                group->m_processes = path;
            else
                removeGroup(path);
        }
    }
    if (limits.residentBytes && !folders.memory.isEmpty() && mayUse("group")) {
        const QString path = folders.memory + u'/' + name;
        const bool joined = folders.unified && path == group->m_processes;
        if (joined || makeGroup(path)) {
            if (boundMemory(path, folders.unified, *limits.residentBytes) && (joined || join(path)))
                group->m_memory = path;
            else if (!joined)
                removeGroup(path);
        }
    }
    return group->m_joins.empty() ? nullptr : std::move(group);
}

ControlGroup::~ControlGroup()
{
    m_joins.clear();
    if (!m_memory.isEmpty())
        removeGroup(m_memory);
    if (!m_processes.isEmpty() && m_processes != m_memory)
        removeGroup(m_processes);
}

std::vector<int> ControlGroup::joinFds() const
{
    std::vector<int> fds;
    for (const auto &join : m_joins)
        fds.push_back(join.get());
    return fds;
}

std::vector<pid_t> ControlGroup::members() const
{
    std::vector<pid_t> pids;
    const auto lines = readAll((m_processes.isEmpty() ? m_memory : m_processes) + QStringLiteral("/cgroup.procs")).split('\n');
    for (const auto &line : lines) {
        if (const int pid = line.toInt(); pid > 0)
            pids.push_back(pid);
    }
    return pids;
}

bool ControlGroup::memoryRanOut() const
{
    return !m_memory.isEmpty() && memoryKills(m_memory) > 0;
}

MemoryBound memoryBoundHere()
{
    if (mayUse("group")) {
        static const bool works = [] {
            Limits limits;
            limits.residentBytes = 64 << 20;
            const auto group = ControlGroup::make(limits);
            return group && group->boundsMemory();
        }();
        if (works)
            return MemoryBound::ControlGroup;
    }
    return mayUse("scope") && !systemdRun().isEmpty() ? MemoryBound::SystemdScope : MemoryBound::Watch;
}

QStringList scopeWords(const Limits &limits, QMap<QString, QString> &env, QString &unit)
{
    if (!limits.residentBytes || memoryBoundHere() != MemoryBound::SystemdScope)
        return {};
    unit = nextName();
    QStringList words = scopeCommand(systemdRun(), unit, limits) << QStringLiteral("/usr/bin/env");
    const auto needed = managerEnvironment();
    for (auto it = needed.cbegin(); it != needed.cend(); ++it) {
        if (env.contains(it.key()))
            continue;
        env.insert(it.key(), *it);
        words << QStringLiteral("-u") << it.key();
    }
    return words;
}

bool memoryRanOutInScope(pid_t pid, const QString &unit)
{
    for (const auto &line : readAll(QStringLiteral("/proc/%1/cgroup").arg(pid)).split('\n')) {
        const QString path = QString::fromLocal8Bit(line.mid(line.lastIndexOf(':') + 1));
        if (line.startsWith("0::") && path.endsWith(QString(unit + QStringLiteral(".scope"))))
            return memoryKills(mountedAt + path) > 0;
    }
    return false;
}

} // namespace coppice::process

// SPDX-License-Identifier: GPL-3.0-or-later
#include "warden.h"

#include "child.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coppice::relay {

namespace {

/// The parent of a process; 0 when it is gone. /proc/PID/stat: "pid (name) state ppid …"; see proc(5).
pid_t parentOf(pid_t pid)
{
    char path[64], line[1024];
    std::snprintf(path, sizeof path, "/proc/%d/stat", int(pid));
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    const ssize_t got = ::read(fd, line, sizeof line - 1);
    ::close(fd);
    line[got > 0 ? got : 0] = '\0';
    const char *end = std::strrchr(line, ')');
    char state = 0;
    int parent = 0;
    return end && std::sscanf(end + 1, " %c %d", &state, &parent) == 2 ? pid_t(parent) : 0;
}

void killChildren()
{
    const pid_t self = ::getpid();
    DIR *proc = ::opendir("/proc");
    while (const dirent *entry = proc ? ::readdir(proc) : nullptr) {
        const pid_t pid = std::atoi(entry->d_name);
        if (pid > 0 && pid != self && parentOf(pid) == self)
            ::kill(pid, SIGKILL);
    }
    if (proc)
        ::closedir(proc);
}

/// Until no child is left: what a killed one leaves behind becomes ours and is killed in the next round.
void killAll()
{
    for (;;) {
        killChildren();
        if (::waitpid(-1, nullptr, 0) < 0 && errno == ECHILD)
            return;
    }
}

} // namespace

int wardOver(char **command)
{
    const pid_t parent = ::getppid(); // had it died by now, its death signal would have ended this process
    sigset_t watched, before;
    sigemptyset(&watched);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&watched, signal);
    ::sigprocmask(SIG_BLOCK, &watched, &before);
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || ::prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) {
        std::fprintf(stderr, "coppice-relay: cannot watch over a command: %s\n", std::strerror(errno));
        return 125;
    }
    const pid_t child = startChild(command, &before);
    if (child < 0)
        return 125;
    // The command has what was handed down; with ours open, its readers would wait for an end that never comes.
    ::syscall(SYS_close_range, 0u, ~0u, 0u);
    int answer = -1;
    while (answer < 0) {
        int status = 0;
        pid_t ended = 0;
        while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended == child)
                answer = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
        if (::getppid() != parent)
            answer = 128 + SIGKILL;
        if (answer < 0) // a polite signal goes to the whole group, so the command has it, too
            ::sigwaitinfo(&watched, nullptr);
    }
    killAll();
    return answer;
}

} // namespace coppice::relay

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fork.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace coppice::test {

Fork::Fork(const std::function<int(const std::function<void()> &say)> &work)
{
    int ends[2];
    if (pipe(ends) != 0)
        std::abort();
    std::fflush(nullptr);
    m_pid = fork();
    if (m_pid < 0)
        std::abort();
    if (m_pid == 0) {
        close(ends[0]);
        const int mouth = ends[1];
        const int status = work([mouth] {
            if (write(mouth, "!", 1) != 1)
                _exit(99);
        });
        _exit(status);
    }
    close(ends[1]);
    m_ear = ends[0];
}

Fork::~Fork()
{
    kill();
    wait();
    close(m_ear);
}

bool Fork::heard()
{
    char c = 0;
    return read(m_ear, &c, 1) == 1;
}

void Fork::kill()
{
    if (m_pid > 0)
        ::kill(m_pid, SIGKILL);
}

int Fork::wait()
{
    if (m_pid > 0) {
        int status = 0;
        waitpid(m_pid, &status, 0);
        m_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        m_pid = -1;
    }
    return m_status;
}

} // namespace coppice::test

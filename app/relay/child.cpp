// SPDX-License-Identifier: GPL-3.0-or-later
#include "child.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <sys/prctl.h>
#include <unistd.h>

namespace coppice::relay {

pid_t startChild(char **command, const sigset_t *mask)
{
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child < 0)
        std::fprintf(stderr, "coppice-relay: cannot start a process: %s\n", std::strerror(errno));
    if (child != 0)
        return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != self)
        ::_exit(125);
    if (mask)
        ::sigprocmask(SIG_SETMASK, mask, nullptr);
    ::execvp(command[0], command);
    const int error = errno;
    std::fprintf(stderr, "coppice-relay: cannot start %s: %s\n", command[0], std::strerror(error));
    ::_exit(error == ENOENT ? 127 : 126);
}

} // namespace coppice::relay

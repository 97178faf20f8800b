// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <climits>
#include <cstring>
#include <unistd.h>

namespace coppice::ctl {

/// Puts the program of this name, which lies beside the running one, in its place. Comes back only when it cannot.
inline void becomeProgramBeside(const char *name, char **argv)
{
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return;
    path[length] = 0;
    char *const file = std::strrchr(path, '/') + 1;
    if (size_t(file - path) + std::strlen(name) >= sizeof path)
        return;
    std::strcpy(file, name);
    execv(path, argv);
}

} // namespace coppice::ctl

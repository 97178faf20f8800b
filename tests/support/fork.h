// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <functional>

namespace coppice::test {

/// A second process for tests of what several processes, or a killed one, do. To be made before this process has
/// threads of its own. Killed by the destructor if it still runs.
class Fork
{
public:
    /// Runs `work` in a child, which then exits with what it answers. `say` wakes heard() here.
    explicit Fork(const std::function<int(const std::function<void()> &say)> &work);
    ~Fork();
    Fork(const Fork &) = delete;
    Fork &operator=(const Fork &) = delete;
    /// Waits until the child says something; false when it ends without.
    bool heard();
    void kill();
    /// Waits for its end: the exit status, or 128 + signal.
    int wait();
    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
    int m_ear = -1;
    int m_status = -1;
};

} // namespace coppice::test

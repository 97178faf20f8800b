// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "process/child.h"

#include <memory>
#include <utility>

#include <sys/types.h>

namespace coppice::process {

/// A descriptor that is closed when it goes.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : m_fd(fd) { }
    Descriptor(Descriptor &&other) noexcept : m_fd(std::exchange(other.m_fd, -1)) { }
    Descriptor &operator=(Descriptor &&other) noexcept;
    ~Descriptor() { reset(); }
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] bool isOpen() const { return m_fd >= 0; }
    void reset();

private:
    int m_fd = -1;
};

class ControlGroup;

/// A started child, leader of its own process group, and our ends of its pipes (non-blocking).
struct Spawned {
    Spawned();
    Spawned(Spawned &&) noexcept;
    Spawned &operator=(Spawned &&) noexcept;
    ~Spawned();

    std::unique_ptr<ControlGroup> group; ///< where there is one
    QString scope;                       ///< of systemd, where it bounds the memory
    pid_t pid = -1;
    Descriptor pidfd; ///< readable when the child has ended
    Descriptor in;    ///< closed when the child reads from /dev/null
    Descriptor out;
    Descriptor err;
};

/// Starts a program: own process group, PDEATHSIG for the calling thread, limits, default signals, no other
/// descriptors, no core dumps. The calling thread must live as long as the child shall. `pipeInput`: stdin is a pipe,
/// else /dev/null. Not reaped: the caller waits for it.
[[nodiscard]] Result<Spawned> spawn(const Request &request, bool pipeInput);

/// The full path of a program named as a shell would: with a '/' as it is, else looked up in this process' PATH.
[[nodiscard]] Result<QString> findProgram(const QString &name);

} // namespace coppice::process

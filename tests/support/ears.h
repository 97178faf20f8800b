// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <atomic>
#include <thread>
#include <vector>

namespace coppice::test {

/// Listens where a program that broke out of a sandbox would call: TCP on both loopbacks, UDP (answers like a name server
/// that knows nothing), a unix socket where a login session has its bus, an abstract one. Counts what reaches it.
class Ears
{
public:
    Ears() = default;
    ~Ears();
    Ears(const Ears &) = delete;
    Ears &operator=(const Ears &) = delete;
    /// `folder` is made and holds the unix socket `bus`. The name is that of the abstract socket.
    void open(const QString &folder, const QString &name);
    /// One more unix datagram socket at a path; before the first call to heard().
    void addDatagram(const QString &path);
    [[nodiscard]] int heard() const { return m_heard; }

    int tcp = 0, tcp6 = 0, udp = 0; ///< ports; tcp6 is 0 where there is no version 6
    QString runtime, abstractName;

private:
    void listen(int fd, bool stream);
    std::vector<int> m_fds;
    std::vector<std::jthread> m_threads;
    std::atomic<int> m_heard = 0;
};

} // namespace coppice::test

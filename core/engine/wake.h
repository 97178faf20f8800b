// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <thread>

namespace coppice::engine {

/// The engine's wake-up socket: datagrams of at most 200 bytes, "wake" or "run <id>". Only a hint that something is in
/// the database: whoever loses one finds the same there a little later.
class WakeListener
{
public:
    WakeListener() = default;
    ~WakeListener();
    WakeListener(const WakeListener &) = delete;
    WakeListener &operator=(const WakeListener &) = delete;
    /// Listens at `path` (mode 0600; an old file there is replaced) on a thread of its own.
    Result<> listen(const QString &path, std::function<void(const QByteArray &)> heard);
    void stop();

private:
    int m_socket = -1;
    int m_end = -1;
    QString m_path;
    std::jthread m_thread;
};

/// Sends one message to the socket at `path`; silent when nobody listens.
void wakeEngine(const QString &path, const QByteArray &message);

} // namespace coppice::engine

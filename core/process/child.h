// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "process/channel.h"

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace coppice::process {

/// Limits of one child and all that it starts (it has its own process group).
struct Limits {
    std::optional<std::chrono::milliseconds> time; ///< wall time; then SIGTERM to the group, SIGKILL 2 s later
    std::optional<qint64> fileSize;                ///< RLIMIT_FSIZE, bytes
    std::optional<qint64> processes;               ///< RLIMIT_NPROC; for root, who is exempt, a control group or a watch
    std::optional<qint64> cpuSeconds;              ///< RLIMIT_CPU
    std::optional<qint64> residentBytes;           ///< sum over the group, watched; more kills the group
};

struct Request {
    QStringList argv;                     ///< argv[0] is looked up in the caller's PATH
    std::optional<QMap<QString, QString>> env; ///< the whole environment; none: inherited
    QString cwd;                          ///< empty: inherited
    QByteArray input;                     ///< given to stdin, which is then closed
    std::shared_ptr<Channel> channel;     ///< goes on writing to stdin after `input`; none: closed after `input`
    Limits limits;
    qint64 outputCap = 16 << 20; ///< bytes of stdout and of stderr that are kept; the rest is read, dropped and counted
    /// Called with each piece as it comes, beside keeping it; from the calling thread.
    std::function<void(QByteArrayView)> onStdout;
    std::function<void(QByteArrayView)> onStderr;
    bool background = false; ///< lower priority, so that it never slows what a person does
    bool newKeyring = false; ///< the kernel's session keyring of the caller is out of reach
    std::vector<int> keepFds; ///< descriptors that the child inherits; all others are closed
};

struct Outcome {
    int exitCode = -1; ///< the exit status, or 128 + signal
    bool timedOut = false;
    bool cancelled = false;
    bool overMemory = false;
    bool overProcesses = false;
    QByteArray out;
    QByteArray err;
    qint64 droppedOut = 0; ///< bytes over the cap
    qint64 droppedErr = 0;
    double seconds = 0;
    [[nodiscard]] bool ok() const { return exitCode == 0 && !timedOut && !cancelled && !overMemory && !overProcesses; }
};

/// Runs a child to its end. Blocks the calling thread; a stop request ends the whole group. An error only when the
/// program cannot be started at all; how it ended is in the Outcome. The child dies with this process (PDEATHSIG), and
/// when it ends, what is left of its group is killed: nothing that it started outlives the call.
[[nodiscard]] Result<Outcome> run(const Request &request, std::stop_token stop = {});

} // namespace coppice::process

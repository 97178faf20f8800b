// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "process/child.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <stop_token>
#include <vector>

namespace coppice::sandbox {

/// What a sandbox is for; decides network and defaults.
enum class Profile {
    Prepare, ///< the plugin's set-up command: network to package hosts only, no untrusted text
    Agent,   ///< a client program: no network but the gateway's socket
    Check,   ///< Coppice's own checks: no network
    Capture, ///< starting a plugin to ask its interface: no network
    Deploy,  ///< the plugin's deploy command: no network, only the secrets it names, the folders it names
};

struct Bind {
    QString host; ///< an existing absolute path
    QString inside;
    bool writable = false;
};

/// What to run in isolation. Inside: the system read-only (/usr, /etc files that programs need), own /proc, /dev,
/// /tmp, own HOME at /home/agent, PID, IPC, UTS and user namespaces, built environment, nothing else of the host.
struct SandboxProfile {
    Profile profile = Profile::Check;
    QString workFolder;             ///< on the host; writable inside at `workInside`
    QString workInside;             ///< for example /src/weather
    QString gitDir;                 ///< the run's git directory: bound read-only at <workInside>/.git; may be empty
    QString home;                   ///< a host folder that becomes HOME, writable; empty: a fresh tmpfs
    QString gatewaySocket;          ///< host path of the gateway's unix socket; empty: none
    std::vector<Bind> binds;        ///< further folders, such as caches, the client program, a deploy target
    QStringList forbidden;          ///< host folders that no bind may hold or lie in: the library, its git directory
    QMap<QString, QString> env;     ///< added to the built environment
    process::Limits limits;
};

/// What is really started.
struct LaunchPlan {
    QStringList argv; ///< bwrap and its arguments, then the command
    QMap<QString, QString> env;
    std::vector<Bind> binds;
};

/// Whether bubblewrap works here; probed once by running it.
struct Probe {
    bool works = false;
    QString version;
    QString why; ///< when it does not: a plain sentence and what to do
};
[[nodiscard]] const Probe &probe();

/// The plan to run `argv` in the work folder inside. Folders that must not be reachable (`forbidden`, a git directory
/// that Coppice keeps its state in, state but for the run's own, the real home, system folders) are never bound; asking
/// for it is an error. Programs found on PATH outside the system's folders are bound read-only from where they are
/// installed (see toolchains.h).
[[nodiscard]] Result<LaunchPlan> plan(const SandboxProfile &profile, const QStringList &argv);

/// The limits that hold for a profile: its own, and the usual ones where it says nothing.
[[nodiscard]] process::Limits limitsOf(const SandboxProfile &profile);

/// Plans and runs; argv, env and limits of `streams` are replaced by the plan's. Inside, the user is `agent` (1000),
/// whoever it is outside. Afterwards the work folder holds no trace of the mount point for `.git`. `relay`: with a gateway socket, the command runs under coppice-relay, which listens on
/// 127.0.0.1:8377 inside and forwards to the socket; COPPICE_GATEWAY=http://127.0.0.1:8377 is set.
/// Around it stands coppice-relay as a warden, so that nothing of the sandbox outlives this process, however it ends.
/// Error "sandbox.unavailable" (NeedsPerson) where bubblewrap cannot work.
[[nodiscard]] Result<process::Outcome> run(const SandboxProfile &profile, const QStringList &argv,
                                           process::Request streams = {}, std::stop_token stop = {});

} // namespace coppice::sandbox

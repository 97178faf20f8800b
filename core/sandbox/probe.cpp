// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "process/spawn.h"
#include "sandbox/explain.h"
#include "sandbox/sandbox.h"
#include "sandbox/system_files.h"

namespace coppice::sandbox {

Probe probeNow()
{
    Probe probe;
    process::Request request;
    request.argv = {QStringLiteral("bwrap"), QStringLiteral("--version")};
    request.limits.time = std::chrono::seconds(20);
    request.outputCap = 4096;
    const auto version = process::run(request);
    if (!version) {
        probe.why = QStringLiteral("bubblewrap is not installed. Install the package bubblewrap (its program is bwrap).");
        return probe;
    }
    probe.version = QString::fromLocal8Bit(version->out.left(100)).section(u' ', -1).trimmed();
    if (!version->ok() || !isNewEnough(probe.version)) {
        probe.why = explain(version->err, probe.version, surroundings());
        return probe;
    }
    const auto system = systemArguments();
    if (!system) {
        probe.why = system.error().message();
        return probe;
    }
    request.argv = QStringList{QStringLiteral("bwrap"), QStringLiteral("--unshare-all"), QStringLiteral("--unshare-user"),
                               QStringLiteral("--disable-userns"), QStringLiteral("--die-with-parent"),
                               QStringLiteral("--cap-drop"), QStringLiteral("ALL")}
        + *system + QStringList{QStringLiteral("--"), QStringLiteral("/usr/bin/env"), QStringLiteral("true")};
    // Under the warden, like every sandbox: when this process is killed in the middle, nothing waits for it for ever.
    const auto warden = helperProgram(QStringLiteral("coppice-relay"));
    const auto program = process::findProgram(request.argv.first());
    if (warden && program)
        request.argv = QStringList{*warden, QStringLiteral("--warden"), QStringLiteral("--"), *program} + request.argv.mid(1);
    const auto outcome = process::run(request);
    if (!outcome)
        probe.why = outcome.error().message();
    else if (!outcome->ok())
        probe.why = outcome->timedOut ? QStringLiteral("bubblewrap hangs here: it did not end within 20 seconds.")
                                      : explain(outcome->err, probe.version, surroundings());
    else
        probe.works = true;
    return probe;
}

const Probe &probe()
{
    static const Probe result = probeNow();
    return result;
}

} // namespace coppice::sandbox

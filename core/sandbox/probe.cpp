// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandbox.h"
#include "sandbox/system_files.h"

#include <QFile>

namespace coppice::sandbox {

namespace {

QByteArray kernelSetting(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

/// What stands in the way, by what bubblewrap says and the kernel's settings.
QString explain(const QByteArray &words)
{
    if (words.contains("Unknown option"))
        return QStringLiteral("This bubblewrap is too old: Coppice needs 0.8 or newer. Install a newer bubblewrap.");
    if (kernelSetting("/proc/sys/user/max_user_namespaces") == "0")
        return QStringLiteral("The kernel allows no user namespaces. Set user.max_user_namespaces to at least 10000.");
    if (kernelSetting("/proc/sys/kernel/unprivileged_userns_clone") == "0")
        return QStringLiteral("The kernel allows user namespaces to root only. Set kernel.unprivileged_userns_clone to 1.");
    if (kernelSetting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1")
        return QStringLiteral("AppArmor lets no unprivileged program make user namespaces. Install an AppArmor profile that "
                              "allows them to bwrap, or set kernel.apparmor_restrict_unprivileged_userns to 0.");
    return QStringLiteral("bubblewrap cannot isolate a program here (%1). In a container, allow it user namespaces.")
        .arg(QString::fromLocal8Bit(words.left(300)).simplified());
}

Probe look()
{
    Probe probe;
    process::Request request;
    request.argv = {QStringLiteral("bwrap"), QStringLiteral("--version")};
    request.limits.time = std::chrono::seconds(20);
    request.outputCap = 4096;
    const auto version = process::run(request);
    if (!version || !version->ok()) {
        probe.why = QStringLiteral("bubblewrap is not installed. Install the package bubblewrap.");
        return probe;
    }
    probe.version = QString::fromLocal8Bit(version->out).section(u' ', -1).trimmed();
    const auto system = systemArguments();
    if (!system) {
        probe.why = system.error().message();
        return probe;
    }
    request.argv = QStringList{QStringLiteral("bwrap"), QStringLiteral("--unshare-all"), QStringLiteral("--unshare-user"),
                               QStringLiteral("--disable-userns"), QStringLiteral("--die-with-parent"),
                               QStringLiteral("--cap-drop"), QStringLiteral("ALL")}
        + *system + QStringList{QStringLiteral("--"), QStringLiteral("/usr/bin/env"), QStringLiteral("true")};
    const auto outcome = process::run(request);
    if (!outcome)
        probe.why = outcome.error().message();
    else if (!outcome->ok())
        probe.why = explain(outcome->err);
    else
        probe.works = true;
    return probe;
}

} // namespace

const Probe &probe()
{
    static const Probe result = look();
    return result;
}

} // namespace coppice::sandbox

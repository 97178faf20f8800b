// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/explain.h"

#include "text/hidden.h"

#include <QFile>
#include <QFileInfo>
#include <QVersionNumber>

#include <unistd.h>

namespace coppice::sandbox {

namespace {

QByteArray kernelSetting(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

bool inContainer()
{
    if (QFileInfo::exists(QStringLiteral("/.dockerenv")) || QFileInfo::exists(QStringLiteral("/run/.containerenv")))
        return true;
    const QByteArray groups = kernelSetting("/proc/1/cgroup");
    return groups.contains("docker") || groups.contains("kubepods") || groups.contains("lxc") || qEnvironmentVariableIsSet("container");
}

QString inContainerText(const QString &what)
{
    return QStringLiteral("%1 This is a container: allow it to make user namespaces and to mount, with docker or podman by "
                          "--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt "
                          "systempaths=unconfined, or run Coppice outside of it.")
        .arg(what);
}

} // namespace

Surroundings surroundings()
{
    return {kernelSetting("/proc/sys/user/max_user_namespaces"), kernelSetting("/proc/sys/kernel/unprivileged_userns_clone"),
            kernelSetting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"), inContainer(), ::geteuid() == 0};
}

bool isNewEnough(const QString &version)
{
    return QVersionNumber::fromString(version) >= QVersionNumber(0, 8);
}

QString explain(const QByteArray &printed, const QString &version, const Surroundings &around)
{
    const auto says = [&printed](const char *words) { return printed.contains(words); };
    if (!isNewEnough(version) || says("Unknown option"))
        return QStringLiteral("This bubblewrap is too old (%1): Coppice needs 0.8 or newer. Install a newer package bubblewrap.")
            .arg(version.isEmpty() ? QStringLiteral("of no known version") : text::plain(version, 40));
    if (around.mostNamespaces == "0")
        return QStringLiteral("The kernel allows no user namespaces. Allow them: sudo sysctl -w user.max_user_namespaces=10000, and the "
                              "same line in a file of /etc/sysctl.d to keep it.");
    if (says("No space left on device") || says("ENOSPC"))
        return QStringLiteral("There are as many user namespaces as the kernel allows (%1), or they are nested too deep. Close other "
                              "sandboxed programs, or raise user.max_user_namespaces.")
            .arg(QString::fromLatin1(around.mostNamespaces));
    if (around.cloneAllowed == "0" && !around.root)
        return QStringLiteral("The kernel allows user namespaces to root only. Allow them: sudo sysctl -w "
                              "kernel.unprivileged_userns_clone=1, and the same line in a file of /etc/sysctl.d to keep it.");
    const bool denied = says("Permission denied") || says("Operation not permitted") || says("No permissions");
    if (around.apparmorRestricts == "1" && denied && !around.root)
        return QStringLiteral("AppArmor lets no ordinary program make user namespaces (Ubuntu's setting "
                              "kernel.apparmor_restrict_unprivileged_userns). Install the package apparmor-profiles and load its profile "
                              "bwrap-userns-restrict, or: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0.");
    const QString words = text::plain(QString::fromLocal8Bit(printed), 300).simplified();
    if (denied && (says("mount proc") || says("pivot_root") || says("make / slave") || says("remount") || says("Read-only")))
        return inContainerText(QStringLiteral("bubblewrap may not mount anything here (%1).").arg(words));
    if (denied && around.container)
        return inContainerText(QStringLiteral("A seccomp filter or security module keeps bubblewrap from making namespaces (%1).").arg(words));
    if (denied)
        return QStringLiteral("bubblewrap may make no namespaces here (%1). A seccomp filter or security module forbids them: allow them "
                              "to the program bwrap.")
            .arg(words);
    return QStringLiteral("bubblewrap cannot isolate a program here: %1").arg(words.isEmpty() ? QStringLiteral("it said nothing.") : words);
}

} // namespace coppice::sandbox

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/system_files.h"

#include "sandbox/etc_folder.h"

#include <QFileInfo>

namespace coppice::sandbox {

namespace {

constexpr auto temporaryBytes = "2147483648";
constexpr auto sharedBytes = "268435456";

/// /bin is a link to usr/bin on today's systems, a folder on older ones.
void addRootFolder(QStringList &arguments, const QString &name)
{
    const QFileInfo info(u'/' + name);
    if (info.isSymLink())
        arguments << QStringLiteral("--symlink") << QStringLiteral("usr/") + name << info.filePath();
    else if (info.isDir())
        arguments << QStringLiteral("--ro-bind") << info.filePath() << info.filePath();
}

} // namespace

Result<QStringList> systemArguments()
{
    QStringList arguments{QStringLiteral("--ro-bind"), QStringLiteral("/usr"), QStringLiteral("/usr")};
    for (const char *name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"})
        addRootFolder(arguments, QLatin1String(name));
    COPPICE_TRY(const QString etc, etcFolder());
    arguments << QStringLiteral("--ro-bind") << etc << QStringLiteral("/etc");

    arguments << QStringLiteral("--proc") << QStringLiteral("/proc");
    // Root outside stays root to these files, whatever it is called inside.
    for (const char *path : {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/acpi", "/proc/mtrr",
                             "/proc/fs", "/proc/driver"}) {
        if (QFileInfo::exists(QLatin1String(path)))
            arguments << QStringLiteral("--ro-bind-try") << QLatin1String(path) << QLatin1String(path);
    }
    arguments << QStringLiteral("--dev") << QStringLiteral("/dev")
              << QStringLiteral("--perms") << QStringLiteral("1777") << QStringLiteral("--size")
              << QLatin1String(sharedBytes) << QStringLiteral("--tmpfs") << QStringLiteral("/dev/shm")
              << QStringLiteral("--remount-ro") << QStringLiteral("/dev")
              << QStringLiteral("--perms") << QStringLiteral("1777") << QStringLiteral("--size")
              << QLatin1String(temporaryBytes) << QStringLiteral("--tmpfs") << QStringLiteral("/tmp");
    return arguments;
}

} // namespace coppice::sandbox

// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/system_files.h"

#include "base/paths.h"

#include <QCryptographicHash>
#include <QFileInfo>

#include <array>

namespace coppice::sandbox {

namespace {

constexpr auto temporaryBytes = "2147483648";
constexpr auto sharedBytes = "268435456";

struct MadeFile {
    const char *inside;
    const char *text;
};
/// Nothing of the machine's users, names or addresses is shown.
constexpr std::array<MadeFile, 5> madeFiles{
    {{"/etc/passwd", "root:x:0:0:root:/root:/usr/sbin/nologin\n"
                     "agent:x:1000:1000:agent:/home/agent:/bin/bash\n"
                     "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"},
     {"/etc/group", "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n"},
     {"/etc/hosts", "127.0.0.1 localhost coppice\n::1 localhost\n"},
     {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"},
     {"/etc/hostname", "coppice\n"}}};

/// Files and folders of /etc that programs read and that tell nothing about the user.
const QStringList &etcNames()
{
    static const QStringList names = QStringLiteral("alternatives ca-certificates ca-certificates.conf crypto-policies "
                                                    "fonts java-11-openjdk java-17-openjdk java-21-openjdk ld.so.cache "
                                                    "ld.so.conf ld.so.conf.d localtime magic mime.types perl php pki "
                                                    "protocols python3 services ssl terminfo timezone xml")
                                         .split(u' ');
    return names;
}

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
    for (const auto &name : etcNames()) {
        const QString path = QStringLiteral("/etc/") + name;
        if (QFileInfo::exists(path))
            arguments << QStringLiteral("--ro-bind") << path << path;
    }

    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto &file : madeFiles)
        hash.addData(file.text);
    const QString folder = cacheHome() + QStringLiteral("/sandbox/etc-") + QString::fromLatin1(hash.result().toHex().left(16));
    COPPICE_CHECK(makeFolder(folder));
    for (const auto &file : madeFiles) {
        const QString inside = QLatin1String(file.inside);
        const QString path = folder + u'/' + QFileInfo(inside).fileName();
        if (!QFileInfo::exists(path))
            COPPICE_CHECK(writeFileAtomically(path, file.text));
        arguments << QStringLiteral("--ro-bind") << path << inside;
    }

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

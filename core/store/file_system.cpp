// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/file_system.h"

#include <QFile>
#include <QFileInfo>

#include <sys/vfs.h>

#include <algorithm>
#include <array>

namespace coppice::store {

namespace {

constexpr quint64 fuse = 0x65735546;

/// The type of the mount that a path lies on, from the kernel's table of mounts; empty when it cannot be read.
QString mountTypeOf(const QString &folder)
{
    QFile table(QStringLiteral("/proc/self/mountinfo"));
    if (!table.open(QIODevice::ReadOnly))
        return {};
    QString type;
    qsizetype longest = -1;
    for (const auto &line : table.readAll().split('\n')) {
        const auto fields = line.split(' ');
        const auto dash = fields.indexOf("-");
        if (fields.size() < 6 || dash < 0 || dash + 1 >= fields.size())
            continue;
        const QString point = QFile::decodeName(QByteArray(fields[4]).replace("\\040", " "));
        const bool above = point == u"/" || folder == point || folder.startsWith(point + u'/');
        if (above && point.size() >= longest) {
            longest = point.size();
            type = QString::fromLatin1(fields[dash + 1]);
        }
    }
    return type;
}

} // namespace

bool isNetworkFileSystem(quint64 type)
{
    static constexpr std::array<quint64, 13> known{
        0x6969,     // NFS
        0x517B,     // SMB
        0xFF534D42, // CIFS
        0xFE534D42, // SMB2
        0x5346414F, // AFS (OpenAFS)
        0x6B414653, // AFS (kernel)
        0x73757245, // Coda
        0x564C,     // NCP
        0x00C36400, // Ceph
        0x0BD00BD0, // Lustre
        0x47504653, // GPFS
        0x19830326, // BeeGFS
        0x01161970, // GFS2
    };
    return std::find(known.begin(), known.end(), type) != known.end();
}

bool isNetworkMount(const QString &type)
{
    static const QStringList known{QStringLiteral("fuse.sshfs"),    QStringLiteral("fuse.s3fs"),
                                   QStringLiteral("fuse.rclone"),   QStringLiteral("fuse.glusterfs"),
                                   QStringLiteral("fuse.davfs"),    QStringLiteral("fuse.davfs2"),
                                   QStringLiteral("fuse.ceph"),     QStringLiteral("fuse.ceph-fuse"),
                                   QStringLiteral("fuse.gcsfuse"),  QStringLiteral("fuse.smbnetfs"),
                                   QStringLiteral("fuse.curlftpfs"), QStringLiteral("fuse.juicefs")};
    return known.contains(type);
}

Result<> demandLocalFolder(const QString &folder)
{
    struct statfs info {};
    if (statfs(QFile::encodeName(folder).constData(), &info) != 0)
        return failNotFound(QStringLiteral("store.no-folder"), QStringLiteral("There is no folder for the database"), folder);
    const auto type = quint64(info.f_type) & 0xFFFFFFFFU; // sign-extended on some machines
    if (isNetworkFileSystem(type) || (type == fuse && isNetworkMount(mountTypeOf(QFileInfo(folder).canonicalFilePath()))))
        return fail(QStringLiteral("store.network"), QStringLiteral("The database would lie on a network file system, where it would break"),
                    folder, QStringLiteral("Clone the library to a local disk and open it there."));
    return {};
}

} // namespace coppice::store

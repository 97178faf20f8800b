// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <unistd.h>

namespace coppice {

namespace {

QString xdg(const char *variable, const char *fallback)
{
    QString root = qEnvironmentVariable(variable);
    if (root.isEmpty() || QDir::isRelativePath(root))
        root = QDir::homePath() + u'/' + QLatin1String(fallback);
    return root + u"/coppice";
}

QString programFolder()
{
    // Works before a QCoreApplication exists, too.
    return QFileInfo(QFile::symLinkTarget(QStringLiteral("/proc/self/exe"))).absolutePath();
}

} // namespace

QString stateHome()
{
    return xdg("XDG_STATE_HOME", ".local/state");
}

QString cacheHome()
{
    return xdg("XDG_CACHE_HOME", ".cache");
}

QString configHome()
{
    return xdg("XDG_CONFIG_HOME", ".config");
}

Result<QString> dataDir(const QString &name)
{
    QStringList candidates;
    if (qEnvironmentVariableIsSet("COPPICE_DATA"))
        candidates << qEnvironmentVariable("COPPICE_DATA");
    candidates << programFolder() + QStringLiteral("/../share/coppice");
    candidates << programFolder() + QStringLiteral("/../../.."); // run from build/<preset>/bin of a checkout
    for (const auto &candidate : candidates) {
        const QFileInfo info(candidate + u'/' + name);
        if (info.isDir())
            return info.canonicalFilePath();
    }
    return fail(QStringLiteral("data.missing"), QStringLiteral("A folder that Coppice ships with is missing"), name,
                QStringLiteral("Set COPPICE_DATA to the folder that holds it, or install Coppice again."));
}

Result<QString> helperProgram(const QString &name)
{
    const QString here = programFolder();
    for (const QString &candidate : QStringList{here + u"/" + name, here + u"/../libexec/coppice/" + name}) {
        const QFileInfo info(candidate);
        if (info.isExecutable())
            return info.canonicalFilePath();
    }
    return fail(QStringLiteral("helper.missing"), QStringLiteral("A helper program of Coppice is missing"),
                here + u'/' + name, QStringLiteral("Build or install Coppice again."));
}

bool isSafeRelative(const QByteArray &path)
{
    if (path.isEmpty() || path.startsWith('/') || path.contains('\0'))
        return false;
    for (const auto &part : path.split('/')) {
        if (part.isEmpty() || part == "." || part == "..")
            return false;
    }
    return true;
}

Result<> writeFileAtomically(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.flush()
        || fsync(file.handle()) != 0 || !file.commit()) {
        return fail(QStringLiteral("file.write"), QStringLiteral("Cannot write a file: %1").arg(file.errorString()), path,
                    QStringLiteral("Check the folder's permissions and free space."));
    }
    return {};
}

Result<QByteArray> readFile(const QString &path, qint64 cap)
{
    QFile file(path);
    if (!file.exists())
        return failNotFound(QStringLiteral("file.missing"), QStringLiteral("There is no such file"), path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(QStringLiteral("file.read"), QStringLiteral("Cannot read a file: %1").arg(file.errorString()), path);
    QByteArray bytes = file.read(cap + 1);
    if (bytes.size() > cap)
        return fail(QStringLiteral("file.large"), QStringLiteral("The file is larger than %1 bytes").arg(cap), path);
    return bytes;
}

Result<> makeFolder(const QString &path)
{
    if (!QDir().mkpath(path))
        return fail(QStringLiteral("folder.make"), QStringLiteral("Cannot make a folder"), path,
                    QStringLiteral("Check the permissions of the folder above it."));
    return {};
}

} // namespace coppice

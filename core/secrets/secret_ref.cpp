// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/secret_ref.h"

#include "process/spawn.h"
#include "secrets/keychain.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coppice::secrets {

namespace {

constexpr qsizetype longestSecret = 64 * 1024;

Result<QByteArray> readVariable(const QString &name)
{
    const QByteArray value = qgetenv(name.toUtf8().constData());
    if (value.trimmed().isEmpty())
        return fail(QStringLiteral("secret.unset"), QStringLiteral("A variable that should hold a secret is not set"), name,
                    QStringLiteral("Set it in the environment that Coppice is started from."));
    return value.trimmed();
}

Result<QByteArray> readSecretFile(const QString &name)
{
    const QString path = name.startsWith(u"~/") ? QString(QDir::homePath() + name.mid(1)) : name;
    const process::Descriptor fd(::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!fd.isOpen() || ::fstat(fd.get(), &info) != 0)
        return fail(QStringLiteral("secret.file"),
                    QStringLiteral("Cannot read a file that should hold a secret: %1").arg(QString::fromLocal8Bit(strerror(errno))), path);
    if (!S_ISREG(info.st_mode) || (info.st_mode & 077) != 0 || info.st_uid != ::geteuid())
        return fail(QStringLiteral("secret.file-open"), QStringLiteral("Others can read or write a file that holds a secret"), path,
                    QStringLiteral("Make it yours and give it mode 0600."));
    QByteArray bytes(longestSecret + 1, Qt::Uninitialized);
    const ssize_t got = ::read(fd.get(), bytes.data(), size_t(bytes.size()));
    bytes.resize(std::max<ssize_t>(got, 0));
    const QByteArray line = bytes.left(bytes.indexOf('\n') < 0 ? bytes.size() : bytes.indexOf('\n')).trimmed();
    if (line.isEmpty() || line.size() > longestSecret)
        return fail(QStringLiteral("secret.empty"), QStringLiteral("The first line of the file holds no secret"), path);
    return line;
}

} // namespace

Result<SecretRef> SecretRef::parse(const QString &text, const QString &where)
{
    static const QRegularExpression variable(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]{0,255}$"));
    const QString store = text.section(u':', 0, 0);
    const QString name = text.section(u':', 1);
    const bool plain = !name.isEmpty() && name.size() <= 4096 && !name.contains(QRegularExpression(QStringLiteral("[\\x00-\\x1f]")));
    if (plain && store == u"keychain")
        return SecretRef{Store::Keychain, name};
    if (plain && store == u"env" && variable.match(name).hasMatch())
        return SecretRef{Store::Environment, name};
    if (plain && store == u"file" && (name.startsWith(u'/') || name.startsWith(u"~/")))
        return SecretRef{Store::File, name};
    // What was written may be the secret itself: it is not repeated.
    return failUsage(QStringLiteral("secret.reference"), QStringLiteral("This is no reference to a secret"), where,
                     QStringLiteral("Write keychain:NAME, env:VARIABLE or file:/PATH, never the secret."));
}

QString SecretRef::toString() const
{
    switch (store) {
    case Store::Keychain:
        return QStringLiteral("keychain:") + name;
    case Store::Environment:
        return QStringLiteral("env:") + name;
    case Store::File:
        return QStringLiteral("file:") + name;
    }
    return {};
}

Result<QByteArray> readSecret(const SecretRef &ref)
{
    switch (ref.store) {
    case SecretRef::Store::Keychain:
        return readKeychain(ref.name);
    case SecretRef::Store::Environment:
        return readVariable(ref.name);
    case SecretRef::Store::File:
        return readSecretFile(ref.name);
    }
    return fail(QStringLiteral("secret.store"), QStringLiteral("There is no such place for secrets"), {});
}

} // namespace coppice::secrets

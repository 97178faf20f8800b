// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/secret_ref.h"

#include "base/paths.h"

#include <QEventLoop>
#include <QFile>
#include <QTimer>

#include <qt6keychain/keychain.h>
#include <sys/stat.h>

namespace coppice::secrets {

namespace {

const QString service = QStringLiteral("coppice");
constexpr int keychainMs = 10'000;

Result<QByteArray> fromKeychain(const QString &name)
{
    QKeychain::ReadPasswordJob job(service);
    job.setAutoDelete(false);
    job.setInsecureFallback(false);
    job.setKey(name);
    QEventLoop loop;
    QObject::connect(&job, &QKeychain::Job::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(keychainMs, &loop, &QEventLoop::quit);
    job.start();
    loop.exec();
    const QByteArray secret = job.binaryData();
    if (job.error() != QKeychain::NoError || secret.isEmpty())
        return fail(QStringLiteral("secret.keychain"), QStringLiteral("The keychain does not give this secret (%1)").arg(job.errorString().left(200)),
                    QStringLiteral("keychain:") + name,
                    QStringLiteral("Store it in the keychain under the service \"coppice\", or refer to it as env:VARIABLE or file:PATH."));
    return secret;
}

Result<QByteArray> fromFile(const QString &path)
{
    struct stat info{};
    if (::lstat(QFile::encodeName(path).constData(), &info) == 0 && (!S_ISREG(info.st_mode) || (info.st_mode & 077) != 0))
        return fail(QStringLiteral("secret.file-open"), QStringLiteral("Others can read the file of a secret"), path,
                    QStringLiteral("Make it readable by you alone: chmod 600 %1").arg(path));
    COPPICE_TRY(const QByteArray bytes, readFile(path, 64 * 1024));
    const QByteArray line = bytes.split('\n').first().trimmed();
    if (line.isEmpty())
        return fail(QStringLiteral("secret.empty"), QStringLiteral("The first line of the secret's file is empty"), path);
    return line;
}

} // namespace

Result<SecretRef> SecretRef::parse(const QString &text, const QString &where)
{
    const auto colon = text.indexOf(u':');
    const QString kind = text.left(colon), name = text.mid(colon + 1);
    if (colon > 0 && !name.isEmpty()) {
        if (kind == u"keychain")
            return SecretRef{Store::Keychain, name};
        if (kind == u"env")
            return SecretRef{Store::Environment, name};
        if (kind == u"file")
            return SecretRef{Store::File, name};
    }
    // The text itself is not repeated: it may be a secret that somebody wrote here by mistake.
    return failUsage(QStringLiteral("secret.reference"), QStringLiteral("This is no reference to a secret"), where,
                     QStringLiteral("Write keychain:NAME, env:VARIABLE or file:PATH; never the secret itself."));
}

QString SecretRef::toString() const
{
    switch (store) {
    case Store::Keychain:
        return QStringLiteral("keychain:") + name;
    case Store::Environment:
        return QStringLiteral("env:") + name;
    case Store::File:
        break;
    }
    return QStringLiteral("file:") + name;
}

Result<QByteArray> readSecret(const SecretRef &ref)
{
    switch (ref.store) {
    case SecretRef::Store::Keychain:
        return fromKeychain(ref.name);
    case SecretRef::Store::File:
        return fromFile(ref.name);
    case SecretRef::Store::Environment:
        break;
    }
    const QByteArray value = qgetenv(ref.name.toLocal8Bit().constData());
    if (value.isEmpty())
        return fail(QStringLiteral("secret.unset"), QStringLiteral("The variable that holds a secret is not set"), ref.toString(),
                    QStringLiteral("Set it in the environment that Coppice is started from."));
    return value;
}

} // namespace coppice::secrets

// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/keychain.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

#include <qt6keychain/keychain.h>

namespace coppice::secrets {

Result<QByteArray> readKeychain(const QString &name)
{
    const QString other = QStringLiteral("Use env:VARIABLE or file:PATH where there is no keychain.");
    // Its back ends speak D-Bus, and wait for ever for a bus that is not there.
    if (!QCoreApplication::instance() || (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS") && qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR")))
        return fail(QStringLiteral("secret.no-keychain"), QStringLiteral("There is no keychain in this session"), name, other);
    QKeychain::ReadPasswordJob job(QStringLiteral("coppice"));
    job.setAutoDelete(false);
    job.setInsecureFallback(false);
    job.setKey(name);
    QEventLoop loop;
    bool finished = false;
    QObject::connect(&job, &QKeychain::Job::finished, &loop, [&] {
        finished = true;
        loop.quit();
    });
    QTimer::singleShot(60'000, &loop, &QEventLoop::quit);
    job.start();
    if (!finished)
        loop.exec();
    if (!finished)
        return fail(QStringLiteral("secret.keychain-silent"), QStringLiteral("The keychain did not answer"), name,
                    QStringLiteral("Unlock it and try again. ") + other);
    if (job.error() == QKeychain::EntryNotFound)
        return fail(QStringLiteral("secret.no-entry"), QStringLiteral("The keychain has no such entry for coppice"), name,
                    QStringLiteral("Add it, for example by: secret-tool store --label=%1 user %1 server coppice type plaintext").arg(name));
    if (job.error() != QKeychain::NoError)
        return fail(QStringLiteral("secret.keychain"), QStringLiteral("The keychain gives nothing: %1").arg(job.errorString()), name, other);
    const QByteArray secret = job.binaryData();
    if (secret.isEmpty())
        return fail(QStringLiteral("secret.empty"), QStringLiteral("The keychain's entry is empty"), name);
    return secret;
}

} // namespace coppice::secrets

// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/carry.h"

#include "runs/deploy_secrets.h"
#include "secrets/secret_ref.h"

#include <QDir>

namespace coppice::runs {

/// What a deploy command gets beside the plugin's files: the folders it may write, the version, and its secrets.
Result<> Carrier::addDeploying(sandbox::SandboxProfile &profile)
{
    profile.profile = sandbox::Profile::Deploy;
    const auto &settings = m_plugin.plugin.settings;
    const QDir library(m_house.library.path());
    QString first;
    for (const QString &folder : settings.deployBinds) {
        const QString path = QDir::cleanPath(library.absoluteFilePath(folder));
        if (!QDir(path).exists())
            return failNotFound(QStringLiteral("deploy.folder"), QStringLiteral("The folder to deploy to does not exist"), path,
                                QStringLiteral("Make it, or correct commands.deploy_to in .coppice/plugins/%1.yaml.").arg(m_run.plugin));
        profile.binds.push_back({path, path, true});
        if (first.isEmpty())
            first = path;
    }
    if (!first.isEmpty())
        profile.env[QStringLiteral("COPPICE_DEPLOY_TO")] = first;
    const QString version = m_plugin.manifest.version.value;
    profile.env[QStringLiteral("COPPICE_VERSION")] = version.isEmpty() ? m_run.base.shown() : version;
    const auto secrets = deploySecrets(settings);
    for (auto it = secrets.begin(); it != secrets.end(); ++it) {
        COPPICE_TRY(const auto ref, secrets::SecretRef::parse(*it, QStringLiteral(".coppice/plugins/%1.yaml").arg(m_run.plugin)));
        COPPICE_TRY(const QByteArray secret, secrets::readSecret(ref));
        profile.env[it.key()] = QString::fromUtf8(secret);
    }
    return {};
}

} // namespace coppice::runs

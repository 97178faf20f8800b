// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>
#include <QUrl>

namespace coppice::workspace {

/// Where this machine's user has packages come from: registries and mirrors of npm, pip and go as configured, without
/// credentials. A set-up command inside the sandbox does not see the files that say so.
struct PackageSources {
    QStringList hosts;                   ///< for the tunnel, a port with each that names one
    QMap<QString, QString> env;          ///< variables that the package managers read
    QMap<QString, QByteArray> homeFiles; ///< path below HOME → content
    QString proxy;                       ///< "http://host:port" from npm's settings, where the environment has none
};
/// "host:443" of an address that the user's own tools or files name, for the tunnel's list: with its port, so that it may
/// lie in a private network. Empty where there is no host.
[[nodiscard]] QString hostWithPort(const QUrl &url);
/// Reads the environment, npm's, pip's and go's settings files. `home` is the user's.
[[nodiscard]] PackageSources hostPackageSources(const QString &home);

} // namespace coppice::workspace

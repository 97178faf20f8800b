// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/settings.h"

namespace coppice::runs {

/// The secrets that a deploy or roll-back command is given, by variable: those of the profile `deploy` of the plugin's
/// `env` where it has one, else of `prod`. References, never values.
[[nodiscard]] inline QMap<QString, QString> deploySecrets(const library::PluginSettings &settings)
{
    return settings.env.value(settings.env.contains(QStringLiteral("deploy")) ? QStringLiteral("deploy") : QStringLiteral("prod"));
}

} // namespace coppice::runs

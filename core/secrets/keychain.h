// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QString>

namespace coppice::secrets {

/// An entry of the user's keychain under the service "coppice". Blocks, at most 60 s (the keychain may ask for its own
/// password). No keychain, a locked one, or no entry is an error: there is no other place to fall back to.
[[nodiscard]] Result<QByteArray> readKeychain(const QString &name);

} // namespace coppice::secrets

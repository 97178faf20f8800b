// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace coppice::secrets {

/// Where a secret lies, never the secret: "keychain:NAME", "env:VARIABLE" (of Coppice's own environment) or
/// "file:PATH" (first line of a file that only the user can read).
struct SecretRef {
    enum class Store { Keychain, Environment, File };
    Store store = Store::Environment;
    QString name;

    [[nodiscard]] static Result<SecretRef> parse(const QString &text, const QString &where);
    [[nodiscard]] QString toString() const;
};

/// The secret itself. Fails closed: an error, never an empty string, when it cannot be had.
[[nodiscard]] Result<QByteArray> readSecret(const SecretRef &ref);

} // namespace coppice::secrets

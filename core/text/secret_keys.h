// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace coppice::text {

/// How surely a key says that its value is a secret. Weak ones ("token", "auth") are also words of ordinary prose.
enum class KeyStrength { None, Weak, Strong };
[[nodiscard]] KeyStrength strengthOf(QStringView key);

/// What at least one of stands in every key of ASCII that tells, in lower case.
[[nodiscard]] std::vector<QStringView> keyStems();

/// "pass" alone: a password of some programs, a count of tests of others.
[[nodiscard]] bool isCountedPass(QStringView key);

/// A stretch of text, from (included) to (excluded).
struct SecretValue {
    qsizetype from = 0;
    qsizetype to = 0;
};
/// The values of `key=value`, `key: value`, `"key": "value"` and `('key', 'value')` whose key tells, in order. Linear in the text.
[[nodiscard]] std::vector<SecretValue> findSecretValues(const QString &text);

} // namespace coppice::text

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::manifest {

/// Would a range, as an ecosystem's manifest writes it, take a version? Unknown where the range is no range (an address, a
/// tag, a word of a tool's own) or the version none.
///
/// Sources: npm github.com/npm/node-semver#ranges; cargo doc.rust-lang.org/cargo/reference/specifying-dependencies.html;
/// pypi PEP 440, with ^ and ~ of Poetry; golang go.dev/ref/mod#minimal-version-selection (a requirement is a lowest
/// version); maven maven.apache.org/pom.html#dependency-version-requirement-specification (a plain version is exactly that
/// one until somebody changes it).
enum class Accepts { Yes, No, Unknown };
/// `type` is the purl's: npm, pypi, cargo, golang, maven.
[[nodiscard]] Accepts accepts(const QString &type, const QString &range, const QString &version);
/// "yes", "no", "unknown"
[[nodiscard]] QString nameOf(Accepts accepts);

} // namespace coppice::manifest

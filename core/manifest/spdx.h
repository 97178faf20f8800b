// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::manifest {

/// A licence as the SPDX list names it.
struct SpdxLicense {
    QString id;         ///< of the list, spelled as there ("mit" is "MIT"); empty where it is no single one
    QString expression; ///< of several: "MIT OR Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"; else empty
};
/// Reads what a manifest says of its licence: an id or an expression of SPDX (spec.spdx.org, annex of licence expressions;
/// list 3.28), and Cargo's old "MIT/Apache-2.0". Both members are empty for anything else, which stays a name.
[[nodiscard]] SpdxLicense spdxLicense(const QString &text);

} // namespace coppice::manifest

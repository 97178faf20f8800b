// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::manifest {

/// "pkg:type/namespace/name" as the Package URL specification spells it (https://github.com/package-url/purl-spec):
/// parts percent-encoded, npm and golang in lower case, PyPI names folded. `name` holds the namespace, parted by '/'.
/// Maven's group and artifact are parted by '/', too. Empty for an empty name.
[[nodiscard]] QString purl(const QString &type, const QString &name);
/// The same with "@version".
[[nodiscard]] QString purlWithVersion(const QString &purl, const QString &version);
/// "npm" of "pkg:npm/%40scope/name"; empty when it is none.
[[nodiscard]] QString purlType(const QString &purl);
/// "@scope/name": namespace and name as people write them, without version, qualifiers and subpath.
[[nodiscard]] QString purlName(const QString &purl);
/// PyPI's folding of names (PEP 503).
[[nodiscard]] QString foldPypi(const QString &name);

} // namespace coppice::manifest

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::manifest {

/// What a specification names when it is no range of a registry: "git:https://host/owner/name", "path:../sibling",
/// "workspace:"; empty for a range. `folder` is the one of the file that says so, from the plugin's root.
[[nodiscard]] QString npmReference(const QString &specification, const QString &folder);
/// "git:https://host/owner/name" from any spelling of a repository's address; empty when it is none.
[[nodiscard]] QString gitReference(const QString &address);
/// "path:…" from the plugin's root, cleaned; `folder` is that of the file that names it. Empty for an absolute one.
[[nodiscard]] QString pathReference(const QString &path, const QString &folder);

} // namespace coppice::manifest

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace coppice::sandbox {

/// A folder that is shown as /etc: a copy of what programs read there and everybody may read (certificates, links of
/// alternatives, the linker's cache, time zone, …), with made-up users, hosts and host name. Private keys and whatever
/// else is not readable by all stay outside, also when we are root. One mount instead of thirty. Made anew when the
/// machine's files have changed, which is looked for once a minute. Safe from any thread.
[[nodiscard]] Result<QString> etcFolder(const QString &machines = QStringLiteral("/etc"));

} // namespace coppice::sandbox

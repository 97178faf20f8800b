// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QStringList>

namespace coppice::sandbox {

/// bwrap's arguments that show the system: /usr, the folders beside it, the files of /etc that programs need, made-up
/// users and hosts, /proc and /dev of its own, bounded /tmp and /dev/shm.
[[nodiscard]] Result<QStringList> systemArguments();

} // namespace coppice::sandbox

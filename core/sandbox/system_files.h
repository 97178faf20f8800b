// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QStringList>

namespace coppice::sandbox {

/// bwrap's arguments that show the system: /usr, the folders beside it, an /etc of its own (etc_folder.h), /proc and /dev
/// of its own, bounded /tmp and /dev/shm.
[[nodiscard]] Result<QStringList> systemArguments();

} // namespace coppice::sandbox

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace coppice::clients {

/// The full path of a program of this user: on PATH, or where package managers of Node and the programs' own installers put
/// them (~/.local/bin, npm's global prefix, nvm, volta, bun, pnpm, asdf, mise, …). Empty: it is not there.
[[nodiscard]] QString findProgramAnywhere(const QString &name);
/// The command with its program by the full path, where PATH does not find it; else as it is.
[[nodiscard]] QStringList withFullPath(QStringList command);

} // namespace coppice::clients

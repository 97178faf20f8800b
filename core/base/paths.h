// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

namespace coppice {

/// $XDG_STATE_HOME/coppice, ~/.local/state/coppice otherwise. Not created here.
[[nodiscard]] QString stateHome();
/// $XDG_CACHE_HOME/coppice, ~/.cache/coppice otherwise.
[[nodiscard]] QString cacheHome();
/// $XDG_CONFIG_HOME/coppice, ~/.config/coppice otherwise: settings of this machine.
[[nodiscard]] QString configHome();
/// Where shipped data (templates, demo plugins) lies: $COPPICE_DATA, beside an installed program, or the source tree.
[[nodiscard]] Result<QString> dataDir(const QString &name);
/// A helper program of ours (coppice-highlighter, coppice-relay): beside the running program, or in ../libexec.
[[nodiscard]] Result<QString> helperProgram(const QString &name);

/// True for a relative path with no empty, "." or ".." part, no leading slash and no NUL: safe to join to a folder.
[[nodiscard]] bool isSafeRelative(const QByteArray &path);

/// Writes a file so that it is there whole or not at all, and on disk when this returns.
[[nodiscard]] Result<> writeFileAtomically(const QString &path, const QByteArray &bytes);
/// Reads at most `cap` bytes; longer is an error, so that nothing is cut silently.
[[nodiscard]] Result<QByteArray> readFile(const QString &path, qint64 cap = 64 << 20);
[[nodiscard]] Result<> makeFolder(const QString &path);

} // namespace coppice

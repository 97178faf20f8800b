// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace coppice::test {

/// Ids of processes other than this one that have to do with a folder: by their command line (engines), by what is mounted
/// for them (what runs in a sandbox, whose command lines name nothing of the host), or by a mark that their command holds.
[[nodiscard]] QStringList processesOf(const QString &folder, const QString &mark = {});
/// The same after waiting up to ten seconds for none.
[[nodiscard]] QStringList processesLeft(const QString &folder, const QString &mark = {});

} // namespace coppice::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shipping/version_bump.h"

namespace coppice::shipping {

/// A changelog with an entry for a version, in the file's own style: its heading's level, brackets, "v" and way to write the
/// date, and its names of sections; where it has an "Unreleased" part, that becomes the version's. An empty file gets the
/// form of https://keepachangelog.com/en/1.1.0/. Subjects are text from outside: no markup of theirs has an effect.
[[nodiscard]] QString withEntry(const QString &changelog, const QString &version, const QString &date, const std::vector<ToldCommit> &commits);

} // namespace coppice::shipping

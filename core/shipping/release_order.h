// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace coppice::shipping {

/// Below 0 when release `a` is older than `b`, 0 when they are the same, above 0 when it is newer; none when they cannot
/// be compared. Takes "1.2.3", "v1.2.3", "name@1.2.3-rc.1+build", "name-1.2.3". Source: https://semver.org, 11.
[[nodiscard]] std::optional<int> compareReleases(const QString &a, const QString &b);

} // namespace coppice::shipping

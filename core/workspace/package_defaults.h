// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace/package_sources.h"

#include <QStringList>

#include <stop_token>

namespace coppice::workspace {

/// Hosts that the package managers installed here name themselves when they are asked where packages come from (npm,
/// yarn, pip, go, gem, composer), in the form of the tunnel's list. What pip's index says its files come from is one
/// more. Blocks for as long as the programs take, at most 15 s each, and keeps the answers for ten minutes; who does not
/// answer adds nothing, and a set-up that needs such a host is told its name. Any thread. Cargo, Maven and others name theirs nowhere: a library lists them in package_hosts.
/// Sources: `npm config get registry`, `pip install --help`, `go env`, `gem sources`, `composer config`; the index's
/// pages are PEP 503 and PEP 691.
[[nodiscard]] QStringList askedPackageHosts(const PackageSources &configured, std::stop_token stop = {});

} // namespace coppice::workspace

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <graph/cycles.h>
#include <graph/impact.h>

namespace coppice::ctl {

/// Neighbours of a plugin up to `depth` steps both ways, the packages it names, and how many edges lead further.
void showPlugin(Context &context, const library::Catalog &catalog, const graph::Graph &graph, int node, int depth);
/// Who uses a package, at which range and version.
void showPackage(Context &context, const graph::Graph &graph, const QString &purl);
void showImpact(Context &context, const graph::Graph &graph, const QString &id, const QString &version, const graph::Impact &impact);
[[nodiscard]] QString cycleText(const graph::Graph &graph, const graph::Cycle &cycle, int number);

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: the parts of settings files that speak of review and shipping.

#include "library/yaml_file.h"

namespace coppice::library {

/// Whether every version's tag made from it is a name that git takes. Source: git-check-ref-format(1).
[[nodiscard]] bool isTagPattern(const QString &text);
[[nodiscard]] ReviewPolicy readReviewPolicy(const YamlFile &file);
/// `upstream: {ship, forge, project, labels}`
void readShipping(const YamlFile &file, Upstream &upstream, std::vector<Problem> &problems);

} // namespace coppice::library

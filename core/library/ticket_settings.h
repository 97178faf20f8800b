// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: the parts of settings files that speak of tickets.

#include "library/yaml_file.h"

namespace coppice::library {

[[nodiscard]] TrackerStates readTrackerStates(const YamlFile &file, const QString &path);
[[nodiscard]] TrackerPolicy readTrackers(const YamlFile &file, std::vector<Problem> &problems);
[[nodiscard]] TriagePolicy readTriage(const YamlFile &file, std::vector<Problem> &problems);

} // namespace coppice::library

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"

#include <QJsonObject>

#include <vector>

namespace coppice::tickets {

/// What a ticket says of an error group: numbers of ours, and text from outside, scrubbed and capped. `text` is the
/// whole as plain Markdown in which nothing from outside can end its quotation.
[[nodiscard]] QJsonObject factsOf(const capture::Group &group, const std::vector<capture::Event> &newestFirst);

} // namespace coppice::tickets

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace coppice::runs {

/// Whether a path of a plugin is a test, or data of tests, by the habits of many languages' tools.
[[nodiscard]] bool isTestPath(const QByteArray &path);
/// Whether it is documentation: text about the plugin that no program runs.
[[nodiscard]] bool isDocPath(const QByteArray &path);

} // namespace coppice::runs

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>

namespace coppice::evals {

/// What tests said they did, by name: lines of TAP ("ok 3 - name", "not ok - name", nested ones too; "# SKIP" and "# TODO" count
/// as not passed) and of `python -m unittest -v` ("test_name (module.Class.test_name) ... ok"). A name that is told twice has
/// passed when it did so each time. Bounded by the bytes given.
[[nodiscard]] QMap<QString, bool> readTestReport(const QByteArray &printed);

} // namespace coppice::evals

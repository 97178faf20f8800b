// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace coppice::store {

/// Splits a script at the semicolons that end statements: not those in strings, comments, quoted names, or in the body
/// of a trigger. Statements that are empty or only comments are left out.
[[nodiscard]] QStringList splitStatements(const QString &script);

} // namespace coppice::store

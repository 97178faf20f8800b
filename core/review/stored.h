// SPDX-License-Identifier: GPL-3.0-or-later
// How the review room's rows are spelled; for its own files only.
#pragma once

#include "review/patch.h"
#include "store/database.h"

namespace coppice::review {

/// Never null: the database knows the difference.
[[nodiscard]] inline QString stored(const QString &text)
{
    return text.isNull() ? QString(QLatin1String("")) : text;
}
[[nodiscard]] QString verdictName(Decision::Verdict verdict);
[[nodiscard]] Decision::Verdict verdictFrom(const QString &name);
/// An error that names the patch's state when it is not open any more.
[[nodiscard]] Result<> mustBeOpen(store::Connection &connection, const QString &patch);

} // namespace coppice::review

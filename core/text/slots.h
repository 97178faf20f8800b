// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QMap>
#include <QString>

namespace coppice::text {

/// Fills `{{plugin.name}}` slots. A slot without a value is an error that names the slot and the line; text that is
/// filled in is never read for slots again.
[[nodiscard]] Result<QString> fillSlots(const QString &text, const QMap<QString, QString> &values, const QString &where);

} // namespace coppice::text

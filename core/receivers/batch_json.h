// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "receivers/batch.h"

#include <QJsonObject>

namespace coppice::receivers {

/// A batch as it travels from a spool to an engine; the plugins are named in it.
[[nodiscard]] QJsonObject toJson(const Batch &batch);
[[nodiscard]] Result<Batch> batchFrom(const QJsonObject &object);

} // namespace coppice::receivers

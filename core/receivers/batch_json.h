// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "receivers/batch.h"

#include <QJsonObject>

namespace coppice::receivers {

/// A batch as one line of JSON, as it lies in a spool and travels from one to an engine; the plugins are named in it.
/// `cursor`: its place in the spool, when it is above 0.
[[nodiscard]] QByteArray lineOf(const Batch &batch, qint64 cursor = 0);
[[nodiscard]] Result<Batch> batchFrom(const QJsonObject &object);

} // namespace coppice::receivers

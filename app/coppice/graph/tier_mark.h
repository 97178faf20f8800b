// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_picture.h"

namespace coppice::ui {

/// A disc is excellent, a square good, a triangle fair, a diamond poor, a dotted ring unknown.
void paintTier(QPainter &painter, const QRectF &place, GraphTier tier, const GraphInks &inks);

} // namespace coppice::ui

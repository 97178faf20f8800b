// SPDX-License-Identifier: GPL-3.0-or-later
// What the forms of the report share that are made for eyes. Within the room.
#pragma once

#include "health/report.h"

#include <QPointF>

namespace coppice::health {

/// From the best to the poorest, then unknown.
[[nodiscard]] QStringList allTiers();
/// The colour of a tier as text on white ("#1a6c38"): at least 4.5 to 1.
[[nodiscard]] QString inkOf(const QString &tier);
/// The shape of a tier in a field of 12 by 12, as SVG elements without a colour: nobody has to tell colours apart. As in
/// the window: a disc is excellent, a square good, a triangle fair, a diamond poor, a ring unknown.
[[nodiscard]] QString shapeOf(const QString &tier);

/// The days as bands of tiers, the best at the bottom, in a field of these measures.
struct Band {
    QString tier;
    QString points; ///< of an SVG polygon
};
[[nodiscard]] std::vector<Band> bandsOf(const std::vector<Day> &days, double width, double height);

[[nodiscard]] QString pointsText(int tenths);
[[nodiscard]] QString signedText(int tenths); ///< "+1.5", "−1.5", "0.0"
/// What it is for the average of so many plugins: "+16.4", "less than 0.1".
[[nodiscard]] QString averageText(int tenths, int plugins);
[[nodiscard]] QString timeText(qint64 ms);    ///< "2026-11-23 07:40 UTC"
[[nodiscard]] QString pluginsText(int n);
/// Not longer than this, cut at a word with an ellipsis.
[[nodiscard]] QString shortText(const QString &text, qsizetype most);
/// What brings this plugin most; null: nothing is open.
[[nodiscard]] const Signal *firstToDo(const Score &score);
/// The plugins whose score is another than at `since`, those that moved most first.
[[nodiscard]] std::vector<const ReportLine *> movedLines(const Report &report);
/// The causes of all movements of one plugin, the newest movement first.
[[nodiscard]] QString whyMoved(const Report &report, const QString &plugin, int most);

} // namespace coppice::health

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "health/health_store.h"

#include <QByteArray>

namespace coppice::health {

/// One plugin as a report has it.
struct ReportLine {
    Score score;
    QStringList owners;
    int dependents = 0; ///< plugins that depend on it, directly or through others
    double risk = 0;    ///< points that it lacks, times what hangs on it (1 + dependents)
    int before = -1;    ///< tenths at the report's `since`; -1: it was not measured then
    QString tierBefore;
};
/// One thing to do, summed over the library.
struct ReportWork {
    QString signal, title;
    QString next;      ///< of the plugin that it matters most for
    QStringList plugins; ///< the riskiest first
    int bad = 0, unknown = 0;
    int gain = 0;      ///< tenths over all of them
    int dark = 0;      ///< tenths over all of them that nobody knows about
};
/// What moved scores since a day, summed over the library.
struct ReportCause {
    QString signal, title;
    bool policy = false; ///< the policy was changed, not the plugins
    int better = 0, worse = 0; ///< plugins that it brought points, and took them
    int points = 0;            ///< tenths over all of them
};
/// The whole library at one time; every form of a report is made of this, so that all have the same numbers.
struct Report {
    QString library;
    qint64 at = 0;    ///< when it was measured
    qint64 made = 0;
    qint64 since = 0; ///< movements are told from here on; not before the first measuring
    std::vector<ReportLine> lines; ///< the riskiest first
    QMap<QString, int> tiers, tiersBefore; ///< how many plugins have each; before: at `since`, of those that were measured then
    int compared = 0;  ///< plugins of which both are known
    int better = 0, worse = 0, added = 0;
    int median = 0, medianBefore = -1; ///< tenths
    int unknown = 0;   ///< tenths of a point of 1000, over all: how much nobody knows
    qint64 oldestFact = 0; ///< ms; when the oldest of what was judged was last found to be so
    std::vector<Movement> movements; ///< since then, the largest first
    std::vector<ReportCause> causes; ///< of these, what moved most points first
    std::vector<ReportWork> work;    ///< by what it brings over the library
    std::vector<Day> days;
    QStringList unwell; ///< probes that are not well, and why
    std::vector<library::Problem> problems; ///< of the policy
};
/// Of what was measured last. `dependents`: transitive, by plugin. NotFound where nothing was measured.
[[nodiscard]] Result<Report> makeReport(store::Database &state, const library::Library &library, const library::Catalog &catalog,
                                        const QHash<QString, int> &dependents, qint64 since);
/// How many plugins depend on each, directly or through others.
[[nodiscard]] QHash<QString, int> allDependents(const library::Catalog &catalog);

[[nodiscard]] QJsonObject toJson(const Report &report);
/// One line a plugin; texts that a spreadsheet could take for a formula are quoted.
[[nodiscard]] QByteArray toCsv(const Report &report);
/// One file without anything outside of it, light and dark, for screens and paper.
[[nodiscard]] QByteArray toHtml(const Report &report);

/// The same for paper, in the HTML that app/common/pdf.h prints: a first page that stands alone, then what moved, what to
/// do, and the plugins, of which the `mostOnPaper` riskiest are listed and the rest is counted.
[[nodiscard]] QString toPages(const Report &report);
constexpr int mostOnPaper = 150;

/// What the first page says, for each form of the report.
[[nodiscard]] QString headlineOf(const Report &report);
[[nodiscard]] QString movementSentence(const Report &report);
/// How much nobody knows, and of what.
[[nodiscard]] QString unknownSentence(const Report &report);
/// "licence: bad → good (+5.4)" of a movement's causes, the largest first.
[[nodiscard]] QString causesText(const Movement &movement, int most = 2);

} // namespace coppice::health

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/trial_store.h"

namespace coppice::evals {

/// The trials of one folder, to be looked at.
struct TrialSet {
    QString folder; ///< absolute
    QString name;   ///< for people: the folder's, or the time where that was made up
    qint64 last = 0; ///< when its latest trial ended
    std::vector<Trial> trials; ///< Trial::folder is absolute here; empty where it names something outside of the set's folder
};
/// Where trials are kept if nobody names a folder.
[[nodiscard]] QString trialsHome();
[[nodiscard]] Result<TrialSet> readTrialSet(const QString &folder);

struct TrialSets {
    std::vector<TrialSet> sets; ///< the latest first
    std::vector<Error> broken;  ///< folders that cannot be read
};
/// Those below a folder that hold trials, and `others`. None where there is no such folder.
[[nodiscard]] TrialSets readTrialSets(const QString &home, const QStringList &others = {});

/// All of them as one: each try counts, also of one task by one arm in two folders.
[[nodiscard]] std::vector<Trial> allTrials(const std::vector<TrialSet> &sets);

} // namespace coppice::evals

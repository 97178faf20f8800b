// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/trial.h"

#include <mutex>
#include <optional>

namespace coppice::evals {

/// A folder of trials: trials.jsonl with a line for each that was made, and what each left below trials/. A line is on disk
/// before add() returns; one that a dying process cut is left out when it is read. One process at a time writes.
/// Safe from any thread.
class TrialStore
{
public:
    /// Makes the folder where there is none. Error "eval.busy" when another process writes to it.
    [[nodiscard]] static Result<std::unique_ptr<TrialStore>> open(const QString &folder);
    /// The trials of a folder, for reading only: of one task, client, model, arm and number the last one counts.
    [[nodiscard]] static Result<std::vector<Trial>> read(const QString &folder);
    ~TrialStore();

    /// Whether this trial was made already, on the same task: one that the machine broke, or a provider's limit, is to be made again.
    [[nodiscard]] std::optional<Trial> made(const Trial &like) const;
    Result<> add(const Trial &trial);
    /// Where a trial leaves its files, relative to the folder.
    [[nodiscard]] static QString folderOf(const Trial &trial);
    [[nodiscard]] const QString &folder() const { return m_folder; }

private:
    TrialStore() = default;
    QString m_folder;
    int m_lock = -1;
    mutable std::mutex m_mutex;
    std::vector<Trial> m_trials;
};

} // namespace coppice::evals

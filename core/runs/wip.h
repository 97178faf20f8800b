// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "workspace/run_folder.h"

#include <QString>

#include <chrono>
#include <mutex>

namespace coppice::runs {

/// Keeps a run's work in progress: the tree of its work folder, written into the library's object store and held there by the
/// hidden reference refs/coppice/wip/<run>, so that neither a crash nor a deleted folder loses it. Opens a repository handle of
/// its own for each save: safe from any thread.
class Wip
{
public:
    Wip(QString libraryGitDir, workspace::RunFolder folder, QString run, git::Oid baseTree);
    /// Saves the folder as it is now, where it differs from what was saved; answers the tree.
    [[nodiscard]] Result<git::Oid> save();
    /// The same, at most once in `every`; quiet: a folder that cannot be read in the middle of the agent's work is saved later.
    void saveNowAndThen(std::chrono::seconds every);
    [[nodiscard]] git::Oid saved() const;

    [[nodiscard]] static QString refName(const QString &run);
    /// Lets go of a run's work in progress: its result has become a patch.
    [[nodiscard]] static Result<> forget(git::Repository &repository, const QString &run);

private:
    QString m_gitDir;
    workspace::RunFolder m_folder;
    QString m_run;
    git::Oid m_baseTree;
    mutable std::mutex m_mutex;
    git::Oid m_saved;
    std::chrono::steady_clock::time_point m_last = std::chrono::steady_clock::now();
};

} // namespace coppice::runs

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "workspace/run_folder.h"

#include <chrono>
#include <memory>
#include <stop_token>

namespace coppice::runs {

/// A fresh check-out of one tree of a plugin, in which check commands are run in the sandbox, one after the other.
class Checker
{
public:
    struct Wanted {
        git::Oid base;   ///< commit: what the folder's small repository has as its HEAD
        git::Oid tree;   ///< what is checked
        QString path;    ///< of the folder; deleted when the checker goes
        bool prepareAgain = false; ///< the tree has other lock files than the base, and may reach the network for them
    };
    [[nodiscard]] static Result<std::unique_ptr<Checker>> make(git::Repository &repository, const library::CatalogEntry &plugin,
                                                               const Wanted &wanted, const QStringList &packageHosts,
                                                               std::stop_token stop, Progress &progress);
    ~Checker();
    Checker(const Checker &) = delete;
    Checker &operator=(const Checker &) = delete;

    struct Answer {
        bool passed = false;
        QString reason; ///< why not, in a sentence
    };
    /// Runs one command line; what it prints goes to `log`, at most 16 MB of it. Error when it was stopped on request.
    [[nodiscard]] Result<Answer> check(const QString &line, std::chrono::seconds timeout, const QString &log, std::stop_token stop);

private:
    Checker(workspace::RunFolder folder, workspace::Prepared prepared, QStringList forbidden);
    workspace::RunFolder m_folder;
    workspace::Prepared m_prepared;
    QStringList m_forbidden;
};

/// Runs `argv` in a sandbox with its output in a log of at most 16 MB; the answer says how it ended.
[[nodiscard]] Result<Checker::Answer> runLogged(const sandbox::SandboxProfile &profile, const QStringList &argv, const QString &what,
                                                const QString &log, std::stop_token stop);

/// The base tree with the tests that a result adds or changes put in: what a check runs on "before".
[[nodiscard]] Result<git::Oid> withTestsOf(git::Repository &repository, const git::Oid &base, const git::Oid &result);
/// Whether two trees have different lock files, so that what was prepared for one is not right for the other.
[[nodiscard]] Result<bool> lockFilesDiffer(const git::Repository &repository, const git::Oid &a, const git::Oid &b);

} // namespace coppice::runs

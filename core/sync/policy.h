// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "library/settings.h"

#include <QJsonArray>

#include <vector>

namespace coppice::sync {

/// True for "type(scope)!: subject", and for the subject that `git revert` writes.
/// Source: https://www.conventionalcommits.org/en/v1.0.0/
[[nodiscard]] bool isConventional(const QString &subject);

/// One thing that git_policy of coppice.yaml says against commits, a branch or a version.
struct PolicyFinding {
    struct Commit {
        git::Oid id;
        QString subject; ///< text from outside: plain, one line, capped
    };
    QString rule; ///< commits, linear, branches, changelog, tags
    QString what; ///< a sentence
    QString fix;  ///< what to do, a sentence
    bool refuses = false;        ///< what is looked at is not done
    std::vector<Commit> commits; ///< the newest first, at most 20; `count` is of all
    size_t count = 0;
    /// What, the first commits, and what to do, in one line.
    [[nodiscard]] QString told() const;
};
/// Where commits are looked at.
enum class Way {
    Incoming, ///< of an upstream, to be merged
    Outgoing, ///< to be pushed
    Pull,     ///< to be sent as a pull request, which its forge may squash or rebase
};
/// The rules `commits` and `linear` on the commits that are reachable from `tip` and from none of `known`; more than 2,000
/// are not looked at. Nothing where the policy has neither rule.
[[nodiscard]] Result<std::vector<PolicyFinding>> checkCommits(const git::Repository &repository, const library::GitPolicy &policy, Way way, const QString &plugin,
                                                              const git::Oid &tip, const std::vector<git::Oid> &known);
[[nodiscard]] QJsonObject toJson(const PolicyFinding &finding);
[[nodiscard]] QJsonArray toJson(const std::vector<PolicyFinding> &findings);

} // namespace coppice::sync

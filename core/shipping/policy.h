// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "library/settings.h"
#include "sync/policy.h"

namespace coppice::shipping {

/// Whether a branch's short name is one of git_policy.branches (empty: all are); * stands for any text.
[[nodiscard]] bool isAllowedBranch(const library::GitPolicy &policy, const QString &branch);
/// "v{version}" filled in; empty where there is no version, or it would make a name that git does not take.
[[nodiscard]] QString tagName(const library::GitPolicy &policy, const QString &version);
/// The version that a tag of this pattern names; empty where it is none.
[[nodiscard]] QString versionOfTag(const library::GitPolicy &policy, const QString &tag);

/// What is to be sent: what of `split` is not in `known`.
struct Sending {
    QString plugin, branch, version;
    git::Oid split;
    std::vector<git::Oid> known;
    bool asPull = false;
    bool anything = true;    ///< there is something to send
    bool newVersion = false; ///< no tag of this version is there yet
};
/// What git_policy says of sending it; a finding that refuses stops a ship.
[[nodiscard]] Result<std::vector<sync::PolicyFinding>> checkPolicy(const git::Repository &repository, const library::GitPolicy &policy, const Sending &sending);
/// The rule `changelog` on a plugin's tree.
[[nodiscard]] Result<std::optional<sync::PolicyFinding>> checkChangelog(const git::Repository &repository, const library::GitPolicy &policy, const QString &plugin,
                                                                        const git::Oid &tree, const QString &version);
/// The changelog of a plugin's tree: its path; empty where it has none.
[[nodiscard]] Result<QByteArray> changelogPath(const git::Repository &repository, const git::Oid &tree);
/// The part of a changelog that is about one version, without its heading; empty where it has none.
[[nodiscard]] QString changelogPart(const QString &changelog, const QString &version);

} // namespace coppice::shipping

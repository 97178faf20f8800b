// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "library/settings.h"

namespace coppice::shipping {

/// Whether a branch's short name is one of git_policy.branches (empty: all are); * stands for any text.
[[nodiscard]] bool isAllowedBranch(const library::GitPolicy &policy, const QString &branch);
/// "v{version}" filled in; empty where there is no version, or it would make a name that git does not take.
[[nodiscard]] QString tagName(const library::GitPolicy &policy, const QString &version);
/// The version that a tag of this pattern names; empty where it is none.
[[nodiscard]] QString versionOfTag(const library::GitPolicy &policy, const QString &tag);

/// What git_policy says against sending `commits` (only those that are new there) to a branch: sentences. `refused` stop
/// a ship, `told` do not.
struct PolicyFindings {
    QStringList refused, told;
};
struct Sending {
    QString plugin, branch, version;
    std::vector<git::Oid> commits;
    git::Oid split;     ///< whose tree is looked at for the changelog
    bool newVersion = false; ///< no tag of this version is there yet
};
[[nodiscard]] Result<PolicyFindings> checkPolicy(const git::Repository &repository, const library::GitPolicy &policy, const Sending &sending);
/// The changelog of a plugin's tree: its path; empty where it has none.
[[nodiscard]] Result<QByteArray> changelogPath(const git::Repository &repository, const git::Oid &tree);
/// The part of a changelog that is about one version, without its heading; empty where it has none.
[[nodiscard]] QString changelogPart(const QString &changelog, const QString &version);

} // namespace coppice::shipping

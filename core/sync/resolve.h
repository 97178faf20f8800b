// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/marked_merge.h"
#include "sync/sync.h"

namespace coppice::sync {

/// A conflicting pull that a person brings to its end. The plugin lies merged in a folder of its own, where the clashing
/// places stand between markers; nothing in the library changes before it is taken up. What was begun is kept alive
/// by refs/coppice/resolve/<id>, from which the folder can be made anew.
struct Resolving {
    struct File {
        QByteArray path; ///< in the plugin
        subtree::MergeConflict::Kind kind = subtree::MergeConflict::Kind::Text;
        bool open = true; ///< markers are left, or nobody said which side it shall be
    };
    QString plugin;
    QString folder;
    git::Oid upstream; ///< the commit that is merged
    std::vector<File> files;
    [[nodiscard]] size_t open() const;
};
enum class Side { Library, Upstream };

/// Begins, or answers what was begun. Works on what was fetched last. "sync.no-conflict" where a pull would go through.
[[nodiscard]] Result<Resolving> beginResolve(const Host &host, const QString &plugin, std::stop_token stop, Progress &progress);
/// What is under way; none for a plugin where nothing is.
[[nodiscard]] Result<std::optional<Resolving>> resolving(const Host &host, const QString &plugin);
/// The plugins that have one.
[[nodiscard]] Result<QStringList> allResolving(const Host &host);
/// Puts one side's content at conflicting paths.
[[nodiscard]] Result<Resolving> takeSide(const Host &host, const QString &plugin, Side side, const std::vector<QByteArray> &paths);
/// Takes the folder up: one merge commit on the library's branch as a clean pull would have made it. Where the library
/// changed the plugin meanwhile, that is merged in; clashes again are put in the folder, and nothing is lost.
[[nodiscard]] Result<PluginOutcome> finishResolve(const Host &host, const journal::Lease &lease, const QString &plugin,
                                                  std::stop_token stop, Progress &progress);
/// Throws the folder away.
[[nodiscard]] Result<> dropResolve(const Host &host, const QString &plugin);

} // namespace coppice::sync

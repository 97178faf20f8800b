// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "library/settings.h"

#include <QHash>
#include <QSet>

#include <stop_token>

namespace coppice::library {

/// A folder that git-subtree's trailers in the history name.
struct Join {
    QByteArray dir;
    bool squash = false; ///< by the newest join, and upstream's own commits are not in the library
    qint64 seconds = 0;  ///< committer's time of the newest join
    git::Oid split{};    ///< the upstream commit that the newest join names; null where it was read from the last scan
};
/// The folders named by `git-subtree-dir:` lines of one message.
[[nodiscard]] std::vector<Join> joinsIn(const git::Commit &commit);
/// All joins of the history of `head`; `known` are those of `knownHead`, whose history is not read again. History that
/// a shallow clone does not have is left out.
[[nodiscard]] Result<std::vector<Join>> readJoins(const git::Repository &repository, const git::Oid &head, std::vector<Join> known,
                                                  const git::Oid &knownHead, std::stop_token stop);

/// Reads each folder of a tree once, however many entries of it are asked for.
class TreeIndex
{
public:
    TreeIndex(const git::Repository &repository, const git::Oid &root) : m_repository(repository), m_root(root) { }
    /// The tree at a path; null when there is none.
    [[nodiscard]] git::Oid treeAt(const QByteArray &path);
    /// The folders below a folder, by name.
    [[nodiscard]] std::vector<QByteArray> folders(const QByteArray &path);
    /// Files below a folder: name → entry.
    [[nodiscard]] std::vector<git::TreeEntry> files(const QByteArray &path);

private:
    const QHash<QByteArray, git::TreeEntry> &entries(const QByteArray &path);
    const git::Repository &m_repository;
    git::Oid m_root;
    QHash<QByteArray, QHash<QByteArray, git::TreeEntry>> m_folders;
};

/// Folders that match a pattern such as plugins/*, sorted. "*" stands for one part, without those that begin with a dot.
[[nodiscard]] std::vector<QByteArray> matchPrefixes(TreeIndex &tree, const QByteArray &pattern);

/// Ids for prefixes that no settings file names: the last part of the path, with the parts before it where two would be
/// the same. Never one of `taken`.
[[nodiscard]] std::vector<std::pair<QString, QByteArray>> idsFor(const std::vector<QByteArray> &prefixes, QSet<QString> taken);
/// True for what may name a settings file: letters, digits, '.', '_', '-', not beginning with '.' or '-'.
[[nodiscard]] bool isPluginId(const QString &id);

/// Prefixes that no settings file names: from joins (only without a coppice.yaml), then from the settings' patterns;
/// without those that hold, or lie in, another one that is known better.
[[nodiscard]] std::vector<QByteArray> freePrefixes(TreeIndex &tree, const LibrarySettings &settings, const std::vector<Join> &joins,
                                                   const std::vector<QByteArray> &named);

} // namespace coppice::library

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/state_file.h"

namespace coppice::subtree {

/// What earlier runs found, in coppice/split/ of the common git directory: a few files, each for a group of prefixes
/// that are walked together. Only an accelerator: whatever is damaged, of another version or not in the object store
/// any more is worked out again.
class SplitState
{
public:
    SplitState(git::Repository &repository, const SplitOptions &options);

    /// Prefixes to walk together, and what is known of them.
    struct Group {
        std::optional<StateFile> file;
        std::vector<QByteArray> prefixes; ///< all of the group, also such that were not asked for
    };
    /// Every prefix that is asked for is in one group.
    [[nodiscard]] std::vector<Group> groupsFor(const std::vector<QByteArray> &wanted);
    /// Keeps a record, and first the references that keep its commits from gc.
    [[nodiscard]] Result<> save(WalkRecord &record, const Group &group);
    /// What a person should be told once; empty: nothing.
    [[nodiscard]] const QString &note() const { return m_note; }
    void noteRebuilt();

private:
    [[nodiscard]] QString pathFor(const std::vector<QByteArray> &prefixes) const;
    void dropOldest();

    git::Repository &m_repository;
    const SplitOptions &m_options;
    QString m_folder;
    QByteArray m_key; ///< everything beside prefix and head that an answer depends on
    QString m_note;
};

} // namespace coppice::subtree

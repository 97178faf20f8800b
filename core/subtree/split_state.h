// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/split.h"

#include <QJsonObject>

namespace coppice::subtree {

/// What earlier runs found, in coppice/split/ of the common git directory: per prefix and options the last head and
/// its answer. The mapping is a pure function of these, so an answer for the same head is the answer. Only an
/// accelerator: whatever cannot be read or is not in the object store any more is worked out again.
class SplitState
{
public:
    SplitState(git::Repository &repository, const SplitOptions &options);

    [[nodiscard]] std::optional<SplitResult> find(const git::Oid &head, const QByteArray &prefix) const;
    /// Remembers an answer and the reference that keeps its commits from gc; written by save().
    void put(const git::Oid &head, const SplitResult &result);
    [[nodiscard]] Result<> save();

private:
    [[nodiscard]] QString keyOf(const QByteArray &prefix) const;

    git::Repository &m_repository;
    const SplitOptions &m_options;
    QString m_file;
    QJsonObject m_entries;
    std::vector<std::pair<QString, git::Oid>> m_refs;
    bool m_changed = false;
};

} // namespace coppice::subtree

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "subtree/walk_record.h"

namespace coppice::subtree {

/// A walk's record on disk: first what answers for the same head again, then the tables of the graph and the mapping,
/// which are mapped as they lie. Both parts carry a checksum.
class StateFile
{
public:
    enum class Fault { Missing, Other, Damaged };
    /// Reads the first part. `Other`: of another version of Coppice, or another key.
    [[nodiscard]] static std::expected<StateFile, Fault> open(const QString &path, const QByteArray &key);
    StateFile(StateFile &&other) noexcept;
    StateFile &operator=(StateFile &&other) noexcept;
    ~StateFile();

    [[nodiscard]] const QString &path() const { return m_path; }
    /// The head that the results are for.
    [[nodiscard]] const git::Oid &head() const { return m_head; }
    [[nodiscard]] const std::vector<WalkRecord::OfPrefix> &prefixes() const { return m_prefixes; }
    /// Puts the tables into a record, which lives as long as this at most. False when they are damaged.
    [[nodiscard]] bool load(WalkRecord &record);

    [[nodiscard]] static Result<> save(const QString &path, const QByteArray &key, WalkRecord &record);

private:
    StateFile() = default;
    QString m_path;
    uchar *m_data = nullptr; ///< mapped privately: what is changed stays in this process
    size_t m_size = 0;
    git::Oid m_head;
    std::vector<WalkRecord::OfPrefix> m_prefixes;
};

} // namespace coppice::subtree

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/oid.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace coppice::git {

/// Reads a repository's packs in place, for walks over whole histories: several times cheaper than an object store
/// that also looks for loose objects and locks. What it does not find or cannot read is for libgit2 to answer.
/// For one task on one thread. Source: https://git-scm.com/docs/pack-format
class Packs
{
public:
    enum class Type : quint8 { Commit = 1, Tree = 2, Blob = 3, Tag = 4 };
    struct Object {
        Type type;
        QByteArray bytes;
    };

    /// The packs below an objects folder and its alternates as they are now. None that can be used is no error.
    explicit Packs(const QString &objectsFolder);
    Packs(Packs &&) noexcept;
    Packs &operator=(Packs &&) noexcept;
    ~Packs();

    [[nodiscard]] std::optional<Object> read(const Oid &id);
    /// Reads many commits, in the order in which they lie, which is several times cheaper than one after the other.
    /// `visit` gets the number in `ids` and the bytes, which are there during the call. Answers the numbers of those
    /// that were not read.
    using Visit = std::function<void(size_t number, QByteArrayView bytes)>;
    [[nodiscard]] std::vector<size_t> readCommits(std::span<const Oid> ids, const Visit &visit);
    [[nodiscard]] bool has(const Oid &id);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace coppice::git

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "git/packs.h"

namespace coppice::git {

/// Writes new objects as one pack with its index, streaming: memory grows by a few bytes an object. Until finish()
/// there is only a temporary file, of the name that git's own prune looks for.
class PackWriter
{
public:
    explicit PackWriter(const QString &objectsFolder);
    PackWriter(PackWriter &&) noexcept;
    PackWriter &operator=(PackWriter &&) noexcept;
    ~PackWriter(); ///< removes what was not finished

    /// Each id once.
    [[nodiscard]] Result<> add(Packs::Type type, const Oid &id, QByteArrayView bytes);
    [[nodiscard]] size_t count() const;
    /// Puts pack and index in place, on the disk for good. Nothing added: nothing is written.
    [[nodiscard]] Result<> finish();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace coppice::git

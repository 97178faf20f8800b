// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the handlers of this room: work on the library's own branch.

#include "engine/handler.h"
#include "library/library.h"

namespace coppice::engine {

/// One commit on the library's branch.
[[nodiscard]] Result<git::Oid> commitTree(const Call &call, git::Repository &repository, const git::Oid &head, const git::Oid &tree,
                                          const QByteArray &message);
struct FoundPlugin {
    library::Catalog catalog;
    library::Plugin plugin;
};
/// NotFound for an id that the library does not have.
[[nodiscard]] Result<FoundPlugin> findPlugin(const Call &call, const QString &id);

} // namespace coppice::engine

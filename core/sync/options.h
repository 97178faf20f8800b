// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "subtree/split.h"

#include <stop_token>

namespace coppice::sync {

/// A plugin as the splitter sees it.
struct NamedPrefix {
    QString id;
    QByteArray prefix;
    QString linksSince; ///< of its settings
};
/// The plugins at a commit of any repository, read from its tree (and, without coppice.yaml, the trailers of its
/// history): no database, nothing written.
[[nodiscard]] Result<std::vector<NamedPrefix>> prefixesAt(const git::Repository &repository, const git::Oid &head,
                                                          std::stop_token stop = {});
/// How this library's plugins are split: links are resolved where there is a coppice.yaml, names copied by the rule of
/// the installed git.
[[nodiscard]] Result<subtree::SplitOptions> splitOptions(const git::Repository &repository, const library::LibrarySettings &settings,
                                                         const std::vector<NamedPrefix> &plugins);
[[nodiscard]] Result<subtree::SplitOptions> splitOptions(const git::Repository &repository, const library::Catalog &catalog);

} // namespace coppice::sync

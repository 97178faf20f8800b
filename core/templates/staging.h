// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "templates/links.h"

namespace coppice::templates {

/// A change of a template on its way: it lies under templates/next/ with the same name, and pilot plugins link to it
/// there until it is promoted.
struct Staged {
    QByteArray name;     ///< below templates/
    bool differs = true; ///< from the template of that name
    QStringList pilots;  ///< plugins that link to it under next/
    QStringList others;  ///< plugins that link to the template itself, and get it by promoting
};
/// What lies under templates/next/: the deepest folders and files that a pilot links to or that stand for a template.
[[nodiscard]] Result<std::vector<Staged>> stagedTemplates(git::Repository &repository, const git::Oid &head, const LinkReport &report);

/// The library's root tree with `content` (none: the template as it is) at templates/next/<name>, and the pilots' links
/// to the template led there. Links inside it are rewritten for their new place.
[[nodiscard]] Result<git::Oid> stageTemplate(git::Repository &repository, const git::Oid &rootTree, const LinkReport &report,
                                             const QByteArray &name, const std::optional<git::TreeEntry> &content,
                                             const std::vector<const library::Plugin *> &pilots);
/// The root tree with templates/next/<name> moved to templates/<name>, and all links to it led there.
[[nodiscard]] Result<git::Oid> promoteTemplate(git::Repository &repository, const git::Oid &rootTree, const LinkReport &report,
                                               const library::Catalog &catalog, const QByteArray &name);
/// The root tree without templates/next/<name>, the pilots' links led back.
[[nodiscard]] Result<git::Oid> withdrawTemplate(git::Repository &repository, const git::Oid &rootTree, const LinkReport &report,
                                                const library::Catalog &catalog, const QByteArray &name);

} // namespace coppice::templates

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"

namespace coppice::templates {

/// A copy of a template in a plugin (`mode: copy`), compared by content: a version that was written down once would
/// lie as soon as somebody edits the file.
struct CopyState {
    enum class State {
        Equal,
        Stale,      ///< what the template was at an earlier commit: it may be brought up to date
        Edited,     ///< neither: a person decides
        Missing,
        NoTemplate, ///< the template itself is not there
    };
    QString plugin;
    QByteArray prefix;
    QByteArray path; ///< in the plugin
    QByteArray name; ///< below templates/
    State state = State::Equal;
    std::optional<git::TreeEntry> copy;
    std::optional<git::TreeEntry> source; ///< the template's content, its own links resolved
};
[[nodiscard]] QString nameOf(CopyState::State state);

/// All copies of the plugins at the catalog's head.
[[nodiscard]] Result<std::vector<CopyState>> copyStates(git::Repository &repository, const library::Catalog &catalog);

/// The library's root tree with missing and stale copies made equal to their templates.
[[nodiscard]] Result<git::Oid> refreshCopies(git::Repository &repository, const git::Oid &rootTree, const std::vector<CopyState> &states);
/// The root tree with an edited copy's change in the template. Both may have moved on: merged from where they were
/// equal last; "templates.copy-conflict" where that clashes.
[[nodiscard]] Result<git::Oid> adoptCopy(git::Repository &repository, const git::Oid &head, const CopyState &state);
/// The root tree with the copy replaced by the template's content.
[[nodiscard]] Result<git::Oid> discardCopy(git::Repository &repository, const git::Oid &rootTree, const CopyState &state);
/// The root tree with the mode of a plugin's template link written into the plugin's settings file.
[[nodiscard]] Result<git::Oid> setLinkMode(git::Repository &repository, const git::Oid &rootTree, const library::Plugin &plugin,
                                           const library::TemplateLink &link);

} // namespace coppice::templates

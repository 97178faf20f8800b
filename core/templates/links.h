// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "git/repository.h"
#include "library/library.h"
#include "manifest/manifest.h"

namespace coppice::templates {

/// A link in a plugin, or one that should be there.
struct LinkState {
    enum class State {
        Good,     ///< names something under templates/
        Dangling, ///< names nothing
        Escaping, ///< leaves the plugin, and not to templates/
        Absolute,
        Cyclic,
        Missing,  ///< expected by `links` of the settings, and not there
        Inside,   ///< stays in the plugin: no business of ours
    };
    QString plugin;
    QByteArray path;   ///< in the plugin
    QByteArray target; ///< as written in the link
    State state = State::Good;
    QByteArray names;  ///< path from the library's root it leads to, where it leads anywhere
};
[[nodiscard]] QString nameOf(LinkState::State state);

/// Every link of every plugin at a commit, without Inside; and what is wrong, as findings.
struct LinkReport {
    std::vector<LinkState> links;
    std::vector<manifest::Finding> findings;
};
[[nodiscard]] Result<LinkReport> checkLinks(git::Repository &repository, const library::Catalog &catalog);

/// What is wrong with a link that blocks a push, for a sentence: "plugins/a/x leads out of the plugin, to ../b/y". `path` is
/// in the plugin; it may lie in a template that a link of the plugin names.
[[nodiscard]] Result<QString> whyBlocked(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix, const QByteArray &path);

/// Files and folders two levels below templates/, without next/: what is linked as a rule.
struct TemplateName {
    QByteArray name; ///< below templates/
    bool folder = false;
};
[[nodiscard]] Result<std::vector<TemplateName>> templateNames(const git::Repository &repository, const git::Oid &head);

/// What a plugin should have: its own `links`, and the library's for other paths.
[[nodiscard]] std::vector<library::TemplateLink> expectedLinks(const library::LibrarySettings &settings, const library::Plugin &plugin);

/// Files of a plugin whose whole content is the path of a template from where they lie: links that were committed where
/// links are not supported. Paths in the plugin.
[[nodiscard]] Result<std::vector<QByteArray>> linksAsText(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix);

/// A file with slots (`*.in.md`) is filled in for each run: neither linked nor copied.
[[nodiscard]] Result<> refuseSlots(const QByteArray &templateName);

/// The tree of the library with a link added in a plugin: `path` in the plugin → `templates/<name>` (relative link).
/// Refused where something else stands at `path`, or the template does not exist.
[[nodiscard]] Result<git::Oid> addLink(git::Repository &repository, const git::Oid &rootTree, const library::Plugin &plugin,
                                       const QByteArray &path, const QByteArray &templateName);

} // namespace coppice::templates

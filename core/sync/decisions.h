// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/operation.h"
#include "subtree/link_merge.h"
#include "sync/sync.h"

namespace coppice::sync {

using LinkChoice = subtree::LinkChoice;

/// A linked path whose copy upstream changed: a person decides what becomes of it, and the next pull does it.
struct LinkDecision {
    QString plugin;
    QByteArray path;       ///< in the plugin
    QByteArray target;     ///< the template, from the library's root
    std::optional<git::TreeEntry> ours, theirs; ///< content; of theirs none where upstream deleted it
    git::Oid upstream;     ///< the commit that has it
    qint64 seenAt = 0;
    std::optional<LinkChoice> choice;
    QString decidedBy; ///< Actor::toString()
    qint64 decidedAt = 0;
};
[[nodiscard]] QString nameOf(LinkChoice choice);
[[nodiscard]] std::optional<LinkChoice> linkChoiceOf(const QString &name);

/// What pulls have found and not yet carried out, by plugin and path.
[[nodiscard]] Result<std::vector<LinkDecision>> linkDecisions(store::Database &state, const QString &plugin = {});
/// Writes down what a pull found; what it did not find any more is forgotten.
[[nodiscard]] Result<> noteLinkChanges(store::Database &state, const QString &plugin, const git::Oid &upstream,
                                       const std::vector<subtree::LinkChange> &changes);
/// One decision, as an operation that can be undone until a pull has carried it out.
[[nodiscard]] Result<Id> decideLink(store::Database &state, journal::Journal &journal, const Actor &actor, const QString &plugin,
                                    const QByteArray &path, LinkChoice choice);
/// All that was ever decided for a plugin.
[[nodiscard]] Result<std::vector<subtree::LinkAnswer>> linkAnswers(store::Database &state, const QString &plugin);
[[nodiscard]] std::unique_ptr<journal::Projector> linkProjector();

} // namespace coppice::sync

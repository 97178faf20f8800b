// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/repository.h"
#include "library/library.h"
#include "tickets/ticket.h"

#include <stop_token>

namespace coppice::tickets {

/// A commit that may have brought an error, and why that is thought. A guess by rules, not a finding.
struct Suspect {
    git::Oid commit;
    QString subject;
    QString author;
    qint64 at = 0; ///< committed, ms
    double score = 0;
    QString why; ///< a sentence
};
[[nodiscard]] QJsonObject toJson(const Suspect &suspect);

struct SuspectQuery {
    QByteArray prefix; ///< the plugin's folder
    std::vector<capture::Frame> frames; ///< innermost first; paths as in production
    git::Oid good;     ///< last release without the error; null: not known
    git::Oid bad;      ///< first release with it; null: the head
    qint64 firstSeen = 0; ///< ms; commits after it did not bring the error
};
/// The plugin's commits between good and bad that changed files of the top in-app frames, the most likely first: who wrote
/// the very line counts most, then who changed the file, the nearer to the crash the more. Where no good release is known,
/// the 90 days before the error was first seen are looked at. At most 5, of at most 5,000 commits.
[[nodiscard]] Result<std::vector<Suspect>> suspectCommits(const git::Repository &repository, const git::Oid &head, const SuspectQuery &query,
                                                          std::stop_token stop = {});

/// The commit that a release's name stands for: an id, or a tag of the plugin or library ("v1.2.3", "mail-v1.2.3", "mail/1.2.3",
/// the form of git_policy.tags). Null when there is none.
[[nodiscard]] git::Oid releaseCommit(const git::Repository &repository, const QString &plugin, const QString &tagForm, const QString &release);
/// The newest release below all of these, of those that the plugin is known to have had; empty when there is none.
[[nodiscard]] QString lastGoodRelease(const QStringList &bad, const QStringList &known);

/// All of it for a ticket of an error group.
[[nodiscard]] Result<std::vector<Suspect>> suspectsOf(const library::Library &library, store::Database &state, capture::EventStore &events,
                                                      const Ticket &ticket, std::stop_token stop = {});

} // namespace coppice::tickets

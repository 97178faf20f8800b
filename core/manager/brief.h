// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "manager/facts.h"
#include "manager/proposal.h"
#include "manager/worded.h"

namespace coppice::manager {

/// A sentence of a brief, with the fact that it tells: nothing is said that no fact stands behind.
struct Claim {
    QString text;  ///< one sentence; plain, capped
    QString link;  ///< "plugin:…", "ticket:…", "group:…", "run:…", "review:…", or "screen:…" for many at once
    qint64 at = 0; ///< when it happened; 0: it holds now
    int weight = 0; ///< larger stands earlier
    bool outside = false; ///< its words hold text from outside
    QString plugin; ///< that it is about; empty: many, or none
};
/// What a manager reads once a day: what changed, what is at risk, what is proposed.
struct Brief {
    Id id;
    qint64 at = 0;
    qint64 since = 0;
    bool first = false;
    std::vector<Claim> changed, risks; ///< at most 12 each, the weightiest first
    int changedLeftOut = 0, risksLeftOut = 0;
    std::vector<Proposal> proposals; ///< at most 8
    int proposalsLeftOut = 0;
    QStringList unknown; ///< what could not be looked at
    qint64 due = 0; ///< when coppice.yaml wanted it; 0: somebody asked for it
    std::optional<Worded> worded; ///< as a client told it, where one was asked
};
/// A pure function of the facts: the same facts make the same brief, but for its id.
[[nodiscard]] Brief compose(const Facts &facts);
/// What compose() proposes, the weightiest first and all of them.
[[nodiscard]] std::vector<Proposal> propose(const Facts &facts);
[[nodiscard]] QJsonObject toJson(const Brief &brief);
[[nodiscard]] Brief briefFrom(const QJsonObject &object);
/// How what a claim's link names is looked at from a terminal: "tickets show 01J…", behind coppicectl; empty: it cannot be.
[[nodiscard]] QString commandFor(const QString &link);
/// For a terminal or a message, without markup.
[[nodiscard]] QString textOf(const Brief &brief);
/// The same as one page that loads nothing; `library` is its name.
[[nodiscard]] QString htmlOf(const Brief &brief, const QString &library);

} // namespace coppice::manager

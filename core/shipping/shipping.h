// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"
#include "runs/runner.h"
#include "shipping/signoffs.h"
#include "sync/sync.h"

namespace coppice::shipping {

/// Lands what was accepted of a patch: library remote fetched, composed tree merged onto the newest head, checks of the
/// run run again on it, one commit with trailers (Coppice-Run, Coppice-Ticket, Coppice-Reviewer). A conflict or a check
/// that passed before and now fails: NeedsPerson or Failed, nothing moved. Applying twice answers the same commit. The
/// approvals that `review` of coppice.yaml asks for have to be there (needs: approval); a person who applies approves.
struct Applied {
    git::Oid commit;
    std::optional<LandingProof> proof; ///< none of what landed before proofs were kept
    std::vector<runs::Check> checks;
    QStringList notes; ///< for example "The library has no remote; nothing was fetched."
    std::vector<sync::PolicyFinding> policy; ///< what git_policy says of shipping it
};
/// `message`: a person's words in the place of the commit's subject and text, refused where they break git_policy.
[[nodiscard]] Result<Applied> apply(const runs::House &house, const Actor &actor, const QString &patchId, std::stop_token stop,
                                    Progress &progress, const QString &message = {});

/// A person's word for what is accepted of a patch now; it lapses when that changes. Answers where approvals stand.
[[nodiscard]] Result<Approvals> approve(const runs::House &house, const Actor &actor, const QString &patchId);
[[nodiscard]] Result<Approvals> approvalsOf(const runs::House &house, const QString &patchId);
[[nodiscard]] Result<Approvals> approvalsOf(const runs::House &house, const review::Patch &patch, const QString &content);

/// What shipping a plugin would do or did.
struct Release {
    QString plugin;
    QString version;
    git::Oid commit;   ///< split commit that is sent
    git::Oid upstream; ///< where the upstream's branch stands, as far as is known
    QString remote;
    QString ref;         ///< that is pushed to; of a pull request: its base
    bool asPull = false; ///< by policy: a pull request, and not the branch itself
    bool nothingToSend = false;
    QStringList commits; ///< subjects of what is sent; text from outside
    QString tag;         ///< short name of the version's tag, where git_policy has tags
    QString changelog;   ///< the part of the changelog that is about the version
    QString deployCommand;
    QStringList secrets; ///< names of what the deploy command is given
    QString deployedBy;  ///< run that deployed exactly this already, and nothing was rolled back or failed since; empty: none
    QStringList refused; ///< why it cannot be shipped: what git_policy does not allow
    std::vector<sync::PolicyFinding> policy; ///< all that git_policy says, also what does not stop it
    bool tainted = false; ///< of a patch whose agent had read text from outside: a person ships it
    QJsonObject pull;     ///< the plugin's last pull request, as it is known
    bool pushed = false;
    bool tagged = false;
    bool deployed = false;
    QString deployLog;
    QStringList notes;
    QStringList tickets; ///< that went to watching, or wait for the pull request
    QJsonObject backTo;  ///< of a roll-back: the release that is taken to be out again
    QString next;        ///< what to do then, a sentence
};
/// Pushes the plugin to its upstream (or opens a pull request there, by its policy), makes the version's tag, pushes the
/// library (journaled), runs the deploy command in the sandbox as a run of the playbook `deploy`, moves its tickets to
/// watching. `dryRun` shows and changes nothing. Only a person ships what an agent made that had read text from outside.
/// What is out already is not deployed a second time, unless `again` says so.
struct ShipOptions {
    bool dryRun = false;
    bool again = false; ///< deploys although exactly this was deployed already
    QString version;    ///< of a plugin whose files say none (a Go module), for its tag and its watch
};
[[nodiscard]] Result<Release> ship(const runs::House &house, const Actor &actor, const QString &plugin, const ShipOptions &options,
                                   std::stop_token stop, Progress &progress);
/// Runs the plugin's roll-back command as a run of the playbook `rollback`; the tickets
/// whose fix is out no more come back to the inbox, and the release before is watched anew for those of its own.
[[nodiscard]] Result<Release> rollBack(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun,
                                       std::stop_token stop, Progress &progress);
/// Carries on where pull requests were merged or closed: a merged one is tagged by policy and watched (or waits for its
/// deploy), one that was closed without its change puts its tickets back to review. Answers sentences about what does not
/// work.
[[nodiscard]] Result<QStringList> settlePulls(const runs::House &house, std::stop_token stop);

/// A release that is watched for the errors it fixed.
struct Watch {
    QString ticket;
    QString plugin;
    git::Oid commit;
    QString release; ///< version
    qint64 since = 0;
    qint64 lastEvent = 0; ///< of a release without the fix, received meanwhile; 0: none
    qint64 requests = -1; ///< that the release has served since; -1: nobody counts the plugin's requests
    QString waitsFor;     ///< a sentence: what is missing until it counts as verified
};
/// Looks at events that came since the last call: one of a watched release in a ticket's group reopens that ticket as a
/// regression; 72 hours of silence close it as verified, where requests are counted only after 100 of that release. Answers
/// the tickets that changed.
[[nodiscard]] Result<QStringList> watchEvents(const runs::House &house);
[[nodiscard]] Result<std::vector<Watch>> watches(store::Database &state);
/// The same with what each waits for.
[[nodiscard]] Result<std::vector<Watch>> watchesWithCounts(const runs::House &house);
/// At engine start: finishes applies and ships that were under way.
[[nodiscard]] Result<> recover(const runs::House &house);

} // namespace coppice::shipping

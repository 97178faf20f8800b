// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"
#include "runs/runner.h"
#include "sync/sync.h"

namespace coppice::shipping {

/// Lands what was accepted of a patch: library remote fetched, composed tree merged onto the newest head, checks of the
/// run run again on it, one commit with trailers (Coppice-Run, Coppice-Ticket, Coppice-Reviewer). A conflict or a check
/// that passed before and now fails: NeedsPerson or Failed, nothing moved. Applying twice answers the same commit.
struct Applied {
    git::Oid commit;
    std::vector<runs::Check> checks;
    QStringList notes; ///< for example "The library has no remote; nothing was fetched."
};
[[nodiscard]] Result<Applied> apply(const runs::House &house, const Actor &actor, const QString &patchId, std::stop_token stop,
                                    Progress &progress);

/// What shipping a plugin would do or did.
struct Release {
    QString plugin;
    QString version;
    git::Oid commit; ///< split commit that is pushed
    QString remote;
    QString ref;
    QStringList commits; ///< subjects of what is sent
    QString deployCommand;
    bool pushed = false;
    bool deployed = false;
    QString deployLog;
    QStringList notes;
    QStringList tickets; ///< that went to watching
};
/// Pushes the plugin to its upstream, pushes the library (journaled two-step), runs the deploy command in the sandbox as
/// a run of the playbook `deploy`, moves its tickets to watching. `dryRun` shows and changes nothing.
[[nodiscard]] Result<Release> ship(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun,
                                   std::stop_token stop, Progress &progress);

/// A release that is watched for the errors it fixed.
struct Watch {
    QString ticket;
    QString plugin;
    git::Oid commit;
    QString release; ///< version
    qint64 since = 0;
    qint64 lastEvent = 0; ///< of a release without the fix, received meanwhile; 0: none
};
/// Looks at events that came since the last call: one of a watched release in a ticket's group reopens that ticket as a
/// regression; 72 hours of silence close it as verified. Answers the tickets that changed.
[[nodiscard]] Result<QStringList> watchEvents(const runs::House &house);
[[nodiscard]] Result<std::vector<Watch>> watches(store::Database &state);
/// At engine start: finishes applies and ships that were under way.
[[nodiscard]] Result<> recover(const runs::House &house);

} // namespace coppice::shipping

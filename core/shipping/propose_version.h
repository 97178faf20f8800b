// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runs/runner.h"
#include "shipping/version_bump.h"

#include <QJsonObject>

namespace coppice::shipping {

/// The next version of a plugin, as a patch of its own that is reviewed as any other.
struct VersionProposal {
    QString plugin;
    QString since; ///< the version that was released last; empty: none is known
    QString from;  ///< that the plugin's files say now; empty: they say none (its tags do)
    QString to;
    Bump bump = Bump::None;
    QStringList because; ///< the commits and verdicts that ask for it; text from outside
    QStringList files;   ///< that change
    QString review;      ///< the patch's id; empty where no file changes (a Go module: the tag is all)
    QStringList notes;
};
/// From the commits since the last tag of git_policy's pattern (the upstream is asked for its tags) and from interface
/// verdicts that are stored with patches, which only raise it. `dryRun` opens no patch. Asked again, the open proposal of the
/// same content is answered, and one of other content is closed.
[[nodiscard]] Result<VersionProposal> proposeVersion(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun,
                                                     std::stop_token stop, Progress &progress);
[[nodiscard]] QJsonObject toJson(const VersionProposal &proposal);

} // namespace coppice::shipping

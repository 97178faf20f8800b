// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"
#include "sandbox/sandbox.h"

#include <QMap>

#include <optional>

namespace coppice::runs {

/// What an agent wants remembered about its plugin: files that it wrote into $COPPICE_KNOWLEDGE. They become a patch of their
/// own, never part of the fix, reviewed like any other.
struct KnowledgeProposal {
    QMap<QByteArray, QByteArray> files; ///< name below .agents/knowledge/ → plain text
    QStringList leftOut;                ///< what was not taken, and why: a sentence each
};
/// Before an agent starts: a folder `knowledge` in its private HOME, named by COPPICE_KNOWLEDGE. What an earlier step or attempt
/// of the run left there stays.
[[nodiscard]] Result<> offerKnowledge(sandbox::SandboxProfile &profile);
/// After it ended: at most 8 Markdown files of 32 KiB each, by plain lower-case names, without hidden characters and without
/// what looks like a secret. Links, folders and other files are left out. `home` is the HOME on the host.
[[nodiscard]] Result<KnowledgeProposal> collectKnowledge(const QString &home);

/// Whose proposal it is.
struct KnowledgeSource {
    QString plugin;
    QByteArray prefix;
    git::Oid baseTree; ///< the plugin's tree that the run began with
    QString run;
    bool tainted = false;
};
/// The patch for it; none when it changes nothing. Asked again for the same run and content (after a crash), it answers the
/// same patch. The run stands in its evidence, not in its revision: the run's own patch is the fix.
[[nodiscard]] Result<std::optional<review::Patch>> proposeKnowledge(git::Repository &repository, review::Reviews &reviews,
                                                                    const KnowledgeSource &source, const KnowledgeProposal &proposal);

} // namespace coppice::runs

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/operation.h"
#include "review/patch.h"
#include "store/database.h"

#include <memory>

namespace coppice::review {

/// Patches and what people said of them, in state.db; the trees are kept alive by refs/coppice/patches/<id>/<n> in the
/// library's repository. Verdicts and comments are operations on "review:<id>". Safe from any thread.
class Reviews
{
public:
    Reviews(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }

    /// Stores a patch with its first revision, or a further revision of the patch that the ticket has open.
    Result<Patch> add(git::Repository &repository, const QString &plugin, const QString &ticket, const QString &title,
                      Revision revision);
    Result<Patch> get(const QString &id); ///< any unique beginning or end
    Result<std::vector<Patch>> list(bool openOnly = false);
    Result<std::optional<Patch>> ofRun(const QString &run);

    /// Verdicts on hunks; unknown ids are an error that names them.
    Result<Id> decide(const Actor &actor, const Patch &patch, const std::vector<FilePatch> &files,
                      const QStringList &hunks, Decision::Verdict verdict, const QString &reason = {});
    Result<std::vector<Decision>> decisions(const QString &patchId);
    Result<Id> comment(const Actor &actor, const Patch &patch, const QString &hunk, int line, const QString &text);
    Result<std::vector<Comment>> comments(const QString &patchId);
    /// Marks hunks as shown to a person.
    Result<> markShown(const QString &patchId, const QStringList &hunks);
    Result<QStringList> shown(const QString &patchId);

    Result<> addEvidence(const QString &patchId, const Evidence &evidence);
    Result<std::vector<Evidence>> evidence(const QString &patchId);
    /// Sets the state, and the commit it was applied as.
    Result<> setState(const Actor &actor, const QString &patchId, Patch::State state, const git::Oid &commit = {});

private:
    store::Database &m_state;
    journal::Journal &m_journal;
};
[[nodiscard]] std::unique_ptr<journal::Projector> reviewProjector();

} // namespace coppice::review

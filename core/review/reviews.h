// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/operation.h"
#include "review/patch.h"
#include "store/database.h"

#include <memory>

namespace coppice::review {

/// What a new thread is about. Nothing set: the patch.
struct Spot {
    QByteArray path;
    QString hunk; ///< of the last revision
    int line = 0; ///< as Comment
    bool oldSide = false;
    int offset = 0;
    QString quote;
};

/// Patches and what people said of them, in state.db; the trees are kept alive by refs/coppice/patches/<id>/<n> in the
/// library's repository. Verdicts and comments are operations on "review:<id>". Safe from any thread.
class Reviews
{
public:
    Reviews(store::Database &state, journal::Journal &journal) : m_state(state), m_journal(journal) { }

    /// Stores a patch with its first revision, or a further revision of the patch that the ticket has open. `id`: of a new patch,
    /// for whoever writes down something about it before.
    Result<Patch> add(git::Repository &repository, const QString &plugin, const QString &ticket, const QString &title,
                      Revision revision, const Id &id = Id::make());
    /// A further revision of a patch, made by a run for it. Asked again for the same run and trees: the same answer.
    Result<Patch> addRevision(git::Repository &repository, const QString &patchId, Revision revision);
    /// A further revision by a person, as an operation, which can be undone while it is the last. Error
    /// "review.other-revision" when the patch has got another since `patch` was read.
    Result<Id> edit(const Actor &actor, git::Repository &repository, const Patch &patch, Revision revision);
    Result<Patch> get(const QString &id); ///< any unique beginning or end
    Result<std::vector<Patch>> list(bool openOnly = false);
    Result<std::optional<Patch>> ofRun(const QString &run);

    /// Accepts, rejects or reconsiders hunks; unknown ids are an error that names them. `lines` (line_set.h) limits the
    /// verdict to some lines of the one hunk; the others keep what they have.
    Result<Id> decide(const Actor &actor, const Patch &patch, const std::vector<FilePatch> &files,
                      const QStringList &hunks, Decision::Verdict verdict, const QString &reason = {},
                      const QString &lines = {});
    /// One for each hunk that anything was ever decided on, the one decided last at the end.
    Result<std::vector<Decision>> decisions(const QString &patchId);
    /// Begins a thread at a place (threads.h finds it).
    Result<Id> comment(const Actor &actor, const Patch &patch, const Spot &spot, const QString &text);
    /// Answers in the thread of a comment, named by any unique beginning or end of its id; opens it again.
    Result<Id> reply(const Actor &actor, const Patch &patch, const QString &comment, const QString &text);
    /// Another text for one's own comment; the older one stays in the journal.
    Result<Id> editComment(const Actor &actor, const Patch &patch, const QString &comment, const QString &text);
    /// Closes the thread of a comment, or opens it again.
    Result<Id> resolve(const Actor &actor, const Patch &patch, const QString &comment, bool resolved);
    Result<std::vector<Comment>> comments(const QString &patchId); ///< the oldest first

    /// Marks hunks as shown to a person: that they were on the screen, no more.
    Result<> markShown(const QString &patchId, const QStringList &hunks);
    Result<QStringList> shown(const QString &patchId);
    /// A person says that they have read hunks, or that they have not: neither a verdict nor what the screen knows.
    Result<Id> setViewed(const Actor &actor, const Patch &patch, const std::vector<FilePatch> &files,
                         const QStringList &hunks, bool viewed);
    Result<QStringList> viewed(const QString &patchId);

    Result<> addEvidence(const QString &patchId, const Evidence &evidence);
    Result<std::vector<Evidence>> evidence(const QString &patchId);
    /// Sets the state, and the commit it was applied as.
    Result<> setState(const Actor &actor, const QString &patchId, Patch::State state, const git::Oid &commit = {});

private:
    Result<std::optional<Patch>> madeBefore(const Revision &revision);

    store::Database &m_state;
    journal::Journal &m_journal;
};
[[nodiscard]] std::unique_ptr<journal::Projector> reviewProjector();

} // namespace coppice::review

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/actor.h"
#include "base/error.h"
#include "base/id.h"
#include "git/repository.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::review {

/// What a patch is made of: two trees shaped like the library's root (paths from there), of which only what the patch
/// is about is filled in, so that it can be merged onto any later head.
struct Revision {
    int number = 1;
    git::Oid base;   ///< tree
    git::Oid result; ///< tree
    QString run;     ///< id; empty when opened by hand
    bool tainted = false;
    qint64 at = 0;
    Actor by;     ///< who made it: the engine for a run's, a person for an edit; a person without a name when unknown
    QString note; ///< why it was made, in a line; empty for a run's first answer
};
/// What a plugin's ticket has been answered with.
struct Patch {
    enum class State { Open, Applied, Shipped, Closed };
    Id id;
    QString plugin;
    QString ticket; ///< id; empty when there is none
    QString title;
    State state = State::Open;
    std::vector<Revision> revisions; ///< the last one counts
    git::Oid applied;                ///< commit on the library's branch
    qint64 made = 0;
    [[nodiscard]] const Revision &last() const { return revisions.back(); }
};
[[nodiscard]] QString nameOf(Patch::State state);

struct Hunk {
    QString id; ///< hash of path, removed and added lines, 3 lines of context, ordinal among equals; hex
    int oldStart = 0; ///< from 1, as in a git diff (0 with no old lines in an empty file)
    int oldLines = 0;
    int newStart = 0;
    int newLines = 0;
    int removed = 0; ///< changed lines; both 0 where the file has no lines to show
    int added = 0;
};
struct FilePatch {
    enum class Status { Modified, Added, Deleted, Renamed, ModeChanged };
    QByteArray path;    ///< from the library's root; the new one of a rename, the old one of a deletion
    QByteArray oldPath; ///< the same unless renamed
    Status status = Status::Modified;
    git::Oid oldBlob, newBlob; ///< null where there is none
    git::Mode oldMode = git::Mode::File, newMode = git::Mode::File;
    bool binary = false;
    bool tooLarge = false; ///< over 10 MB: decided on as one hunk, said so
    int similarity = -1;   ///< of a rename or copy, in percent of the larger file's bytes; -1 when neither
    QByteArray copiedFrom; ///< of an added file that is like another one of the base: that one's path; else empty
    git::Oid copiedBlob;
    std::vector<Hunk> hunks; ///< added, deleted, renamed-only, binary and mode-only files have exactly one
};
/// Files and hunks of a revision, in path order. Renames are found by content.
[[nodiscard]] Result<std::vector<FilePatch>> filesOf(const git::Repository &repository, const Revision &revision);

/// What people decided on a hunk, keyed by its content, so that it holds for later revisions. Lines are named as
/// LineSet (line_set.h) does: the hunk's removed and added lines counted together from 1, in the order of the diff.
struct Decision {
    enum class Verdict { Undecided, Accepted, Rejected, Partly };
    QString hunk;
    Verdict verdict = Verdict::Undecided;
    QString lines;         ///< of Partly: those accepted, "1-3,5"; else empty
    QString reason;        ///< of a rejection; of Partly with the lines that each is about
    QString rejectedLines; ///< of Partly; what is in neither list has no verdict
    int changedLines = 0;  ///< of Partly: how many lines the hunk has to decide on
    /// Nothing of the hunk waits for a verdict.
    [[nodiscard]] bool whole() const;
};
/// Something said of a patch, a file, a hunk or a line. Kept with the text that it is about, so that it can be shown
/// when a later revision has no such text any more.
struct Comment {
    Id id;
    QString hunk; ///< empty: the file or the patch
    int line = 0; ///< of the new file (of the old one with `oldSide`) in its revision; 0: the hunk or file
    Actor author;
    QString text; ///< as it was last edited
    qint64 at = 0;
    Id thread;       ///< the comment that began the thread, or itself
    QByteArray path; ///< empty: the patch
    bool oldSide = false;
    int offset = 0;   ///< of the line from the hunk's first on that side
    QString quote;    ///< the lines that it is about; capped
    int revision = 0; ///< on which it was made
    qint64 edited = 0;
    QString resolvedBy; ///< of a thread's first comment: the actor who closed it; empty while it is open
};
/// What speaks for or against a patch; later rooms store records of this type.
struct Evidence {
    QString kind; ///< "check", "ticket", "context", "cost", "eval", "health", …
    QString title;
    enum class Verdict { Good, Bad, Neutral } verdict = Verdict::Neutral;
    QString fact;
    QString link; ///< entity, for example "run:01J…"
    qint64 at = 0;
};
struct Flag {
    QString kind; ///< "hidden-characters", "outside-plugin", "tainted", "tests-deleted", "agent-instructions", "ci", …
    QByteArray path;
    int line = 0; ///< of the new file; 0 for the whole file
    QString detail; ///< the reason, in a sentence
    QString hiddenClass; ///< reordering, hidden or ambiguous
};
/// Risk flags of a revision.
[[nodiscard]] Result<std::vector<Flag>> flagsOf(const git::Repository &repository, const Patch &patch,
                                                const QByteArray &pluginPrefix, const std::vector<FilePatch> &files);

/// The tree of the revision's base with only the accepted hunks and lines put in; decisions on other hunks are passed
/// over. Exact: composed line by line, never fuzzy. Of a hunk in part, an accepted added line is put in, an accepted
/// removed one taken out, and the rest stays as it was, in the order of the diff. A file that is added exists when any
/// of its lines is accepted; one that is deleted goes when all are; a rename or change of mode goes with any line of its
/// hunk. Where a line without an end would be followed by another, it gets the line end of its follower.
[[nodiscard]] Result<git::Oid> composeAccepted(git::Repository &repository, const Revision &revision,
                                               const std::vector<FilePatch> &files,
                                               const std::vector<Decision> &decisions);

/// The two trees of a git diff whose paths start at the library's root, on a head. Errors name the line or file that
/// does not fit.
[[nodiscard]] Result<Revision> revisionFromDiff(git::Repository &repository, const git::Oid &headTree,
                                                const QByteArray &diff);

} // namespace coppice::review

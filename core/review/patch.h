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

/// A verdict on a hunk, keyed by its content, so that it holds for later revisions.
struct Decision {
    enum class Verdict { Undecided, Accepted, Rejected };
    QString hunk;
    Verdict verdict = Verdict::Undecided;
    QString lines; ///< empty: the whole hunk
    QString reason;
};
struct Comment {
    Id id;
    QString hunk;
    int line = 0;
    Actor author;
    QString text;
    qint64 at = 0;
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

/// The tree of the revision's base with only the accepted hunks put in. Exact: composed line by line, never fuzzy.
[[nodiscard]] Result<git::Oid> composeAccepted(git::Repository &repository, const Revision &revision,
                                               const std::vector<FilePatch> &files, const QStringList &acceptedHunks);

/// The two trees of a git diff whose paths start at the library's root, on a head. Errors name the line or file that
/// does not fit.
[[nodiscard]] Result<Revision> revisionFromDiff(git::Repository &repository, const git::Oid &headTree,
                                                const QByteArray &diff);

} // namespace coppice::review

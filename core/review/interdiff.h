// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/patch.h"

namespace coppice::review {

/// What became of one hunk between two revisions.
struct HunkStep {
    enum class Kind {
        Same,    ///< there before under the same id: what was decided and seen of it holds
        Moved,   ///< the same lines removed and added, among other surroundings
        Changed, ///< stands where hunks of the earlier revision stood
        New,     ///< nothing stood there
        Gone     ///< of the earlier revision; nothing stands there now
    };
    Kind kind = Kind::New;
    QByteArray path;    ///< in the later revision; of Gone in the earlier one
    QString hunk;       ///< of the later revision; empty for Gone
    QStringList before; ///< of the earlier revision: what it was, or what it replaced
};
/// What a later revision has that a reader of an earlier one has not seen.
struct Interdiff {
    /// A revision whose files are that difference alone, to be shown as any other: its base is what was seen, put on the
    /// later base line by line; its result is the later result.
    Revision difference;
    std::vector<HunkStep> steps; ///< the later revision's hunks in their order, then those gone
    /// Files where what was seen and what the base brought in touch the same lines: their difference holds both.
    std::vector<QByteArray> mixed;
    /// Nothing is new: the same change, perhaps on another base.
    [[nodiscard]] bool nothingNew() const { return difference.base == difference.result; }
};
/// Compares by path and content, so that a shifted base alone shows nothing new. Exact but for `mixed`.
[[nodiscard]] Result<Interdiff> interdiff(git::Repository &repository, const Revision &earlier, const Revision &later);

} // namespace coppice::review

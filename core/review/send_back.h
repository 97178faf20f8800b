// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/reviews.h"

#include <optional>

namespace coppice::review {

/// What a reviewer wants changed of a patch, as the agent is told it. The reviewer's words and the patch's text are kept
/// apart: the words speak of hunks by number only, so that nothing that a patch holds is ever told as the reviewer's.
struct SendBack {
    QString run; ///< id of the run that works on it; made before the run is
    QString patch;
    int revision = 0;
    Actor by;
    qint64 at = 0;
    QString words; ///< of people: message, reasons, comments of open threads
    QString hunks; ///< the hunks and quotes that the words number, with the lines that were rejected marked
    bool tainted = false; ///< the hunks are text from outside
};
/// Exactly the rejected hunks and lines with their reasons, the open threads that people began, and the message. Paths
/// are told without `prefix`, as the agent sees them. An error when there is nothing to tell.
[[nodiscard]] Result<SendBack> composeSendBack(const git::Repository &repository, Reviews &reviews, const Patch &patch,
                                               const QByteArray &prefix, const QString &message);

/// Keeps it; an operation on the patch. Asked again with the same run: nothing more happens.
[[nodiscard]] Result<> keepSendBack(store::Database &state, journal::Journal &journal, const SendBack &sendBack);
/// What a run was started for; none for a run that answers no reviewer.
[[nodiscard]] Result<std::optional<SendBack>> sentBackTo(store::Database &state, const QString &run);
/// Runs that were started for a patch, the oldest first.
[[nodiscard]] Result<QStringList> runsSentBack(store::Database &state, const QString &patch);

} // namespace coppice::review

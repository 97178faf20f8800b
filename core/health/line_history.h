// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: what commits say of who made them.

#include "git/repository.h"

#include <QString>

namespace coppice::health {

/// Who did the work of a commit.
enum class Maker { Human, Agent, Machinery };
/// Agents by the trailers that they and Coppice leave and by the names that they commit under; machinery is git's and
/// subtree's own bookkeeping, which nobody wrote.
[[nodiscard]] Maker makerOf(const git::Commit &commit);
/// "type(scope)!: subject", as https://www.conventionalcommits.org/en/v1.0.0/ has it.
[[nodiscard]] bool isConventionalSubject(const QString &subject);
[[nodiscard]] QString subjectOf(const git::Commit &commit);
/// Whether a tag's last part names this version: 1.0.0, v1.0.0, tool-1.0.0, tool@v1.0.0.
[[nodiscard]] bool isTagOf(const QString &tag, const QString &version);
/// Whether its subject says that users see nothing of it: docs, tests, style, chores.
[[nodiscard]] bool isInward(const QString &subject);

} // namespace coppice::health

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"

#include <limits>

namespace coppice::capture {

/// True when the words of an error are the runtime's and not the program's: "index out of range" says nothing of which
/// of two places it was.
[[nodiscard]] bool isRuntimeError(const Event &event);

/// Where in its function an error was raised, as far as that can be told when the next build has shifted the lines. What
/// is kept of it is a list of texts: `code:` and a hash of the source line or instruction, `col:` and the column, and the
/// lines of the frames behind a slash (and the release, where that is known).
class RaisePlace
{
public:
    static constexpr int farthest = std::numeric_limits<int>::max();

    /// `frames` are those that count for the group, innermost first.
    RaisePlace(const Event &event, const std::vector<Frame> &frames);

    /// Another place for sure: another line of the same release; and, when the message does not tell, another source
    /// line, or another line while the caller in the same file has not moved.
    [[nodiscard]] bool excludes(const QStringList &known, bool messageTells, bool sameMessage) const;
    /// 0: the very lines or the very source line; else how far lines would have shifted unevenly.
    [[nodiscard]] int distanceTo(const QStringList &known) const;
    bool addTo(QStringList &known) const; ///< false: it was there

private:
    QString m_release;
    QString m_code;
    QString m_column;
    std::vector<int> m_lines; ///< innermost first
    QString m_shown;
    int m_caller = -1; ///< index of the next frame of the same file; -1: none
};

} // namespace coppice::capture

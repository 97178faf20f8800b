// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "review/patch.h"

#include <vector>

namespace coppice::review {

/// Some of the changed lines of one hunk. Removed and added lines are counted together from 1, in the order of the
/// diff (a change lists what it removes before what it adds), context not counted: so the numbers depend on nothing but
/// the hunk's content, and hold wherever the hunk's id does.
class LineSet
{
public:
    explicit LineSet(int of = 0) : m_in(size_t(of)) { }
    /// Reads "1-3,5", in any order; an error names what is none, or beyond `of`.
    [[nodiscard]] static Result<LineSet> parse(const QString &text, int of);
    void add(int line) { m_in[size_t(line - 1)] = true; }
    [[nodiscard]] bool contains(int line) const { return line >= 1 && size_t(line) <= m_in.size() && m_in[size_t(line - 1)]; }
    [[nodiscard]] int of() const { return int(m_in.size()); }
    [[nodiscard]] int count() const;
    /// The shortest spelling, ascending: what is stored.
    [[nodiscard]] QString toString() const;

private:
    std::vector<bool> m_in;
};

/// How many lines of a hunk can be decided on one by one: 0 where a file has none to show, or changes its kind.
[[nodiscard]] int lineCount(const FilePatch &file, const Hunk &hunk);

/// A changed line, and the number by which verdicts name it.
struct ChangedLine {
    int hunk = 0;   ///< index in FilePatch::hunks
    int number = 0; ///< from 1, within the hunk
    int oldLine = 0; ///< of a removed line; else 0
    int newLine = 0; ///< of an added line; else 0
};
/// In the order of the diff; empty where lines cannot be decided on one by one.
[[nodiscard]] Result<std::vector<ChangedLine>> changedLines(const git::Repository &repository, const FilePatch &file);

/// One verdict as it was given. `lines` empty: the whole hunk; else `changed` is the number of lines that the hunk has.
struct GivenVerdict {
    Decision::Verdict verdict = Decision::Verdict::Undecided; ///< never Partly
    QString lines;
    QString reason;
    int changed = 0;
};
/// What a hunk's verdicts, oldest first, come to: a later one counts for the lines that it names.
[[nodiscard]] Decision fold(const QString &hunk, const std::vector<GivenVerdict> &given);

} // namespace coppice::review

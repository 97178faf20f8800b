// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/line_set.h"

#include "review/lines.h"

#include <QHash>

#include <algorithm>

namespace coppice::review {

using Verdict = Decision::Verdict;

namespace {

Fail notLines(const QString &text, int of)
{
    return failUsage(QStringLiteral("review.bad-lines"),
                     QStringLiteral("\"%1\" names no lines of a hunk that has %2 changed").arg(text.left(80)).arg(of), {},
                     QStringLiteral("Give numbers and ranges from 1, for example 1-3,5: the changed lines in the order of the diff."));
}

} // namespace

Result<LineSet> LineSet::parse(const QString &text, int of)
{
    LineSet set(of);
    for (const auto &part : text.split(u',')) {
        const auto ends = part.trimmed().split(u'-');
        bool firstOk = false, lastOk = false;
        const int first = ends.front().trimmed().toInt(&firstOk);
        const int last = ends.back().trimmed().toInt(&lastOk);
        if (ends.size() > 2 || !firstOk || !lastOk || first < 1 || last < first || last > of)
            return notLines(text, of);
        for (int line = first; line <= last; ++line)
            set.add(line);
    }
    return set;
}

int LineSet::count() const
{
    return int(std::ranges::count(m_in, true));
}

QString LineSet::toString() const
{
    QString text;
    for (int line = 1; line <= of(); ++line) {
        if (!contains(line))
            continue;
        const int first = line;
        while (contains(line + 1))
            ++line;
        text += text.isEmpty() ? QString() : QStringLiteral(",");
        text += first == line ? QString::number(first) : QStringLiteral("%1-%2").arg(first).arg(line);
    }
    return text;
}

int lineCount(const FilePatch &file, const Hunk &hunk)
{
    const auto kind = [](git::Mode mode) { return mode == git::Mode::Executable ? git::Mode::File : mode; };
    const bool hasLines = !file.binary && !file.tooLarge && kind(file.oldMode) == git::Mode::File
        && kind(file.newMode) == git::Mode::File;
    return hasLines ? hunk.removed + hunk.added : 0;
}

Result<std::vector<ChangedLine>> changedLines(const git::Repository &repository, const FilePatch &file)
{
    std::vector<ChangedLine> changed;
    if (std::ranges::none_of(file.hunks, [&](const Hunk &hunk) { return lineCount(file, hunk) > 0; }))
        return changed;
    COPPICE_TRY(const auto texts, textsOf(repository, file));
    int number = 0;
    for (size_t i = 0; i < texts.hunks.size(); ++i) {
        const int hunk = isWhole(file) ? 0 : int(i);
        number = isWhole(file) ? number : 0;
        for (const auto &line : texts.hunks[i].lines) {
            if (line.origin != ' ')
                changed.push_back({hunk, ++number, line.origin == '-' ? line.oldLine : 0, line.origin == '+' ? line.newLine : 0});
        }
    }
    return changed;
}

bool Decision::whole() const
{
    if (verdict != Verdict::Partly)
        return verdict != Verdict::Undecided;
    const auto accepted = LineSet::parse(lines, changedLines), rejected = LineSet::parse(rejectedLines, changedLines);
    return (accepted ? accepted->count() : 0) + (rejected ? rejected->count() : 0) == changedLines;
}

Decision fold(const QString &hunk, const std::vector<GivenVerdict> &given)
{
    struct Line {
        Verdict verdict;
        size_t from; ///< the verdict that it has it from
    };
    Decision decision;
    decision.hunk = hunk;
    std::vector<Line> lines; ///< empty while every line has the same
    size_t whole = given.size();
    for (size_t i = 0; i < given.size(); ++i) {
        const auto &one = given[i];
        const auto named = one.lines.isEmpty() ? Result<LineSet>(LineSet()) : LineSet::parse(one.lines, one.changed);
        if (!named)
            continue; // written by a later Coppice; what cannot be read decides nothing
        if (one.lines.isEmpty()) {
            lines.clear();
            whole = i;
            continue;
        }
        if (lines.empty())
            lines.assign(size_t(one.changed), {whole < given.size() ? given[whole].verdict : Verdict::Undecided, whole});
        for (int line = 1; line <= one.changed && size_t(line) <= lines.size(); ++line) {
            if (named->contains(line))
                lines[size_t(line - 1)] = {one.verdict, i};
        }
    }
    const bool same = std::ranges::all_of(lines, [&](const Line &line) { return line.verdict == lines.front().verdict; });
    if (lines.empty() || (same && lines.front().verdict == Verdict::Undecided)) {
        if (lines.empty() && whole < given.size()) {
            decision.verdict = given[whole].verdict;
            decision.reason = given[whole].reason;
        }
        return decision;
    }
    LineSet accepted(int(lines.size())), rejected(int(lines.size()));
    std::vector<std::pair<size_t, LineSet>> reasons;
    for (size_t i = 0; i < lines.size(); ++i) {
        const auto &line = lines[i];
        if (line.verdict == Verdict::Accepted)
            accepted.add(int(i) + 1);
        if (line.verdict != Verdict::Rejected)
            continue;
        rejected.add(int(i) + 1);
        if (given[line.from].reason.isEmpty())
            continue;
        auto it = std::ranges::find(reasons, line.from, &std::pair<size_t, LineSet>::first);
        if (it == reasons.end())
            it = reasons.insert(reasons.end(), {line.from, LineSet(int(lines.size()))});
        it->second.add(int(i) + 1);
    }
    QStringList said;
    for (const auto &[from, about] : reasons)
        said << (about.count() == int(lines.size()) ? given[from].reason
                                                    : QStringLiteral("lines %1: %2").arg(about.toString(), given[from].reason));
    decision.reason = said.join(u'\n');
    decision.verdict = same ? lines.front().verdict : Verdict::Partly;
    if (same)
        return decision;
    decision.lines = accepted.toString();
    decision.rejectedLines = rejected.toString();
    decision.changedLines = int(lines.size());
    return decision;
}

} // namespace coppice::review

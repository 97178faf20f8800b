// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <review/line_set.h>
#include <review/lines.h>
#include <review/patch.h>

#include <QRandomGenerator>

/// Some hunks and lines of a patch as the text of a diff, written without the code that composes them.
namespace coppice::test {

using review::Decision;
using review::FilePatch;
using Random = QRandomGenerator;

/// One line of a diff, with the bytes that stand in the old text, the composed one and the new one.
struct Line {
    char origin;
    QByteArray bytes;
    bool chosen = false;
};
struct Part {
    int oldStart, oldLines; ///< 0-based start in the old text
    std::vector<Line> lines;
};
/// A file's change, and what was chosen of it.
struct Chosen {
    FilePatch file;
    std::vector<Part> parts;
    bool any = false, all = true, mode = false;
};

inline QByteArray diffLine(char origin, const QByteArray &bytes)
{
    return origin + bytes + (bytes.endsWith('\n') ? "" : "\n\\ No newline at end of file\n");
}

/// The hunks of a diff in which `sideOf` says what each line is: ' ', '-', '+' or 0 for not there.
template <class SideOf> QByteArray hunksOf(const Chosen &chosen, bool onComposed, SideOf sideOf)
{
    QByteArray text;
    int delta = 0, shift = 0; ///< of the text made against the text read; of the text read against the old one
    for (const auto &part : chosen.parts) {
        QByteArray body;
        int from = 0, to = 0, read = 0;
        bool changes = false;
        for (size_t i = 0; i < part.lines.size(); ++i) {
            const auto &line = part.lines[i];
            const char side = sideOf(line);
            read += line.origin == ' ' || (line.origin == '-' ? !line.chosen : line.chosen) ? 1 : 0;
            if (!side)
                continue;
            // An old last line without an end that stays, with another after it: the patch has to say that it got one.
            QByteArray bytes = line.bytes, ended = bytes;
            if (line.origin == '-' && !line.chosen && !bytes.endsWith('\n')) {
                for (size_t j = i + 1; j < part.lines.size() && ended == bytes; ++j) {
                    if (part.lines[j].chosen)
                        ended += part.lines[j].bytes.endsWith("\r\n") ? "\r\n" : "\n";
                }
            }
            from += side != '+';
            to += side != '-';
            changes = changes || side != ' ' || ended != bytes;
            if (side == ' ' && ended != bytes)
                body += diffLine('-', bytes) + diffLine('+', ended);
            else
                body += diffLine(side, onComposed ? ended : bytes);
        }
        const int start = part.oldStart + (onComposed ? shift : 0);
        if (changes)
            text += "@@ -" + QByteArray::number(from ? start + 1 : start) + ',' + QByteArray::number(from) + " +"
                + QByteArray::number(to ? start + delta + 1 : start + delta) + ',' + QByteArray::number(to) + " @@\n" + body;
        delta += changes ? to - from : 0;
        shift += read - part.oldLines;
    }
    return text;
}

inline QByteArray modeName(git::Mode mode)
{
    return QByteArray::number(quint32(mode), 8);
}

/// A path as git writes it in a diff.
inline QByteArray pathName(const QByteArray &prefix, const QByteArray &path)
{
    QByteArray quoted;
    bool needs = false;
    for (const char c : QByteArray(prefix + path)) {
        const auto byte = uchar(c);
        if (c == '"' || c == '\\')
            quoted += '\\' + QByteArray(1, c);
        else if (byte < 0x20 || byte >= 0x7f)
            quoted += '\\' + QByteArray::number(byte, 8).rightJustified(3, '0');
        else
            quoted += c;
        needs = needs || c == '"' || c == '\\' || byte < 0x20 || byte >= 0x7f;
    }
    return needs ? QByteArray('"' + quoted + '"') : QByteArray(prefix + path);
}

inline QByteArray header(const FilePatch &file, const QByteArray &from, const QByteArray &to, const QByteArray &extended, bool body)
{
    QByteArray text = "diff --git " + pathName("a/", from.isEmpty() ? file.path : from) + ' '
        + pathName("b/", to.isEmpty() ? file.path : to) + '\n' + extended;
    const auto line = [](const QByteArray &name) { return QByteArray(name.contains(' ') ? name + '\t' : name); };
    if (body)
        text += "--- " + (from.isEmpty() ? QByteArray("/dev/null") : line(pathName("a/", from))) + "\n+++ "
            + (to.isEmpty() ? QByteArray("/dev/null") : line(pathName("b/", to))) + '\n';
    return text;
}

/// The diff that makes only what was chosen.
inline QByteArray chosenDiff(const Chosen &chosen)
{
    using S = FilePatch::Status;
    const auto &file = chosen.file;
    if (!chosen.any)
        return {};
    const auto body = hunksOf(chosen, false, [](const Line &line) {
        return line.origin == ' ' || line.chosen ? line.origin : line.origin == '-' ? ' ' : '\0';
    });
    QByteArray extended;
    if (file.status == S::Added)
        return header(file, {}, file.path, "new file mode " + modeName(file.newMode) + '\n', !body.isEmpty()) + body;
    if (file.status == S::Deleted && chosen.all)
        return header(file, file.path, {}, "deleted file mode " + modeName(file.oldMode) + '\n', !body.isEmpty()) + body;
    if (file.oldMode != file.newMode && chosen.mode)
        extended += "old mode " + modeName(file.oldMode) + "\nnew mode " + modeName(file.newMode) + '\n';
    if (file.status == S::Renamed)
        extended += "rename from " + pathName({}, file.oldPath) + "\nrename to " + pathName({}, file.path) + '\n';
    if (body.isEmpty() && extended.isEmpty())
        return {};
    return header(file, file.oldPath, file.path, extended, !body.isEmpty()) + body;
}

/// The diff that makes the rest, on what was chosen.
inline QByteArray restDiff(const Chosen &chosen)
{
    using S = FilePatch::Status;
    const auto &file = chosen.file;
    if (chosen.all)
        return {};
    const auto body = hunksOf(chosen, true, [](const Line &line) {
        return line.origin == ' ' || !line.chosen ? line.origin : line.origin == '+' ? ' ' : '\0';
    });
    QByteArray extended;
    if (file.status == S::Added && !chosen.any)
        return header(file, {}, file.path, "new file mode " + modeName(file.newMode) + '\n', !body.isEmpty()) + body;
    if (file.status == S::Deleted)
        return header(file, file.path, {}, "deleted file mode " + modeName(file.oldMode) + '\n', !body.isEmpty()) + body;
    if (file.oldMode != file.newMode && !chosen.mode)
        extended += "old mode " + modeName(file.oldMode) + "\nnew mode " + modeName(file.newMode) + '\n';
    const bool renames = file.status == S::Renamed && !chosen.any;
    if (renames)
        extended += "rename from " + pathName({}, file.oldPath) + "\nrename to " + pathName({}, file.path) + '\n';
    if (body.isEmpty() && extended.isEmpty())
        return {};
    return header(file, renames ? file.oldPath : file.path, file.path, extended, !body.isEmpty()) + body;
}

/// Picks hunks and lines by chance; answers what that is of the file, and as decisions.
inline Chosen choose(Random &random, const git::Repository &repository, const FilePatch &file, std::vector<Decision> &decisions)
{
    Chosen chosen{file, {}, false, true, false};
    const auto texts = review::textsOf(repository, file).value();
    const auto before = review::splitLines(texts.before), after = review::splitLines(texts.after);
    std::vector<review::LineSet> sets;
    for (size_t i = 0; i < file.hunks.size(); ++i) {
        const auto &hunk = file.hunks[i];
        const int lines = review::lineCount(file, hunk);
        review::LineSet set(lines);
        Decision decision{hunk.id, Decision::Verdict(random.bounded(3))};
        if (lines > 0 && random.bounded(3) > 0) {
            for (int line = 1; line <= lines; ++line) {
                if (random.bounded(2))
                    set.add(line);
            }
            decision = {hunk.id, Decision::Verdict::Partly, set.toString(), {}, {}, lines};
        } else if (decision.verdict == Decision::Verdict::Accepted) {
            for (int line = 1; line <= lines; ++line)
                set.add(line);
        }
        const bool any = decision.verdict == Decision::Verdict::Accepted || set.count() > 0;
        chosen.any = chosen.any || any;
        chosen.mode = i == 0 ? any : chosen.mode;
        chosen.all = chosen.all && any && set.count() == lines;
        decisions.push_back(decision);
        sets.push_back(set);
    }
    int ordinal = 0;
    for (size_t i = 0; i < texts.hunks.size(); ++i) {
        const auto &hunk = texts.hunks[i];
        Part part{hunk.oldLines ? hunk.oldStart - 1 : hunk.oldStart, hunk.oldLines, {}};
        if (!review::isWhole(file))
            ordinal = 0;
        for (const auto &line : hunk.lines) {
            const auto bytes = line.origin == '+' ? after[size_t(line.newLine - 1)] : before[size_t(line.oldLine - 1)];
            part.lines.push_back({line.origin, bytes.toByteArray(),
                                  line.origin != ' ' && sets[review::isWhole(file) ? 0 : i].contains(++ordinal)});
        }
        chosen.parts.push_back(std::move(part));
    }
    return chosen;
}

} // namespace coppice::test

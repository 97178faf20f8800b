// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/crash.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::capture {

namespace {

const QString opening = QStringLiteral("Traceback (most recent call last):");
const QString groupOpening = QStringLiteral("Exception Group Traceback (most recent call last):");

const QRegularExpression &frameShape()
{
    static const QRegularExpression made(QStringLiteral(R"~(^(?:  |> )File "(.*)", line (\d+)(?:, in (.*))?$)~"));
    return made;
}

/// What stands above the opening line of an exception that nobody caught.
const QRegularExpression &preface()
{
    static const QRegularExpression made(QStringLiteral(R"(^(?:Exception in thread .*|Exception ignored in: .*|Unhandled exception in .*|Error in sys\.excepthook:|Process \S+:|[\w.]*RemoteTraceback: ?)$)"));
    return made;
}

/// Blank lines, of which some formatters put two.
constexpr size_t mostBlank = 4;

bool isSeparator(QStringView line)
{
    line = line.trimmed();
    return line == u"During handling of the above exception, another exception occurred:"
        || line == u"The above exception was the direct cause of the following exception:";
}

bool titleOf(const QString &line, Cause &title)
{
    static const QRegularExpression shape(QStringLiteral(R"(^([A-Za-z_][\w.]*(?:\.<locals>\.[\w.]+)*)(?::(?: (.*))?)?$)"));
    const auto match = shape.match(line);
    if (!match.hasMatch())
        return false;
    title = {match.captured(1), match.captured(2)};
    return true;
}

struct Part {
    Cause title;
    std::vector<Frame> frames; ///< innermost first
    std::vector<Cause> members;
    bool complete = false;
};

QString unindented(const QString &line, qsizetype indent)
{
    qsizetype n = 0;
    while (n < indent && n < line.size() && line[n].isSpace())
        ++n;
    return line.mid(n);
}

void readFrames(Cursor &cursor, qsizetype indent, Part &part)
{
    std::vector<Frame> outermostFirst;
    bool spaced = false;
    while (const QString *raw = cursor.peek()) {
        const QString line = unindented(*raw, indent);
        if (const auto match = frameShape().match(line); match.hasMatch()) {
            outermostFirst.push_back({match.captured(3), match.captured(1), match.captured(2).toInt(), true});
            cursor.take();
        } else if (line.startsWith(u"    ") && !outermostFirst.empty() && outermostFirst.back().code.isEmpty()) {
            outermostFirst.back().code = line.trimmed();
            cursor.take();
        } else if (line.startsWith(u"    ") || line.startsWith(u"  [Previous line repeated")) {
            cursor.take();
        } else if (line.trimmed().isEmpty() && cursor.peek(1) && frameShape().match(unindented(*cursor.peek(1), indent)).hasMatch()) {
            spaced = true; // as loguru parts them
            cursor.take();
        } else if (Cause title; spaced && line.trimmed().isEmpty() && cursor.peek(1) && titleOf(unindented(*cursor.peek(1), indent), title)) {
            cursor.take();
        } else {
            break;
        }
    }
    part.frames.assign(outermostFirst.rbegin(), outermostFirst.rend());
}

/// Lines of a message, or notes, up to a separator; only as far as they surely belong to it.
void readMessageLines(Cursor &cursor, qsizetype indent, Part &part)
{
    size_t until = 0;
    for (size_t i = 0; i < 60; ++i) {
        const QString *line = cursor.peek(i);
        if (!line || cursor.crosses(i) || line->contains(opening))
            break;
        if (isSeparator(*line)) {
            until = i;
            break;
        }
    }
    if (until == 0) {
        for (size_t i = 0; i < 60; ++i) {
            const QString *line = cursor.peek(i);
            if (!line || cursor.crosses(i) || line->trimmed().isEmpty() || line->contains(opening))
                break;
            if (preface().match(*line).hasMatch() || (cursor.peek(i + 1) && cursor.peek(i + 1)->endsWith(opening)))
                break;
            static const QRegularExpression known(QStringLiteral(R"(^(?:\s|\[SQL: |\[parameters: |\(Background on this error at: ))"));
            if (!known.match(*line).hasMatch() && !cursor.isHeaded())
                break;
            until = i + 1;
        }
    }
    for (size_t i = 0; i < until; ++i) {
        const QString line = unindented(*cursor.peek(), indent);
        if (!line.trimmed().isEmpty())
            part.title.message += u'\n' + line;
        cursor.take();
    }
}

Part readTraceback(Cursor &cursor, qsizetype indent)
{
    Part part;
    readFrames(cursor, indent, part);
    const QString *line = cursor.peek();
    if (!line)
        return part;
    const QString text = unindented(*line, indent);
    Cause title;
    if (!titleOf(text, title) || (cursor.crosses() && part.frames.empty()))
        return part;
    part.title = title;
    part.complete = true;
    cursor.take();
    readMessageLines(cursor, indent, part);
    return part;
}

/// "  | text" and "  +---- 1 ----": depth is where the bar stands.
Part readGroup(Cursor &cursor, qsizetype depth)
{
    Part part;
    std::vector<Frame> outermostFirst;
    static const QRegularExpression barred(QStringLiteral(R"(^(\s*)[|+](.*)$)"));
    static const QRegularExpression marker(QStringLiteral(R"(^\s*\+(?:-\+)?-+(?: (\d+|\.\.\.) -+)?$)"));
    bool awaitsMember = false;
    Cause member;
    const auto keep = [&] {
        if (!member.type.isEmpty())
            part.members.push_back(member);
        member = {};
    };
    while (const QString *line = cursor.peek()) {
        const auto match = barred.match(*line);
        if (!match.hasMatch()) {
            // A message of several lines is printed without bars before Python 3.12.
            bool goesOn = false;
            for (size_t i = 1; i < 20 && !goesOn; ++i) {
                const QString *later = cursor.peek(i);
                if (!later || isSeparator(*later) || later->contains(opening))
                    break;
                goesOn = barred.match(*later).hasMatch();
            }
            if (!goesOn || line->trimmed().isEmpty() || isSeparator(*line))
                break;
            (part.members.empty() && member.type.isEmpty() ? part.title : member).message += u'\n' + *line;
            cursor.take();
            continue;
        }
        if (marker.match(*line).hasMatch()) {
            if (line->contains(u"- ")) {
                keep();
                awaitsMember = true;
            }
            cursor.take();
            continue;
        }
        QString text = match.captured(2);
        if (text.startsWith(u' '))
            text.remove(0, 1);
        cursor.take();
        Cause title;
        if (match.capturedLength(1) <= depth && !awaitsMember && part.members.empty() && member.type.isEmpty()) {
            if (const auto frame = frameShape().match(text); frame.hasMatch())
                outermostFirst.push_back({frame.captured(3), frame.captured(1), frame.captured(2).toInt(), true});
            else if (!part.complete && titleOf(text, title)) {
                part.title = title;
                part.complete = true;
            } else if (part.complete && !text.trimmed().isEmpty()) {
                part.title.message += u'\n' + text;
            }
        } else if (isSeparator(text)) {
            awaitsMember = true; // the member's own chain: its last one counts
        } else if (awaitsMember && !text.contains(opening) && titleOf(text, title)) {
            member = title;
            awaitsMember = false;
        }
    }
    keep();
    part.frames.assign(outermostFirst.rbegin(), outermostFirst.rend());
    return part;
}

} // namespace

std::optional<Crash> parsePython(Cursor &cursor)
{
    const QString first = cursor.start();
    Crash crash;
    qsizetype indent = 0;
    bool isGroup = false;
    bool bare = false; // a SyntaxError of the main file has no opening line
    const QString *second = cursor.peek(1);
    const auto opens = [&](const QString &line) { return line.endsWith(opening); };
    if (opens(first)) {
        isGroup = first.endsWith(groupOpening);
        const auto at = isGroup ? first.indexOf(u'+') : first.indexOf(opening);
        if (!first.left(at).trimmed().isEmpty()) {
            crash.logged = first.left(at).trimmed();
        } else if (!isGroup) {
            indent = at;
        }
        cursor.take();
    } else if (second && opens(*second) && preface().match(first).hasMatch()) {
        isGroup = second->endsWith(groupOpening);
        crash.logged = first;
        cursor.take(2);
    } else if (second && (*second == u"\"\"\"" || *second == u"'''") && cursor.peek(2) && opens(*cursor.peek(2)) && preface().match(first).hasMatch()) {
        cursor.take(3);
    } else if (frameShape().match(first).hasMatch() && !first.contains(u"\", line 0")) {
        for (size_t i = 1; i < 5 && !bare; ++i) {
            Cause title;
            const QString *line = cursor.peek(i);
            bare = line && titleOf(*line, title) && title.type.endsWith(u"Error");
        }
        if (!bare)
            return {};
    } else {
        return {};
    }

    std::vector<Part> parts;
    parts.push_back(isGroup ? readGroup(cursor, 2) : readTraceback(cursor, indent));
    for (;;) { // joined by "During handling …", the last one is what reached the top
        size_t i = 0;
        while (cursor.peek(i) && cursor.peek(i)->trimmed().isEmpty() && i < mostBlank)
            ++i;
        const QString *joint = cursor.peek(i);
        if (!joint || !isSeparator(*joint))
            break;
        ++i;
        while (cursor.peek(i) && cursor.peek(i)->trimmed().isEmpty() && i < 8)
            ++i;
        const QString *next = cursor.peek(i);
        if (!next)
            break;
        const bool nextIsGroup = next->endsWith(groupOpening);
        const bool nextHasFrames = opens(*next);
        Cause title;
        if (!nextHasFrames && !titleOf(unindented(*next, indent), title))
            break;
        cursor.take(nextHasFrames ? i + 1 : i);
        parts.push_back(nextIsGroup ? readGroup(cursor, 2) : readTraceback(cursor, indent));
    }
    const auto last = std::find_if(parts.rbegin(), parts.rend(), [](const Part &part) { return part.complete; });
    if (last == parts.rend()) {
        if (parts.back().frames.empty())
            return {};
        crash.frames = parts.back().frames; // cut off before its title
        crash.message = QStringLiteral("traceback without its last line");
        return crash;
    }
    crash.type = last->title.type;
    crash.message = last->title.message;
    crash.frames = last->frames;
    // One exception told on both sides of a border of processes: it was raised on the far side.
    if (const auto far = last + 1; far != parts.rend() && far->title.type == last->title.type && !far->frames.empty()
        && far->title.message.section(u'\n', 0, 0) == last->title.message.section(u'\n', 0, 0)) {
        crash.frames = far->frames;
        crash.frames.insert(crash.frames.end(), last->frames.begin(), last->frames.end());
    }
    crash.causes = last->members;
    for (auto it = last + 1; it != parts.rend(); ++it) {
        crash.causes.push_back(it->title);
        crash.causes.insert(crash.causes.end(), it->members.begin(), it->members.end());
    }
    if (crash.type.endsWith(u"Warning"))
        crash.level = Level::Warning;
    if (crash.type == u"KeyboardInterrupt" || crash.type == u"SystemExit")
        crash.level = Level::Info;
    return crash;
}

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/crash.h"

#include <QRegularExpression>

namespace coppice::capture {

namespace {

const QRegularExpression &phpFrameShape()
{
    static const QRegularExpression made(QStringLiteral(R"(^#\d+ (?:(.+?)\((\d+)\): (.+)|\[internal function\]: (.+)|\{main\})$)"));
    return made;
}

QString phpFunction(const QString &call)
{
    const auto paren = call.indexOf(u'(');
    return paren > 0 && !call.startsWith(u'{') ? call.left(paren) : call;
}

struct PhpPart {
    Cause title;
    std::vector<Frame> frames;
};

/// "Type: message in /file.php:12" over some lines, "Stack trace:", "#0 …".
bool readPhpPart(Cursor &cursor, const QString &first, PhpPart &part)
{
    QString head = first;
    size_t lines = 1;
    while (lines < 40 && cursor.peek(lines) && !cursor.peek(lines)->startsWith(u"Stack trace:") && !cursor.peek(lines)->startsWith(u"[stacktrace]")
           && !cursor.crosses(lines))
        head += u'\n' + *cursor.peek(lines++);
    const QString *opening = cursor.peek(lines);
    if (!opening || !(opening->startsWith(u"Stack trace:") || opening->startsWith(u"[stacktrace]")))
        return false;
    static const QRegularExpression shape(QStringLiteral(R"(^([\w\\]+)(?:: (.*?))?(?: in | at )(/[^\n]*?|[A-Za-z]:\\[^\n]*?|\S+?):(\d+)\)?$)"),
                                          QRegularExpression::DotMatchesEverythingOption);
    const auto match = shape.match(head.trimmed());
    if (!match.hasMatch())
        return false;
    part.title = {match.captured(1), match.captured(2)};
    cursor.take(lines + 1);
    // "#0 file(line): call" names the call made at that place: each function belongs to the place before it.
    Frame current{QString(), match.captured(3), match.captured(4).toInt(), true};
    while (const QString *line = cursor.peek()) {
        const auto frame = phpFrameShape().match(*line);
        if (!frame.hasMatch())
            break;
        const QString call = !frame.captured(3).isEmpty() ? frame.captured(3) : frame.captured(4);
        current.function = call.isEmpty() ? QStringLiteral("{main}") : phpFunction(call);
        part.frames.push_back(current);
        current = {QString(), frame.captured(1), frame.captured(2).toInt(), true};
        cursor.take();
    }
    return true;
}

/// A function of the runtime has no place of its own: it stands at its caller's.
void markInternal(Crash &crash)
{
    for (auto &frame : crash.frames)
        frame.inApp = isInApp(frame);
    crash.inAppKnown = true;
    if (crash.frames.size() > 1 && crash.frames[0].line > 0 && crash.frames[0].line == crash.frames[1].line && crash.frames[0].file == crash.frames[1].file
        && crash.frames[0].function != crash.frames[1].function)
        crash.frames[0].inApp = false;
}

/// "Type: message in /file.php:12" and its stack, as (string) $exception gives it; "Next …" parts follow.
bool opensBare(Cursor &cursor)
{
    static const QRegularExpression title(QStringLiteral(R"(^[A-Z_a-z\\][\w\\]*(?:: .*)?$)"));
    static const QRegularExpression place(QStringLiteral(R"( in (?:/|[A-Za-z]:\\|phar://).*:\d+$)"));
    const QString start = cursor.start(); // looking ahead waits for lines that are not written yet: only where it may tell
    if (!(start.contains(u": ") || start.contains(u" in ")) || !title.match(start.section(QStringLiteral(" in "), 0, 0)).hasMatch())
        return false;
    for (size_t i = 0; i < 20; ++i) {
        const QString *line = cursor.peek(i);
        const QString *next = cursor.peek(i + 1);
        if (!line || !next || cursor.crosses(i + 1))
            return false;
        if (next->startsWith(u"Stack trace:"))
            return place.match(*line).hasMatch();
    }
    return false;
}

} // namespace

std::optional<Crash> parsePhp(Cursor &cursor)
{
    static const QRegularExpression opening(QStringLiteral(R"(^(?:PHP )?(?:Fatal error|Recoverable fatal error):\s+Uncaught (.*)$)"));
    static const QRegularExpression fatal(QStringLiteral(R"(^(?:PHP )?(Fatal error|Parse error):\s+(.*) in (\S+)(?: on line |:)(\d+)$)"));
    static const QRegularExpression laravel(QStringLiteral(R"(^(.*) \{"exception":"\[object\] \(([\w\\]+)\(code: [^)]*\): (.*) at (.+):(\d+)\)$)"));
    const QString first = cursor.start();
    const bool bare = opensBare(cursor);
    if (!bare && !first.contains(u"rror:") && !first.contains(u"[object]"))
        return {};
    Crash crash;
    if (const auto m = opening.match(first); m.hasMatch() || bare) {
        std::vector<PhpPart> parts(1);
        if (!readPhpPart(cursor, m.hasMatch() ? m.captured(1) : first, parts[0]))
            return {};
        for (;;) { // "Next Type: …": the one before caused it
            size_t i = 0;
            while (cursor.peek(i) && cursor.peek(i)->trimmed().isEmpty() && i < 3)
                ++i;
            const QString *line = cursor.peek(i);
            if (!line || !line->startsWith(u"Next "))
                break;
            const QString head = line->mid(5);
            cursor.take(i);
            PhpPart part;
            if (!readPhpPart(cursor, head, part))
                break;
            parts.push_back(part);
        }
        const QString *line = cursor.peek();
        if (line && line->startsWith(u"  thrown in "))
            cursor.take();
        crash.type = parts.back().title.type;
        crash.message = parts.back().title.message;
        crash.frames = parts.back().frames;
        for (auto it = parts.rbegin() + 1; it != parts.rend(); ++it)
            crash.causes.push_back(it->title);
        markInternal(crash);
        return crash;
    }
    if (const auto m = laravel.match(first); m.hasMatch()) {
        crash.logged = m.captured(1);
        PhpPart part;
        if (!readPhpPart(cursor, QString(m.captured(2) + QStringLiteral(": ") + m.captured(3) + QStringLiteral(" at ") + m.captured(4) + u':' + m.captured(5)), part))
            return {};
        if (const QString *line = cursor.peek(); line && line->startsWith(u"\"}"))
            cursor.take();
        crash.type = part.title.type;
        crash.message = part.title.message;
        crash.frames = part.frames;
        markInternal(crash);
        return crash;
    }
    if (const auto m = fatal.match(first); m.hasMatch()) {
        crash.type = m.captured(1);
        crash.message = m.captured(2);
        crash.frames.push_back({QString(), m.captured(3), m.captured(4).toInt(), true});
        cursor.take();
        if (const QString *line = cursor.peek(); line && (line->startsWith(u"PHP Stack trace:") || line->startsWith(u"Stack trace:"))) {
            cursor.take();
            static const QRegularExpression step(QStringLiteral(R"(^(?:PHP)?\s+\d+\. |^#\d+ )"));
            while (cursor.peek() && step.match(*cursor.peek()).hasMatch())
                cursor.take();
        }
        return crash;
    }
    return {};
}

/// A blank line, the source line, and carets below what failed (Ruby 3.1 and later); how many lines, 0: none.
static size_t highlightLength(Cursor &cursor)
{
    static const QRegularExpression carets(QStringLiteral(R"(^\s*\^+\s*$)"));
    for (size_t i = 1; i < 4; ++i) {
        const QString *line = cursor.peek(i);
        if (!line || cursor.crosses(i))
            return 0;
        if (carets.match(*line).hasMatch())
            return i + 1;
    }
    return 0;
}

/// A title and a backtrace without "from", as loggers write them: "message (Type)", "Type (message):", "Type: message",
/// "#<Type: message>".
static std::optional<Crash> parseRubyLogged(Cursor &cursor)
{
    static const QRegularExpression step(QStringLiteral(R"(^\s*(?:from )?([^\s:]+?(?:\.[a-z]{1,5})?):(\d+):in [`'](.*)'$)"));
    static const QRegularExpression behind(QStringLiteral(R"(^(.*?) ?\(([A-Z]\w*(?:::\w+)*)\):?$)"));
    static const QRegularExpression around(QStringLiteral(R"(^([A-Z]\w*(?:::\w+)*) \((.*)\):?$)"));
    static const QRegularExpression inspected(QStringLiteral(R"(^(.*?)#<([A-Z]\w*(?:::\w+)*): (.*)>$)"));
    static const QRegularExpression tags(QStringLiteral(R"(^(?:\[[\w.:-]{1,80}\] )+)"));
    const QString tagged = tags.match(cursor.start()).captured();
    const QString first = cursor.start().mid(tagged.size());
    QString type;
    QString message;
    const bool shaped = behind.match(first).hasMatch() || around.match(first).hasMatch() || inspected.match(first).hasMatch()
        || (splitTitle(first, type, message) && type[0].isUpper());
    if (!shaped && !(cursor.peek(1) && cursor.peek(1)->trimmed().isEmpty()))
        return {};
    size_t lines = 0;
    for (size_t i = 1; i < 8 && lines == 0; ++i) {
        const QString *line = cursor.peek(i);
        if (!line || cursor.crosses(i))
            return {};
        if (step.match(*line).hasMatch())
            lines = i;
        else if (line->contains(u":in `") || line->contains(u":in '"))
            return {};
    }
    if (lines == 0 || step.match(first).hasMatch() || first.contains(u":in `") || first.contains(u":in '"))
        return {};
    Crash crash;
    if (const auto m = inspected.match(first); m.hasMatch()) {
        crash = {m.captured(2), m.captured(3), {}, {}, {}, m.captured(1).trimmed()};
    } else if (const auto a = around.match(first); a.hasMatch()) {
        crash = {a.captured(1), a.captured(2)};
    } else if (const auto b = behind.match(first); b.hasMatch()) {
        crash = {b.captured(2), b.captured(1)};
    } else if (splitTitle(first, type, message) && type[0].isUpper()) {
        crash = {type, message};
    } else if (const auto last = behind.match(*cursor.peek(lines - 1)); lines > 1 && last.hasMatch()) {
        crash = {last.captured(2), first}; // a message of many lines, the type behind the last
    } else {
        return {};
    }
    if (crash.logged.isEmpty())
        crash.logged = tagged.trimmed();
    for (size_t i = 1; i < lines; ++i) {
        if (!cursor.peek(i)->trimmed().isEmpty())
            crash.message += u'\n' + QString(*cursor.peek(i)).remove(QString(u'(' + crash.type + u')'));
    }
    static const QRegularExpression carets(QStringLiteral(R"(^\s*\^+(?: \(.*)?$)"));
    QString code; // the source line that Ruby shows in the message
    for (size_t i = 2; i < lines && code.isEmpty(); ++i) {
        if (carets.match(*cursor.peek(i)).hasMatch())
            code = cursor.peek(i - 1)->trimmed();
    }
    cursor.take(lines);
    while (const QString *line = cursor.peek()) {
        const auto m = step.match(*line);
        if (!m.hasMatch())
            break;
        crash.frames.push_back({m.captured(3), m.captured(1), m.captured(2).toInt(), true});
        cursor.take();
    }
    crash.frames.front().code = code;
    markInternal(crash);
    return crash;
}

std::optional<Crash> parseRuby(Cursor &cursor)
{
    // file.rb:3:in `parse': message (Type), and lines "\tfrom file.rb:9:in `run'"
    static const QRegularExpression opening(QStringLiteral(R"(^(?:#<Thread:[^>]*> terminated with exception.*|(\S+?):(\d+):in [`'](.*?)': (.*))$)"));
    static const QRegularExpression typed(QStringLiteral(R"(^(.*?) ?\(([A-Z][\w:]*)\)$)"), QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression from(QStringLiteral(R"(^\s+(?:\d+: )?from (\S+?):(\d+)(?::in [`'](.*)')?$)"));
    if (auto crash = parseRubyLogged(cursor))
        return crash;
    if (!cursor.start().contains(u":in "))
        return {};
    Crash crash;
    bool first = true;
    while (const QString *line = cursor.peek()) {
        const auto match = opening.match(*line);
        if (!match.hasMatch() || match.captured(1).isEmpty())
            break;
        QString text = match.captured(4);
        size_t lines = 1;
        auto title = typed.match(text);
        while (!title.hasMatch() && lines < 30 && cursor.peek(lines) && !from.match(*cursor.peek(lines)).hasMatch() && !cursor.crosses(lines)) {
            const QString next = *cursor.peek(lines++);
            const auto ended = typed.match(next);
            text += u'\n' + next;
            if (ended.hasMatch() && lines == 2) { // "message (Type)" on its first line, more lines after
                title = typed.match(text);
                break;
            }
            title = typed.match(text);
        }
        if (!title.hasMatch())
            break;
        const Cause cause{title.captured(2), title.captured(1)};
        std::vector<Frame> frames{{match.captured(3), match.captured(1), match.captured(2).toInt(), true}};
        cursor.take(lines);
        if (const size_t marked = highlightLength(cursor); marked > 0) {
            frames.front().code = cursor.peek(marked - 2)->trimmed();
            cursor.take(marked);
        }
        while (cursor.peek()) {
            const auto step = from.match(*cursor.peek());
            if (!step.hasMatch())
                break;
            frames.push_back({step.captured(3), step.captured(1), step.captured(2).toInt(), true});
            cursor.take();
        }
        if (first) {
            crash.type = cause.type;
            crash.message = cause.message;
            crash.frames = frames;
        } else {
            crash.causes.push_back(cause);
        }
        first = false;
    }
    if (first)
        return {};
    markInternal(crash);
    return crash;
}

} // namespace coppice::capture

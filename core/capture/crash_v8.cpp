// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/crash.h"

#include <QRegularExpression>
#include <QUrl>

namespace coppice::capture {

namespace {

bool readFrame(const QString &line, Frame &frame)
{
    static const QRegularExpression withFunction(
        QStringLiteral(R"(^\s+at (?:async )?(?:(.+?) )?\((.+?)(?::(\d+))?(?::(\d+))?\)(?: \{|,)?$)"));
    static const QRegularExpression bare(QStringLiteral(R"(^\s+at (?:async )?((?:file|node|https?|webpack[\w-]*|evalmachine|wasm)?[^\s()]*?):(\d+):(\d+)(?: \{|,)?$)"));
    static const QRegularExpression plain(QStringLiteral(R"(^\s+at (?:async )?(<anonymous>|native|[\w$.]+ \(<anonymous>\))(?: \{|,)?$)"));
    if (auto m = bare.match(line); m.hasMatch()) {
        frame = {QString(), m.captured(1), m.captured(2).toInt(), true, m.captured(3).toInt()};
    } else if (m = withFunction.match(line); m.hasMatch()) {
        const QString place = m.captured(2);
        const bool located = !m.captured(3).isEmpty();
        const bool known = located || place == u"<anonymous>" || place == u"native" || place.startsWith(u"index ")
            || place.startsWith(u"eval at") || place.startsWith(u"node:");
        if (!known || (m.captured(1).isEmpty() && !located))
            return false;
        frame = {m.captured(1), place, m.captured(3).toInt(), true, m.captured(4).toInt()};
        if (place.startsWith(u"index "))
            frame.file = QStringLiteral("<anonymous>");
    } else if (m = plain.match(line); m.hasMatch()) {
        frame = {QString(), m.captured(1), 0, true};
    } else {
        return false;
    }
    if (frame.file.startsWith(u"file://"))
        frame.file = QUrl(frame.file).toLocalFile();
    if (frame.function.startsWith(u"new "))
        frame.function.remove(0, 4);
    if (const auto as = frame.function.indexOf(u" [as "); as > 0)
        frame.function.truncate(as);
    return true;
}

bool isElided(QStringView line)
{
    line = line.trimmed();
    return line.startsWith(u"... ") && line.contains(u"lines matching");
}

/// Type and message of a first line, with what a program printed before the error. False when none is named.
bool titleOf(QString text, Cause &title, QString *before)
{
    static const QRegularExpression warning(QStringLiteral(R"(^\(node:\d+\) )"));
    static const QRegularExpression uncaught(QStringLiteral(R"(^(?:error: )?Uncaught (?:\(in promise\) )?)"));
    text = text.trimmed();
    text.remove(warning).remove(uncaught);
    if (text.startsWith(u'[') && (text.endsWith(u"] {") || text.endsWith(u']'))) // an error without a stack
        text = text.mid(1, text.lastIndexOf(u']') - 1);
    if (text.endsWith(u" {"))
        text.chop(2);
    QString type;
    QString message;
    if (splitTitle(text, type, message) && (type[0].isUpper() || type.contains(u"Error")) && !type.contains(u"::")) {
        static const QString rejected = QStringLiteral("UnhandledPromiseRejectionWarning");
        Cause inner;
        if (type == rejected && titleOf(message, inner, nullptr))
            title = inner;
        else
            title = {type, message};
        return true;
    }
    static const QRegularExpression later(
        QStringLiteral(R"((?:^|[\s:(\]>])((?:[A-Za-z_$][\w$]*\.)*(?:[A-Z][\w$]*)?(?:Error|Exception))(?: \[[A-Z][A-Z0-9_]*\])?(?:: (.*)|$))"));
    if (const auto m = later.match(text); m.hasMatch()) {
        title = {m.captured(1), m.captured(2)};
        if (before) {
            *before = text.left(m.capturedStart(1)).trimmed();
            while (before->endsWith(u':'))
                before->chop(1);
        }
        return true;
    }
    return false;
}

/// The type in "job 12 crashed PaymentDeclined: no money", where frames follow at once: the first name with two humps.
bool namedLater(const QString &text, Cause &title, QString &before)
{
    static const QRegularExpression shape(QStringLiteral(R"((?:^|\s)((?:[a-z]\w*\.)*[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+): (.*)$)"));
    const auto m = shape.match(text);
    if (!m.hasMatch())
        return false;
    title = {m.captured(1), m.captured(2)};
    before = text.left(m.capturedStart(1)).trimmed();
    return true;
}

qsizetype indentOf(const QString &line)
{
    qsizetype n = 0;
    while (n < line.size() && line[n].isSpace())
        ++n;
    return n;
}

/// How many lines a title takes before its first frame or its properties; 0 when none follow.
size_t linesToFrames(Cursor &cursor, size_t from, bool isTyped)
{
    for (size_t i = from + 1; i < from + (isTyped ? 60u : 2u); ++i) {
        const QString *line = cursor.peek(i);
        if (!line)
            return 0;
        Frame frame;
        const bool near = indentOf(*line) <= indentOf(*cursor.peek(from)) + 8;
        if (near && (readFrame(*line, frame) || isElided(*line)))
            return i - from;
        if (line->trimmed().startsWith(u"at "))
            return 0; // of another language
        if (cursor.crosses(i))
            return 0;
    }
    return 0;
}

/// "/srv/app.js:3", source, caret, a blank line: what Node prints before an uncaught error. Answers how many lines.
size_t prefaceLength(Cursor &cursor, Frame &place)
{
    static const QRegularExpression location(QStringLiteral(R"(^((?:/|file://|[A-Za-z]:\\|node:|webpack)[^\s()]*?|evalmachine\.<anonymous>|\[\w+\]):(\d+)$)"));
    const auto match = location.match(cursor.start());
    if (!match.hasMatch())
        return 0;
    static const QRegularExpression caret(QStringLiteral(R"(^\s*\^+\s*$)"));
    for (size_t i = 1; i < 12; ++i) {
        const QString *line = cursor.peek(i);
        if (!line)
            return 0;
        if (!caret.match(*line).hasMatch())
            continue;
        place = {QString(), match.captured(1), match.captured(2).toInt(), true};
        if (place.file.startsWith(u"file://"))
            place.file = QUrl(place.file).toLocalFile();
        size_t length = i + 1;
        while (cursor.peek(length) && cursor.peek(length)->trimmed().isEmpty() && length < i + 3)
            ++length;
        return length;
    }
    return 0;
}

/// What follows the frames in braces: properties, [cause], [errors].
void readProperties(Cursor &cursor, qsizetype indent, Crash &crash)
{
    static const QRegularExpression cause(QStringLiteral(R"(^\s+\[(cause|error|suppressed)\]: (.*)$)"));
    static const QRegularExpression property(QStringLiteral(R"(^\s+(?:[a-z_$][\w$]*|'[^']*'|\[[\w() .]+\]): )"));
    bool inErrors = false;
    while (const QString *line = cursor.peek()) {
        const QStringView trimmed = QStringView(*line).trimmed();
        if (indentOf(*line) <= indent && !trimmed.isEmpty()) {
            if (trimmed.startsWith(u'}') || trimmed.startsWith(u']'))
                cursor.take();
            return;
        }
        if (trimmed.isEmpty()) {
            const QString *next = cursor.peek(1);
            if (!next || next->trimmed().isEmpty() || (indentOf(*next) <= indent && !next->trimmed().startsWith(u'}')))
                return;
        }
        Frame frame;
        Cause title;
        if (const auto m = cause.match(*line); m.hasMatch()) {
            if (titleOf(m.captured(2), title, nullptr))
                crash.causes.push_back(title);
            else
                crash.causes.push_back({QString(), m.captured(2)});
        } else if (trimmed.startsWith(u"[errors]: [")) {
            inErrors = true;
            if (titleOf(trimmed.mid(11).toString().remove(u']'), title, nullptr) && !title.type.isEmpty())
                crash.causes.push_back(title);
        } else if (inErrors && trimmed == u"]") {
            inErrors = false;
        } else if (inErrors && !readFrame(*line, frame) && !property.match(*line).hasMatch() && indentOf(*line) <= indent + 6
                   && titleOf(trimmed.endsWith(u',') ? trimmed.chopped(1).toString() : trimmed.toString(), title, nullptr)) {
            crash.causes.push_back(title);
        }
        cursor.take();
    }
}

} // namespace

std::optional<Crash> parseV8(Cursor &cursor)
{
    Frame place;
    const size_t preface = prefaceLength(cursor, place);
    const QString source = preface > 1 ? cursor.peek(1)->trimmed() : QString();
    const QString *titleLine = cursor.peek(preface);
    if (!titleLine || titleLine->trimmed().isEmpty())
        return {};
    Crash crash;
    Cause title;
    QString text = *titleLine;
    Frame frame;
    if (readFrame(text, frame))
        return {};
    bool typed = titleOf(text, title, &crash.logged);
    const bool braced = text.startsWith(u'[') && text.endsWith(u"] {");
    size_t lines = braced ? 0 : linesToFrames(cursor, preface, typed && (preface > 0 || title.type.contains(u"Error") || title.type.contains(u"Exception")));
    if (lines == 0 && preface == 0 && !(braced && typed))
        return {};
    if (!typed && lines == 1)
        typed = namedLater(text.trimmed(), title, crash.logged);
    if (lines == 0 && !braced) { // uncaught, without a stack: thrown by hand, or a syntax error in a module
        lines = 1;
        while (cursor.peek(preface + lines) && !cursor.peek(preface + lines)->trimmed().isEmpty()
               && !cursor.peek(preface + lines)->startsWith(u"(Use `node") && !cursor.crosses(preface + lines) && lines < 20)
            ++lines;
        if (!typed)
            title = {QString(), text};
    }
    if (!typed && lines > 0 && title.message.isEmpty())
        title = {QString(), text.trimmed()};
    crash.type = title.type;
    crash.message = title.message;
    for (size_t i = 1; i < lines; ++i)
        crash.message += u'\n' + *cursor.peek(preface + i);
    crash.message = crash.message.trimmed();
    const qsizetype indent = indentOf(text);
    bool open = braced;
    cursor.take(preface + qMax<size_t>(lines, 1));
    while (!open) {
        const QString *line = cursor.peek();
        if (!line || !(readFrame(*line, frame) || isElided(*line)))
            break;
        if (readFrame(*line, frame))
            crash.frames.push_back(frame);
        open = line->endsWith(u" {");
        cursor.take();
    }
    if (open)
        readProperties(cursor, indent, crash);
    // where an error that nobody listened for was handed on
    if (const QString *line = cursor.peek(); line && line->startsWith(u"Emitted 'error' event") && line->endsWith(u" at:")) {
        cursor.take();
        while (cursor.peek() && (readFrame(*cursor.peek(), frame) || isElided(*cursor.peek()))) {
            const bool properties = cursor.peek()->endsWith(u" {");
            cursor.take();
            if (properties)
                readProperties(cursor, indent, crash);
        }
    }
    // pino and VError chain their stacks in one string
    static const QRegularExpression chained(QStringLiteral(R"(^[Cc]aused by: (.*)$)"));
    while (const QString *line = cursor.peek()) {
        const auto match = chained.match(*line);
        Cause cause;
        if (!match.hasMatch() || !titleOf(match.captured(1), cause, nullptr))
            break;
        crash.causes.push_back(cause);
        cursor.take();
        while (cursor.peek() && (readFrame(*cursor.peek(), frame) || isElided(*cursor.peek())))
            cursor.take();
    }
    if (preface > 0) {
        bool own = false;
        for (const auto &each : crash.frames)
            own = own || isInApp(each);
        if (!own && !place.file.startsWith(u"node:"))
            crash.frames.insert(crash.frames.begin(), place);
        for (auto &each : crash.frames) {
            if (each.line == place.line && each.file == place.file) {
                each.code = source;
                break;
            }
        }
        size_t i = 0; // the closing words of Node
        while (cursor.peek(i) && i < 3) {
            const QString line = cursor.peek(i)->trimmed();
            const bool closing = line.startsWith(u"Node.js v") || line.startsWith(u"Bun v") || line.startsWith(u"(Use `node");
            if (!closing && !line.isEmpty())
                break;
            ++i;
            if (closing) {
                cursor.take(i);
                i = 0;
            }
        }
    }
    if (crash.type.endsWith(u"Warning"))
        crash.level = Level::Warning;
    return crash;
}

} // namespace coppice::capture

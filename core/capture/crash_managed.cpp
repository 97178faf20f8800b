// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/crash.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::capture {

namespace {

bool readJvmFrame(const QString &line, Frame &frame)
{
    static const QRegularExpression shape(QStringLiteral(
        R"(^\s+at (?:[\w.$@-]*/)*([\w.$<>-]+)\(([^()]*?)(?::(\d+))?\)(?: ~?\[[^\]]*\])?$)"));
    const auto m = shape.match(line);
    if (!m.hasMatch())
        return false;
    const QString place = m.captured(2);
    static const QRegularExpression known(QStringLiteral(R"(^(?:[\w$-]+\.(?:java|kt|kts|scala|groovy|clj|gradle)|Native Method|Unknown Source|<generated>)$)"));
    if (!known.match(place).hasMatch())
        return false;
    frame = {m.captured(1), place.contains(u' ') ? QString() : place, m.captured(3).toInt(), true};
    return true;
}

/// Lines from a title to the first line that `frame` reads; 0 when there are none near.
template <class IsFrame> size_t linesTo(Cursor &cursor, size_t from, size_t most, const IsFrame &isFrame)
{
    for (size_t i = from + 1; i <= from + most; ++i) {
        const QString *line = cursor.peek(i);
        if (!line)
            return 0;
        if (isFrame(*line))
            return i - from;
        if (cursor.crosses(i))
            return 0;
    }
    return 0;
}

QString messageOf(Cursor &cursor, size_t from, const QString &first, size_t lines)
{
    QString message = first;
    for (size_t i = 1; i < lines; ++i)
        message += u'\n' + *cursor.peek(from + i);
    return message.trimmed();
}

bool looksLikeThrowable(const QString &type)
{
    return type.contains(u'.') || type.endsWith(u"Error") || type.endsWith(u"Exception") || type.endsWith(u"Throwable")
        || type.contains(u'$');
}

/// The type in a log line such as "request failed: java.io.IOException: broken".
bool laterTitle(const QString &line, Cause &title, QString &before)
{
    static const QRegularExpression shape(QStringLiteral(R"((?:^|[\s:])((?:[A-Za-z_]\w*\.)*[A-Z][\w$]*(?:Error|Exception|Throwable))(?:: (.*))?$)"));
    const auto m = shape.match(line);
    if (!m.hasMatch())
        return false;
    title = {m.captured(1), m.captured(2)};
    before = line.left(m.capturedStart(1)).trimmed();
    while (before.endsWith(u':'))
        before.chop(1);
    return true;
}

} // namespace

/// A wrapper without words of its own: its message is empty, or is its cause written out.
static bool saysOnly(const QString &message, const Cause &cause)
{
    const QString written = cause.message.isEmpty() ? cause.type : QString(cause.type + QStringLiteral(": ") + cause.message);
    const QString first = message.section(u'\n', 0, 0);
    return message.isEmpty() || first == written.section(u'\n', 0, 0) || first == cause.message.section(u'\n', 0, 0)
        || (!cause.message.isEmpty() && first.endsWith(QString(u'(' + cause.message + u')')));
}

/// What only hands an exception on says nothing of its own: where its cause was raised tells the defect.
static void handOn(Crash &crash, const std::vector<std::vector<Frame>> &inner)
{
    if (crash.causes.empty() || inner.size() != crash.causes.size() || !saysOnly(crash.message, crash.causes.front()))
        return;
    size_t at = 0;
    while (at + 1 < inner.size() && saysOnly(crash.causes[at].message, crash.causes[at + 1]))
        ++at;
    crash.frames.insert(crash.frames.begin(), inner[at].begin(), inner[at].end());
}

std::optional<Crash> parseJvm(Cursor &cursor)
{
    static const QRegularExpression thread(QStringLiteral(R"(^Exception in thread "[^"]*" )"));
    Frame frame;
    const auto isFrame = [&](const QString &line) { return readJvmFrame(line, frame) || line.trimmed().startsWith(u"... "); };
    QString first = cursor.start();
    if (first.isEmpty() || first[0].isSpace())
        return {};
    const bool uncaught = thread.match(first).hasMatch();
    first.remove(thread);
    Crash crash;
    QString type;
    QString message;
    Cause title;
    const bool typed = splitTitle(first, type, message) && looksLikeThrowable(type);
    size_t lines = linesTo(cursor, 0, typed || uncaught ? 60 : 1, isFrame);
    if (lines == 0 || !readJvmFrame(*cursor.peek(lines), frame)) {
        if (!uncaught || !typed)
            return {};
        lines = 1;
    }
    if (typed) {
        title = {type, message};
    } else if (!laterTitle(first, title, crash.logged)) {
        title = {QString(), first};
    }
    crash.type = title.type;
    crash.message = messageOf(cursor, 0, title.message, lines);
    cursor.take(lines);
    while (cursor.peek() && isFrame(*cursor.peek())) {
        if (readJvmFrame(*cursor.peek(), frame))
            crash.frames.push_back(frame);
        cursor.take();
    }
    static const QRegularExpression joint(QStringLiteral(R"(^(\s*)(Caused by|Suppressed|Wrapped by): (.*)$)"));
    std::vector<std::vector<Frame>> inner; // of each cause
    bool inCause = false;
    bool wrapped = false;
    while (const QString *line = cursor.peek()) {
        const auto m = joint.match(*line);
        if (!m.hasMatch()) {
            if (!isFrame(*line))
                break;
            if (inCause && readJvmFrame(*line, frame))
                inner.back().push_back(frame);
            cursor.take();
            continue;
        }
        inCause = m.captured(1).isEmpty() && m.captured(2) != u"Suppressed";
        if (inCause)
            inner.emplace_back();
        if (splitTitle(m.captured(3), type, message) || !(message = m.captured(3)).isEmpty()) {
            const size_t more = qMax<size_t>(1, linesTo(cursor, 0, 30, [&](const QString &each) { return isFrame(each) || joint.match(each).hasMatch(); }));
            const Cause told{type, messageOf(cursor, 0, message, more)};
            if (inCause && m.captured(2) == u"Caused by") {
                crash.causes.push_back(told);
            } else if (inCause) { // the root came first: what wraps it reached the top
                crash.causes.insert(crash.causes.begin(), {crash.type, crash.message});
                crash.type = told.type;
                crash.message = told.message;
                wrapped = true;
            }
            cursor.take(more);
        }
        type.clear();
    }
    if (wrapped && !inner.empty()) {
        crash.frames.insert(crash.frames.begin(), inner.back().begin(), inner.back().end());
        return crash;
    }
    handOn(crash, inner);
    return crash;
}

namespace {

bool readDotnetFrame(const QString &line, Frame &frame)
{
    static const QRegularExpression shape(QStringLiteral(R"(^\s+at ([\w.`<>\[\],+|$]+(?:\.[\w.<>`|$]+)*(?:\[[^\]]*\])?)\((.*?)\)(?: in (.+?):line (\d+))?\s*$)"));
    if (const auto m = shape.match(line); m.hasMatch()) {
        frame = {m.captured(1), m.captured(3), m.captured(4).toInt(), true};
        return true;
    }
    // Mono: at App.Load (System.String id) [0x0001b] in /srv/App.cs:25, or in <a hash>:0
    static const QRegularExpression mono(QStringLiteral(R"(^\s+at (?:\(wrapper [\w-]+\) )?(\S+) \((.*?)\) (?:<?\[?(0x[0-9a-f]+)\]?>?|\[[^\]]*\])(?: \+ 0x[0-9a-f]+)? in (?:<[^>]*>|(.+?)):(\d+)\s*$)"));
    const auto m = mono.match(line);
    if (!m.hasMatch())
        return false;
    frame = {m.captured(1), m.captured(4), m.captured(5).toInt(), true, 0, m.captured(3)};
    return true;
}

} // namespace

std::optional<Crash> parseDotnet(Cursor &cursor)
{
    QString first = cursor.start();
    static const QRegularExpression unhandled(QStringLiteral(R"(^(?:Unhandled [Ee]xception[.:] |FATAL UNHANDLED EXCEPTION: ))"));
    bool uncaught = unhandled.match(first).hasMatch();
    first.remove(unhandled);
    if (first == u"Unhandled Exception:" && cursor.peek(1)) { // Mono: the title on a line of its own
        uncaught = true;
        cursor.take();
        first = *cursor.peek();
    }
    // "Type: message ---> Inner: message" on one line
    QStringList inner = first.split(QStringLiteral(" ---> "));
    first = inner.takeFirst();
    Frame frame;
    const auto ends = [](const QString &line) { return line.contains(u"--- End of "); };
    static const QRegularExpression arrow(QStringLiteral(R"(^\s*---> (?:\(Inner Exception #\d+\) )?(.*)$)"));
    const auto isPart = [&](const QString &line) { return readDotnetFrame(line, frame) || arrow.match(line).hasMatch(); };
    QString type;
    QString message;
    if (first.isEmpty() || !(splitTitle(first, type, message) && looksLikeThrowable(type)))
        return {};
    const size_t lines = linesTo(cursor, 0, 40, isPart);
    if (lines == 0 && !uncaught)
        return {};
    Crash crash;
    crash.type = type;
    crash.message = messageOf(cursor, 0, message, qMax<size_t>(lines, 1));
    cursor.take(qMax<size_t>(lines, 1));
    std::vector<Frame> deepest; // of the innermost exception
    int depth = 0; // inner exceptions come first, each closed by "--- End of inner exception stack trace ---"
    QString firstFrame;
    for (const auto &title : std::as_const(inner)) {
        if (!splitTitle(title, type, message)) {
            type.clear();
            message = title;
        }
        crash.causes.push_back({type, message});
        ++depth;
    }
    if (depth > 0)
        crash.message = crash.message.section(QStringLiteral(" ---> "), 0, 0);
    while (const QString *line = cursor.peek()) {
        if (const auto m = arrow.match(*line); m.hasMatch()) {
            QString told = m.captured(1);
            told.remove(QRegularExpression(QStringLiteral(R"(<---$)")));
            if (!splitTitle(told, type, message)) {
                type.clear();
                message = told;
            }
            const size_t more = qMax<size_t>(1, linesTo(cursor, 0, 20, [&](const QString &each) { return isPart(each) || ends(each); }));
            crash.causes.push_back({type, messageOf(cursor, 0, message, more)});
            ++depth;
            cursor.take(more);
        } else if (ends(*line)) {
            if (line->contains(u"inner exception"))
                depth = qMax(0, depth - 1);
            cursor.take();
        } else if (readDotnetFrame(*line, frame)) {
            if (*line == firstFrame && cursor.crosses())
                break; // the same crash, told again behind a header
            if (firstFrame.isEmpty())
                firstFrame = *line;
            if (depth == 0)
                crash.frames.push_back(frame);
            else if (size_t(depth) == crash.causes.size())
                deepest.push_back(frame);
            cursor.take();
        } else {
            break;
        }
    }
    if (!crash.causes.empty() && !deepest.empty()
        && std::any_of(crash.causes.begin(), crash.causes.end(), [&](const Cause &cause) { return saysOnly(crash.message, cause); }))
        crash.frames.insert(crash.frames.begin(), deepest.begin(), deepest.end());
    return crash;
}

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/crash.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::capture {

namespace {

bool isGoroutine(const QString &line)
{
    static const QRegularExpression shape(QStringLiteral(R"(^goroutine \d+(?: gp=\S+ m=\S+.*)? \[[^\]]*\]:$)"));
    return shape.match(line).hasMatch();
}

/// "main.(*store).put({0x1, 0x2}, 3)" → "main.(*store).put"
QString goFunction(const QString &line)
{
    QString name = line;
    if (name.endsWith(u')')) {
        int depth = 0;
        for (qsizetype i = name.size() - 1; i > 0; --i) {
            if (name[i] == u')')
                ++depth;
            else if (name[i] == u'(' && --depth == 0) {
                name.truncate(i);
                break;
            }
        }
    }
    return name;
}

} // namespace

std::optional<Crash> parseGo(Cursor &cursor)
{
    static const QRegularExpression opening(QStringLiteral(R"(^(panic|fatal error|http: panic serving [^\s]+|.*\bpanic recovered|SIGQUIT): ?(.*)$)"));
    const auto match = opening.match(cursor.start());
    if (!match.hasMatch())
        return {};
    size_t stack = 0;
    for (size_t i = 1; i < 40 && stack == 0; ++i) {
        const QString *line = cursor.peek(i);
        if (!line)
            return {};
        if (isGoroutine(*line))
            stack = i;
    }
    if (stack == 0)
        return {};
    Crash crash;
    crash.type = match.captured(1) == u"fatal error" ? QStringLiteral("fatal error") : QStringLiteral("panic");
    static const QRegularExpression marks(QStringLiteral(R"( \[recovered(?:, repanicked)?\]$)"));
    crash.message = match.captured(2).remove(marks);
    for (size_t i = 1; i < stack; ++i) {
        const QString line = *cursor.peek(i);
        if (line.startsWith(u"\tpanic: ")) { // raised while the one before was handled: this one reached the top
            crash.causes.insert(crash.causes.begin(), {crash.type, crash.message});
            crash.message = line.mid(8).remove(marks);
        } else if (!line.trimmed().isEmpty() && !line.startsWith(u"[signal ") && !line.startsWith(u"goroutine ")) {
            crash.message += u'\n' + line;
        }
    }
    crash.message = crash.message.trimmed();
    cursor.take(stack + 1);
    static const QRegularExpression place(QStringLiteral(R"(^\t(.+):(\d+)(?: (\+0x[0-9a-f]+))?$)"));
    int goroutines = 1;
    while (const QString *line = cursor.peek()) {
        if (isGoroutine(*line)) {
            ++goroutines;
            cursor.take();
            continue;
        }
        if (line->trimmed().isEmpty()) {
            const QString *next = cursor.peek(1);
            if (!next || !(isGoroutine(*next) || next->startsWith(u"exit status ")))
                break;
            cursor.take();
            continue;
        }
        if (line->startsWith(u"exit status ")) {
            cursor.take();
            break;
        }
        const QString *next = cursor.peek(1);
        if (line->startsWith(u"...") && line->contains(u"frames elided")) {
            cursor.take();
            continue;
        }
        const auto where = next ? place.match(*next) : QRegularExpressionMatch();
        if (!where.hasMatch() || line->startsWith(u'\t'))
            break;
        if (goroutines == 1 && !line->startsWith(u"created by "))
            crash.frames.push_back({goFunction(*line), where.captured(1), where.captured(2).toInt(), true, 0, where.captured(3)});
        cursor.take(2);
    }
    // A stack that was taken while the panic was handled begins with what handled it.
    const auto raised = std::find_if(crash.frames.begin(), crash.frames.end(), [](const Frame &frame) { return frame.function == u"panic"; });
    const bool handled = (match.captured(1) != u"panic" && match.captured(1) != u"fatal error")
        || (!crash.frames.empty() && crash.frames.front().function.startsWith(u"runtime/debug."));
    if (handled && raised != crash.frames.end() && raised + 1 != crash.frames.end())
        crash.frames.erase(crash.frames.begin(), raised + 1);
    return crash;
}

std::optional<Crash> parseRust(Cursor &cursor)
{
    static const QRegularExpression modern(QStringLiteral(R"(^thread '([^']*)'(?: \(\d+\))? panicked at ([^'].*?):(\d+):(\d+):$)"));
    static const QRegularExpression old(QStringLiteral(R"(^thread '([^']*)' panicked at '(.*)', (.+?):(\d+)(?::(\d+))?$)"), QRegularExpression::DotMatchesEverythingOption);
    const QString first = cursor.start();
    if (!first.startsWith(u"thread '"))
        return {};
    Crash crash;
    crash.type = QStringLiteral("panic");
    Frame place;
    const auto endsMessage = [](const QString &line) {
        return line.startsWith(u"note: ") || line == u"stack backtrace:" || line.startsWith(u"thread '");
    };
    if (const auto m = modern.match(first); m.hasMatch()) {
        place = {QString(), m.captured(2), m.captured(3).toInt(), true, m.captured(4).toInt()};
        size_t lines = 1;
        size_t last = 0;
        while (cursor.peek(lines) && !endsMessage(*cursor.peek(lines)) && lines < 60 && !cursor.crosses(lines))
            ++lines;
        const QString *end = cursor.peek(lines);
        last = end && endsMessage(*end) && !cursor.crosses(lines) ? lines : qMin<size_t>(lines, 2); // no note: one line is sure
        QStringList message;
        for (size_t i = 1; i < last; ++i)
            message << *cursor.peek(i);
        crash.message = message.join(u'\n').trimmed();
        cursor.take(last);
    } else {
        QString joined = first;
        size_t lines = 1;
        auto match = old.match(joined);
        while (!match.hasMatch() && lines < 40 && cursor.peek(lines) && !endsMessage(*cursor.peek(lines))) {
            joined += u'\n' + *cursor.peek(lines++);
            match = old.match(joined);
        }
        if (!match.hasMatch())
            return {};
        crash.message = match.captured(2);
        place = {QString(), match.captured(3), match.captured(4).toInt(), true, match.captured(5).toInt()};
        cursor.take(lines);
    }
    const QString *line = cursor.peek();
    if (line && *line == u"stack backtrace:") {
        cursor.take();
        static const QRegularExpression function(QStringLiteral(R"(^\s+\d+:\s+(?:0x[0-9a-f]+ - )?(.+)$)"));
        static const QRegularExpression where(QStringLiteral(R"(^\s+at (.+?):(\d+)(?::(\d+))?$)"));
        static const QRegularExpression crate(QStringLiteral(R"(\[[0-9a-f]{8,16}\])")); // core[c1f1a4ba060b9bfa]::fmt
        static const QRegularExpression hash(QStringLiteral(R"(::h[0-9a-f]{16}$)"));
        while ((line = cursor.peek())) {
            if (const auto f = function.match(*line); f.hasMatch()) {
                crash.frames.push_back({f.captured(1).remove(hash).remove(crate), QString(), 0, true});
            } else if (const auto w = where.match(*line); w.hasMatch() && !crash.frames.empty()) {
                crash.frames.back().file = w.captured(1);
                crash.frames.back().line = w.captured(2).toInt();
                crash.frames.back().column = w.captured(3).toInt();
                if (crash.frames.back().file.startsWith(u"./"))
                    crash.frames.back().file.remove(0, 2);
            } else {
                break;
            }
            cursor.take();
        }
    }
    if ((line = cursor.peek()) && line->startsWith(u"note: "))
        cursor.take();
    // What raises the panic stands before the place that the message names.
    size_t skip = 0;
    while (skip < crash.frames.size() && !isInApp(crash.frames[skip]))
        ++skip;
    if (crash.frames.empty() || skip == crash.frames.size())
        crash.frames.insert(crash.frames.begin(), place);
    return crash;
}

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/raise_place.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace coppice::capture {

namespace {

constexpr qsizetype placesKept = 24;
constexpr int farColumn = 200; ///< beyond it the code is minified, and columns shift with every build
const QString codeMark = QStringLiteral("code:");
const QString columnMark = QStringLiteral("col:");

QString shortHash(const QString &text, qsizetype length)
{
    return QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha1).toHex().left(length));
}

std::vector<int> linesOf(const QString &place)
{
    std::vector<int> lines;
    for (const auto &each : QStringView(place).mid(place.indexOf(u'/') + 1).split(u','))
        lines.push_back(each.toInt());
    return lines;
}

} // namespace

bool isRuntimeError(const Event &event)
{
    static constexpr std::array<QStringView, 34> types{
        u"KeyError", u"IndexError", u"TypeError", u"AttributeError", u"ZeroDivisionError", u"NameError", u"UnboundLocalError", u"RecursionError",
        u"ReferenceError", u"RangeError", u"NoMethodError", u"FrozenError", u"FloatDomainError", u"NullPointerException",
        u"ArrayIndexOutOfBoundsException", u"StringIndexOutOfBoundsException", u"IndexOutOfBoundsException", u"ClassCastException",
        u"ArithmeticException", u"NumberFormatException", u"NoSuchElementException", u"ConcurrentModificationException", u"NegativeArraySizeException",
        u"NullReferenceException", u"IndexOutOfRangeException", u"DivideByZeroException", u"InvalidCastException", u"OverflowException",
        u"KeyNotFoundException", u"DivisionByZeroError", u"ArgumentCountError", u"UnhandledMatchError", u"StackOverflowError", u"OutOfMemoryError"};
    const QStringView type = QStringView(event.type).mid(std::max(event.type.lastIndexOf(u'.'), event.type.lastIndexOf(u'\\')) + 1);
    if (type == u"TypeError" || type == u"RangeError" || type == u"ReferenceError") {
        // thrown by programs too: only the engines' own words
        static const QRegularExpression engine(QStringLiteral(
            R"(^(?:Cannot (?:read|set|destructure|convert|access|assign|redefine|mix)|.* is not (?:a function|defined|iterable|a constructor|callable|subscriptable)|Invalid (?:array|string|count|time) |Maximum call stack|'?\w+'? object |unsupported operand|can(?:not| only) |must be |.*positional argument|.*must be of type|Unsupported operand|.*expects? )|.*: Argument #)"));
        return engine.match(event.message).hasMatch();
    }
    if (event.type == u"panic" || event.type.contains(u"runtime")) {
        static const QRegularExpression runtime(QStringLiteral(
            R"(^(?:runtime error: )?(?:index out of |slice bounds |slice index |range (?:start|end) index |byte index |called `|attempt to |already (?:mutably )?borrowed|invalid memory address|assignment to entry in nil map|integer divide|interface conversion|close of |send on closed|internal error: entered unreachable|makeslice|all goroutines))"));
        return runtime.match(event.message).hasMatch();
    }
    return std::any_of(types.begin(), types.end(), [&](QStringView each) { return each == type; });
}

RaisePlace::RaisePlace(const Event &event, const std::vector<Frame> &frames)
{
    if (frames.empty())
        return;
    const Frame &top = frames.front();
    if (!top.code.isEmpty())
        m_code = codeMark + shortHash(top.code.simplified(), 12);
    if (top.line <= 0)
        return;
    if (top.column > 0 && top.column < farColumn)
        m_column = columnMark + QString::number(top.column);
    if (!event.release.isEmpty())
        m_release = shortHash(event.release, 6);
    m_shown = m_release + u'/';
    for (size_t i = 0; i < frames.size(); ++i) {
        m_lines.push_back(frames[i].line);
        m_shown += (i ? QStringLiteral(",%1") : QStringLiteral("%1")).arg(frames[i].line);
        if (i > 0 && m_caller < 0 && frames[i].file == top.file && frames[i].line != top.line)
            m_caller = int(i);
    }
}

bool RaisePlace::excludes(const QStringList &known, bool messageTells, bool sameMessage) const
{
    const auto has = [&](const QString &mark) {
        return std::any_of(known.begin(), known.end(), [&](const QString &each) { return each.startsWith(mark); });
    };
    const bool messageDecides = messageTells && sameMessage; // other words at another column are another place
    if (!messageDecides && !m_code.isEmpty() && has(codeMark))
        return !known.contains(m_code);
    const bool columns = !m_column.isEmpty() && has(columnMark);
    if (!messageDecides && columns && !known.contains(m_column))
        return true;
    if (m_lines.empty())
        return false;
    if (!m_release.isEmpty() && known.contains(m_shown)) // the very lines of the same release
        return false;
    bool sameRelease = false;
    bool sameCaller = false;
    for (const auto &each : known) {
        if (!each.contains(u'/'))
            continue;
        const auto lines = linesOf(each);
        const bool ofRelease = !m_release.isEmpty() && each.startsWith(m_release);
        const bool ofCaller = !messageTells && !columns && m_caller > 0 && size_t(m_caller) < lines.size() && lines[size_t(m_caller)] == m_lines[size_t(m_caller)];
        if ((ofRelease || ofCaller) && lines.front() == m_lines.front())
            return false;
        sameRelease = sameRelease || ofRelease;
        sameCaller = sameCaller || ofCaller;
    }
    return sameRelease || sameCaller;
}

int RaisePlace::distanceTo(const QStringList &known) const
{
    if (known.contains(m_shown) || (!m_code.isEmpty() && known.contains(m_code)))
        return 0;
    int nearest = farthest;
    for (const auto &each : known) {
        if (!each.contains(u'/'))
            continue;
        const auto lines = linesOf(each);
        if (m_lines.empty() || lines.size() != m_lines.size())
            continue;
        // the whole file moved: all lines by the same
        const int shift = m_lines.front() - lines.front();
        const int others = m_caller > 0 ? m_lines[size_t(m_caller)] - lines[size_t(m_caller)] : 0;
        nearest = std::min(nearest, 1 + std::abs(shift - others));
    }
    return nearest;
}

bool RaisePlace::addTo(QStringList &known) const
{
    bool added = false;
    for (const auto *each : {&m_shown, &m_column, &m_code}) {
        if (each->isEmpty() || known.contains(*each))
            continue;
        known << *each;
        added = true;
    }
    while (known.size() > placesKept)
        known.removeFirst();
    return added;
}

} // namespace coppice::capture

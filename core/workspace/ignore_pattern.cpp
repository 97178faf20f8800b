// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace/ignore_pattern.h"

#include <QByteArrayList>

#include <cctype>

namespace coppice::workspace {

namespace {

/// Spaces at the end do not count, unless a backslash stands before them.
QByteArray withoutTrailingSpaces(const QByteArray &line)
{
    qsizetype keep = 0;
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && i + 1 < line.size())
            keep = ++i + 1;
        else if (line[i] != ' ')
            keep = i + 1;
    }
    return line.left(keep);
}

/// The characters of [:name:]; none when there is no such class.
std::optional<std::bitset<256>> namedClass(const QByteArray &name)
{
    struct Named {
        const char *name;
        int (*test)(int);
    };
    static constexpr Named all[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
                                    {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
                                    {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};
    for (const auto &one : all) {
        if (name != one.name)
            continue;
        std::bitset<256> set;
        for (int c = 0; c < 128; ++c)
            set[size_t(c)] = one.test(c) != 0;
        return set;
    }
    return std::nullopt;
}

} // namespace

std::optional<IgnorePattern> IgnorePattern::parse(QByteArray line)
{
    if (line.endsWith('\r'))
        line.chop(1);
    if (line.startsWith('#'))
        return std::nullopt;
    line = withoutTrailingSpaces(line);
    IgnorePattern pattern;
    if (line.startsWith('!')) {
        pattern.m_negated = true;
        line.remove(0, 1);
    }
    if (line.endsWith('/')) {
        pattern.m_foldersOnly = true;
        line.chop(1);
    }
    pattern.m_nameOnly = !line.contains('/');
    if (line.startsWith('/'))
        line.remove(0, 1);
    if (line.isEmpty() || line.size() > 4096)
        return std::nullopt;
    pattern.m_broken = !pattern.compile(line);
    return pattern;
}

/// [...], from the character after the bracket; `at` is left at the closing one.
bool IgnorePattern::compileClass(const QByteArray &pattern, qsizetype &at)
{
    std::bitset<256> set;
    const auto peek = [&](qsizetype i) { return i < pattern.size() ? uchar(pattern[i]) : uchar(0); };
    const bool inverted = peek(at) == '!' || peek(at) == '^';
    if (inverted)
        ++at;
    int before = -1; // the character that a range may begin with
    for (bool first = true; first || peek(at) != ']'; first = false, ++at) {
        if (at >= pattern.size())
            return false; // never closed
        uchar c = peek(at);
        if (c == '[' && peek(at + 1) == ':') {
            const auto end = pattern.indexOf(']', at + 2);
            if (end < 0)
                return false;
            if (end > at + 2 && pattern[end - 1] == ':') {
                const auto named = namedClass(pattern.mid(at + 2, end - at - 3));
                if (!named)
                    return false;
                set |= *named;
                at = end;
                before = -1;
                continue;
            }
            set.set('[');
            before = '[';
        } else if (c == '-' && before >= 0 && peek(at + 1) != 0 && peek(at + 1) != ']') {
            c = peek(++at);
            if (c == '\\' && (c = peek(++at)) == 0)
                return false;
            for (int i = before; i <= c; ++i)
                set.set(size_t(i));
            before = -1;
        } else {
            if (c == '\\' && (c = peek(++at)) == 0)
                return false;
            set.set(c);
            before = c;
        }
    }
    if (inverted)
        set.flip();
    if (!m_nameOnly)
        set.reset('/');
    m_tokens.push_back({Kind::Set, set});
    return true;
}

bool IgnorePattern::compile(const QByteArray &pattern)
{
    const auto character = [this](char c) {
        Token token;
        token.set.set(uchar(c));
        m_tokens.push_back(token);
    };
    // git compares what comes before the first special character by itself, and takes "**" right after it as one at the
    // beginning: "/b**" matches b/c.
    qsizetype plain = 0;
    while (plain < pattern.size() && !QByteArrayView("*?[\\").contains(pattern[plain]))
        ++plain;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '*') {
            qsizetype end = i;
            while (end < pattern.size() && pattern[end] == '*')
                ++end;
            const bool alone = i == plain || pattern[i - 1] == '/';
            if (end - i >= 2 && alone && end < pattern.size() && pattern[end] == '/') {
                m_tokens.push_back({Kind::Folders, {}});
                ++end; // with its slash
            } else {
                const bool all = end - i >= 2 && alone && end == pattern.size();
                m_tokens.push_back({all || m_nameOnly ? Kind::Everything : Kind::Star, {}});
            }
            i = end - 1;
        } else if (c == '?') {
            Token token;
            token.set.set();
            if (!m_nameOnly)
                token.set.reset('/');
            m_tokens.push_back(token);
        } else if (c == '[') {
            if (!compileClass(pattern, ++i))
                return false;
        } else if (c == '\\') {
            if (++i >= pattern.size())
                return false;
            character(pattern[i]);
        } else {
            character(c);
        }
    }
    return true;
}

bool IgnorePattern::matches(QByteArrayView path, bool folder) const
{
    if (m_broken || (m_foldersOnly && !folder))
        return false;
    if (m_nameOnly) {
        for (qsizetype i = path.size(); i > 0; --i) {
            if (path[i - 1] == '/') {
                path = path.sliced(i);
                break;
            }
        }
    }
    // All places in the pattern that the path so far can have led to; `within` marks those inside a "**/".
    const size_t count = m_tokens.size();
    std::vector<char> here(count + 1), within(count + 1), next, nextWithin;
    const auto arrive = [&](std::vector<char> &places, size_t place) {
        for (;;) {
            if (places[place])
                return;
            places[place] = 1;
            if (place == count || m_tokens[place].kind == Kind::Set)
                return;
            ++place; // these three may stand for nothing
        }
    };
    arrive(here, 0);
    for (const char raw : path) {
        const auto c = uchar(raw);
        next.assign(count + 1, 0);
        nextWithin.assign(count + 1, 0);
        for (size_t i = 0; i < count; ++i) {
            if (!here[i] && !within[i])
                continue;
            switch (m_tokens[i].kind) {
            case Kind::Set:
                if (here[i] && m_tokens[i].set[c])
                    arrive(next, i + 1);
                break;
            case Kind::Star:
                if (here[i] && c != '/')
                    arrive(next, i);
                break;
            case Kind::Everything:
                arrive(next, i);
                break;
            case Kind::Folders:
                nextWithin[i] = 1;
                if (c == '/')
                    arrive(next, i + 1);
                break;
            }
        }
        here.swap(next);
        within.swap(nextWithin);
    }
    return here[count];
}

} // namespace coppice::workspace

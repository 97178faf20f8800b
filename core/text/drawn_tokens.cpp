// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/drawn_tokens.h"

namespace coppice::text {

namespace {

constexpr qsizetype shortest = 36;         ///< of a word without a prefix
constexpr qsizetype longestPrefix = 20;

enum Kind : quint8 { None, Upper, Lower, Digit, Joint };

Kind kindOf(QChar c)
{
    const auto u = c.unicode();
    if (u >= u'a' && u <= u'z')
        return Lower;
    if (u >= u'A' && u <= u'Z')
        return Upper;
    if (u >= u'0' && u <= u'9')
        return Digit;
    return u == u'_' || u == u'-' ? Joint : None;
}

/// A draw from 62 signs changes between the three kinds at six of ten places; words, names and hashes do far more seldom.
bool isDrawn(QStringView word)
{
    qsizetype changes = 0;
    qsizetype count = 0;
    qsizetype of[5] = {};
    Kind before = None;
    for (const QChar c : word) {
        const Kind kind = kindOf(c);
        ++of[kind];
        if (kind == Joint)
            continue;
        changes += before != None && kind != before;
        before = kind;
        ++count;
    }
    return of[Upper] >= 3 && of[Lower] >= 3 && of[Digit] >= 2 && of[Joint] * 8 <= count && changes * 20 >= count * 9;
}

bool isHashName(QStringView prefix)
{
    return prefix.startsWith(u"sha", Qt::CaseInsensitive) || prefix.startsWith(u"md5", Qt::CaseInsensitive);
}

/// Behind "abc_", "abc-def_": letters and joints up to the last joint that has no digit before it.
qsizetype prefixOf(QStringView word)
{
    qsizetype length = 0;
    for (qsizetype i = 0; i < word.size() && i < longestPrefix; ++i) {
        const Kind kind = kindOf(word[i]);
        if (kind == Digit)
            break;
        if (kind == Joint && i >= 2)
            length = i + 1;
    }
    return length;
}

} // namespace

std::vector<SecretValue> findDrawnTokens(const QString &text)
{
    std::vector<SecretValue> found;
    const QStringView all(text);
    for (qsizetype at = 0; at < all.size();) {
        if (kindOf(all[at]) == None) {
            ++at;
            continue;
        }
        const qsizetype from = at;
        while (at < all.size() && kindOf(all[at]) != None)
            ++at;
        if (at - from < shortestDrawn)
            continue;
        const QStringView word = all.mid(from, at - from);
        const qsizetype prefix = prefixOf(word);
        const QStringView rest = word.mid(prefix);
        const bool longEnough = rest.size() >= (prefix > 0 ? shortestDrawn : shortest);
        // what follows "sha512-" may go on behind a sign of base64
        const bool hash = isHashName(word) || (from > 6 && all[from - 1] != u' ' && all.mid(from > 100 ? from - 100 : 0, from > 100 ? 100 : from).contains(u"sha512-"));
        if (longEnough && !hash && isDrawn(rest))
            found.push_back({from, at});
    }
    return found;
}

} // namespace coppice::text

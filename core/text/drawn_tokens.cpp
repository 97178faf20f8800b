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

constexpr qsizetype shortestWord = 4;

/// What tells a draw from a name.
struct Look {
    qsizetype of[5] = {}; ///< signs of each kind
    qsizetype changes = 0; ///< of kind, from one sign to the next
    qsizetype worded = 0; ///< signs in stretches that a word could be: a capital or none, small letters, four or more in all
};

Look lookAt(QStringView word)
{
    Look look;
    Kind before = None;
    qsizetype stretch = 0;
    const auto end = [&] {
        look.worded += stretch >= shortestWord ? stretch : 0;
        stretch = 0;
    };
    for (const QChar c : word) {
        const Kind kind = kindOf(c);
        ++look.of[kind];
        if (kind != Lower)
            end();
        stretch += kind == Lower || kind == Upper;
        if (kind == Joint)
            continue;
        look.changes += before != None && kind != before;
        before = kind;
    }
    end();
    return look;
}

/// A draw from 62 signs changes between the three kinds at six of ten places, give or take one; names in camel case and
/// hashes do far more seldom. Where it is between, a name is made of words, and a draw has few stretches that look like one.
bool isDrawn(QStringView word)
{
    const Look look = lookAt(word);
    const qsizetype count = word.size() - look.of[Joint];
    const bool plainly = look.changes * 20 >= count * 9 && look.worded * 3 < count;
    return look.of[Upper] >= 3 && look.of[Lower] >= 3 && look.of[Digit] >= (plainly ? 1 : 2) && look.of[Joint] * 8 <= count
        && look.changes * 10 >= count * 3 && look.worded * 2 < count;
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

// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a sentence that a client wrote stands on the facts that it names.
#include "manager/lexicon.h"
#include "manager/wording.h"
#include "text/hidden.h"

#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestSentence = 400;
constexpr int mostFacts = 6;
constexpr int windowSize = 5;

using Words = QSet<QString>;

/// A fact taken apart once.
struct Ground {
    const NamedFact *fact = nullptr;
    std::vector<Token> tokens; ///< its own words; not those of quotations
    Words all;     ///< lower case and stems, of quotations too
    Words stems;   ///< of its own words
    Words plugins; ///< that it speaks of, in lower case
    bool denies = false;
};

bool joins(const Token &token)
{
    static const QSet<QString> words{u"and"_s, u"but"_s, u"while"_s, u"which"_s, u"where"_s, u"as"_s};
    return words.contains(token.lower);
}

/// What a figure counts: the words around it, up to the next figure or break of the sentence.
Words windowOf(const std::vector<Token> &tokens, size_t at, bool before, const Words &skip)
{
    Words words;
    const auto take = [&](const Token &token) {
        if (!isFunctionWord(token.lower) && !skip.contains(token.lower))
            words.insert(token.stem);
    };
    for (size_t i = at + 1, n = 0; !tokens[i - 1].ends && i < tokens.size() && !tokens[i].isNumber() && !joins(tokens[i]) && n < windowSize; ++i, ++n)
        take(tokens[i]);
    for (size_t i = at, n = 0; before && i > 0 && !tokens[i - 1].ends && !tokens[i - 1].isNumber() && !joins(tokens[i - 1]) && n < 3; --i, ++n)
        take(tokens[i - 1]);
    return words;
}

Ground groundOf(const NamedFact &fact, const Words &plugins)
{
    Ground ground;
    ground.fact = &fact;
    QString text = fact.text;
    if (fact.at > 0)
        text += u" "_s + QDateTime::fromMSecsSinceEpoch(fact.at, Qt::UTC).date().toString(Qt::ISODate);
    for (auto &token : tokensOf(text)) {
        ground.all << token.lower << token.stem;
        if (token.quoted)
            continue;
        if (plugins.contains(token.lower))
            ground.plugins << token.lower;
        ground.denies = ground.denies || isDenial(token.lower);
        ground.stems << token.stem << token.lower;
        ground.tokens.push_back(std::move(token));
    }
    if (!fact.plugin.isEmpty())
        ground.plugins << fact.plugin.toLower();
    for (const QString &part : fact.link.split(u':'))
        ground.all << part.toLower();
    return ground;
}

class Judge
{
public:
    Judge(const QStringList &facts, const std::vector<NamedFact> &known, const QStringList &plugins)
    {
        for (const QString &plugin : plugins)
            m_plugins << plugin.toLower();
        for (const auto &fact : known) {
            if (!fact.plugin.isEmpty())
                m_plugins << fact.plugin.toLower();
        }
        for (const QString &id : facts) {
            const auto found = std::ranges::find(known, id, &NamedFact::id);
            if (found == known.end())
                m_missing = id;
            else
                m_grounds.push_back(groundOf(*found, m_plugins));
        }
    }

    QString judge(const QString &given, qsizetype count)
    {
        if (count == 0)
            return u"it names no fact"_s;
        if (count > mostFacts)
            return u"it names more than %1 facts"_s.arg(mostFacts);
        if (!m_missing.isEmpty())
            return u"it names a fact that is not there: %1"_s.arg(text::plain(m_missing, 40));
        if (const QString why = form(given); !why.isEmpty())
            return why;
        const QString sentence = withoutQuotations(given);
        if (!m_why.isEmpty())
            return m_why;
        m_tokens = tokensOf(sentence);
        for (const auto check : {&Judge::names, &Judge::whose, &Judge::claims, &Judge::figures, &Judge::order, &Judge::novelty}) {
            if (const QString why = (this->*check)(); !why.isEmpty())
                return why;
        }
        return {};
    }

private:
    static QString form(const QString &given)
    {
        if (given.trimmed().isEmpty() || given.size() > longestSentence)
            return u"it is empty, or longer than %1 characters"_s.arg(longestSentence);
        if (given.contains(u'\n') || given.contains(u'\t') || text::plain(given) != given || !text::findHidden(given).empty())
            return u"it holds characters that do not belong into a sentence"_s;
        for (const QChar c : given) {
            if ((c.category() >= QChar::Number_DecimalDigit && c.category() <= QChar::Number_Other && c.unicode() > 127) || c.isSurrogate()
                || c.category() == QChar::Mark_NonSpacing || c.category() == QChar::Mark_Enclosing || (c.isLetter() && c.script() != QChar::Script_Latin && c.script() != QChar::Script_Common))
                return u"it holds digits or letters of another script"_s;
            if (u"<>`[]{}|\\*#^~=_@"_s.contains(c) && !u"_@="_s.contains(c))
                return u"it holds markup"_s;
        }
        static const QRegularExpression link(u"[a-z][a-z0-9+.-]*:/|www\\.|mailto:|//"_s, QRegularExpression::CaseInsensitiveOption);
        if (link.match(given).hasMatch())
            return u"it holds a link"_s;
        return {};
    }

    /// Quotations have to stand so in a named fact; then they say nothing of their own.
    QString withoutQuotations(const QString &given)
    {
        static const QRegularExpression quotation(u"“([^“”]*)”|\"([^\"]*)\"|‘([^‘’]{2,})’"_s);
        QString rest;
        qsizetype from = 0;
        for (auto matches = quotation.globalMatch(given); matches.hasNext();) {
            const auto match = matches.next();
            const QString words = QString(match.captured(1) + match.captured(2) + match.captured(3)).trimmed();
            QString bare = words;
            while (!bare.isEmpty() && u".,;!?"_s.contains(bare.back()))
                bare.chop(1);
            if (!std::ranges::any_of(m_grounds, [&](const Ground &one) { return one.fact->text.contains(bare); }))
                m_why = u"it quotes what is in none of its facts: %1"_s.arg(words.left(60));
            rest += given.mid(from, match.capturedStart() - from) + u" "_s;
            from = match.capturedEnd();
        }
        rest += given.mid(from);
        if (rest.contains(u'“') || rest.contains(u'”') || rest.contains(u'"'))
            m_why = u"a quotation is not closed"_s;
        return rest;
    }

    [[nodiscard]] bool anywhere(const Token &token) const
    {
        return std::ranges::any_of(m_grounds, [&](const Ground &one) { return one.all.contains(token.lower) || one.all.contains(token.stem) || one.plugins.contains(token.lower); });
    }

    QString names()
    {
        static const QSet<QString> openers{u"the"_s, u"a"_s, u"an"_s, u"in"_s, u"on"_s, u"of"_s, u"there"_s, u"for"_s, u"at"_s, u"since"_s, u"after"_s, u"also"_s, u"its"_s,
                                           u"this"_s, u"that"_s, u"with"_s, u"while"_s, u"as"_s, u"meanwhile"_s, u"another"_s, u"here"_s, u"by"_s, u"from"_s, u"to"_s};
        static const QSet<QString> kinds{u"plugin"_s, u"service"_s, u"server"_s, u"package"_s, u"library"_s, u"repository"_s, u"team"_s, u"client"_s};
        for (size_t i = 0; i < m_tokens.size(); ++i) {
            const auto &token = m_tokens[i];
            if (m_plugins.contains(token.lower)) {
                m_named << token.lower;
                if (!std::ranges::any_of(m_grounds, [&](const Ground &one) { return one.plugins.contains(token.lower); }))
                    return u"none of its facts is about %1"_s.arg(token.shown);
                continue;
            }
            const bool there = anywhere(token);
            if (!token.isNumber() && !there) {
                const bool capital = token.shown.front().isUpper() && (i > 0 || !openers.contains(token.lower)) && !(i > 0 && isFunctionWord(token.lower));
                if (looksLikeName(token) || capital)
                    return u"%1 is in none of its facts"_s.arg(token.shown.left(60));
                const auto isKind = [](const Token &one) { return kinds.contains(one.lower) || (one.lower.endsWith(u's') && kinds.contains(one.lower.chopped(1))); };
                const bool beforeKind = i + 1 < m_tokens.size() && isKind(m_tokens[i + 1]) && !token.ends;
                const bool afterKind = i > 0 && kinds.contains(m_tokens[i - 1].lower) && !m_tokens[i - 1].ends;
                if ((beforeKind || afterKind) && !isFunctionWord(token.lower) && !isDenial(token.lower))
                    return u"%1 is in none of its facts"_s.arg(token.shown.left(60));
            }
        }
        // A date, an id, a name by its form is of what the sentence tells of, as a figure is.
        for (const auto &token : m_tokens) {
            if (!token.isNumber() && !m_plugins.contains(token.lower) && looksLikeName(token)
                && !held([&](const Ground &one) { return one.all.contains(token.lower) || one.all.contains(token.stem); }))
                return u"%1 is not in a fact of what it tells of"_s.arg(token.shown.left(60));
        }
        return {};
    }

    /// A sentence on a plugin's fact says which plugin it tells of.
    QString whose()
    {
        for (const auto &ground : m_grounds) {
            if (!ground.plugins.isEmpty() && !ground.plugins.intersects(m_named))
                return u"it does not say which plugin the fact %1 is about"_s.arg(ground.fact->id);
            if (!ground.fact->plugin.isEmpty() && !m_named.contains(ground.fact->plugin.toLower()))
                return u"it does not say which plugin the fact %1 is about"_s.arg(ground.fact->id);
        }
        return {};
    }

    /// True where a fact of every plugin that is named (of none: any fact) has it.
    template <class Has> [[nodiscard]] bool held(const Has &has) const
    {
        if (m_named.isEmpty())
            return std::ranges::any_of(m_grounds, has);
        return std::ranges::all_of(m_named, [&](const QString &plugin) {
            return std::ranges::any_of(m_grounds, [&](const Ground &one) { return one.plugins.contains(plugin) && has(one); });
        });
    }

    QString claims()
    {
        bool denies = false;
        for (const auto &token : m_tokens) {
            denies = denies || isDenial(token.lower);
            if (m_plugins.contains(token.lower) || token.isNumber() || !isClaimWord(token.stem) || isDenial(token.lower))
                continue;
            if (!held([&](const Ground &one) { return one.stems.contains(token.stem); }))
                return u"“%1” is not in a fact of what it tells of"_s.arg(token.shown.left(60));
        }
        if (denies && !held([](const Ground &one) { return one.denies; }))
            return u"it denies what no fact of it denies"_s;
        static const QStringList hard{u"no longer"_s, u"not known"_s, u"cannot be"_s, u"was not done"_s, u"not been"_s};
        const bool leaves = std::ranges::any_of(m_tokens, [](const Token &one) { return one.stem == stemOf(u"removed"_s) || one.lower == u"gone" || one.lower == u"left"; });
        for (const auto &ground : m_grounds) {
            const bool must = std::ranges::any_of(hard, [&](const QString &phrase) { return ground.fact->text.contains(phrase); });
            if (must && !denies && !leaves)
                return u"it leaves the “not” of the fact %1 away"_s.arg(ground.fact->id);
        }
        return {};
    }

    QString figures()
    {
        for (size_t i = 0; i < m_tokens.size(); ++i) {
            const auto &token = m_tokens[i];
            if (!token.isNumber())
                continue;
            const Words counted = windowOf(m_tokens, i, false, m_plugins);
            const bool good = held([&](const Ground &one) {
                for (size_t at = 0; at < one.tokens.size(); ++at) {
                    if (one.tokens[at].number != token.number)
                        continue;
                    const Words there = windowOf(one.tokens, at, true, {});
                    if (counted.isEmpty() && !tellsOfAnother(one, at, i))
                        return true;
                    const bool allClaims = std::ranges::all_of(counted, [&](const QString &word) { return !isClaimWord(word) || there.contains(word); });
                    if (!counted.isEmpty() && allClaims && there.intersects(counted))
                        return true;
                }
                return false;
            });
            if (!good)
                return u"the figure %1 is not in a fact of what it tells of"_s.arg(token.shown.left(60));
        }
        return {};
    }
    /// "failures: 7", where the fact counts something else with 7.
    [[nodiscard]] bool tellsOfAnother(const Ground &ground, size_t at, size_t i) const
    {
        const Words there = windowOf(ground.tokens, at, true, {});
        for (size_t before = i, n = 0; before > 0 && n < windowSize; --before, ++n) {
            const auto &word = m_tokens[before - 1];
            if (word.isNumber() || joins(word) || (word.ends && !word.colon))
                return false;
            const bool countable = !isFunctionWord(word.lower) && !m_plugins.contains(word.lower) && word.lower.size() > 3 && word.lower.endsWith(u's');
            if (countable && !there.contains(word.stem))
                return true;
        }
        return false;
    }

    /// "from A to B" keeps its direction.
    QString order()
    {
        const auto at = [](const std::vector<Token> &tokens, const QString &word, size_t from) {
            for (size_t i = from; i < tokens.size(); ++i) {
                if (tokens[i].lower == word)
                    return i;
            }
            return tokens.size();
        };
        const size_t from = at(m_tokens, u"from"_s, 0), to = at(m_tokens, u"to"_s, 0);
        if (from == m_tokens.size() || to == m_tokens.size())
            return {};
        // What stands last before the next of the two words, or right behind it: the value of each.
        const auto valueAfter = [&](size_t word) -> const Token * {
            for (size_t i = word + 1; i < m_tokens.size() && i < word + 4; ++i) {
                if (m_tokens[i].isNumber() || isClaimWord(m_tokens[i].stem))
                    return &m_tokens[i];
            }
            return nullptr;
        };
        const Token *first = valueAfter(from);
        const Token *second = valueAfter(to);
        if (!first || !second)
            return {};
        for (const auto &ground : m_grounds) {
            const auto same = [](const Token &a, const Token &b) { return a.isNumber() ? a.number == b.number : a.stem == b.stem; };
            const auto a = std::ranges::find_if(ground.tokens, [&](const Token &one) { return same(*first, one); });
            const auto b = std::ranges::find_if(ground.tokens, [&](const Token &one) { return same(*second, one); });
            if (a != ground.tokens.end() && b != ground.tokens.end() && a < b)
                return {};
        }
        return u"its “from” and “to” are not as in a fact"_s;
    }

    QString novelty()
    {
        int content = 0, unknown = 0;
        for (const auto &token : m_tokens) {
            if (isFunctionWord(token.lower) || token.isNumber())
                continue;
            ++content;
            unknown += !anywhere(token);
        }
        return unknown * 2 > content ? u"most of its words are in none of its facts"_s : QString();
    }

    Words m_plugins; ///< of the library, in lower case
    std::vector<Ground> m_grounds;
    QString m_missing, m_why;
    std::vector<Token> m_tokens;
    Words m_named; ///< plugins that the sentence names
};

} // namespace

QString unsupported(const QString &sentence, const QStringList &facts, const std::vector<NamedFact> &known, const QStringList &plugins)
{
    return Judge(facts, known, plugins).judge(sentence, facts.size());
}

} // namespace coppice::manager

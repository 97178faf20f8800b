// SPDX-License-Identifier: GPL-3.0-or-later
#include "manager/lexicon.h"

#include <QHash>
#include <QRegularExpression>

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

QSet<QString> setOf(const char *words, bool stems)
{
    QSet<QString> all;
    for (const QString &word : QString::fromLatin1(words).split(u' ', Qt::SkipEmptyParts))
        all.insert(stems ? stemOf(word) : word);
    return all;
}

const QHash<QString, QString> &numberWords()
{
    static const QHash<QString, QString> words = [] {
        QHash<QString, QString> all;
        const char *const names[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
                                     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};
        for (int i = 0; i <= 20; ++i)
            all.insert(QString::fromLatin1(names[i]), QString::number(i));
        const char *const tens[] = {"thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
        for (int i = 0; i < 7; ++i)
            all.insert(QString::fromLatin1(tens[i]), QString::number(10 * (i + 3)));
        for (const auto &[word, value] : {std::pair{"hundred", "100"}, {"thousand", "1000"}, {"million", "1000000"}, {"billion", "1000000000"}, {"dozen", "12"},
                                          {"both", "2"}, {"twice", "2"}, {"once", "1"}, {"thrice", "3"}, {"single", "1"}, {"pair", "2"}})
            all.insert(QLatin1String(word), QLatin1String(value));
        return all;
    }();
    return words;
}

const QString around = u".,;:!?()[]{}\"'“”‘’…*"_s;

bool isBreak(QChar c)
{
    return u".,;:!?…)"_s.contains(c);
}

Token tokenOf(const QString &shown, bool quoted)
{
    Token token;
    token.shown = shown;
    token.lower = shown.toLower();
    token.lower.replace(u'’', u'\'');
    if (token.lower.endsWith("'s"_L1))
        token.lower.chop(2);
    token.stem = stemOf(token.lower);
    token.quoted = quoted;
    static const QRegularExpression grouped(u"^[+-]?\\d{1,3}(,\\d{3})+(\\.\\d+)?$"_s);
    static const QRegularExpression plain(u"^[+-]?\\d+(\\.\\d+)*$"_s);
    static const QRegularExpression version(u"^v(\\d+(\\.\\d+)+)$"_s);
    QString text = token.lower;
    if (grouped.match(text).hasMatch())
        text.remove(u',');
    if (const auto match = version.match(text); match.hasMatch())
        text = match.captured(1);
    if (plain.match(text).hasMatch())
        token.number = text.startsWith(u'+') ? text.mid(1) : text;
    else
        token.number = numberWords().value(token.lower);
    return token;
}

} // namespace

QString stemOf(const QString &word)
{
    static const QHash<QString, QString> odd{{u"failure"_s, u"fail"_s}, {u"known"_s, u"know"_s}, {u"broken"_s, u"break"_s}, {u"broke"_s, u"break"_s}, {u"done"_s, u"done"_s},
                                             {u"went"_s, u"go"_s},      {u"made"_s, u"make"_s},  {u"shipped"_s, u"ship"_s}, {u"shipping"_s, u"ship"_s},
                                             {u"shipment"_s, u"ship"_s}, {u"came"_s, u"come"_s}, {u"lost"_s, u"lose"_s}, {u"stolen"_s, u"steal"_s}, {u"rose"_s, u"rise"_s},
                                             {u"fell"_s, u"fall"_s}, {u"grew"_s, u"grow"_s}, {u"reverted"_s, u"revert"_s}, {u"seen"_s, u"see"_s}};
    QString stem = word.toLower();
    if (const auto there = odd.constFind(stem); there != odd.cend())
        stem = *there;
    const auto cut = [&stem](QLatin1String end, QLatin1String with = {}) {
        if (!stem.endsWith(end) || stem.size() - end.size() < 3)
            return false;
        stem = stem.chopped(end.size()) + with;
        return true;
    };
    if (!cut("ies"_L1, "y"_L1) && !cut("ied"_L1, "y"_L1) && !cut("ing"_L1) && !cut("ed"_L1) && !cut("es"_L1) && !stem.endsWith("ss"_L1))
        cut("s"_L1);
    if (stem.endsWith(u'e') && stem.size() > 3)
        stem.chop(1);
    return stem;
}

std::vector<Token> tokensOf(const QString &text)
{
    std::vector<Token> tokens;
    bool quoted = false;
    for (QString part : text.simplified().split(u' ', Qt::SkipEmptyParts)) {
        if (part.startsWith(u'“'))
            quoted = true;
        const bool leaves = part.contains(u'”');
        bool ends = false, colon = false;
        while (!part.isEmpty() && around.contains(part.front()))
            part.remove(0, 1);
        QStringList units;
        QString money;
        while (!part.isEmpty() && (around.contains(part.back()) || part.back() == u'%')) {
            if (part.back() == u'%')
                units << u"percent"_s;
            ends = ends || isBreak(part.back());
            colon = colon || part.back() == u':';
            part.chop(1);
        }
        if (part.startsWith(u'$') || part.startsWith(u'€')) {
            money = part.front() == u'$' ? u"usd"_s : u"eur"_s;
            part.remove(0, 1);
        }
        static const QRegularExpression withUnit(u"^(\\d+)-([A-Za-z]+)$"_s);
        if (const auto match = withUnit.match(part); match.hasMatch()) {
            part = match.captured(1);
            units << match.captured(2);
        }
        if (part == u"–" || part == u"—" || part == u"-" || part.isEmpty()) {
            if (!tokens.empty())
                tokens.back().ends = true;
        } else {
            tokens.push_back(tokenOf(part, quoted));
            if (!money.isEmpty())
                units << money;
            for (const QString &unit : units)
                tokens.push_back(tokenOf(unit, quoted));
            tokens.back().ends = ends;
            tokens.back().colon = colon;
        }
        if (leaves)
            quoted = false;
    }
    return tokens;
}

bool isFunctionWord(const QString &lower)
{
    static const QSet<QString> words = setOf("a an the of in on at to for from by with and or its it their his her our your we you they them he she i is are was were be been being am "
                                             "has have had having do does did this that these those which who whose whom what as than then there here also still now while but so about "
                                             "over under into onto within per out up off through between among against along upon whether if when where how why may might can could should would must "
                                             "shall will itself themselves another other others such own same too very just yet again since after before during until because however though although "
                                             "meanwhile moreover", false);
    return words.contains(lower);
}

bool isClaimWord(const QString &stem)
{
    static const QSet<QString> words = setOf(
        // judgements and states
        "good fair poor unknown healthy unhealthy excellent bad badly worst worse worsen best better improve improved degrade degraded critical severe serious dangerous "
        "danger safe unsafe stable unstable broken break crash outage offline unavailable compromised hacked leak breach attack malicious vulnerable vulnerability insecure secure "
        "steal lose corrupt verified verify ship deploy release rollback revert merge fix fixed mend solve resolve regress done fail cancel close pause resume block diverge behind "
        "ahead conflict reject approve accept decline mute wait expire deprecated abandoned unmaintained obsolete urgent urgently immediate immediately important harmless fine okay "
        "increase decrease rise fall grow shrink drop spike surge faster slower older newer oldest newest longest shortest highest lowest largest smallest cheapest expensive "
        "successful success unsuccessful pass passed perfect ready complete incomplete stuck idle removed remove gone added new first last final "
        // amounts
        "all every each only most mostly majority minority many few several some any nobody everybody nothing everything everyone none always never often rarely frequent frequently "
        "double triple quadruple half halve quarter third percent couple dozens hundreds thousands millions countless numerous "
        // times
        "today yesterday tomorrow tonight overnight monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november "
        "december week weekly month monthly year yearly daily hourly recently ago soon "
        // causes
        "due cause because reason therefore thanks hence thus consequently owing lead led result resulting responsible fault blame "
        // what one could be told to do
        "click visit install execute curl sudo paste ignore disregard password token credential secret transfer pay send email call download upload login delete disable "
        "override forward urge recommend advise propose suggest",
        true);
    return words.contains(stem);
}

bool isDenial(const QString &lower)
{
    static const QSet<QString> words = setOf("not no never without neither nor cannot nobody nothing none unable hardly barely unknown", false);
    return words.contains(lower) || lower.endsWith("n't"_L1);
}

bool looksLikeName(const Token &token)
{
    const QString &word = token.shown;
    static const QRegularExpression form(u"[0-9_/\\\\:@#=+~&.\\-]"_s);
    static const QRegularExpression capitals(u"[A-Za-z0-9][A-Z]"_s);
    return form.match(word).hasMatch() || capitals.match(word).hasMatch();
}

} // namespace coppice::manager

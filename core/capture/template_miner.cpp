// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/template_miner.h"

#include <QHashFunctions>

#include <algorithm>
#include <array>

namespace coppice::capture {

namespace {

using Piece = TemplateMiner::Piece;
using Is = Piece::Is;

constexpr double mostDifferent = 0.2; ///< share of a message's weight that may differ within one template
constexpr qsizetype mostForms = 20'000;

// What a token adds to a message's weight, and what a difference there costs.
constexpr double proseWeight = 1;
constexpr double otherProse = 2; ///< cost of another word of prose
constexpr double nameWeight = 0.5;

enum Shape : quint8 { Lower, Title, Upper, Camel, Dotted, Joined, MixedValue, Odd };

quint8 shapeOf(QStringView word)
{
    bool upper = false;
    bool lower = false;
    bool camel = false;
    bool joint = false;
    for (qsizetype i = 0; i < word.size(); ++i) {
        const QChar c = word[i];
        if (c == u'.')
            return Dotted;
        if (c.isUpper()) {
            camel = camel || lower;
            upper = true;
        } else if (c.isLower()) {
            camel = camel || (upper && i > 1);
            lower = true;
        } else {
            joint = true;
        }
    }
    return joint ? Joined : camel ? Camel : upper && lower ? Title : upper ? Upper : lower ? Lower : Odd;
}

/// "for user alice": what follows is whoever it is about, though the login may be a word of prose.
bool announcesName(QStringView word)
{
    static constexpr std::array<QStringView, 6> words{u"user", u"username", u"login", u"account", u"host", u"hostname"};
    return std::any_of(words.begin(), words.end(), [&](QStringView each) { return each.compare(word, Qt::CaseInsensitive) == 0; });
}
bool isFunctionWord(QStringView word)
{
    static constexpr std::array<QStringView, 24> words{u"unknown", u"name", u"is", u"was", u"has", u"not", u"and", u"or", u"in", u"on", u"to", u"from",
                                                       u"by", u"at", u"for", u"with", u"of", u"does", u"did", u"can", u"cannot", u"will", u"failed", u"key"};
    return std::any_of(words.begin(), words.end(), [&](QStringView each) { return each.compare(word, Qt::CaseInsensitive) == 0; });
}

double weightOf(const Piece &piece)
{
    switch (piece.is) {
    case Is::Prose:
        return piece.named ? nameWeight : proseWeight;
    case Is::Name:
        return piece.named ? 0.2 : nameWeight;
    default:
        return 0;
    }
}

/// What it costs to see two pieces as one place of a template.
double costOf(const Piece &known, const Piece &piece)
{
    if (known.is == piece.is && known.text == piece.text)
        return 0;
    if (known.is == Is::Sign || piece.is == Is::Sign)
        return known.is == piece.is ? 0.3 : 2;
    if (known.named && piece.named)
        return 0.05;
    if (known.is == Is::Value || piece.is == Is::Value) {
        const Piece &other = known.is == Is::Value ? piece : known;
        const bool learnt = known.is == Is::Value ? known.learnt : piece.learnt;
        if (other.is == Is::Prose)
            return learnt ? 0.6 : 1;
        return learnt ? 0 : 0.2;
    }
    if (known.is != piece.is)
        return proseWeight;
    if (known.is == Is::Prose || known.speaks)
        return otherProse;
    return known.shape == piece.shape ? nameWeight : proseWeight;
}

/// Of a message with every number as one digit, which is all that tokens depend on; 0 where they may depend on more.
quint64 outlineOf(QStringView message)
{
    constexpr qsizetype longest = 350; // tokens know how far a quote or a bracket reaches
    if (message.size() > longest)
        return 0;
    quint64 hash = 0xcbf29ce484222325ULL;
    bool number = false;
    const char16_t *chars = message.utf16();
    for (qsizetype i = 0; i < message.size(); ++i) {
        const char16_t c = chars[i];
        const bool digit = c >= u'0' && c <= u'9';
        if (c == u'<') // "<*>" may stand behind a number
            return 0;
        if (!digit || !number)
            hash = (hash ^ (digit ? u'0' : c)) * 0x100000001b3ULL;
        number = digit;
    }
    return hash;
}

quint64 formOf(const Tokens &tokens)
{
    quint64 hash = 0x9e3779b97f4a7c15ULL;
    for (const auto &token : tokens)
        hash = (hash ^ (qHash(token.text, size_t(token.kind) + 1))) * 0xff51afd7ed558ccdULL + (hash >> 29);
    return hash;
}

} // namespace

TemplateMiner::Pieces TemplateMiner::piecesOf(QStringView message)
{
    return piecesOf(tokensOf(message));
}

TemplateMiner::Pieces TemplateMiner::piecesOfTemplate(QStringView text)
{
    Pieces pieces = piecesOf(text);
    for (auto &piece : pieces)
        piece.learnt = piece.is == Is::Value; // which of them were is not kept
    return pieces;
}

QString TemplateMiner::textOf(const Pieces &pieces)
{
    QString text;
    for (const auto &piece : pieces) {
        if (piece.spaced && !text.isEmpty())
            text += u' ';
        text += piece.text;
    }
    return text;
}

double TemplateMiner::weightOf(const Pieces &pieces)
{
    double weight = 0;
    for (const auto &piece : pieces)
        weight += coppice::capture::weightOf(piece);
    return weight;
}

double TemplateMiner::differenceOf(const Pieces &known, const Pieces &pieces)
{
    if (known.size() != pieces.size())
        return 2;
    double cost = 0;
    for (size_t i = 0; i < pieces.size(); ++i) {
        const double here = costOf(known[i], pieces[i]);
        if (here >= otherProse)
            return 2;
        cost += here;
    }
    const double weight = weightOf(pieces);
    return cost == 0 ? 0 : weight > 0 ? cost / weight : 2;
}

bool TemplateMiner::generalise(Pieces &known, const Pieces &pieces)
{
    bool changed = false;
    for (size_t i = 0; i < known.size() && i < pieces.size(); ++i) {
        if (known[i].text == pieces[i].text)
            continue;
        changed = changed || known[i].is != Is::Value;
        known[i].learnt = known[i].learnt || known[i].is != Is::Value;
        known[i].text = QStringLiteral("<*>");
        known[i].is = Is::Value;
    }
    return changed;
}

TemplateMiner::Pieces TemplateMiner::piecesOf(const Tokens &tokens)
{
    Pieces pieces;
    pieces.reserve(size_t(tokens.size()));
    bool announced = false;
    for (const auto &token : tokens) {
        Piece piece{token.shown(), Is::Sign, 0, token.spaced, false, false, false};
        if (token.kind == Token::Kind::Value) {
            piece.is = Is::Value;
            piece.named = announced;
        } else if (token.kind != Token::Kind::Sign) {
            const bool prose = token.kind == Token::Kind::Word && isProse(token.text);
            piece.is = prose ? Is::Prose : Is::Name;
            piece.shape = token.kind == Token::Kind::Mixed ? quint8(MixedValue) : shapeOf(token.text);
            piece.named = announced && !(prose && isFunctionWord(token.text));
        }
        if (!pieces.empty() && pieces.size() == 1 && piece.text == u":")
            pieces.front().speaks = pieces.front().is == Is::Name;
        announced = token.kind == Token::Kind::Word && announcesName(token.text);
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

quint64 TemplateMiner::leafOf(const Pieces &pieces)
{
    // As many places, and the same first word that means something.
    const Piece *first = nullptr;
    for (const auto &piece : pieces) {
        if (piece.is == Is::Prose && !piece.named) {
            first = &piece;
            break;
        }
    }
    return qHash(first ? QStringView(first->text) : QStringView(), pieces.size());
}

int TemplateMiner::place(Pieces pieces)
{
    const int ordinal = int(m_templates.size());
    m_leaves[leafOf(pieces)].push_back(ordinal);
    m_templates.push_back(std::move(pieces));
    m_changed = true;
    return ordinal;
}

int TemplateMiner::restore(const QString &text)
{
    return place(piecesOfTemplate(text));
}

QString TemplateMiner::textAt(int ordinal) const
{
    return textOf(m_templates[size_t(ordinal)]);
}

int TemplateMiner::add(QStringView message)
{
    m_changed = false;
    const quint64 outline = outlineOf(message);
    if (const auto seen = m_outlines.constFind(outline); outline != 0 && seen != m_outlines.constEnd())
        return *seen;
    const int ordinal = addTokens(tokensOf(message));
    if (outline != 0)
        m_outlines.insert(outline, ordinal);
    return ordinal;
}

int TemplateMiner::addTokens(const Tokens &tokens)
{
    const quint64 form = formOf(tokens);
    if (m_outlines.size() >= mostForms)
        m_outlines.clear();
    if (const auto seen = m_forms.constFind(form); seen != m_forms.constEnd())
        return *seen;
    if (m_forms.size() >= mostForms) { // of endlessly many; the templates stay
        m_forms.clear();
        m_outlines.clear();
    }
    Pieces pieces = piecesOf(tokens);
    int best = -1;
    double least = weightOf(pieces) * mostDifferent;
    for (const int ordinal : m_leaves.value(leafOf(pieces))) {
        const Pieces &known = m_templates[size_t(ordinal)];
        if (known.size() != pieces.size())
            continue;
        double cost = 0;
        for (size_t i = 0; i < pieces.size() && cost <= least; ++i)
            cost += costOf(known[i], pieces[i]);
        if (cost < least || (cost == least && best < 0)) {
            best = ordinal;
            least = cost;
        }
    }
    if (best < 0)
        best = place(std::move(pieces));
    else
        m_changed = generalise(m_templates[size_t(best)], pieces);
    m_forms.insert(form, best);
    return best;
}

} // namespace coppice::capture

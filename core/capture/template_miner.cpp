// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/template_miner.h"

#include <QRegularExpression>

#include <algorithm>

namespace coppice::capture {

namespace {

const QString wild = QStringLiteral("<*>");
constexpr double similarEnough = 0.8;
constexpr qsizetype mostTokens = 256;

struct Mask {
    QRegularExpression expression;
    QString by;
};

const std::vector<Mask> &masks()
{
    static const std::vector<Mask> all = [] {
        const auto mask = [](const char *pattern) {
            QRegularExpression expression{QString::fromLatin1(pattern)};
            expression.optimize();
            return Mask{expression, wild};
        };
        return std::vector<Mask>{
            mask(R"((?<=\bGET |\bHEAD |\bPOST |\bPUT |\bPATCH |\bDELETE |\bOPTIONS )[^\s"]+)"),                // what was asked for
            mask(R"(\b[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>)\]]+)"),                                            // address
            mask(R"([\w.+-]+@[\w-]+(?:\.[\w-]+)+)"),                                                         // mail
            mask(R"(\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"),                             // uuid
            mask(R"(\b\d{4}[-/.]\d\d[-/.]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b)"), // time
            mask(R"((?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.]))"),                                  // IPv4
            mask(R"((?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:]))"),                        // IPv6, MAC
            mask(R"((?<![\w.])(?:[A-Za-z]:)?(?:[\\/][\w.@%+~$-]+){2,}[\\/]?)"),                              // path
            mask(R"("(?!(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) )(?:[^"\\\n]|\\.){0,200}")"),
            mask(R"((?<![\w])'(?:[^'\\\n]|\\.){0,200}'(?![\w]))"),
            mask(R"(`[^`\n]{0,200}`)"),
            mask(R"((?<=[=:])\s?(?:true|false|null|None|nil|undefined)\b)"),
        };
    }();
    return all;
}

bool hasDigit(QStringView token)
{
    return std::any_of(token.begin(), token.end(), [](QChar c) { return c.isDigit(); });
}

/// Numbers, hexadecimal, and identifiers that hold digits, inside one token.
QString maskToken(const QString &token)
{
    if (!hasDigit(token)) {
        static const QRegularExpression hexadecimal(QStringLiteral(R"(^[0-9a-f]{12,}$)"));
        return hexadecimal.match(token).hasMatch() ? wild : token;
    }
    static const QRegularExpression run(QStringLiteral(R"([A-Za-z0-9_.$@#*:+-]*[0-9][A-Za-z0-9_.$@#*:+-]*)"));
    QString out = token;
    out.replace(run, wild);
    return out;
}

} // namespace

QStringList maskedTokens(const QString &message)
{
    QString text = message;
    for (const auto &mask : masks())
        text.replace(mask.expression, mask.by);
    // a=b, a:b and lists are told apart into their parts
    static const QRegularExpression joints(QStringLiteral(R"(([=,;()\[\]{}|])|:(?=\s|$)|\s+)"));
    QStringList tokens;
    qsizetype from = 0;
    const auto push = [&](QStringView piece) {
        if (!piece.isEmpty() && tokens.size() < mostTokens)
            tokens << maskToken(piece.toString());
    };
    for (auto it = joints.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        push(QStringView(text).mid(from, match.capturedStart() - from));
        if (const auto sign = match.capturedView().trimmed(); !sign.isEmpty())
            push(sign);
        from = match.capturedEnd();
    }
    push(QStringView(text).mid(from));
    // "<*> , <*> , <*>" of any length is one value
    QStringList out;
    for (const QString &token : std::as_const(tokens)) {
        if (token == wild && out.size() >= 2 && out[out.size() - 1] == u"," && out[out.size() - 2] == wild) {
            out.removeLast();
            continue;
        }
        if (token == wild && !out.isEmpty() && out.last() == wild)
            continue;
        out << token;
    }
    return out;
}

QString maskedMessage(const QString &message)
{
    return maskedTokens(message.section(u'\n', 0, 0)).join(u' ');
}

QString TemplateMiner::leafOf(const QStringList &tokens) const
{
    QString leaf = QString::number(tokens.size());
    // The first word that never changes leads; a value in front says nothing.
    int words = 0;
    for (qsizetype i = 0; i < tokens.size() && i < 4 && words < 1; ++i) {
        if (tokens[i].contains(wild))
            continue;
        leaf += u'\x1f' + tokens[i];
        ++words;
    }
    return leaf;
}

int TemplateMiner::place(const QStringList &tokens)
{
    const int ordinal = int(m_templates.size());
    m_templates.push_back({tokens, ordinal});
    m_leaves[leafOf(tokens)].push_back(ordinal);
    return ordinal;
}

int TemplateMiner::restore(const QString &text)
{
    return place(text.split(u' ', Qt::SkipEmptyParts));
}

int TemplateMiner::add(const QString &message)
{
    const QStringList tokens = maskedTokens(message);
    auto &leaf = m_leaves[leafOf(tokens)];
    int best = -1;
    double bestScore = -1;
    qsizetype bestWild = 0;
    for (const int ordinal : leaf) {
        const QStringList &known = m_templates[size_t(ordinal)].tokens;
        if (known.size() != tokens.size())
            continue;
        qsizetype same = 0;
        qsizetype wilds = 0;
        qsizetype telling = 0; // words, not signs or values
        for (qsizetype i = 0; i < tokens.size(); ++i) {
            if (known[i] == wild) {
                ++wilds;
                continue;
            }
            ++telling;
            if (known[i] == tokens[i])
                ++same;
        }
        const double score = telling == 0 ? 1.0 : double(same) / double(telling);
        if (score > bestScore || (score == bestScore && wilds < bestWild)) {
            best = ordinal;
            bestScore = score;
            bestWild = wilds;
        }
    }
    if (best < 0 || bestScore < similarEnough)
        return place(tokens);
    QStringList &known = m_templates[size_t(best)].tokens;
    for (qsizetype i = 0; i < tokens.size(); ++i) {
        if (known[i] != tokens[i])
            known[i] = wild;
    }
    return best;
}

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/token_rules.h"

namespace coppice::capture {

namespace {

constexpr std::array<QStringView, 12> months{u"jan", u"feb", u"mar", u"apr", u"may", u"jun", u"jul", u"aug", u"sep", u"oct", u"nov", u"dec"};
constexpr std::array<QStringView, 7> days{u"mon", u"tue", u"wed", u"thu", u"fri", u"sat", u"sun"};
constexpr std::array<QStringView, 9> behindTimes{u"am", u"pm", u"UTC", u"GMT", u"AM", u"PM", u"CET", u"EST", u"PST"};
constexpr std::array<QStringView, 51> units{
    u"ns", u"us", u"ms", u"msec", u"msecs", u"s", u"sec", u"secs", u"second", u"seconds", u"min", u"mins", u"minute", u"minutes",
    u"h", u"hour", u"hours", u"hr", u"hrs", u"day", u"days", u"week", u"weeks", u"millis", u"milliseconds", u"microseconds", u"nanoseconds",
    u"b", u"kb", u"mb", u"gb", u"tb", u"pb", u"kib", u"mib", u"gib", u"tib", u"byte", u"bytes", u"bit", u"bits", u"kbps", u"mbps", u"gbps",
    u"hz", u"khz", u"mhz", u"ghz", u"percent", u"%", u"kbytes"};

/// What belongs together becomes one value: dates, quantities with units, lists of any length, empty brackets.
class Joiner
{
public:
    explicit Joiner(const Tokens &tokens) : m_in(tokens) { }

    Tokens run()
    {
        for (qsizetype i = 0; i < m_in.size(); ++i) {
            const Token &token = m_in[i];
            if (token.kind == Token::Kind::Value || isDateWord(i))
                value(token.spaced);
            else if (token.kind == Token::Kind::Word && isLast(Token::Kind::Value) && isBehindNumber(token) && !isKey(i))
                m_unit = true;
            else if (token.kind == Token::Kind::Mixed)
                mixed(token);
            else if (token.kind == Token::Kind::Sign)
                sign(token);
            else
                put(token);
        }
        return std::move(m_out);
    }

private:
    [[nodiscard]] bool isLast(Token::Kind kind, qsizetype back = 1) const
    {
        return m_out.size() >= back && m_out[m_out.size() - back].kind == kind;
    }
    [[nodiscard]] bool isSign(qsizetype back, QChar sign) const
    {
        if (m_out.size() < back)
            return false;
        const Token &token = m_out[m_out.size() - back];
        return token.kind == Token::Kind::Sign && token.text.size() == 1 && token.text[0] == sign;
    }
    void put(const Token &token)
    {
        m_out.push_back(token);
        m_unit = false;
    }
    void value(bool spaced)
    {
        if (isLast(Token::Kind::Value))
            return;
        if ((isSign(1, u',') || isSign(1, u'|') || isSign(1, u'/') || isSign(1, u'-')) && isLast(Token::Kind::Value, 2)) {
            m_out.removeLast();
            return;
        }
        put({{}, Token::Kind::Value, spaced});
    }
    void mixed(const Token &token)
    {
        if (isLast(Token::Kind::Mixed) && m_out.back() == token)
            return;
        if (isSign(1, u',') && isLast(Token::Kind::Mixed, 2) && m_out[m_out.size() - 2] == token) {
            m_out.removeLast();
            return;
        }
        put(token);
    }
    void sign(const Token &token)
    {
        const QChar c = token.text.size() == 1 ? token.text[0] : QChar();
        const bool closes = c == u')' || c == u']' || c == u'}';
        if (closes && m_out.size() >= 2) {
            const QChar opener = c == u')' ? u'(' : c == u']' ? u'[' : u'{';
            if (isSign(1, opener) && (c != u')' || m_out.back().spaced)) {
                put({{}, Token::Kind::Value, false}); // "()" where a name could stand; not the call f()
            } else if (const auto open = listStart(opener); open >= 0) {
                m_out.resize(open + 1);
                put({{}, Token::Kind::Value, false});
            } else if (c == u')' && m_unit && isLast(Token::Kind::Value) && isSign(2, u'(') && isLast(Token::Kind::Value, 3)) {
                m_out.resize(m_out.size() - 2); // 1190 bytes (1.16 KB): the same quantity again
                return;
            }
        }
        put(token);
    }
    /// Where "[a, b, c" began, when all of its elements are single words or values; else -1.
    [[nodiscard]] qsizetype listStart(QChar opener) const
    {
        bool comma = false;
        bool wantsElement = true;
        for (qsizetype back = 1; back <= m_out.size() && back < 400; ++back) {
            const Token &token = m_out[m_out.size() - back];
            if (token.kind != Token::Kind::Sign) {
                if (!wantsElement)
                    return -1;
                wantsElement = false;
            } else if (isSign(back, opener)) {
                return comma && !wantsElement ? m_out.size() - back : -1;
            } else if (isSign(back, u',')) {
                if (wantsElement)
                    return -1;
                comma = wantsElement = true;
            } else {
                return -1;
            }
        }
        return -1;
    }
    [[nodiscard]] bool isDateWord(qsizetype i) const
    {
        const Token &token = m_in[i];
        if (token.kind != Token::Kind::Word || token.text.size() < 3 || token.text.size() > 4 || !token.text[0].isUpper())
            return false;
        const auto isValue = [&](qsizetype at) { return at < m_in.size() && m_in[at].kind == Token::Kind::Value; };
        const QStringView word = token.text.left(3);
        if (isAmong(word, months, Qt::CaseInsensitive))
            return token.text.size() == 3 && (isValue(i + 1) || isLast(Token::Kind::Value));
        if (!isAmong(word, days, Qt::CaseInsensitive) || token.text.size() != 3 || i + 1 >= m_in.size())
            return false;
        const qsizetype next = m_in[i + 1].kind == Token::Kind::Sign && m_in[i + 1].text == u"," ? i + 2 : i + 1;
        return isValue(next) || (next < m_in.size() && m_in[next].kind == Token::Kind::Word && isAmong(m_in[next].text, months, Qt::CaseInsensitive));
    }
    [[nodiscard]] bool isKey(qsizetype i) const
    {
        return i + 1 < m_in.size() && m_in[i + 1].kind == Token::Kind::Sign && (m_in[i + 1].text == u"=" || m_in[i + 1].text == u":");
    }
    [[nodiscard]] static bool isBehindNumber(const Token &token)
    {
        return token.text.size() <= 12 && (isAmong(token.text, units, Qt::CaseInsensitive) || isAmong(token.text, behindTimes));
    }

    const Tokens &m_in;
    Tokens m_out;
    bool m_unit = false; ///< the last value has a unit
};

} // namespace

QString Token::shown() const
{
    switch (kind) {
    case Kind::Value:
        return QStringLiteral("<*>");
    case Kind::Mixed:
        return text.toString() + QStringLiteral("<*>");
    default:
        return text.toString();
    }
}

Tokens tokensOf(QStringView message)
{
    return Joiner(cutTokens(message)).run();
}

QString textOf(const Tokens &tokens)
{
    QString text;
    for (const auto &token : tokens) {
        if (token.spaced && !text.isEmpty())
            text += u' ';
        text += token.shown();
    }
    return text;
}

} // namespace coppice::capture

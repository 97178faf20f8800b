// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/token_rules.h"

#include <algorithm>
#include <array>

namespace coppice::capture {

namespace {

constexpr qsizetype mostTokens = 256;
constexpr qsizetype longestQuote = 400;
constexpr qsizetype longestBracket = 1000; ///< of a value that is a bracketed object

// Classes of ASCII characters; what lies above is a letter, but for spaces.
enum Class : quint8 { Other = 0, Letter = 1, Digit = 2, Space = 4, Stop = 8, Hex = 16 };
constexpr std::array<quint8, 128> classes = [] {
    std::array<quint8, 128> table{};
    for (int c = 'a'; c <= 'z'; ++c)
        table[size_t(c)] = Letter | (c <= 'f' ? Hex : 0);
    for (int c = 'A'; c <= 'Z'; ++c)
        table[size_t(c)] = Letter | (c <= 'F' ? Hex : 0);
    for (int c = '0'; c <= '9'; ++c)
        table[size_t(c)] = Digit | Hex;
    for (const char c : {' ', '\t', '\n', '\r', '\v', '\f'})
        table[size_t(c)] = Space;
    for (const char c : {'=', ',', ';', '(', ')', '[', ']', '{', '}', '|', '"', '<', '>', '`'})
        table[size_t(c)] = Stop;
    return table;
}();
quint8 classOf(QChar c)
{
    const auto u = c.unicode();
    return u < 128 ? classes[u] : c.isSpace() ? quint8(Space) : quint8(Letter);
}
bool is(QChar c, int mask)
{
    return (classOf(c) & mask) != 0;
}
bool isOneOf(QChar c, const char *set)
{
    return c.unicode() < 128 && c.unicode() != 0 && std::char_traits<char>::find(set, std::char_traits<char>::length(set), char(c.unicode())) != nullptr;
}

constexpr std::array<QStringView, 10> constants{u"true", u"false", u"null", u"True", u"False", u"None", u"nil", u"NULL", u"undefined", u"NaN"};
constexpr std::array<QStringView, 7> methods{u"GET", u"HEAD", u"POST", u"PUT", u"PATCH", u"DELETE", u"OPTIONS"};

constexpr std::array<QStringView, 31> fileEndings{u"js", u"ts", u"py", u"rb", u"go", u"rs", u"cs", u"so", u"sh", u"gz", u"md", u"kt", u"c", u"h", u"cc", u"cpp",
    u"hpp", u"java", u"php", u"pl", u"scala", u"swift", u"lua", u"xml", u"json", u"yml", u"yaml", u"txt", u"log", u"conf", u"html"};

/// The host in "host:443": any dotted name that is no file's.
bool isDottedName(QStringView word)
{
    return word.contains(u'.') && !word.startsWith(u'.') && !isAmong(word.mid(word.lastIndexOf(u'.') + 1), fileEndings)
        && std::all_of(word.begin(), word.end(), [](QChar c) { return is(c, Letter | Digit) || isOneOf(c, "-_."); });
}

/// A host's name, not a file's, class's or package's: proxy.example.ac.uk.
bool isHost(QStringView word)
{
    const auto labels = word.count(u'.') + 1;
    if (labels < 2)
        return false;
    qsizetype label = 0;
    for (const QChar c : word) {
        if (c == u'.') {
            if (label == 0)
                return false;
            label = 0;
        } else if (c.isLower() || c == u'-' || c.isDigit()) {
            ++label;
        } else {
            return false;
        }
    }
    static constexpr std::array<QStringView, 9> ends{u"com", u"net", u"org", u"edu", u"gov", u"mil", u"info", u"local", u"internal"};
    if (isAmong(word.left(word.indexOf(u'.')), ends))
        return false; // com.example.net is a package
    const QStringView end = word.mid(word.lastIndexOf(u'.') + 1);
    return isAmong(end, ends) || (labels > 2 && (end == u"arpa" || end == u"lan" || (end.size() == 2 && !isAmong(end, fileEndings))));
}

class Lexer
{
public:
    explicit Lexer(QStringView message) : m_text(message), m_end(message.size()) { }

    Tokens run()
    {
        while (m_at < m_end && m_tokens.size() < mostTokens) {
            const QChar c = m_text[m_at];
            const auto kind = classOf(c);
            if (kind & Space) {
                m_spaced = true;
                ++m_at;
            } else if (kind & Stop) {
                stop(c);
            } else if (c == u'\'' && isQuoteAt(m_at)) {
                quote(c);
            } else {
                word();
            }
        }
        return std::move(m_tokens);
    }

private:
    void push(Token::Kind kind, QStringView text = {})
    {
        m_tokens.push_back({text, kind, m_spaced});
        m_spaced = false;
    }
    void value() { push(Token::Kind::Value); }
    [[nodiscard]] QChar charAt(qsizetype at) const { return at < m_end ? m_text[at] : QChar(); }
    [[nodiscard]] bool isSpaceAt(qsizetype at) const { return at >= m_end || is(m_text[at], Space); }
    [[nodiscard]] qsizetype wordEnd(qsizetype from, int mask = Space | Stop) const
    {
        while (from < m_end && !is(m_text[from], mask))
            ++from;
        return from;
    }

    [[nodiscard]] qsizetype closingQuote(qsizetype open) const
    {
        const QChar quote = m_text[open];
        const qsizetype last = std::min(m_end, open + longestQuote);
        for (qsizetype i = open + 1; i < last; ++i) {
            if (m_text[i] == u'\\')
                ++i;
            else if (m_text[i] == quote)
                return i;
        }
        return -1;
    }
    /// An apostrophe that opens quoted text: not inside a word, and its end is not either.
    [[nodiscard]] bool isQuoteAt(qsizetype at) const
    {
        if (at > 0 && is(m_text[at - 1], Letter | Digit))
            return false;
        const qsizetype close = closingQuote(at);
        return close > 0 && (close + 1 >= m_end || !is(m_text[close + 1], Letter | Digit));
    }
    void quote(QChar c)
    {
        const qsizetype close = closingQuote(m_at);
        if (close < 0) {
            push(Token::Kind::Sign, m_text.mid(m_at, 1));
            ++m_at;
            return;
        }
        if (c == u'"') { // "GET /path HTTP/1.1": the request line is read like any text
            const qsizetype end = wordEnd(m_at + 1);
            if (end < close && isAmong(m_text.mid(m_at + 1, end - m_at - 1), methods)) {
                ++m_at;
                return;
            }
        }
        const QStringView inner = m_text.mid(m_at + 1, close - m_at - 1);
        if (charAt(close + 1) == u':' && !inner.isEmpty() && std::all_of(inner.begin(), inner.end(), [](QChar each) { return is(each, Letter) || isOneOf(each, "_-.$"); }))
            push(Token::Kind::Word, inner); // a key, as in JSON
        else
            value();
        m_at = close + 1;
    }

    void stop(QChar c)
    {
        if (c == u'"' || c == u'`') {
            quote(c);
        } else if (c == u'=') {
            equals();
        } else if (c == u'<' && m_text.mid(m_at, 3) == u"<*>") {
            value();
            m_at += 3;
        } else if (c == u'<' && is(charAt(m_at + 1), Digit)) {
            ++m_at; // "<1 sec" is a quantity
        } else {
            push(Token::Kind::Sign, m_text.mid(m_at, 1));
            ++m_at;
        }
    }

    /// From an opening bracket to behind its closing one; the same place where there is none.
    [[nodiscard]] qsizetype behindBracket(qsizetype at) const
    {
        int depth = 0;
        const qsizetype last = std::min(m_end, at + longestBracket);
        for (qsizetype i = at; i < last; ++i) {
            if (isOneOf(m_text[i], "([{"))
                ++depth;
            else if (isOneOf(m_text[i], ")]}") && --depth == 0)
                return i + 1;
        }
        return at;
    }

    /// "key=value", "key = value", "key=" and nothing: what follows the sign is a value, whatever it looks like.
    void equals()
    {
        const QChar next = charAt(m_at + 1);
        if (next == u'=' || (m_at > 0 && isOneOf(m_text[m_at - 1], "!<>=+-*"))) {
            const qsizetype length = next == u'=' ? 2 : 1;
            push(Token::Kind::Sign, m_text.mid(m_at, length));
            m_at += length;
            return;
        }
        const qsizetype length = next == u'>' ? 2 : 1;
        push(Token::Kind::Sign, m_text.mid(m_at, length));
        m_at += length;
        qsizetype from = m_at;
        while (from < m_end && is(m_text[from], Space))
            ++from;
        const bool apart = from > m_at;
        const qsizetype end = wordEnd(from);
        if (from >= m_end || isOneOf(m_text[from], ",;)]}|") || (apart && end > from && charAt(end) == u'=' && charAt(end + 1) != u'=')) {
            value(); // an empty one
            m_at = from >= m_end ? m_end : apart && !isOneOf(m_text[from], ",;)]}|") ? m_at : from;
            return;
        }
        m_spaced = apart;
        m_at = behindValue(from);
        const bool colon = m_at > from + 1 && m_text[m_at - 1] == u':';
        value();
        if (colon)
            push(Token::Kind::Sign, m_text.mid(m_at - 1, 1));
    }
    [[nodiscard]] qsizetype behindValue(qsizetype from) const
    {
        qsizetype at = from;
        while (at < m_end) {
            const QChar c = m_text[at];
            if (is(c, Space) || isOneOf(c, ",;)]}>") || (c == u'|' && isSpaceAt(at + 1)))
                break;
            if (c == u'<' && m_text.mid(at, 3) == u"<*>") {
                at += 3;
            } else if (isOneOf(c, "([{")) {
                const qsizetype behind = behindBracket(at);
                if (behind == at)
                    break;
                at = behind;
            } else if (c == u'"' || c == u'`' || (c == u'\'' && at == from)) {
                const qsizetype close = closingQuote(at);
                at = close < 0 ? at + 1 : close + 1;
            } else {
                ++at;
            }
        }
        return std::max(at, from + 1);
    }

    void word()
    {
        const qsizetype from = m_at;
        const char16_t *chars = m_text.utf16();
        Marks marks;
        qsizetype end = from;
        for (; end < m_end; ++end) {
            const char16_t c = chars[end];
            const quint8 kind = c < 128 ? classes[c] : classOf(QChar(c));
            if (kind & (Space | Stop))
                break;
            marks.digits = marks.digits || (kind & Digit);
            marks.letters = marks.letters || (kind & Letter);
            marks.dots += c == u'.';
            marks.slashes += c == u'/' || c == u'\\';
            marks.colons += c == u':';
            marks.at = marks.at || (c == u'@' && end > from);
        }
        const QStringView text = m_text.mid(from, end - from);
        if (!m_tokens.isEmpty() && m_tokens.back().kind == Token::Kind::Word && isMethod(m_tokens.back().text)) {
            value(); // what was asked for
            m_at = wordEnd(from, Space);
            return;
        }
        if (marks.colons && marks.slashes > 1 && text.indexOf(u"://") > 0) {
            end = from;
            while (end < m_end && !is(m_text[end], Space) && !isOneOf(m_text[end], "\"'<>`"))
                ++end;
            while (isOneOf(m_text[end - 1], ".,;:)]}"))
                --end;
            value();
            m_at = end;
            return;
        }
        if (text.size() > 2 && end + 2 < m_end && chars[end] == u'<' && isOneOf(text.back(), "-_#") && m_text.mid(end, 3) == u"<*>") {
            push(Token::Kind::Mixed, text);
            m_at = end + 3;
            return;
        }
        if (const auto leader = marks.dots > 2 ? text.indexOf(u"...") : -1; leader >= 0) { // name........: 5
            qsizetype behind = leader;
            while (behind < text.size() && text[behind] == u'.')
                ++behind;
            if (leader > 0)
                parts(text.left(leader), marksOf(text.left(leader)));
            push(Token::Kind::Sign, text.mid(leader, 3));
            m_at = from + behind;
            return;
        }
        m_at = end;
        qsizetype length = text.size();
        bool colon = false;
        while (length > 1 && isOneOf(text[length - 1], ".:!?'")) {
            --length;
            colon = colon || text[length] == u':';
            marks.colons -= text[length] == u':';
            marks.dots -= text[length] == u'.';
        }
        parts(text.left(length), marks);
        if (colon)
            push(Token::Kind::Sign, u":");
    }

    /// What a word is made of.
    struct Marks {
        bool letters = false;
        bool digits = false;
        bool at = false;
        int dots = 0;
        int slashes = 0;
        int colons = 0;
    };
    [[nodiscard]] static Marks marksOf(QStringView text)
    {
        Marks marks;
        for (qsizetype i = 0; i < text.size(); ++i) {
            const QChar c = text[i];
            const auto kind = classOf(c);
            marks.letters = marks.letters || (kind & Letter);
            marks.digits = marks.digits || (kind & Digit);
            marks.dots += c == u'.';
            marks.slashes += c == u'/' || c == u'\\';
            marks.colons += c == u':';
            marks.at = marks.at || (c == u'@' && i > 0);
        }
        return marks;
    }
    [[nodiscard]] static bool isMethod(QStringView word)
    {
        return word.size() >= 3 && word.size() <= 7 && isOneOf(word[0], "GHPDO") && isAmong(word, methods);
    }

    [[nodiscard]] static bool isPath(QStringView text, int slashes)
    {
        const auto second = text.size() > 1 ? text[1] : QChar();
        if (text[0] == u'/' || text[0] == u'~')
            return text.size() > 1 && (is(second, Letter | Digit) || isOneOf(second, "_./~*"));
        if (text[0] == u'.' && (second == u'/' || text.startsWith(u"../")))
            return text.size() > 2;
        if (second == u':' && text.size() > 2 && (text[2] == u'\\' || text[2] == u'/') && is(text[0], Letter))
            return true;
        return text.startsWith(u"\\\\") || slashes >= 2;
    }

    /// A word up to white space or a sign. A colon inside parts a key from its value, but not the parts of a time, an
    /// address or a qualified name.
    void parts(QStringView text, const Marks &marks)
    {
        if (!marks.letters && !marks.digits) {
            push(Token::Kind::Sign, text);
            return;
        }
        if (marks.slashes == 0 && marks.colons == 0 && !marks.at && text[0] != u'~') {
            piece(text, marks);
            return;
        }
        if (text[0] == u':' && text.size() > 1 && text[1] != u':') {
            push(Token::Kind::Sign, text.left(1));
            parts(text.mid(1), marksOf(text.mid(1)));
            return;
        }
        if ((marks.slashes > 0 || text[0] == u'~') && isPath(text, marks.slashes)) {
            value();
            return;
        }
        if (marks.at && text.back() != u'@') {
            value();
            return;
        }
        qsizetype colon = -1;
        for (qsizetype i = 1; marks.colons > 0 && i + 1 < text.size() && colon < 0; ++i) {
            if (text[i] != u':')
                continue;
            if (text[i + 1] == u':')
                ++i;
            else
                colon = i;
        }
        if (colon < 0) {
            piece(text, marks);
            return;
        }
        if (isAddress(text)) {
            value();
            return;
        }
        piece(text.left(colon), marksOf(text.left(colon)));
        push(Token::Kind::Sign, text.mid(colon, 1));
        if (m_tokens.size() < mostTokens)
            parts(text.mid(colon + 1), marksOf(text.mid(colon + 1)));
    }
    /// Of several parts with colons between: a time, host and port, hardware or IPv6 address.
    [[nodiscard]] static bool isAddress(QStringView text)
    {
        bool all = true;
        bool host = false;
        qsizetype from = 0;
        int parts = 0;
        for (qsizetype i = 0; i <= text.size(); ++i) {
            if (i < text.size() && text[i] != u':')
                continue;
            const QStringView part = text.mid(from, i - from);
            const bool digits = std::any_of(part.begin(), part.end(), [](QChar c) { return is(c, Digit); });
            const bool hex = !part.isEmpty() && part.size() <= 4 && std::all_of(part.begin(), part.end(), [](QChar c) { return is(c, Hex); });
            if (parts == 0)
                host = isDottedName(part);
            const bool number = digits && std::all_of(part.begin(), part.end(), [](QChar c) { return is(c, Digit); });
            all = all && (digits || hex || (host && parts == 0)) && (!host || parts == 0 || number);
            from = i + 1;
            ++parts;
        }
        return all;
    }
    void piece(QStringView text, const Marks &marks)
    {
        if (marks.digits) {
            // blk_4711, node-3, session#7: the word in front says what it is the number of
            qsizetype letters = 0;
            while (letters < text.size() && is(text[letters], Letter))
                ++letters;
            if (letters >= 2 && letters + 1 < text.size() && isOneOf(text[letters], "-_#") && marks.dots < 3)
                push(Token::Kind::Mixed, text.left(letters + 1));
            else
                value();
            return;
        }
        const bool constant = text.size() <= 9 && isOneOf(text[0], "tfnTFNu") && isAmong(text, constants);
        if (constant || (marks.dots > 0 && isHost(text)) || isLongHex(text))
            value();
        else
            push(Token::Kind::Word, text);
    }
    [[nodiscard]] static bool isLongHex(QStringView text)
    {
        return text.size() >= 12 && std::all_of(text.begin(), text.end(), [](QChar c) { return is(c, Hex) && !c.isUpper(); });
    }

    QStringView m_text;
    qsizetype m_at = 0;
    qsizetype m_end;
    bool m_spaced = false;
    Tokens m_tokens;
};

} // namespace

Tokens cutTokens(QStringView message)
{
    return Lexer(message).run();
}

} // namespace coppice::capture

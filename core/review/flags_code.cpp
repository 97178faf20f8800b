// SPDX-License-Identifier: GPL-3.0-or-later
#include "review/flags_code.h"

#include <QHash>

#include <algorithm>

namespace coppice::review {

namespace {

bool isWord(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

class Reader
{
public:
    Reader(Language language, QString text) : m_language(language), m_bare(std::move(text)), m_code(m_bare)
    {
        using enum Language;
        m_slashes = is({C, CSharp, JavaScript, Go, Rust, Java, Php});
        m_hashes = is({Python, Ruby, Php, Shell, Perl, Elixir, Config});
        m_mayBeRaw = is({C, CSharp, Rust});
    }

    CodeText read()
    {
        while (m_at < m_bare.size())
            step();
        CodeText made;
        made.bare = std::move(m_bare);
        made.code = std::move(m_code);
        made.starts = {0};
        for (qsizetype i = 0; i < made.bare.size(); ++i) {
            if (made.bare[i] == u'\n' && i + 1 < made.bare.size())
                made.starts.push_back(i + 1);
        }
        for (size_t i = 0; i < made.starts.size(); ++i) {
            const auto end = i + 1 < made.starts.size() ? made.starts[i + 1] - 1 : made.code.size();
            if (end - made.starts[i] > 20'000)
                std::fill(made.code.begin() + made.starts[i], made.code.begin() + end, QChar(inString));
        }
        return made;
    }

private:
    [[nodiscard]] QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_bare.size() ? m_bare[m_at + ahead] : QChar();
    }
    [[nodiscard]] bool isAt(QLatin1String text) const { return QStringView(m_bare).mid(m_at, text.size()) == text; }
    [[nodiscard]] bool atLineStart() const { return m_at == 0 || m_bare[m_at - 1] == u'\n'; }
    [[nodiscard]] bool is(std::initializer_list<Language> languages) const
    {
        return std::find(languages.begin(), languages.end(), m_language) != languages.end();
    }

    void blank(qsizetype to)
    {
        for (; m_at < std::min(to, m_bare.size()); ++m_at) {
            if (m_bare[m_at] != u'\n')
                m_bare[m_at] = m_code[m_at] = u' ';
        }
    }
    void hide(qsizetype to)
    {
        for (; m_at < std::min(to, m_bare.size()); ++m_at) {
            if (m_bare[m_at] != u'\n')
                m_code[m_at] = QChar(inString);
        }
    }
    [[nodiscard]] qsizetype lineEnd(qsizetype from) const
    {
        const auto end = m_bare.indexOf(u'\n', from);
        return end < 0 ? m_bare.size() : end;
    }
    [[nodiscard]] qsizetype find(const QString &text, qsizetype from) const
    {
        const auto end = m_bare.indexOf(text, from);
        return end < 0 ? m_bare.size() : end + text.size();
    }

    void step()
    {
        const QChar c = peek();
        if (atLineStart() && (leftOutBlock() || hereDocument()))
            return;
        if (m_slashes && c == u'/' && peek(1) == u'/')
            return blank(lineEnd(m_at));
        if (m_slashes && c == u'/' && peek(1) == u'*')
            return blank(find(QStringLiteral("*/"), m_at + 2));
        if (m_hashes && c == u'#' && startsHashComment())
            return blank(lineEnd(m_at));
        if (m_language == Language::Lua && c == u'-' && peek(1) == u'-')
            return blank(lineEnd(m_at));
        if (m_language == Language::Python && (isAt(QLatin1String("\"\"\"")) || isAt(QLatin1String("'''"))))
            return tripleQuoted();
        if (m_mayBeRaw && rawString())
            return;
        if (c == u'/' && is({Language::JavaScript, Language::Ruby, Language::Perl}) && startsExpression())
            return regularExpression();
        if (c == u'"' || c == u'\'' || c == u'`')
            return quoted(c);
        if (c == u'<' && peek(1) == u'<' && peek(2) != u'<') {
            const bool marked = peek(2) == u'~' || peek(2) == u'-' || peek(2) == u'\'' || peek(2) == u'"' || peek(2).isUpper();
            if (m_language == Language::Shell || (is({Language::Ruby, Language::Perl}) && marked))
                noteHereDocument();
        }
        if (m_language == Language::Php && c == u'<' && peek(1) == u'<' && peek(2) == u'<')
            noteHereDocument();
        if (!m_returns.empty())
            bracesOfSubstitution(c);
        ++m_at;
    }

    [[nodiscard]] bool startsHashComment() const
    {
        if (m_language == Language::Php && peek(1) == u'[')
            return false;
        if (m_at == 0 && peek(1) == u'!')
            return false;
        if (is({Language::Shell, Language::Config, Language::Ruby, Language::Perl}))
            return m_at == 0 || m_bare[m_at - 1].isSpace() || m_bare[m_at - 1] == u';';
        return true;
    }

    /// "#if 0" up to its "#else" or "#endif", and Ruby's "=begin".
    bool leftOutBlock()
    {
        if (m_language == Language::Ruby && isAt(QLatin1String("=begin"))) {
            blank(find(QStringLiteral("\n=end"), m_at));
            return true;
        }
        if (!is({Language::C, Language::CSharp}))
            return false;
        const QString line = m_bare.mid(m_at, std::min<qsizetype>(lineEnd(m_at) - m_at, 60)).simplified();
        if (line != u"#if 0" && line != u"#if false" && line != u"# if 0")
            return false;
        int depth = 0;
        while (m_at < m_bare.size()) {
            const auto end = lineEnd(m_at);
            QString word = m_bare.mid(m_at, std::min<qsizetype>(end - m_at, 40)).simplified();
            word.remove(u' ');
            const bool closes = word.startsWith(QLatin1String("#endif"));
            const bool otherwise = depth == 1 && (word.startsWith(QLatin1String("#else")) || word.startsWith(QLatin1String("#elif")));
            depth += word.startsWith(QLatin1String("#if")) ? 1 : closes ? -1 : 0;
            blank(end);
            if (m_at < m_bare.size())
                ++m_at;
            if (depth == 0 || otherwise)
                return true;
        }
        return true;
    }

    void noteHereDocument()
    {
        qsizetype at = m_at + (m_language == Language::Php ? 3 : 2);
        if (at < m_bare.size() && (m_bare[at] == u'-' || m_bare[at] == u'~'))
            ++at;
        while (at < m_bare.size() && (m_bare[at] == u'\'' || m_bare[at] == u'"' || m_bare[at] == u' '))
            ++at;
        const auto from = at;
        while (at < m_bare.size() && isWord(m_bare[at]))
            ++at;
        if (at > from && !m_bare[from].isDigit())
            m_here = m_bare.mid(from, at - from);
    }
    bool hereDocument()
    {
        if (m_here.isEmpty())
            return false;
        while (m_at < m_bare.size()) {
            const auto end = lineEnd(m_at);
            const auto text = QStringView(m_bare).mid(m_at, std::min<qsizetype>(end - m_at, 200)).trimmed();
            const bool last = text.startsWith(m_here) && (text.size() == m_here.size() || !isWord(text[m_here.size()]));
            hide(end);
            if (m_at < m_bare.size())
                ++m_at;
            if (last)
                break;
        }
        m_here.clear();
        return true;
    }

    void tripleQuoted()
    {
        const QString quote = m_bare.mid(m_at, 3);
        m_at += 3;
        const auto end = find(quote, m_at);
        hide(end >= m_bare.size() && !m_bare.endsWith(quote) ? end : end - 3);
        m_at = std::min(m_at + 3, m_bare.size());
    }

    /// R"x(…)x" of C++, r#"…"# of Rust, @"…" of C#.
    bool rawString()
    {
        const QChar c = peek();
        if (m_at > 0 && isWord(m_bare[m_at - 1]))
            return false;
        QString end;
        qsizetype from = 0;
        if (m_language == Language::C && c == u'R' && peek(1) == u'"') {
            const auto open = m_bare.indexOf(u'(', m_at);
            if (open < 0 || open - m_at > 20)
                return false;
            end = u')' + m_bare.mid(m_at + 2, open - m_at - 2) + u'"';
            from = open + 1;
        } else if (m_language == Language::Rust && c == u'r' && (peek(1) == u'"' || peek(1) == u'#')) {
            qsizetype at = m_at + 1;
            while (at < m_bare.size() && m_bare[at] == u'#' && at - m_at < 20)
                ++at;
            if (at >= m_bare.size() || m_bare[at] != u'"')
                return false;
            end = u'"' + QString(at - m_at - 1, u'#');
            from = at + 1;
        } else if (m_language == Language::CSharp && c == u'@' && peek(1) == u'"') {
            end = QStringLiteral("\"");
            from = m_at + 2;
        } else {
            return false;
        }
        m_at = from;
        const auto behind = find(end, from);
        hide(std::max(from, behind - end.size()));
        m_at = behind;
        return true;
    }

    /// Whether a slash here begins a regular expression: there is no value before it.
    [[nodiscard]] bool startsExpression() const
    {
        qsizetype at = m_at - 1;
        while (at >= 0 && m_at - at < 200 && (m_bare[at] == u' ' || m_bare[at] == u'\t'))
            --at;
        if (at < 0 || QStringView(u"(,=:[!&|?{};+\n>").contains(m_bare[at]))
            return true;
        if (m_language == Language::Perl || (m_language == Language::Ruby && m_bare[at] == u'~'))
            return m_bare[at] == u'~';
        const auto before = QStringView(m_bare).mid(std::max<qsizetype>(0, at - 6), std::min<qsizetype>(at + 1, 7));
        for (const auto *word : {"return", "when", "if", "unless", "and", "or", "split", "match", "scan", "gsub", "sub", "assert"}) {
            const auto name = QLatin1String(word);
            if (before.endsWith(name) && (before.size() == name.size() || !isWord(before[before.size() - name.size() - 1])))
                return m_language == Language::Ruby || name == QLatin1String("return");
        }
        return false;
    }
    void regularExpression()
    {
        const auto end = lineEnd(m_at);
        bool inClass = false;
        for (qsizetype at = m_at + 1; at < end; ++at) {
            const QChar c = m_bare[at];
            if (c == u'\\')
                ++at;
            else if (c == u'[' || c == u']')
                inClass = c == u'[';
            else if (c == u'/' && !inClass) {
                ++m_at;
                hide(at);
                ++m_at;
                return;
            }
        }
        ++m_at; // a division after all
    }

    [[nodiscard]] bool spansLines(QChar quote) const
    {
        using enum Language;
        return quote == u'`' ? !is({Ruby, Perl, Php}) : is({Shell, Php, Rust, Elixir});
    }
    [[nodiscard]] bool isLetterQuote(QChar quote) const
    {
        if (quote == u'\'' && m_language == Language::Rust) // a lifetime, or a character
            return peek(1) != u'\\' && peek(2) != u'\'';
        if (quote == u'\'' && is({Language::C, Language::CSharp, Language::Java})) // 1'000'000
            return m_at > 0 && m_bare[m_at - 1].isDigit() && isWord(peek(1)) && peek(2) != u'\'';
        return quote == u'\'' && is({Language::Prose, Language::Other, Language::Config}) && m_at > 0 && isWord(m_bare[m_at - 1]);
    }

    /// From the quote on, or on from behind a substitution in it.
    void quoted(QChar quote)
    {
        if (isLetterQuote(quote) || (quote == u'`' && is({Language::Prose, Language::C, Language::Java, Language::CSharp, Language::Rust}))) {
            ++m_at;
            return;
        }
        ++m_at;
        inQuotes(quote);
    }
    void inQuotes(QChar quote)
    {
        // A quote that nothing closes for long is none: the rest of the file must not vanish in it.
        const auto longest = quote == u'`' ? qsizetype(200'000) : qsizetype(8'000);
        const auto begin = m_at;
        const bool escapes = !(m_language == Language::Shell && quote == u'\'') && !(m_language == Language::Go && quote == u'`');
        while (m_at < m_bare.size()) {
            const QChar c = peek();
            if (c == quote) {
                ++m_at;
                return;
            }
            if (c == u'\n' && (!spansLines(quote) || m_at - begin > longest))
                return;
            if (c == u'\\' && escapes) {
                hide(m_at + 2);
                continue;
            }
            const bool template_ = m_language == Language::JavaScript && quote == u'`' && c == u'$' && peek(1) == u'{';
            const bool command = m_language == Language::Shell && quote == u'"' && c == u'$' && peek(1) == u'(' && peek(2) != u'(';
            if ((template_ || command) && m_returns.size() < 50) {
                m_at += 2;
                m_returns.push_back({quote, template_ ? u'{' : u'(', 1});
                return;
            }
            hide(m_at + 1);
        }
    }
    void bracesOfSubstitution(QChar c)
    {
        auto &last = m_returns.back();
        if (c == last.open) {
            ++last.depth;
        } else if (c == (last.open == u'{' ? u'}' : u')') && --last.depth == 0) {
            const QChar quote = last.quote;
            m_returns.pop_back();
            ++m_at;
            inQuotes(quote);
            --m_at; // the caller goes on by one
        }
    }

    struct Return {
        QChar quote, open;
        int depth;
    };
    Language m_language;
    bool m_slashes = false, m_hashes = false, m_mayBeRaw = false;
    QString m_bare, m_code, m_here;
    qsizetype m_at = 0;
    std::vector<Return> m_returns;
};

} // namespace

Language languageOf(const QString &path, QByteArrayView text)
{
    using enum Language;
    static const QHash<QString, Language> byEnding = [] {
        QHash<QString, Language> all;
        const auto add = [&](const char *endings, Language language) {
            for (const auto &ending : QString::fromLatin1(endings).split(u' '))
                all[ending] = language;
        };
        add("c cc cpp cxx c++ h hh hpp hxx ipp inl m mm cu ino", C);
        add("cs", CSharp);
        add("js jsx mjs cjs ts tsx mts cts vue svelte qml astro", JavaScript);
        add("py pyi pyw bzl pyx sage", Python);
        add("go", Go);
        add("rs", Rust);
        add("java kt kts scala groovy gradle swift dart", Java);
        add("rb rake gemspec ru", Ruby);
        add("php phtml inc", Php);
        add("sh bash zsh ksh fish bats mk", Shell);
        add("pl pm t", Perl);
        add("ex exs", Elixir);
        add("lua sql hs", Lua);
        add("yml yaml toml ini cfg conf json jsonc json5 properties cmake tf dockerfile env", Config);
        add("md mdx markdown rst txt adoc org svg html htm css scss less po pot tex csv tsv log lock xml diff patch snap ipynb pdf 1", Prose);
        return all;
    }();
    const QString name = path.mid(path.lastIndexOf(u'/') + 1).toLower();
    const auto dot = name.lastIndexOf(u'.');
    if (dot > 0) {
        const auto found = byEnding.constFind(name.mid(dot + 1));
        if (found != byEnding.cend())
            return *found;
    }
    if (name == u"rakefile" || name == u"gemfile" || name == u"podfile" || name == u"vagrantfile" || name == u"guardfile")
        return Ruby;
    if (name == u"makefile" || name == u"gnumakefile" || name == u"justfile" || name.startsWith(QLatin1String("dockerfile"))
        || name == u".envrc" || name == u"containerfile" || name == u"procfile")
        return Shell;
    if (name.startsWith(QLatin1String("jenkinsfile")))
        return Java;
    if (name.startsWith(QLatin1String("license")) || name.startsWith(QLatin1String("readme")) || name.startsWith(QLatin1String("changelog"))
        || name.startsWith(QLatin1String("notice")) || name == u"authors" || name == u"copying")
        return Prose;
    if (text.startsWith("#!")) {
        const auto first = QByteArray(text.first(std::min<qsizetype>(text.size(), 200)).toByteArray()).split('\n').first();
        for (const auto &[word, language] : {std::pair{"python", Python}, {"node", JavaScript}, {"deno", JavaScript}, {"ruby", Ruby},
                                             {"php", Php}, {"perl", Perl}, {"lua", Lua}, {"sh", Shell}}) {
            if (first.contains(word))
                return language;
        }
    }
    if (path.contains(QLatin1String("hooks/")) || path.contains(QLatin1String(".husky/")) || path.contains(QLatin1String("/bin/")))
        return Shell;
    return Other;
}

CodeText readCode(Language language, const QByteArray &text)
{
    return Reader(language, QString::fromUtf8(text)).read();
}

int CodeText::lineAt(qsizetype offset) const
{
    return int(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin());
}

QStringView CodeText::line(const QString &form, int number) const
{
    if (number < 1 || number > lineCount())
        return {};
    const auto from = starts[size_t(number - 1)];
    auto to = number < lineCount() ? starts[size_t(number)] - 1 : form.size();
    while (to > from && (form[to - 1] == u'\n' || form[to - 1] == u'\r'))
        --to;
    return QStringView(form).mid(from, to - from);
}

qsizetype CodeText::behindBracket(qsizetype open) const
{
    if (m_behind.empty()) {
        m_behind.assign(size_t(code.size()) + 1, -1);
        std::vector<qsizetype> opened;
        for (qsizetype at = 0; at < code.size(); ++at) {
            const QChar c = code[at];
            if (c == u'(' || c == u'[' || c == u'{') {
                opened.push_back(at);
            } else if ((c == u')' || c == u']' || c == u'}') && !opened.empty()) {
                if (at - opened.back() < 20'000)
                    m_behind[size_t(opened.back())] = qint32(at + 1);
                opened.pop_back();
            }
        }
    }
    return open >= 0 && open < code.size() ? m_behind[size_t(open)] : -1;
}

std::vector<QString> argumentsOf(const CodeText &text, qsizetype from, qsizetype to)
{
    std::vector<QString> all;
    int depth = 0;
    auto start = from;
    const auto add = [&](qsizetype end) {
        const QString piece = text.bare.mid(start, end - start).trimmed();
        if (!piece.isEmpty())
            all.push_back(piece);
        start = end + 1;
    };
    for (auto at = from; at < to; ++at) {
        const QChar c = text.code[at];
        if (c == u'(' || c == u'[' || c == u'{')
            ++depth;
        else if (c == u')' || c == u']' || c == u'}')
            --depth;
        else if (c == u',' && depth == 0)
            add(at);
    }
    add(to);
    return all;
}

} // namespace coppice::review

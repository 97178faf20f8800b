// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/env_scan.h"

#include <QRegularExpression>

#include <cstring>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

enum class Language { None, Script, Python, Go, Rust, Jvm, Sharp, Ruby, Php, Properties };

bool isWord(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Language languageOf(QByteArrayView path)
{
    const auto ends = [&](const char *end) { return path.endsWith(QByteArrayView(end)); };
    for (const char *end : {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".vue", ".svelte"}) {
        if (ends(end))
            return ends(".d.ts") ? Language::None : Language::Script;
    }
    if (ends(".py"))
        return Language::Python;
    if (ends(".go"))
        return Language::Go;
    if (ends(".rs"))
        return Language::Rust;
    if (ends(".java") || ends(".kt") || ends(".kts") || ends(".scala") || ends(".groovy"))
        return Language::Jvm;
    if (ends(".cs"))
        return Language::Sharp;
    if (ends(".rb"))
        return Language::Ruby;
    if (ends(".php"))
        return Language::Php;
    const auto name = path.sliced(path.lastIndexOf('/') + 1);
    if (name.startsWith("application") && (ends(".properties") || ends(".yml") || ends(".yaml")))
        return Language::Properties;
    return Language::None;
}

/// The text with comments (and Python's strings that stand alone) as blanks; lines stay where they are.
QByteArray withoutComments(const QByteArray &text, Language language)
{
    QByteArray out = text;
    const bool hash = language == Language::Python || language == Language::Ruby || language == Language::Properties || language == Language::Php;
    const bool slashes = language != Language::Python && language != Language::Ruby && language != Language::Properties;
    const qsizetype size = text.size();
    const auto blank = [&](qsizetype from, qsizetype to) {
        for (qsizetype i = from; i < to; ++i) {
            if (out[i] != '\n')
                out[i] = ' ';
        }
    };
    const auto lineEnd = [&](qsizetype from) {
        const auto end = text.indexOf('\n', from);
        return end < 0 ? size : end;
    };
    qsizetype i = 0;
    bool lineBegins = true; // nothing but blanks since the line's start
    while (i < size) {
        const char c = text[i];
        if (c == '\n') {
            lineBegins = true;
            ++i;
        } else if (hash && c == '#') {
            const auto end = lineEnd(i);
            blank(i, end);
            i = end;
        } else if (slashes && c == '/' && i + 1 < size && text[i + 1] == '/' && (i == 0 || text[i - 1] != ':')) {
            const auto end = lineEnd(i);
            blank(i, end);
            i = end;
        } else if (slashes && c == '/' && i + 1 < size && text[i + 1] == '*') {
            auto end = text.indexOf("*/", i + 2);
            end = end < 0 ? size : end + 2;
            blank(i, end);
            i = end;
        } else if (language == Language::Python && (c == '"' || c == '\'') && text.sliced(i, qMin<qsizetype>(3, size - i)) == QByteArray(3, c)) {
            auto end = text.indexOf(QByteArray(3, c), i + 3);
            end = end < 0 ? size : end + 3;
            if (lineBegins)
                blank(i, end);
            lineBegins = false;
            i = end;
        } else if ((c == '"' || c == '\'') && language != Language::Properties && !(language == Language::Rust && c == '\'')) {
            ++i;
            while (i < size && text[i] != c && text[i] != '\n')
                i += text[i] == '\\' ? 2 : 1;
            if (i < size && text[i] == c)
                ++i;
            lineBegins = false;
        } else {
            lineBegins = lineBegins && (c == ' ' || c == '\t' || c == '\r');
            ++i;
        }
    }
    return out;
}

/// Walks over a text by characters.
struct Cursor {
    QByteArrayView text;
    qsizetype at = 0;

    [[nodiscard]] char here() const { return at < text.size() ? text[at] : '\0'; }
    void blanks()
    {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
            ++at;
    }
    bool take(const char *what)
    {
        const auto length = qsizetype(std::strlen(what));
        if (text.size() - at < length || std::memcmp(text.data() + at, what, size_t(length)) != 0)
            return false;
        at += length;
        return true;
    }
    QByteArrayView word()
    {
        const auto from = at;
        while (at < text.size() && isWord(text[at]))
            ++at;
        return text.sliced(from, at - from);
    }
    /// A string that is written out. `whole` false: it begins as one, and goes on with what is put in while it runs.
    QByteArrayView literal(bool &whole)
    {
        whole = false;
        char quote = here();
        if ((quote == 'r' || quote == 'b' || quote == 'u' || quote == 'f') && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\'')) {
            ++at;
            quote = here();
        }
        if (quote != '"' && quote != '\'' && quote != '`')
            return {};
        const auto from = ++at;
        while (at < text.size() && isWord(text[at]))
            ++at;
        const auto value = text.sliced(from, at - from);
        whole = here() == quote;
        if (whole)
            ++at;
        return value;
    }
};

bool isName(QByteArrayView name)
{
    return !name.isEmpty() && name.size() <= 100 && !(name[0] >= '0' && name[0] <= '9');
}
/// NAMES_LIKE_THIS: what helpers are asked for in any case of theirs.
bool isLoudName(QByteArrayView name)
{
    bool letter = false;
    for (const char c : name) {
        if (c >= 'a' && c <= 'z')
            return false;
        letter = letter || (c >= 'A' && c <= 'Z');
    }
    return letter && name.size() >= 2 && isName(name);
}

class Scanner
{
public:
    Scanner(QByteArrayView text, Language language, EnvScan &scan) : m_text(text), m_language(language), m_scan(scan) { }

    void run()
    {
        for (qsizetype i = 0; i < m_text.size();) {
            if (!isWord(m_text[i])) {
                if (m_text[i] == '\n')
                    ++m_line;
                ++i;
                continue;
            }
            const auto from = i;
            while (i < m_text.size() && isWord(m_text[i]))
                ++i;
            look(from, i);
        }
    }

private:
    void use(QByteArrayView name)
    {
        if (isName(name))
            m_scan.uses.push_back({name.toByteArray(), m_line});
    }
    [[nodiscard]] bool before(qsizetype at, const char *what) const
    {
        return m_text.first(at).endsWith(QByteArrayView(what));
    }
    /// True where a value is given to what was just named: x = …, not x == …, and neither x ||= nor x ??=.
    static bool isWritten(Cursor cursor)
    {
        cursor.blanks();
        return cursor.here() == '=' && !cursor.take("==") && !cursor.take("=>") && !cursor.take("=~");
    }
    /// [name], ["NAME"], [`NAME`]
    void index(Cursor &cursor)
    {
        cursor.blanks();
        bool whole = false;
        const auto name = cursor.literal(whole);
        if (whole) {
            cursor.blanks();
            if (cursor.take("]") && !isWritten(cursor))
                use(name);
        } else {
            m_scan.dynamic = true;
        }
    }
    /// ("NAME" …)
    bool call(Cursor &cursor, bool loud)
    {
        cursor.blanks();
        if (!cursor.take("("))
            return false;
        cursor.blanks();
        bool whole = false;
        const auto name = cursor.literal(whole);
        if (whole && (!loud || isLoudName(name)))
            use(name);
        else if (!whole && !loud)
            m_scan.dynamic = true;
        return true;
    }
    /// const { A, B: b = "x" } = process.env
    void taken(qsizetype at)
    {
        auto end = at;
        const auto back = [&] {
            while (end > 0 && (m_text[end - 1] == ' ' || m_text[end - 1] == '\n' || m_text[end - 1] == '\t' || m_text[end - 1] == '\r'))
                --end;
        };
        back();
        if (end == 0 || m_text[end - 1] != '=')
            return;
        --end;
        back();
        if (end == 0 || m_text[end - 1] != '}')
            return;
        const auto open = m_text.first(end).lastIndexOf('{');
        if (open < 0 || end - open > 4000)
            return;
        for (const auto &part : QByteArray(m_text.sliced(open + 1, end - open - 2).data(), end - open - 2).split(',')) {
            Cursor cursor{part};
            cursor.blanks();
            if (!cursor.take("..."))
                use(cursor.word());
        }
    }

    void look(qsizetype from, qsizetype to)
    {
        const auto word = m_text.sliced(from, to - from);
        const bool speaks = word.contains("env") || word.contains("Env") || word.contains("ENV");
        if (!speaks && !(m_language == Language::Python && m_decouple && word == "config"))
            return;
        // Writers and makers of environments are no readers.
        for (const char *verb : {"set", "Set", "put", "unset", "Unset", "delete"}) {
            if (word.startsWith(verb))
                return;
        }
        Cursor cursor{m_text, to};
        switch (m_language) {
        case Language::Script:
            return script(word, from, cursor);
        case Language::Python:
            if (word == "environ")
                return object(cursor);
            if ((word == "env" || word == "envvar" || word == "validation_alias") && argument(cursor))
                return;
            break;
        case Language::Rust:
            if (word == "env") {
                if (cursor.take("::")) {
                    const auto function = cursor.word();
                    if (function == "var" || function == "var_os")
                        call(cursor, false);
                    return;
                }
                if (cursor.here() == '!') // known when it was compiled
                    return;
                argument(cursor); // clap
                return;
            }
            break;
        case Language::Go:
            if ((word == "env" || word == "envconfig") && cursor.take(":")) {
                bool whole = false;
                const auto name = cursor.literal(whole);
                if (isLoudName(name))
                    use(name);
                return;
            }
            if (word == "Getenv" || word == "LookupEnv") {
                call(cursor, false);
                return;
            }
            break;
        case Language::Ruby:
        case Language::Php:
            if (word == "ENV" || word == "_ENV")
                return object(cursor);
            break;
        case Language::Jvm:
            if (word == "getenv") {
                Cursor empty = cursor;
                empty.blanks();
                if (empty.take("()")) {
                    object(empty);
                    return;
                }
                call(cursor, false);
                return;
            }
            break;
        default:
            break;
        }
        call(cursor, true);
    }

    void script(QByteArrayView word, qsizetype from, Cursor cursor)
    {
        if (word != "env") {
            call(cursor, true);
            return;
        }
        const bool vite = before(from, "import.meta.");
        const bool own = before(from, "process.") || before(from, "Bun.") || before(from, "Deno.") || before(from, "process?.") || vite;
        if (!own) {
            // env.NAME: a name of their own for it, or what a worker is given
            if (before(from, ".") && !before(from, "this."))
                return;
            if (cursor.take("[")) {
                cursor.blanks();
                bool whole = false;
                const auto name = cursor.literal(whole);
                if (whole && isLoudName(name) && cursor.take("]") && !isWritten(cursor))
                    use(name);
                return;
            }
            if (!cursor.take(".") && !cursor.take("?."))
                return call(cursor, true), void();
            const auto name = cursor.word();
            if (isLoudName(name) && !isWritten(cursor))
                use(name);
            return;
        }
        const auto beginning = from - qsizetype(vite ? 12 : before(from, "process.") ? 8 : before(from, "process?.") ? 9 : before(from, "Deno.") ? 5 : 4);
        cursor.take("!");
        cursor.take("?.");
        if (cursor.here() == '.')
            cursor.take(".");
        if (cursor.take("[")) {
            index(cursor);
            return;
        }
        const auto name = cursor.word();
        if (name.isEmpty()) {
            taken(beginning);
            return;
        }
        if ((name == "get" || name == "has") && before(from, "Deno.")) {
            call(cursor, false);
            return;
        }
        static const QSet<QByteArray> ofVite{"MODE", "DEV", "PROD", "SSR", "BASE_URL"};
        if (!isWritten(cursor) && !(vite && ofVite.contains(name.toByteArray())))
            use(name);
    }
    /// environ["X"], environ.get("X"), ENV.fetch("X"), getenv().getOrDefault("X", …)
    void object(Cursor cursor)
    {
        cursor.blanks();
        if (cursor.take("[")) {
            index(cursor);
            return;
        }
        if (!cursor.take(".") && !cursor.take("&."))
            return;
        const auto function = cursor.word();
        if (function == "get" || function == "pop" || function == "setdefault" || function == "fetch" || function == "getOrDefault" || function == "containsKey")
            call(cursor, false);
    }
    /// env="X", envvar=["X", …]
    bool argument(Cursor &cursor)
    {
        cursor.blanks();
        if (!cursor.take("="))
            return false;
        cursor.blanks();
        cursor.take("[");
        bool whole = false;
        const auto name = cursor.literal(whole);
        if (whole && isLoudName(name))
            use(name);
        return true;
    }

    QByteArrayView m_text;
    Language m_language;
    EnvScan &m_scan;
    int m_line = 1;

public:
    bool m_decouple = false;
};

/// Fields of pydantic's settings classes: PREFIX + name, in capitals.
void scanSettingsClasses(const QByteArray &text, EnvScan &scan)
{
    static const QRegularExpression head(u"^class\\s+\\w+\\s*\\([^)]*BaseSettings[^)]*\\)\\s*:"_s, QRegularExpression::MultilineOption);
    static const QRegularExpression prefixShape(u"env_prefix\\s*=\\s*['\"]([A-Za-z0-9_]*)['\"]"_s);
    static const QRegularExpression field(u"^[ \\t]+([A-Za-z][A-Za-z0-9_]*)\\s*:\\s*(.*)$"_s, QRegularExpression::MultilineOption);
    static const QRegularExpression alias(u"(?:alias|validation_alias)\\s*=\\s*(?:AliasChoices\\()?\\s*['\"]([A-Za-z0-9_]+)['\"]"_s);
    const QString whole = QString::fromUtf8(text);
    auto heads = head.globalMatch(whole);
    while (heads.hasNext()) {
        const auto match = heads.next();
        static const QRegularExpression next(u"^\\S"_s, QRegularExpression::MultilineOption);
        auto end = whole.indexOf(next, match.capturedEnd());
        const QString body = whole.mid(match.capturedEnd(), end < 0 ? -1 : end - match.capturedEnd());
        const auto own = prefixShape.match(body);
        const QString prefix = own.hasMatch() ? own.captured(1) : QString();
        auto fields = field.globalMatch(body);
        qsizetype indent = -1;
        while (fields.hasNext()) {
            const auto one = fields.next();
            const auto depth = one.capturedStart(1) - one.capturedStart(0);
            indent = indent < 0 ? depth : indent;
            const QString name = one.captured(1);
            if (depth != indent || name == "model_config"_L1 || one.captured(2).startsWith("ClassVar"_L1) || name == "class"_L1)
                continue;
            const int line = 1 + int(whole.left(match.capturedEnd() + one.capturedStart(1)).count(u'\n'));
            const auto other = alias.match(one.captured(2));
            scan.uses.push_back({(other.hasMatch() ? other.captured(1) : QString(prefix + name)).toUpper().toUtf8(), line});
        }
    }
}

/// ${NAME} and ${NAME:otherwise} of Spring's files.
void scanProperties(const QByteArray &text, EnvScan &scan)
{
    int line = 1;
    for (qsizetype i = 0; i + 2 < text.size(); ++i) {
        line += text[i] == '\n';
        if (text[i] != '$' || text[i + 1] != '{')
            continue;
        Cursor cursor{text, i + 2};
        const auto name = cursor.word();
        if (isLoudName(name) && (cursor.here() == '}' || cursor.here() == ':'))
            scan.uses.push_back({name.toByteArray(), line});
    }
}

} // namespace

bool isScannedSource(QByteArrayView path)
{
    if (languageOf(path) == Language::None || path.endsWith(".min.js") || path.endsWith(".config.js") || path.endsWith(".config.ts") || path.endsWith(".config.mjs"))
        return false;
    const QByteArray whole = '/' + path.toByteArray().toLower();
    for (const char *folder : {"/test/", "/tests/", "/__tests__/", "/spec/", "/e2e/", "/testdata/", "/fixtures/", "/mocks/", "/__mocks__/", "/examples/", "/example/",
                               "/docs/", "/benchmarks/", "/bench/", "/.github/"}) {
        if (whole.contains(folder))
            return false;
    }
    const QByteArray name = whole.mid(whole.lastIndexOf('/') + 1);
    return !name.contains(".test.") && !name.contains(".spec.") && !name.startsWith("test_") && !name.contains("_test.") && name != "conftest.py";
}

EnvScan scanEnvironment(QByteArrayView path, const QByteArray &text)
{
    EnvScan scan;
    const Language language = languageOf(path);
    if (language == Language::None)
        return scan;
    if (language == Language::Properties) {
        scanProperties(withoutComments(text, language), scan);
        return scan;
    }
    const bool decouple = language == Language::Python && text.contains("decouple");
    if (!text.contains("env") && !text.contains("Env") && !text.contains("ENV") && !decouple)
        return scan;
    const QByteArray code = withoutComments(text, language);
    Scanner scanner(code, language, scan);
    scanner.m_decouple = decouple;
    scanner.run();
    if (language == Language::Python && code.contains("BaseSettings"))
        scanSettingsClasses(code, scan);
    return scan;
}

void findWords(QByteArrayView text, const QSet<QByteArray> &wanted, QSet<QByteArray> &found)
{
    for (qsizetype i = 0; i < text.size();) {
        if (!isWord(text[i])) {
            ++i;
            continue;
        }
        const auto from = i;
        while (i < text.size() && isWord(text[i]))
            ++i;
        const auto word = QByteArray::fromRawData(text.data() + from, i - from);
        if (const auto it = wanted.constFind(word); it != wanted.cend())
            found.insert(*it);
    }
}

} // namespace coppice::health

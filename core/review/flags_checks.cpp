// SPDX-License-Identifier: GPL-3.0-or-later
// Reads which tests a file declares, and the rows of the tables that they run over.
#include "review/flags_checks.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace coppice::review {

namespace {

using enum Language;

QRegularExpression lines(const char *pattern)
{
    return QRegularExpression(QString::fromLatin1(pattern), QRegularExpression::MultilineOption);
}

/// How tests are declared; the name is group 1, or the first text behind the match.
const QRegularExpression &declaration(Language language)
{
    static const auto python = lines("^[ \\t]*(?:async[ \\t]+)?def[ \\t]+(test\\w*)[ \\t]*\\(");
    static const auto javaScript = lines("(?<![\\w.$])(?:it|test|specify|xit|xtest|fit|ftest|Deno\\.test|[Bb]un\\.test)(?:\\.(?:skip|only|todo|fails|failing|"
                                         "concurrent|sequential|fixme|each|serial|skipIf|runIf|slow|macro))*\\s*(?:\\(|`|<)|\\b(?:t|tap|ctx|suite)\\.test\\s*\\("
                                         "|\\bfunction\\s+(test_?[A-Z]\\w*)\\s*\\(|^\\s*function\\s+(test_\\w+)\\s*\\(");
    static const auto go = lines("^func\\s+(?:\\([^)]*\\)\\s*)?((?:Test|Fuzz|Example)\\w*)\\s*\\(");
    static const auto rust = lines("#\\[(?:\\w+::)*(?:test|rstest|test_case|quickcheck|tokio_test)\\b[^\\]]*\\](?:\\s*#\\[[^\\]]*\\])*\\s*(?:pub\\s+)?(?:async\\s+)?fn\\s+(\\w+)");
    static const auto java = lines("@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property|Theory)\\b(?:[^;{}]|\\{[^{}]*\\})*?(?:\\bfun\\s+|\\bvoid\\s+|\\bdef\\s+|\\bfunc\\s+|\\b[A-Z]\\w*(?:<[^>]*>)?\\s+)(`[^`]*`|\\w+)\\s*\\("
                                   "|^\\s*func\\s+(test\\w+)\\s*\\(|^\\s*(?:public\\s+)?void\\s+(test\\w+)\\s*\\(|^\\s*(?:test|it|should)\\s*\\(\\s*\"");
    static const auto cSharp = lines("\\[\\s*(?:\\w+\\()?\\s*(?:Fact|Theory|Test|TestMethod|TestCase|TestCaseSource|DataTestMethod|SkippableFact|SkippableTheory)\\b(?:[^;{}])*?\\b(?:void|Task|ValueTask)(?:<\\w+>)?\\s+(\\w+)\\s*\\(");
    static const auto c = lines("^\\s*(?:TYPED_)?(?:TEST|TEST_F|TEST_P|TEST_CASE|TEST_CASE_METHOD|SCENARIO|BOOST_AUTO_TEST_CASE|BOOST_FIXTURE_TEST_CASE|BOOST_DATA_TEST_CASE|"
                                "SUBCASE|CPPUNIT_TEST|START_TEST|TEST_METHOD|DOCTEST_TEST_CASE)\\s*\\(|^\\s*void\\s+(?:\\w+::)?((?!init|cleanup)[a-z]\\w*)\\s*\\(\\s*(?:void)?\\s*\\)\\s*(?:\\n\\s*)?\\{");
    static const auto ruby = lines("^\\s*def\\s+(test_\\w+[?!]?)|^\\s*(?:it|specify|example|test|scenario|fit|xit|xspecify|its)\\b\\s*(?:\\(|'|\"|\\{|do\\b)");
    static const auto php = lines("\\bfunction\\s+(test\\w+)\\s*\\(|#\\[(?:\\w+\\\\)*Test\\b[^\\]]*\\][^;{}]*?\\bfunction\\s+(\\w+)|^\\s*(?:it|test)\\s*\\(");
    static const auto shell = lines("^\\s*@test\\s|^\\s*(?:function\\s+)?(test_?\\w+)\\s*\\(\\)");
    static const auto perl = lines("^\\s*subtest\\b");
    static const auto elixir = lines("^\\s*test\\s+\"");
    static const auto none = lines("(?!)");
    switch (language) {
    case Python: return python;
    case JavaScript: return javaScript;
    case Go: return go;
    case Rust: return rust;
    case Java: return java;
    case CSharp: return cSharp;
    case C: return c;
    case Ruby: return ruby;
    case Php: return php;
    case Shell: return shell;
    case Perl: return perl;
    case Elixir: return elixir;
    default: return none;
    }
}

QString squeezed(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (const QChar c : text) {
        if (!c.isSpace())
            out += c;
    }
    return out;
}

void addRow(const CodeText &text, const QString &row, qsizetype offset, std::vector<Check> &checks)
{
    Check check;
    check.kind = Check::Kind::Row;
    check.text = squeezed(row.left(2000));
    check.operands = QStringList{check.text};
    check.strength = 5;
    check.line = text.lineAt(offset);
    if (!check.text.isEmpty() && checks.size() < mostChecks)
        checks.push_back(std::move(check));
}

/// The elements between a bracket and the one that closes it, each a row.
void addElements(const CodeText &text, qsizetype open, std::vector<Check> &checks)
{
    const auto behind = text.behindBracket(open);
    if (behind < 0)
        return;
    int depth = 0;
    auto start = open + 1;
    const auto add = [&](qsizetype end) {
        auto from = start;
        while (from < end && text.bare[from].isSpace())
            ++from;
        addRow(text, text.bare.mid(from, end - from), from, checks);
        start = end + 1;
    };
    for (auto at = open + 1; at < behind - 1; ++at) {
        const QChar c = text.code[at];
        if (c == u'(' || c == u'[' || c == u'{')
            ++depth;
        else if (c == u')' || c == u']' || c == u'}')
            --depth;
        else if (c == u',' && depth == 0)
            add(at);
    }
    add(behind - 1);
}

/// The first '[', '(' or '{' of these at or behind an offset, on this line or the next ones.
qsizetype bracketFrom(const QString &code, qsizetype at, QStringView which)
{
    for (const auto end = std::min(code.size(), at + 300); at < end; ++at) {
        if (which.contains(code[at]))
            return at;
        if (code[at] == u';')
            return -1;
    }
    return -1;
}

} // namespace

void readRows(Language language, const CodeText &text, std::vector<Check> &checks)
{
    // One attribute or call is one row.
    static const auto single = lines("\\[\\s*(?:InlineData|TestCase|DataRow|Arguments)\\s*\\(|#\\[\\s*(?:case|test_case|TestWith)\\b[^\\n(]*\\(|"
                                     "\\bQTest::(?:newRow|addRow)\\s*\\(");
    // What follows is a list of rows.
    static const auto list = lines("\\bparametrize\\s*\\(|\\.each\\s*\\(|@(?:ValueSource|CsvSource|EnumSource|Parameters)\\s*\\(|\\bINSTANTIATE_TEST_SUITE_P\\s*\\(|"
                                   "->with\\s*\\(|\\bGENERATE\\s*\\(|\\bStream\\.of\\s*\\(|"
                                   ":=\\s*(?:\\[\\w*\\]|map\\[\\w+\\])struct\\s*\\{|"
                                   "\\b\\w*(?:[cC]ases|[tT]ests|[eE]xamples|[tT]able|[sS]amples|[vV]ectors|[rR]ows|CASES|TABLE|EXAMPLES)\\s*(?:::?\\s*[^=;\\n]+)?:?=\\s*[^;\\n]*[\\[({]\\s*$|"
                                   "\\bfor\\b[^\\n]*\\b(?:of|in)\\s*[\\[(&]+\\s*$|\\bfunction\\s+\\w*(?:[pP]rovider|[dD]ata|[cC]ases)\\w*\\s*\\([^{]*\\{\\s*return\\s*");
    auto it = single.globalMatch(text.code);
    while (it.hasNext() && checks.size() < mostChecks) {
        const auto match = it.next();
        const auto open = match.capturedEnd() - 1;
        const auto behind = text.behindBracket(open);
        if (behind < 0)
            continue;
        // Rows that go on behind the bracket: QTest::newRow("x") << 1 << 2;
        auto end = behind;
        if (language == C) {
            const auto semicolon = text.code.indexOf(u';', behind);
            end = semicolon >= 0 && semicolon - behind < 4000 ? semicolon : behind;
        }
        addRow(text, text.bare.mid(open, end - open), match.capturedStart(), checks);
    }
    it = list.globalMatch(text.code);
    for (int tables = 0; it.hasNext() && tables < 2000 && checks.size() < mostChecks; ++tables) {
        const auto match = it.next();
        const QString start = match.captured();
        auto open = match.capturedEnd() - 1;
        if (start.contains(QLatin1String("parametrize"))) { // the list is the second argument
            const auto comma = text.code.indexOf(u',', open);
            qsizetype from = comma;
            if (const auto next = bracketFrom(text.code, open + 1, u"[("); next >= 0 && next < comma)
                from = text.behindBracket(next); // names as a list or tuple
            open = from < 0 ? -1 : bracketFrom(text.code, from, u"[(");
        } else if (start.endsWith(u"struct {") || start.endsWith(u"struct{")) {
            const auto behind = text.behindBracket(open);
            open = behind < 0 ? -1 : bracketFrom(text.code, behind, u"{");
        } else if (start.contains(QLatin1String(".each")) || start.startsWith(u'@') || start.contains(QLatin1String("->with"))) {
            const auto inner = bracketFrom(text.code, open + 1, u"[{");
            open = inner >= 0 && inner - open < 120 ? inner : open;
        } else if (start.contains(QLatin1String("INSTANTIATE"))) {
            const auto values = text.code.indexOf(QLatin1String("Values"), open);
            open = values < 0 || values - open > 300 ? -1 : bracketFrom(text.code, values, u"(");
        } else if (start.contains(QLatin1String("function"))) {
            open = bracketFrom(text.code, match.capturedEnd(), u"[");
        } else {
            while (open > match.capturedStart() && text.code[open].isSpace())
                --open;
        }
        if (open >= 0)
            addElements(text, open, checks);
    }
    // Ruby: [[1, 2], [3, 4]].each do |a, b|
    if (language == Ruby) {
        static const auto each = lines("\\]\\.each\\s+do\\b|\\]\\.each\\s*\\{");
        it = each.globalMatch(text.code);
        for (int tables = 0; it.hasNext() && tables < 500; ++tables) {
            auto at = it.next().capturedStart();
            int depth = 0;
            const auto least = std::max<qsizetype>(0, at - 20'000);
            for (; at >= least; --at) {
                if (text.code[at] == u']')
                    ++depth;
                else if (text.code[at] == u'[' && --depth == 0)
                    break;
            }
            if (at >= least)
                addElements(text, at, checks);
        }
    }
}

namespace {

/// Shell has commands for assertions, one a line: check …, assert_output …, [ "$a" = b ].
void readShellAssertions(const CodeText &text, std::vector<Check> &checks)
{
    static const auto assertion = lines("^[ \\t]*((?:assert|refute|check|expect|should)\\w*[ \\t]+(?![ \\t(])[^\\n]+|(?:\\[\\[?|test)[ \\t]+[^\\n]+)$");
    static const auto weak = lines("\\|\\|\\s*(?:true|:)\\s*$");
    auto it = assertion.globalMatch(text.bare);
    while (it.hasNext() && checks.size() < mostChecks) {
        const auto match = it.next();
        Check check;
        const QString whole = match.captured(1).left(2000);
        check.text = squeezed(whole);
        check.operands = whole.simplified().split(u' ').mid(1);
        static const auto exact = lines("\\s(?:=|==|-eq)\\s");
        const bool bracket = whole.startsWith(u'[') || whole.startsWith(QLatin1String("test "));
        check.strength = weak.match(whole).hasMatch() ? 0 : !bracket || exact.match(whole).hasMatch() ? 5 : 2;
        check.line = text.lineAt(match.capturedStart(1));
        checks.push_back(std::move(check));
    }
}

} // namespace

TestFile readTests(Language language, const CodeText &text)
{
    TestFile made;
    auto it = declaration(language).globalMatch(text.code);
    static const QRegularExpression firstText(QStringLiteral("([\"'`])(.*?)\\1"), QRegularExpression::DotMatchesEverythingOption);
    while (it.hasNext() && made.tests.size() < mostChecks) {
        const auto match = it.next();
        QString name;
        for (int i = match.lastCapturedIndex(); i > 0 && name.isEmpty(); --i)
            name = match.captured(i);
        if (language == C && !name.isEmpty() && name.endsWith(QLatin1String("_data")))
            continue;
        if (name.isEmpty()) {
            const QString behind = text.bare.mid(match.capturedEnd() - 1, 300);
            const auto quoted = firstText.match(behind);
            name = language == C ? behind.mid(1, std::max<qsizetype>(0, behind.indexOf(u')') - 1)).simplified()
                 : quoted.hasMatch() ? quoted.captured(2) : behind.left(40).simplified();
        }
        auto start = match.capturedStart();
        while (start < match.capturedEnd() && text.code[start].isSpace())
            ++start;
        made.tests.push_back({name, text.lineAt(start), text.lineCount()});
    }
    for (size_t i = 0; i + 1 < made.tests.size(); ++i)
        made.tests[i].lastLine = std::max(made.tests[i].line, made.tests[i + 1].line - 1);
    if (language == Shell)
        readShellAssertions(text, made.checks);
    else
        readAssertions(language, text, made.checks);
    readRows(language, text, made.checks);
    for (auto &check : made.checks) {
        const auto behind = std::upper_bound(made.tests.begin(), made.tests.end(), check.line,
                                             [](int line, const TestDeclaration &test) { return line < test.line; });
        check.test = int(behind - made.tests.begin()) - 1;
    }
    return made;
}

QStringList literalsOf(const QString &code)
{
    static const QRegularExpression literal(QStringLiteral("\"((?:[^\"\\\\]|\\\\.)*+)\"|'((?:[^'\\\\]|\\\\.)*+)'|(?<![\\w.])(-?\\d[\\w.]*)"));
    QStringList all;
    auto it = literal.globalMatch(code.left(4000));
    while (it.hasNext() && all.size() < 200) {
        const auto match = it.next();
        all << (match.captured(3).isEmpty() ? match.captured(1) + match.captured(2) : match.captured(3));
    }
    return all;
}

bool isTestPath(const QString &path)
{
    static const QRegularExpression folder(QStringLiteral("(^|/)(tests?|specs?|__tests__|testing|e2e|test-d|[A-Z]?\\w*\\.?Tests?)/"),
                                           QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression name(
        QStringLiteral("(^|/)(test_[^/]*\\.\\w+|tests\\.\\w+|test\\.\\w+|conftest\\.py|[^/]*([._-](test|tests|spec|specs|cy|e2e)\\.\\w+)"
                       "|[^/]*(Test|Tests|Spec|Specs|IT|TestCase)\\.(java|kt|kts|cs|swift|php|scala|groovy)|[^/]*\\.(bats|t))$"));
    return folder.match(path).hasMatch() || name.match(path).hasMatch();
}

bool holdsTests(Language language, const CodeText &text)
{
    static const auto rust = lines("#\\[(?:\\w+::)*(?:test|rstest)\\b|#\\[cfg\\(test\\)\\]");
    static const auto java = lines("@(?:Test|ParameterizedTest)\\b");
    static const auto cSharp = lines("\\[(?:Fact|Theory|Test|TestMethod|TestCase)\\b");
    static const auto c = lines("^\\s*(?:TEST|TEST_F|TEST_P|TEST_CASE|BOOST_AUTO_TEST_CASE)\\s*\\(|\\bQTEST_\\w*MAIN\\b|\\bQCOMPARE\\s*\\(");
    static const auto python = lines("^\\s*(?:import|from)\\s+(?:pytest|unittest)\\b|^\\s*def\\s+test_\\w+");
    static const auto javaScript = lines("(?:from|require\\()\\s*['\"](?:node:test|vitest|@jest/globals|bun:test|tape|ava|@playwright/test)['\"]");
    static const auto go = lines("\\*testing\\.T\\b");
    static const auto php = lines("extends\\s+\\w*TestCase\\b");
    switch (language) {
    case Rust: return rust.match(text.code).hasMatch();
    case Java: return java.match(text.code).hasMatch();
    case CSharp: return cSharp.match(text.code).hasMatch();
    case C: return c.match(text.code).hasMatch();
    case Python: return python.match(text.code).hasMatch();
    case JavaScript: return javaScript.match(text.bare).hasMatch();
    case Go: return go.match(text.code).hasMatch();
    case Php: return php.match(text.code).hasMatch();
    default: return false;
    }
}

} // namespace coppice::review

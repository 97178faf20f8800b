// SPDX-License-Identifier: GPL-3.0-or-later
// What a line of a test says by itself: skips, early ends, errors that nobody sees.
#include "review/flags.h"
#include "review/flags_checks.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace coppice::review {

namespace {

const QRegularExpression &skipMark(Language language)
{
    using enum Language;
    using R = QRegularExpression;
    static const R javaScript(QStringLiteral(
        "\\b(?:it|test|describe|context|suite|specify|t|ctx|bench|Deno\\.test)(?:\\.\\w+)*\\.(?:skip|todo|fixme|failing|fails|skipIf|runIf)\\b|(?<![\\w.$])(?:xit|xdescribe|xtest|xcontext|xspecify)\\s*[(.`]"
        "|\\bthis\\.skip\\s*\\(|\\b(?:skip|todo|fails|ignore)\\s*:\\s*(?!false\\b|undefined\\b|[)}\\]])[\\w!'\"`]|\\bQSKIP|\\bpending\\s*\\(|\\bretryTimes\\s*\\("));
    static const R python(QStringLiteral(
        "\\bpytest\\.(?:mark\\.)?(?:skip|skipif|xfail|importorskip|exit)\\b|\\bmark\\.(?:skip|skipif|xfail)\\b|\\b(?:unittest\\.)?(?:skipIf|skipUnless|expectedFailure)\\b|\\bunittest\\.skip\\b|@skip\\b|\\bself\\.skipTest\\b"
        "|\\bSkipTest\\b|\\b__test__\\s*=\\s*False|\\bcollect_ignore\\w*\\b|@nottest\\b|\\bflaky\\b"));
    static const R go(QStringLiteral("\\b[a-z]+\\.(?:Skip|Skipf|SkipNow)\\s*\\("));
    static const R rust(QStringLiteral("#\\[ignore\\b|#\\[cfg_attr\\([^\\]]*\\bignore\\b|#\\[should_panic\\b|#\\[cfg\\((?:any\\(\\)|FALSE|feature\\s*=|not\\(test)"));
    static const R java(QStringLiteral(
        "@(?:Ignore|Disabled\\w*|Enabled(?:If|On|For)\\w*|Flaky)\\b|\\benabled\\s*=\\s*false|\\b(?:Assume\\.|Assumptions\\.)?assum(?:e|ing)(?:True|False|That|NotNull|NoException)\\s*\\(|\\bSkipException\\b|\\bXCTSkip\\w*|\\bXCTExpectFailure\\b"
        "|\\bAssume\\.\\w+\\s*\\(|\\.disabled\\(|\\.ignore\\s*\\{|\\bpendingUntilFixed\\b"));
    static const R cSharp(QStringLiteral("\\bSkip\\s*=|\\[(?:[^\\]]*,\\s*)?(?:Ignore|Explicit)\\b|\\bAssert\\.(?:Ignore|Inconclusive|Pass|Skip\\w*)\\s*\\(|\\bSkip\\.(?:If|IfNot)\\b|\\bIgnore(?:Reason)?\\s*="));
    static const R c(QStringLiteral("\\bGTEST_SKIP\\b|\\bDISABLED_\\w+|\\bQSKIP\\b|\\bQEXPECT_FAIL\\b|\\bSKIP\\s*\\(|\\bdoctest::(?:skip|may_fail|should_fail)\\b|\\bdisabled\\s*\\(\\)|\\bexpected_failures\\b|\\bCATCH_SKIP\\b|\\bTEST_IGNORE\\w*\\b"));
    static const R ruby(QStringLiteral("(?<![\\w.:])(?:xit|xdescribe|xcontext|xspecify|xfeature|xscenario|xexample)\\b|^\\s*(?:skip|pending|omit|pend)\\b|\\b(?:skip|pending)\\s*:\\s*(?!false\\b|nil\\b)|(?<!\\w):(?:skip|pending)\\b(?!\\s*=>\\s*false)"
                                       "|[^\\w.:](?:skip|omit)\\s*(?:if|unless)\\b|\\bskip\\s*\\("),
                        R::MultilineOption);
    static const R php(QStringLiteral("\\bmarkTest(?:Skipped|Incomplete)\\b|->(?:skip|todo|skipOn\\w+)\\s*\\(|#\\[(?:\\w+\\\\)*(?:Requires\\w*|DoesNotPerformAssertions|Ignore)\\b|\\bexpectNotToPerformAssertions\\b|\\bxit\\s*\\("));
    static const R shell(QStringLiteral("^\\s*skip\\b"), R::MultilineOption);
    static const R perl(QStringLiteral("\\bskip_all\\b|\\bskip\\b\\s|\\btodo_skip\\b|\\bTODO\\s*:"));
    static const R elixir(QStringLiteral("@(?:module)?tag\\s+:skip\\b|@(?:module)?tag\\s+skip\\s*:"));
    static const R none(QStringLiteral("(?!)"));
    switch (language) {
    case JavaScript: return javaScript;
    case Python: return python;
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

const QRegularExpression &onlyMark()
{
    static const QRegularExpression expression(QStringLiteral(
        "\\b(?:it|test|describe|context|suite|specify|t)(?:\\.\\w+)*\\.only\\b|(?<![\\w.$:])(?:fit|fdescribe|fcontext|ftest|fspecify)\\b\\s*[(\"'`{]|\\bonly\\s*:\\s*true|\\bfocus\\s*:\\s*true|(?<!\\w):focus\\b|->only\\s*\\("));
    return expression;
}

} // namespace

QString shortened(const QString &text)
{
    return text.size() > 80 ? text.left(79) + u'…' : text;
}

std::vector<TestMark> testMarksIn(Language language, const CodeText &text)
{
    std::vector<TestMark> marks;
    const auto collect = [&](const QRegularExpression &expression, bool only) {
        auto it = expression.globalMatch(text.code);
        while (it.hasNext() && marks.size() < mostChecks) {
            const auto match = it.next();
            auto at = match.capturedStart();
            while (at < match.capturedEnd() && text.code[at].isSpace())
                ++at;
            marks.push_back({match.captured().simplified().remove(u' '), text.lineAt(at), only});
        }
    };
    collect(skipMark(language), false);
    if (language == Language::JavaScript || language == Language::Ruby || language == Language::Php)
        collect(onlyMark(), true);
    return marks;
}

void flagTestLines(const FlagInput &input, const TestFile &after, std::vector<Flag> &flags)
{
    using R = QRegularExpression;
    static const R swallow(QStringLiteral("\\bcatch\\s*(?:\\([^)]*\\))?\\s*\\{\\s*\\}|\\.catch\\(\\s*(?:\\(\\w*\\)|\\w+|function\\s*\\(\\w*\\))\\s*(?:=>)?\\s*\\{\\s*\\}\\s*\\)|^\\s*except\\s*(?:(?:Base)?Exception|AssertionError)?[^:]*:\\s*pass\\b|\\brescue\\s+nil\\b"));
    static const R never(QStringLiteral("^\\s*(?:\\}\\s*else\\s+)?(?:if|while)\\s*\\(?\\s*(?:false|False|0)\\s*\\)?\\s*[:{]"));
    static const R bare(QStringLiteral("^\\s*(?:if\\b.*[\\s){:])?\\s*return\\s*(?:nil|null|undefined|None)?\\s*;?\\s*\\}?\\s*$"));
    static const R buildTag(QStringLiteral("^\\s*(?://go:build|//\\s*\\+build)\\s+(?!go1|!)"));
    const auto add = [&](int line, const QString &why) {
        flags.push_back({QStringLiteral("tests-weakened"), input.file.path, line, why, {}});
    };
    std::vector<int> lastCheck(after.tests.size()); // line of each test's last assertion
    for (const auto &check : after.checks) {
        if (check.test >= 0 && check.kind == Check::Kind::Assertion)
            lastCheck[size_t(check.test)] = std::max(lastCheck[size_t(check.test)], check.line);
    }
    QSet<QString> gone;
    for (const auto &line : input.removed)
        gone.insert(line.text.trimmed());
    for (const auto &line : input.added) {
        if (line.text.size() > longestScanned || gone.contains(line.text.trimmed()))
            continue;
        const QString code = input.codeAfter.line(input.codeAfter.code, line.line).toString();
        if (input.language == Language::Go && buildTag.match(line.text).hasMatch())
            add(line.line, QStringLiteral("A build tag leaves the whole file out: %1").arg(shortened(line.text.trimmed())));
        else if (swallow.match(code).hasMatch())
            add(line.line, QStringLiteral("Errors are caught and forgotten here, so the test passes whatever happens."));
        else if (never.match(code).hasMatch())
            add(line.line, QStringLiteral("What follows is never run: %1").arg(shortened(code.trimmed())));
        else if (bare.match(code).hasMatch()) {
            const auto behind = std::upper_bound(after.tests.begin(), after.tests.end(), line.line,
                                                 [](int number, const TestDeclaration &test) { return number < test.line; });
            if (behind == after.tests.begin())
                continue;
            const auto &test = *(behind - 1);
            // Of the test itself, not of a function in it: as far in as its first line, or one further below an added `if`.
            const auto indent = [](QStringView text) {
                qsizetype at = 0;
                while (at < text.size() && text[at].isSpace())
                    ++at;
                return at;
            };
            int first = test.line;
            const auto outer = indent(input.codeAfter.line(input.codeAfter.code, test.line));
            while (first < input.codeAfter.lineCount() && (indent(input.codeAfter.line(input.codeAfter.code, first)) <= outer))
                ++first;
            const auto body = indent(input.codeAfter.line(input.codeAfter.code, first)), here = indent(code);
            const bool belowIf = input.codeAfter.line(input.codeAfter.code, line.line - 1).trimmed().startsWith(QLatin1String("if"));
            const bool checksFollow = lastCheck[size_t(&test - after.tests.data())] > line.line;
            if (checksFollow && (here == body || (belowIf && here > body && indent(input.codeAfter.line(input.codeAfter.code, line.line - 1)) == body)))
                add(line.line, QStringLiteral("The test returns here, before what it checks."));
        }
    }
    // Named tolerances that grow.
    static const R named(QStringLiteral("\\b(\\w*(?:tolerance|epsilon|delta|margin|TOLERANCE|EPSILON|DELTA|MARGIN|Tolerance|Epsilon)\\w*)\\s*(?::\\s*\\w+\\s*)?[:=]+\\s*(-?[\\d.][\\d.eE+-]*)"));
    QHash<QString, double> before;
    for (const auto &line : input.removed) {
        const auto match = line.text.size() < 500 ? named.match(line.text) : QRegularExpressionMatch();
        if (match.hasMatch())
            before[match.captured(1)] = match.captured(2).toDouble();
    }
    for (const auto &line : input.added) {
        const auto match = line.text.size() < 500 ? named.match(line.text) : QRegularExpressionMatch();
        const auto was = match.hasMatch() ? before.constFind(match.captured(1)) : before.cend();
        if (was != before.cend() && match.captured(2).toDouble() > *was)
            add(line.line, QStringLiteral("%1 grows from %2 to %3.").arg(match.captured(1)).arg(*was).arg(match.captured(2)));
    }
}

} // namespace coppice::review

// SPDX-License-Identifier: GPL-3.0-or-later
// Flags on tests that go away or check less than before.
#include "review/flags.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::review {

namespace {

const QRegularExpression &declaration()
{
    static const QRegularExpression expression(QStringLiteral(
        "(?<![\\w.])(it|test|describe|specify|context|suite)(\\.each|\\.concurrent|\\.only|\\.sequential)?\\s*[(`]|^\\s*(async\\s+)?def\\s+test\\w*\\s*\\(|"
        "^\\s*func\\s+(\\([^)]*\\)\\s*)?(Test|Benchmark|Fuzz|Example)\\w*\\s*\\(|#\\[(\\w+::)*(test|rstest|test_case)\\b|@(Test|ParameterizedTest|RepeatedTest)\\b|"
        "^\\s*(TEST|TEST_F|TEST_P|TEST_CASE|SCENARIO|BOOST_AUTO_TEST_CASE)\\s*\\(|^\\s*@test\\s|^\\s*(public\\s+)?function\\s+test\\w*\\s*\\(|"
        "\\bt\\.(test|run|Run)\\s*\\(|\\[(Fact|Theory|TestMethod|TestCase)\\b"));
    return expression;
}

const QRegularExpression &assertion()
{
    static const QRegularExpression expression(QStringLiteral(
        "\\bassert\\w*\\b|\\bexpect\\w*\\s*[(!.]|\\bshould\\b|\\b(EXPECT|ASSERT|CHECK|REQUIRE|QVERIFY|QCOMPARE|BOOST_\\w+|XCTAssert)\\w*\\s*\\(|"
        "\\bt\\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow|is|ok|equal|deepEqual|same|throws|true|false)\\b|\\brequire\\.\\w+\\(|"
        "\\bpytest\\.raises\\b|\\bself\\.fail\\b|\\bverify\\s*\\("));
    return expression;
}

const QRegularExpression &skip()
{
    static const QRegularExpression expression(QStringLiteral(
        "\\b(it|test|describe|context|suite|t)\\.(skip|todo|fixme|failing|skipIf|fails)\\b|(?<![\\w.])(xit|xdescribe|xtest|xcontext|xspecify)\\s*\\(|"
        "@?\\bpytest\\.(mark\\.)?(skip|skipif|xfail)\\b|@?\\bunittest\\.(skip|skipIf|skipUnless|expectedFailure)\\b|\\bself\\.skipTest\\b|"
        "\\braise\\s+(unittest\\.)?SkipTest\\b|\\bt\\.(Skip|Skipf|SkipNow)\\s*\\(|#\\[ignore\\b|@(Ignore|Disabled)\\b|\\bGTEST_SKIP\\b|"
        "\\bDISABLED_\\w+|\\bQSKIP\\b|\\bmarkTestSkipped\\b|\\bskip\\s*:\\s*(true|['\"])|\\bthis\\.skip\\s*\\(|\\[Ignore\\b|^\\s*skip(\\s|$)"));
    return expression;
}

const QRegularExpression &onlyOne()
{
    static const QRegularExpression expression(
        QStringLiteral("\\b(it|test|describe|context|suite)\\.only\\b|(?<![\\w.])(fit|fdescribe)\\s*\\("));
    return expression;
}

/// A command or check that can no longer fail.
const QRegularExpression &cannotFail()
{
    static const QRegularExpression expression(QStringLiteral(
        "\\|\\|\\s*(true|:|exit\\s+0)\\b|\\bset\\s+\\+e\\b|--passWithNoTests\\b|\\bcontinue-on-error\\s*:\\s*true|\\ballow_failure\\s*:\\s*true|"
        "\\bassert\\s+True\\b|\\bassert\\s*\\(\\s*true\\s*[,)]|\\bexpect\\(\\s*true\\s*\\)\\.(toBe\\(true\\)|toBeTruthy)|\\bassert\\.ok\\(\\s*true|"
        "\\bassertTrue\\(\\s*(True|true)\\s*[,)]|\\bassert!\\(\\s*true\\s*\\)"));
    return expression;
}

int count(const std::vector<SideLine> &lines, const QRegularExpression &expression)
{
    return int(std::count_if(lines.begin(), lines.end(), [&](const SideLine &line) {
        return line.text.size() < 20'000 && expression.match(line.text).hasMatch();
    }));
}

void flagAddedLines(const FlagInput &input, const QRegularExpression &expression, const QString &detail, std::vector<Flag> &flags)
{
    // As many as the patch removes are only moved or rewritten.
    int left = count(input.added, expression) - count(input.removed, expression);
    for (auto it = input.added.rbegin(); it != input.added.rend() && left > 0; ++it) {
        if (it->text.size() < 20'000 && expression.match(it->text).hasMatch()) {
            flags.push_back({QStringLiteral("tests-weakened"), input.file.path, it->line, detail, {}});
            if (--left > 20)
                left = 20;
        }
    }
}

/// The command behind `npm test` or another script that checks.
void flagScripts(const FlagInput &input, std::vector<Flag> &flags)
{
    const auto scripts = [](const QByteArray &bytes) {
        return QJsonDocument::fromJson(bytes).object()[QLatin1String("scripts")].toObject();
    };
    const auto before = scripts(input.before), after = scripts(input.after);
    for (const auto &name : {QStringLiteral("test"), QStringLiteral("lint"), QStringLiteral("check"), QStringLiteral("pretest"),
                             QStringLiteral("typecheck")}) {
        if (!before.contains(name) || before[name] == after[name])
            continue;
        flags.push_back({QStringLiteral("tests-weakened"), input.file.path, 0,
                         after.contains(name)
                             ? QStringLiteral("The script \"%1\" becomes: %2").arg(name, after[name].toString().left(200))
                             : QStringLiteral("The script \"%1\" is removed.").arg(name), {}});
    }
    static const QStringList unasked{QStringLiteral("preinstall"), QStringLiteral("install"), QStringLiteral("postinstall"),
                                     QStringLiteral("prepare"), QStringLiteral("prepublish"), QStringLiteral("prepack"),
                                     QStringLiteral("postpack"), QStringLiteral("dependencies")};
    for (const auto &name : unasked) {
        if (after.contains(name) && before[name] != after[name])
            flags.push_back({QStringLiteral("hooks"), input.file.path, 0,
                             QStringLiteral("The script \"%1\" runs when the package is installed: %2")
                                 .arg(name, after[name].toString().left(200)), {}});
    }
}

} // namespace

void flagTests(const FlagInput &input, std::vector<Flag> &flags)
{
    const FilePatch &file = input.file;
    if (fileName(input.path) == u"package.json")
        flagScripts(input, flags);
    const bool wasTest = isTestPath(QString::fromUtf8(file.oldPath)), isTest = isTestPath(input.path);
    if (file.status == FilePatch::Status::Deleted) {
        if (wasTest)
            flags.push_back({QStringLiteral("tests-deleted"), file.path, 0, QStringLiteral("A test file is deleted."), {}});
        return;
    }
    if (file.status == FilePatch::Status::Renamed && wasTest && !isTest)
        flags.push_back({QStringLiteral("tests-deleted"), file.path, 0,
                         QStringLiteral("A test file is moved to where no test is looked for."), {}});
    static const QRegularExpression commands(
        QStringLiteral("(\\.(sh|bash|ya?ml|mk|toml|cfg|ini)|(^|/)(Makefile|justfile|package\\.json|Dockerfile|tox\\.ini|noxfile\\.py))$"),
        QRegularExpression::CaseInsensitiveOption);
    const bool mayTest = wasTest || isTest || count(input.added, declaration()) + count(input.removed, declaration()) > 0;
    if (mayTest || commands.match(input.path).hasMatch())
        flagAddedLines(input, cannotFail(), QStringLiteral("This check cannot fail any more."), flags);
    if (!mayTest)
        return;
    const int testsLost = count(input.removed, declaration()) - count(input.added, declaration());
    if (testsLost > 0)
        flags.push_back({QStringLiteral("tests-deleted"), file.path, 0,
                         QStringLiteral("%1 fewer tests than before in this file.").arg(testsLost), {}});
    const int assertionsLost = count(input.removed, assertion()) - count(input.added, assertion());
    if (assertionsLost > 0)
        flags.push_back({QStringLiteral("tests-weakened"), file.path, 0,
                         QStringLiteral("%1 fewer assertions than before in this file.").arg(assertionsLost), {}});
    flagAddedLines(input, skip(), QStringLiteral("A test is skipped, or its failing is expected."), flags);
    flagAddedLines(input, onlyOne(), QStringLiteral("Only this test would be run; all others are left out."), flags);
}

} // namespace coppice::review

// SPDX-License-Identifier: GPL-3.0-or-later
// What decides whether tests are run, and how much of them has to succeed: settings of runners, coverage, commands.
#include "review/flags.h"
#include "review/flags_checks.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::review {

namespace {

using R = QRegularExpression;

const R &runner()
{
    static const R expression(QStringLiteral(
        "\\b(?:pytest|py\\.test|tox|nox|nose2?|jest|vitest|mocha|ava|karma|jasmine|cypress|playwright|tap|c8|nyc|ctest|rspec|minitest|phpunit|pest|gotestsum|nextest|bats|prove|codecept|qunit|wtr|testem)\\b"
        "|\\b(?:npm|yarn|pnpm|bun|deno|go|cargo|dotnet|mvn|mvnw|gradle|gradlew|\\./gradlew|rake|make|mix|swift|flutter|dart|composer|sbt|bazel|meson|zig|rails|ninja|just)\\s+(?:run\\s+|exec\\s+|-\\S+\\s+)*(?:test|check|verify|spec)\\b"
        "|\\bnode\\s+(?:\\S+\\s+)*--test\\b|-m\\s+(?:unittest|pytest)\\b|\\bunittest\\b|\\btests?[/.]\\S*|\\S*test\\S*\\.(?:js|mjs|cjs|ts|py|sh|rb|pl|php)\\b"));
    return expression;
}

bool testsNothing(const QString &command)
{
    static const R weak(QStringLiteral("\\|\\|\\s*(?:true|:|exit\\s+0|echo)|;\\s*(?:true|exit\\s+0)\\s*$|--passWithNoTests|--pass-with-no-tests"));
    return command.trimmed().isEmpty() || weak.match(command).hasMatch() || !runner().match(command).hasMatch();
}

void add(const FlagInput &input, int line, const QString &why, std::vector<Flag> &flags)
{
    flags.push_back({QStringLiteral("tests-weakened"), input.file.path, line, why, {}});
}

/// The command behind `npm test` or another script that checks.
void flagScripts(const FlagInput &input, std::vector<Flag> &flags)
{
    const auto scripts = [](const QByteArray &bytes) {
        return QJsonDocument::fromJson(bytes).object()[QLatin1String("scripts")].toObject();
    };
    const auto before = scripts(input.before), after = scripts(input.after);
    for (auto it = before.begin(); it != before.end(); ++it) {
        const QString name = it.key(), was = it.value().toString(), is = after[name].toString();
        if ((name != u"test" && !name.startsWith(QLatin1String("test:"))) || was == is || testsNothing(was))
            continue;
        if (!after.contains(name)) {
            if (name == u"test")
                add(input, 0, QStringLiteral("The script \"%1\" is removed.").arg(name), flags);
        } else if (testsNothing(is)) {
            // Another script may do it now.
            static const R other(QStringLiteral("\\b(?:run-s|run-p|npm-run-all|wireit|turbo|nx|lerna|concurrently|npm\\s+run|yarn|pnpm|bun\\s+run|make|gulp|grunt|just)\\b"));
            if (!other.match(is).hasMatch() || is.contains(QLatin1String("||")))
                add(input, 0, QStringLiteral("The script \"%1\" no longer tests anything, or cannot fail: %2").arg(name, is.left(200)), flags);
        }
    }
}

bool isSettings(const QString &path)
{
    static const R names(QStringLiteral(
        "(^|/)(package\\.json|pyproject\\.toml|pytest\\.ini|\\.?tox\\.ini|setup\\.cfg|\\.coveragerc|\\.nycrc[^/]*|\\.c8rc[^/]*|\\.?codecov\\.ya?ml|\\.simplecov|phpunit[^/]*\\.xml[^/]*|pom\\.xml|[^/]*\\.gradle(\\.kts)?|\\.mocharc[^/]*|\\.rspec"
        "|(jest|vitest|vite|karma|playwright|cypress|ava|wdio|web-test-runner)[^/]*\\.(config|conf)[^/]*|jest\\.[^/]*|\\.taprc|Cargo\\.toml|nextest\\.toml|[^/]*\\.runsettings|[^/]*\\.csproj|Directory\\.Build\\.props|conftest\\.py|noxfile\\.py"
        "|Makefile|GNUmakefile|justfile|Rakefile|composer\\.json|CMakeLists\\.txt|[^/]*\\.ya?ml|[^/]*\\.sh|spec_helper\\.rb|test_helper\\.rb|\\.coverage-thresholds\\.json|sonar-project\\.properties|[^/]*testng[^/]*\\.xml)$"));
    return names.match(path).hasMatch();
}

/// A number that has to be reached, under a name that says so.
void flagThresholds(const FlagInput &input, std::vector<Flag> &flags)
{
    static const R threshold(QStringLiteral(
        "(branches|functions|lines|statements|fail_under|fail-under|cov-fail-under|coverageThreshold\\w*|threshold|minimum(?:_coverage)?|minimum|target|check-coverage|min_coverage|minCoverage|Threshold|branchRate|lineRate|MinimumCoverage)"
        "['\"]?\\s*(?:[:=>(]|\\s)\\s*['\"]?(\\d+(?:\\.\\d+)?)"));
    const bool coverage = input.before.contains("over") || input.before.contains("hreshold"); // coverage, cover, Coverage
    if (!coverage)
        return;
    std::vector<std::pair<QString, double>> before;
    for (const auto &line : input.removed) {
        auto it = line.text.size() < 2000 ? threshold.globalMatch(line.text) : QRegularExpressionMatchIterator();
        while (line.text.size() < 2000 && it.hasNext() && before.size() < 200) {
            const auto match = it.next();
            before.emplace_back(match.captured(1), match.captured(2).toDouble());
        }
    }
    for (const auto &line : input.added) {
        if (line.text.size() >= 2000)
            continue;
        auto it = threshold.globalMatch(line.text);
        while (it.hasNext()) {
            const auto match = it.next();
            const auto was = std::find_if(before.begin(), before.end(), [&](const auto &one) { return one.first == match.captured(1); });
            if (was == before.end())
                continue;
            if (match.captured(2).toDouble() < was->second)
                add(input, line.line, QStringLiteral("\"%1\" has to reach only %2, it was %3.").arg(was->first, match.captured(2)).arg(was->second), flags);
            before.erase(was);
        }
    }
    for (const auto &[name, value] : before) {
        if (name.contains(QLatin1String("fail")) || name.contains(QLatin1String("coverage"), Qt::CaseInsensitive))
            add(input, 0, QStringLiteral("\"%1\" (%2) is no longer asked for.").arg(name).arg(value), flags);
    }
}

/// Lists of what is not tested, and switches that leave tests out.
void flagLeftOut(const FlagInput &input, std::vector<Flag> &flags)
{
    static const R list(QStringLiteral("\\b(testPathIgnorePatterns|modulePathIgnorePatterns|testIgnore|collect_ignore(?:_glob)?|norecursedirs|excludePattern|exclude_patterns|excludeSpecPattern|exclude)\\b['\"]?\\s*[:=]"));
    static const R mark(QStringLiteral(
        "--(?:ignore(?:-glob)?|deselect|exclude-group|exclude-tag|exclude-testsuite|testPathIgnorePatterns|invert)\\b[= ]|(?<![\\w-])-k\\s+['\"]?not\\b|(?<![\\w-])-m\\s+['\"]?not\\b|\\bgo\\s+test\\b.*\\s-(?:skip|short)\\b|-DskipTests\\b|-Dmaven\\.test\\.skip|\\bskipTests\\b\\s*(?:>|=|:)\\s*true|maven\\.test\\.skip\\s*>\\s*true"
        "|testFailureIgnore\\s*>\\s*true|ignoreFailures\\s*=\\s*true|\\btest\\s*=\\s*false|\\bharness\\s*=\\s*false|\\bforbidOnly\\s*:\\s*false|\\bctest\\b.*\\s(?:-E|-LE|--exclude-regex)\\b|--exclude\\s+\\S*test|-x\\s+test\\b|\\bWILL_FAIL\\b|\\bDISABLED\\s+(?:TRUE|ON|1)\\b|--lenient\\b"));
    static const R retries(QStringLiteral("\\b(?:retries|retry|reruns|retryTimes|--retries|--reruns|flakyTestAttempts)\\b['\"]?\\s*[:=(\\s]\\s*(\\d+)"));
    const bool general = !fileName(input.path).contains(QRegularExpression(QStringLiteral("\\.ya?ml$|\\.sh$")));
    const auto countOf = [](const std::vector<SideLine> &lines, const R &expression) {
        return std::count_if(lines.begin(), lines.end(), [&](const SideLine &line) { return line.text.size() < 2000 && expression.match(line.text).hasMatch(); });
    };
    const auto more = countOf(input.added, mark) - countOf(input.removed, mark);
    auto left = more;
    int was = -1;
    for (const auto &line : input.removed) {
        const auto match = line.text.size() < 2000 ? retries.match(line.text) : QRegularExpressionMatch();
        if (match.hasMatch())
            was = std::max(was, match.captured(1).toInt());
    }
    for (const auto &line : input.added) {
        if (line.text.size() >= 2000)
            continue;
        if (left > 0 && mark.match(input.codeAfter.lineCount() > 1 || !input.codeAfter.bare.isEmpty() ? input.codeAfter.line(input.codeAfter.bare, line.line).toString() : line.text).hasMatch()) {
            --left;
            add(input, line.line, QStringLiteral("Leaves tests out: %1").arg(line.text.trimmed().left(100)), flags);
        }
        const auto match = retries.match(line.text);
        if (general && match.hasMatch() && was >= 0 && match.captured(1).toInt() > was)
            add(input, line.line, QStringLiteral("Tests may fail more often before that counts: %1").arg(line.text.trimmed().left(100)), flags);
    }
    // An entry that is added to a list of what is ignored.
    if (input.codeAfter.bare.isEmpty())
        return;
    const auto &text = input.codeAfter;
    QString removed;
    for (const auto &line : input.removed)
        removed += removed.size() < 100'000 ? line.text + u'\n' : QString();
    auto it = list.globalMatch(text.bare);
    for (int lists = 0; it.hasNext() && lists < 50; ++lists) {
        const auto match = it.next();
        const int first = text.lineAt(match.capturedStart());
        int last = first;
        auto open = match.capturedEnd();
        while (open < text.bare.size() && text.bare[open].isSpace())
            ++open;
        if (open < text.bare.size() && text.bare[open] == u'[') {
            const auto behind = text.behindBracket(open);
            last = behind < 0 ? first : text.lineAt(behind - 1);
        }
        static const R about(QStringLiteral("test|spec|e2e"), R::CaseInsensitiveOption);
        const bool narrow = match.captured(1) != u"exclude" && match.captured(1) != u"exclude_patterns";
        for (const auto &line : input.added) {
            if (line.line < first || line.line > last)
                continue;
            for (const auto &entry : literalsOf(line.text)) {
                if (entry.isEmpty() || removed.contains(entry) || (!narrow && !about.match(entry).hasMatch()) || entry.contains(QLatin1String("node_modules")))
                    continue;
                if (QStringList{QStringLiteral("dist"), QStringLiteral("build"), QStringLiteral("exclude"), match.captured(1)}.contains(entry))
                    continue;
                add(input, line.line, QStringLiteral("Tests below \"%1\" are no longer run.").arg(entry.left(100)), flags);
                break;
            }
        }
    }
}

/// A command or check that can no longer fail, and one that is not run any more.
void flagCommands(const FlagInput &input, std::vector<Flag> &flags)
{
    static const R harmless(QStringLiteral("\\|\\|\\s*(?:true|:|exit\\s+0)(?![\\w/])|\\bset\\s+\\+e\\b|--passWithNoTests\\b|\\bcontinue-on-error\\s*:\\s*true|\\ballow_failure\\s*:\\s*true|\\bcontinueOnError\\s*:\\s*true|\\bignore_errors\\s*:\\s*true"));
    static const R pieces(QStringLiteral("(\\.(sh|bash|ya?ml|mk|toml|cfg|ini|bats)|(^|/)(Makefile|GNUmakefile|justfile|Dockerfile|tox\\.ini|noxfile\\.py|Rakefile))$"), R::CaseInsensitiveOption);
    if (!pieces.match(input.path).hasMatch())
        return;
    const auto codeOf = [](const CodeText &text, const SideLine &line) {
        return text.bare.isEmpty() ? line.text : text.line(text.bare, line.line).toString();
    };
    static const R checks(QStringLiteral("\\b(?:lint|check|audit|verify|mypy|clippy|eslint|tsc|vet|ruff|flake8|phpstan)\\b"));
    for (const auto &line : input.added) {
        if (line.text.size() > longestScanned)
            continue;
        const QString code = codeOf(input.codeAfter, line);
        const auto match = harmless.match(code);
        if (!match.hasMatch())
            continue;
        // Of a command that tests; "rm -f x || true" is nobody's test.
        const bool shell = match.captured().startsWith(u'|');
        if (!shell || runner().match(code).hasMatch() || checks.match(code).hasMatch())
            add(input, line.line, QStringLiteral("This check cannot fail any more: %1").arg(code.trimmed().left(100)), flags);
    }
    static const R recipe(QStringLiteral("(^|/)(Makefile|GNUmakefile|justfile|Rakefile|[^/]*\\.mk|[^/]*\\.sh|tox\\.ini)$"), R::CaseInsensitiveOption);
    if (!recipe.match(input.path).hasMatch() || input.file.status == FilePatch::Status::Deleted)
        return;
    const auto runs = [&](const std::vector<SideLine> &lines, const CodeText &text) {
        return std::count_if(lines.begin(), lines.end(), [&](const SideLine &line) {
            static const R says(QStringLiteral("^\\s*@?(?:echo|printf)\\b|^[\\w.-]+\\s*:(?!=)|^\\s*\\.PHONY"));
            const QString code = line.text.size() > 2000 ? QString() : codeOf(text, line);
            return !says.match(code).hasMatch() && runner().match(code).hasMatch();
        });
    };
    if (runs(input.removed, input.codeBefore) > runs(input.added, input.codeAfter))
        add(input, input.added.empty() ? 0 : input.added.front().line, QStringLiteral("A command that ran tests is not run any more."), flags);
}

} // namespace

void flagTestSettings(const FlagInput &input, std::vector<Flag> &flags)
{
    std::vector<Flag> found;
    if (fileName(input.path) == u"package.json")
        flagScripts(input, found);
    if (isSettings(input.path)) {
        flagThresholds(input, found);
        flagLeftOut(input, found);
    }
    flagCommands(input, found);
    addBounded(std::move(found), flags);
}

} // namespace coppice::review

// SPDX-License-Identifier: GPL-3.0-or-later
// Flags on tests that go away or check less than before.
#include "review/flags.h"
#include "review/flags_mocks.h"

#include <QMap>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace coppice::review {

namespace {

QString keyOf(const Check &check)
{
    return (check.kind == Check::Kind::Row ? u'r' : u'a') + check.text;
}

struct File {
    QByteArray path;
    bool deleted = false, wasNamed = false, wasTest = false, isScript = false;
    TestFile before, after;
    QSet<int> addedLines;
    std::vector<TestMark> marksBefore, marksAfter;
    std::vector<MockedCheck> mockedBefore, mockedAfter;
    QSet<QString> literals; ///< of added lines
    bool tables = false;    ///< added lines hold a table or a loop
    std::vector<Flag> flags; ///< that need no other file
};

/// A check that is on one side only.
struct Loose {
    const Check *check;
    size_t file;
    QString test;
    bool taken = false;
};

bool isCollectedName(const QString &path)
{
    static const QRegularExpression expression(QStringLiteral(
        "(^|/)(test_[^/]*\\.\\w+|[^/]*[._-](test|tests|spec|specs|cy|e2e)\\.\\w+|[^/]*(Test|Tests|Spec|Specs|IT|TestCase)\\.(java|kt|kts|cs|swift|php|scala|groovy)|[^/]*\\.(bats|t))$"));
    return expression.match(path).hasMatch();
}

} // namespace

struct TestJudge::Facts {
    std::vector<File> files;
};
TestJudge::TestJudge() : m_facts(std::make_unique<Facts>()) { }
TestJudge::~TestJudge() = default;

void TestJudge::add(const FlagInput &input)
{
    const auto &patch = input.file;
    const QString oldPath = QString::fromUtf8(patch.oldPath);
    const bool deleted = patch.status == FilePatch::Status::Deleted;
    const bool renamedAway = patch.status == FilePatch::Status::Renamed && isCollectedName(oldPath) && !isCollectedName(input.path);
    File file;
    file.path = patch.path;
    file.deleted = deleted;
    file.wasNamed = isCollectedName(oldPath);
    static const QRegularExpression helper(QStringLiteral("helper|util|support|common|fixture|setup|data/|assets/|resources/|mock|stub|/lib/|__init__|conftest"), QRegularExpression::CaseInsensitiveOption);
    file.isScript = !helper.match(oldPath).hasMatch();
    if (renamedAway)
        file.flags.push_back({QStringLiteral("tests-deleted"), patch.path, 0,
                              QStringLiteral("A test file (%1) gets a name under which no test is looked for.").arg(fileName(oldPath)), {}});
    if (deleted && (oldPath.endsWith(QLatin1String(".snap")) || oldPath.contains(QLatin1String(".approved."))))
        file.flags.push_back({QStringLiteral("tests-deleted"), patch.path, 0, QStringLiteral("What a test compares with is deleted."), {}});
    const bool readable = !input.partly && input.language != Language::Prose && input.language != Language::Config && !(input.added.empty() && input.removed.empty());
    if (readable) {
        file.wasTest = isTestPath(oldPath) || holdsTests(input.language, input.codeBefore);
        const bool isTest = !deleted && (isTestPath(input.path) || holdsTests(input.language, input.codeAfter));
        const bool inSource = !isTestPath(oldPath) && !isTestPath(input.path); // tests beside what they test
        const auto read = [&](const CodeText &text) {
            auto tests = readTests(input.language, text);
            if (inSource)
                std::erase_if(tests.checks, [](const Check &check) { return check.test < 0 || check.kind == Check::Kind::Row; });
            return tests;
        };
        if (file.wasTest) {
            file.before = read(input.codeBefore);
            file.marksBefore = testMarksIn(input.language, input.codeBefore);
            file.mockedBefore = mockedChecks(input.language, input.codeBefore, file.before);
        }
        if (isTest) {
            file.after = read(input.codeAfter);
            file.marksAfter = testMarksIn(input.language, input.codeAfter);
            file.mockedAfter = mockedChecks(input.language, input.codeAfter, file.after);
            flagTestLines(input, file.after, file.flags);
        }
        static const QRegularExpression table(QStringLiteral("parametrize|\\.each|InlineData|TestCase|#\\[case|\\bfor\\b|forEach|newRow|addRow|CsvSource|ValueSource|[pP]rovider|struct\\s*\\{|->with\\(|DataRow|Values\\("));
        for (const auto &line : input.added) {
            file.addedLines.insert(line.line);
            if ((file.wasTest || isTest) && line.text.size() < longestScanned) {
                for (const auto &literal : literalsOf(line.text))
                    file.literals.insert(literal);
                file.tables = file.tables || table.match(line.text).hasMatch();
            }
        }
        // Rows alone are a table, too, where there was one.
        file.tables = file.tables || std::any_of(file.after.checks.begin(), file.after.checks.end(), [&](const Check &check) {
            return check.kind == Check::Kind::Row && file.addedLines.contains(check.line);
        });
    }
    if (!file.flags.empty() || file.wasTest || !file.after.tests.empty() || !file.after.checks.empty())
        m_facts->files.push_back(std::move(file));
}

namespace {

/// Matches the checks that went with those that came.
class Comparison
{
public:
    explicit Comparison(const std::vector<File> &files) : m_files(files)
    {
        collect();
        cancelMoved();
        index();
    }

    std::vector<Flag> flags()
    {
        std::vector<Flag> made;
        for (size_t i = 0; i < m_gone.size(); ++i)
            pairByOperand(i, made);
        for (size_t i = 0; i < m_gone.size(); ++i)
            pairInTest(i, made);
        concludeLost(made);
        return made;
    }

private:
    [[nodiscard]] QString testOf(const TestFile &tests, const Check &check) const
    {
        return check.test >= 0 ? tests.tests[size_t(check.test)].name : QString();
    }

    void collect()
    {
        for (size_t f = 0; f < m_files.size(); ++f) {
            const auto &file = m_files[f];
            QHash<QString, int> balance; // of the same text, in the same test first
            const auto sided = [&](const TestFile &tests, int by) {
                for (const auto &check : tests.checks)
                    balance[keyOf(check)] += by;
            };
            sided(file.before, 1);
            sided(file.after, -1);
            const auto loose = [&](const TestFile &tests, const TestFile &other, int sign, std::vector<Loose> &into) {
                QHash<QString, int> inTest;
                for (const auto &check : other.checks)
                    ++inTest[testOf(other, check) + u'\n' + keyOf(check)];
                std::vector<const Check *> second;
                const auto take = [&](const Check &check) {
                    auto &left = balance[keyOf(check)];
                    if (left * sign <= 0)
                        return;
                    left -= sign;
                    into.push_back({&check, f, testOf(tests, check)});
                };
                for (const auto &check : tests.checks) {
                    if (balance.value(keyOf(check)) * sign <= 0)
                        continue;
                    if (--inTest[testOf(tests, check) + u'\n' + keyOf(check)] >= 0)
                        second.push_back(&check);
                    else
                        take(check);
                }
                for (const auto *check : second)
                    take(*check);
            };
            loose(file.before, file.after, 1, m_gone);
            loose(file.after, file.before, -1, m_new);
            for (const auto &test : file.before.tests)
                ++m_tests[test.name];
            for (const auto &test : file.after.tests)
                --m_tests[test.name];
        }
    }

    /// What is in another file now.
    void cancelMoved()
    {
        QHash<QString, QList<size_t>> came;
        for (size_t i = 0; i < m_new.size(); ++i)
            came[keyOf(*m_new[i].check)] << i;
        for (auto &gone : m_gone) {
            const auto found = came.find(keyOf(*gone.check));
            if (found == came.end() || found->isEmpty())
                continue;
            m_new[found->takeFirst()].taken = true;
            gone.taken = true;
        }
    }

    static QStringList placesOf(const QString &operand)
    {
        QStringList all{operand};
        // "q.pop().is_some()" is also about "q.pop()".
        qsizetype at = operand.size();
        for (int i = 0; i < 3; ++i) {
            at = operand.lastIndexOf(u'.', at - 1);
            if (at <= 0)
                break;
            all << operand.left(at);
        }
        if (operand.startsWith(u'!') || operand.startsWith(u'&'))
            all << operand.mid(1);
        if (const auto open = operand.indexOf(u'('); open > 0 && operand.endsWith(u')')) // len(x), x of it
            all << operand.mid(open + 1).chopped(1);
        return all;
    }

    void index()
    {
        for (size_t i = 0; i < m_new.size(); ++i) {
            if (m_new[i].taken)
                continue;
            for (const auto &operand : m_new[i].check->operands) {
                for (const auto &place : placesOf(operand)) {
                    auto &list = m_byOperand[place];
                    if (list.size() < 64)
                        list << i;
                }
            }
            m_byTest[m_new[i].test] << i;
        }
    }

    [[nodiscard]] bool sameTest(const Loose &gone, const Loose &came) const
    {
        if (gone.test == came.test)
            return true;
        return m_tests.value(gone.test) > 0 && m_tests.value(came.test) < 0; // renamed, or put into another
    }

    static bool isLiteral(const QString &operand)
    {
        return operand.isEmpty() || operand[0].isDigit() || operand[0] == u'"' || operand[0] == u'\'' || operand[0] == u'-' || operand.size() < 2
            || operand == u"true" || operand == u"false" || operand == u"null" || operand == u"None" || operand == u"nil" || operand == u"True" || operand == u"False";
    }

    void pairByOperand(size_t at, std::vector<Flag> &made)
    {
        auto &gone = m_gone[at];
        if (gone.taken || gone.check->kind == Check::Kind::Row)
            return;
        qsizetype best = -1;
        int bestScore = 0;
        for (const auto &operand : gone.check->operands) {
            for (const auto &place : placesOf(operand)) {
                const auto list = m_byOperand.constFind(place);
                if (list == m_byOperand.cend())
                    continue;
                for (const auto i : *list) {
                    const auto &came = m_new[i];
                    if (came.taken || came.check->kind == Check::Kind::Row)
                        continue;
                    const bool same = sameTest(gone, came);
                    if (!same && (came.file != gone.file || isLiteral(operand) || place.size() < 8))
                        continue;
                    int score = (isLiteral(place) ? 1 : place == operand ? 4 : 3) + (same ? 2 : 0) + (came.file == gone.file ? 1 : 0);
                    for (const auto &other : came.check->operands)
                        score += gone.check->operands.contains(other) ? 2 : 0;
                    score = score * 10 + came.check->strength;
                    if (score > bestScore) {
                        bestScore = score;
                        best = qsizetype(i);
                    }
                }
            }
        }
        if (best >= 0)
            compare(gone, m_new[size_t(best)], made);
    }

    void pairInTest(size_t at, std::vector<Flag> &made)
    {
        auto &gone = m_gone[at];
        if (gone.taken)
            return;
        auto &list = m_byTest[gone.test];
        while (!list.isEmpty() && m_new[list.first()].taken)
            list.removeFirst();
        for (const auto i : list.mid(0, 64)) {
            if (m_new[i].taken || m_new[i].check->kind != gone.check->kind || m_new[i].file != gone.file)
                continue;
            compare(gone, m_new[i], made);
            return;
        }
        if (gone.check->kind == Check::Kind::Assertion && m_tests.value(gone.test) > 0) { // in a test that is new
            for (auto &came : m_byNewTest(gone.file)) {
                if (!m_new[came].taken && m_new[came].check->kind == Check::Kind::Assertion && m_new[came].check->strength >= gone.check->strength) {
                    compare(gone, m_new[came], made);
                    return;
                }
            }
        }
    }
    const QList<size_t> &m_byNewTest(size_t file)
    {
        if (m_newTests.isEmpty()) {
            for (size_t i = 0; i < m_new.size(); ++i) {
                auto &list = m_newTests[m_new[i].file];
                if (!m_new[i].taken && m_tests.value(m_new[i].test) < 0 && list.size() < 64)
                    list << i;
            }
        }
        return m_newTests[file];
    }

    void compare(Loose &gone, Loose &came, std::vector<Flag> &made)
    {
        gone.taken = came.taken = true;
        const auto &was = *gone.check, &is = *came.check;
        if (was.kind == Check::Kind::Row)
            return;
        QString why;
        if (is.strength < was.strength && is.strength == 0)
            why = QStringLiteral("This check cannot fail: %1").arg(shortened(is.text));
        else if (is.strength < was.strength)
            why = QStringLiteral("The check is weaker than before. It was: %1").arg(shortened(was.text));
        else if (was.slack >= 0 && is.slack > was.slack * 1.000001)
            why = QStringLiteral("The result may be further off than before: %1 instead of %2.").arg(is.slack).arg(was.slack);
        else if (!was.compares.isEmpty() && was.compares == is.compares && (was.compares == u"<" ? is.bound > was.bound : is.bound < was.bound))
            why = QStringLiteral("The range is wider than before: %1 instead of %2.").arg(is.bound).arg(was.bound);
        if (!why.isEmpty())
            made.push_back({QStringLiteral("tests-weakened"), m_files[came.file].path, is.line, why, {}});
    }

    /// Its values stand in a table that the patch fills.
    [[nodiscard]] bool inTable(const Loose &gone) const
    {
        const QStringList literals = literalsOf(gone.check->text);
        for (const auto &file : m_files) {
            if (!file.tables || literals.isEmpty())
                continue;
            if (std::all_of(literals.begin(), literals.end(), [&](const QString &one) { return file.literals.contains(one); }))
                return true;
        }
        return false;
    }

    void concludeLost(std::vector<Flag> &made)
    {
        std::vector<QStringList> lost(m_files.size());
        std::vector<int> rows(m_files.size());
        std::vector<QSet<QString>> deletedTests(m_files.size());
        int looks = 0;
        // A test of which some checks live on has another name.
        std::vector<QHash<QString, int>> checksOf(m_files.size());
        for (size_t f = 0; f < m_files.size(); ++f) {
            for (const auto &check : m_files[f].before.checks)
                ++checksOf[f][testOf(m_files[f].before, check)];
        }
        for (const auto &gone : m_gone) {
            if (!gone.taken)
                --checksOf[gone.file][gone.test];
        }
        for (const auto &gone : m_gone) {
            if (gone.taken || (gone.check->strength == 0) || (++looks < 2000 && inTable(gone)))
                continue;
            if (!gone.test.isEmpty() && m_tests.value(gone.test) > 0 && checksOf[gone.file].value(gone.test) <= 0)
                deletedTests[gone.file].insert(gone.test);
            else if (gone.check->kind == Check::Kind::Row)
                ++rows[gone.file];
            else
                lost[gone.file] << gone.check->text;
        }
        for (size_t f = 0; f < m_files.size(); ++f) {
            const auto &file = m_files[f];
            QSet<QString> withChecks;
            for (const auto &check : file.before.checks)
                withChecks.insert(testOf(file.before, check));
            QHash<QString, int> left;
            QStringList names;
            for (const auto &test : file.before.tests) {
                if (m_tests.value(test.name) > 0 && (deletedTests[f].contains(test.name) || !withChecks.contains(test.name)) && !names.contains(test.name))
                    names << test.name;
                if (names.size() > 200)
                    break;
            }
            // Tests without an assertion that we know are counted, as nothing tells a new name from another test.
            if (!names.isEmpty() && deletedTests[f].isEmpty() && file.after.tests.size() >= file.before.tests.size())
                names.clear();
            const QString mayBe = names.mid(0, 3).join(QStringLiteral(", "));
            if (file.deleted && (!names.isEmpty() || (file.wasTest && file.before.tests.empty() && (file.wasNamed || !lost[f].isEmpty() || (file.before.checks.empty() && file.isScript)))))
                made.push_back({QStringLiteral("tests-deleted"), file.path, 0, QStringLiteral("A test file is deleted, and what it checked is checked nowhere else."), {}});
            else if (!names.isEmpty())
                made.push_back({QStringLiteral("tests-deleted"), file.path, 0,
                                names.size() == 1 ? QStringLiteral("A test is gone: %1").arg(shortened(mayBe))
                                                  : QStringLiteral("%1 tests are gone: %2").arg(names.size()).arg(shortened(mayBe)), {}});
            const bool toldAsDeleted = file.deleted && !made.empty() && made.back().path == file.path && made.back().kind == u"tests-deleted";
            if (!lost[f].isEmpty() && !toldAsDeleted)
                made.push_back({QStringLiteral("tests-weakened"), file.path, 0,
                                lost[f].size() == 1 ? QStringLiteral("An assertion is gone: %1").arg(shortened(lost[f].first()))
                                                    : QStringLiteral("%1 assertions are gone, the first: %2").arg(lost[f].size()).arg(shortened(lost[f].first())), {}});
            if (rows[f] > 0 && !file.deleted)
                made.push_back({QStringLiteral("tests-weakened"), file.path, 0,
                                QStringLiteral("%1 fewer rows in what the tests run over.").arg(rows[f]), {}});
        }
        for (const auto &came : m_new) {
            if (!came.taken && came.check->strength == 0 && came.check->kind == Check::Kind::Assertion)
                made.push_back({QStringLiteral("tests-weakened"), m_files[came.file].path, came.check->line,
                                QStringLiteral("This check cannot fail: %1").arg(shortened(came.check->text)), {}});
        }
    }

    const std::vector<File> &m_files;
    std::vector<Loose> m_gone, m_new;
    QHash<QString, int> m_tests; ///< by name: more than 0 where it is gone, less where it is new
    QHash<QString, QList<size_t>> m_byOperand, m_byTest;
    QHash<size_t, QList<size_t>> m_newTests;
};

/// Marks that there are more of than before.
void flagMarks(const std::vector<File> &files, std::vector<Flag> &flags)
{
    QHash<QString, int> more;
    for (const auto &file : files) {
        for (const auto &mark : file.marksAfter)
            ++more[mark.token];
        for (const auto &mark : file.marksBefore)
            --more[mark.token];
    }
    for (const auto &file : files) {
        QHash<QString, int> here;
        for (const auto &mark : file.marksAfter)
            ++here[mark.token];
        for (const auto &mark : file.marksBefore)
            --here[mark.token];
        for (const auto &mark : file.marksAfter) {
            if (!file.addedLines.contains(mark.line) || here[mark.token] <= 0 || more[mark.token] <= 0)
                continue;
            --here[mark.token];
            --more[mark.token];
            flags.push_back({QStringLiteral("tests-weakened"), file.path, mark.line,
                             mark.only ? QStringLiteral("Only this test is run, all others are left out: %1").arg(shortened(mark.token))
                                       : QStringLiteral("A test is skipped, or its failing is expected: %1").arg(shortened(mark.token)), {}});
        }
    }
}

/// Tests of which more assertions than before are on a mock's own answer. In a test that is new only what stands in for
/// something real: fakes of its own are how tests are written.
void flagMocked(const std::vector<File> &files, std::vector<Flag> &flags)
{
    QSet<QString> known;
    QHash<QString, int> more; // by test
    for (const auto &file : files) {
        for (const auto &test : file.before.tests)
            known.insert(test.name);
        for (const auto &check : file.mockedAfter)
            ++more[check.test];
        for (const auto &check : file.mockedBefore)
            --more[check.test];
    }
    for (const auto &file : files) {
        QSet<QString> said;
        for (const auto &check : file.mockedAfter) {
            if (more.value(check.test) <= 0 || said.contains(check.test) || !(check.replaces || known.contains(check.test)))
                continue;
            said.insert(check.test);
            flags.push_back({QStringLiteral("tests-weakened"), file.path, check.line,
                             QStringLiteral("What is asserted on comes from a mock now, no longer from the code under test: %1").arg(shortened(check.mock)), {}});
        }
    }
}

} // namespace

void TestJudge::conclude(std::vector<Flag> &flags) const
{
    auto found = Comparison(m_facts->files).flags();
    flagMarks(m_facts->files, found);
    flagMocked(m_facts->files, found);
    for (const auto &file : m_facts->files)
        found.insert(found.end(), file.flags.begin(), file.flags.end());
    addBounded(std::move(found), flags);
}

} // namespace coppice::review

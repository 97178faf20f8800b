// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the assertions of a test file, and how strong each is.
#include "review/flags_checks.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace coppice::review {

namespace {

using enum Language;

QString squeezed(QStringView text)
{
    QString out;
    out.reserve(text.size());
    for (const QChar c : text) {
        if (!c.isSpace())
            out += c;
    }
    return out;
}

bool has(const QString &text, std::initializer_list<const char *> words)
{
    return std::any_of(words.begin(), words.end(), [&](const char *word) { return text.contains(QLatin1String(word)); });
}

bool isGeneralError(const QString &error)
{
    static const QRegularExpression general(QStringLiteral(
        "^(\\(?|typeof\\(|\\[)*(builtins\\.|std::|java\\.lang\\.|System\\.|\\\\)?(Exception|BaseException|Error|Throwable|RuntimeException|StandardError|exception|\\.\\.\\.)"
        "(\\.class|::class(\\.java)?|\\)|\\]|,)*$"));
    return general.match(error).hasMatch();
}

/// The operator outside of brackets that a comparison is made by, and its two sides.
struct Comparison {
    QString op, left, right;
};
Comparison comparisonOf(const QString &expression)
{
    int depth = 0;
    QChar quote;
    for (qsizetype i = 0; i < expression.size() && i < 4000; ++i) {
        const QChar c = expression[i];
        if (!quote.isNull()) {
            if (c == u'\\')
                ++i;
            else if (c == quote)
                quote = QChar();
            continue;
        }
        if (c == u'"' || c == u'\'')
            quote = c;
        else if (c == u'(' || c == u'[' || c == u'{')
            ++depth;
        else if (c == u')' || c == u']' || c == u'}')
            --depth;
        if (depth != 0)
            continue;
        const auto at = QStringView(expression).mid(i);
        for (const auto *op : {"===", "!==", "==", "!=", "<=", ">=", " is not ", " is ", " not in ", " in ", " != ", " > ", " < "}) {
            const QString text = QString::fromLatin1(op);
            if (at.startsWith(text) && i > 0 && !(text == u"==" && i > 0 && expression[i - 1] == u'~'))
                return {text.trimmed(), expression.left(i), expression.mid(i + text.size())};
        }
    }
    return {};
}

void setBound(Check &check, const QString &op, const QString &value)
{
    bool ok = false;
    const double number = squeezed(value).toDouble(&ok);
    if (ok) {
        check.compares = op.left(1);
        check.bound = number;
    }
}

/// How far off a value may be: "abs=0.1", "places=3", toBeCloseTo(x, 2), EXPECT_NEAR(a, b, 0.1).
void readSlack(Check &check, const QString &name, const QString &whole, const QStringList &operands)
{
    static const QRegularExpression named(QStringLiteral("\\b(abs|rel|delta|tolerance|atol|rtol|abs_tol|rel_tol|eps|epsilon|margin)\\s*[=:]\\s*([\\d.eE+-]+)"));
    static const QRegularExpression places(QStringLiteral("\\b(places|digits|precision|decimal)\\s*[=:]\\s*(\\d+)"));
    static const QRegularExpression within(QStringLiteral("\\b(?:be_within|within|WithinAbs|WithinRel|Within|epsilon|margin)\\(([^()]*?)([\\d.][\\d.eE+-]*)[fd]?\\)"));
    double slack = -1;
    const auto widest = [&](const QRegularExpression &expression, bool negative) {
        auto it = expression.globalMatch(whole);
        while (it.hasNext()) {
            const double value = it.next().captured(2).toDouble();
            slack = std::max(slack, negative ? std::pow(10.0, -std::min(value, 300.0)) : value);
        }
    };
    widest(named, false);
    widest(places, true);
    widest(within, false);
    if (slack < 0 && operands.size() >= 2) {
        bool ok = false;
        QString last = operands.last();
        while (last.endsWith(u'f') || last.endsWith(u'd'))
            last.chop(1);
        const double value = last.toDouble(&ok);
        if (ok && has(name, {"closeto", "almost"}))
            slack = std::pow(10.0, -std::clamp(value, -300.0, 300.0));
        else if (ok && operands.size() >= 3 && has(name, {"near", "delta", "equal", "approx", "within", "epsilon"}))
            slack = value;
    }
    check.slack = slack;
}

int truthStrength(Check &check, const QString &expression, bool expected)
{
    const QString plain = squeezed(expression);
    static const QRegularExpression constant(QStringLiteral("^\\(*(true|True|1|!0|!false|notFalse|1==1|true==true|True==True|\"[^\"]+\"|'[^']+')\\)*$"));
    static const QRegularExpression never(QStringLiteral("^\\(*(false|False|0|None|null|nil)\\)*$"));
    if ((expected ? constant : never).match(plain).hasMatch() || expression.endsWith(QLatin1String(" or True")) || plain.endsWith(QLatin1String("||true")))
        return 0;
    const auto found = comparisonOf(expression);
    if (found.op.isEmpty()) {
        check.operands << plain;
        if (has(expression, {"isinstance(", " instanceof ", "hasattr(", "typeof "}))
            return 2;
        if (has(expression, {"approx", "isclose", "allclose", "FuzzyCompare"}))
            return 4;
        if (has(expression, {".equals(", ".equal?(", "deepEqual(", "DeepEqual("}))
            return 5;
        if (has(expression, {".includes(", ".contains(", ".Contains(", ".startsWith(", ".startswith(", ".match(", ".include?(", "matches!("}))
            return 3;
        return 1;
    }
    const QString left = squeezed(found.left), right = squeezed(found.right);
    check.operands << left << right;
    if (left == right)
        return 0;
    const bool negated = expected == (found.op.startsWith(u'!') || found.op.contains(QLatin1String("not")));
    if (found.op.startsWith(u'=') || found.op.startsWith(QLatin1String("is")) || found.op.startsWith(u'!')) {
        if (negated)
            return right == u"None" || right == u"null" || right == u"nil" || right == u"undefined" ? 1 : 2;
        if (has(right, {"ANY", "anything("}))
            return 1;
        return has(right, {"approx("}) || has(left, {"approx("}) ? 4 : 5;
    }
    if (found.op.startsWith(u'<') || found.op.startsWith(u'>'))
        setBound(check, found.op, found.right);
    return 3;
}

/// By the name of an assertion, lower case and without '_' and '!'; `operands` of what it is called with.
int strengthOf(Check &check, const QString &name, const QStringList &raw, const QString &whole)
{
    const bool negative = has(name, {"notequal", "notsame", "notto", "expectne", "assertne", "noteq", "notdeep", "isnot", "wont", "notstrict", "shouldnot", "notbe", "refute"})
        || name.endsWith(QLatin1String("ne"));
    if (has(name, {"doesnotthrow", "nothrow", "notraise", "notthrow", "doesntthrow", "nothingraised", "notreject", "doesnotreject", "noexception"}))
        return 1;
    if (has(name, {"throw", "raise", "reject", "exception", "panic", "anyerror"})) {
        QString error;
        for (const auto &argument : raw) {
            const QString one = squeezed(argument);
            if (one.contains(QLatin1String("=>")) || one.startsWith(QLatin1String("function")) || one.startsWith(QLatin1String("lambda")) || one.startsWith(QLatin1String("->"))
                || one.startsWith(QLatin1String("async")) || one.startsWith(QLatin1String("()")))
                continue;
            if (!one.isEmpty() && !isGeneralError(one))
                error += one + u',';
        }
        check.error = error;
        return has(name, {"any"}) || error.isEmpty() ? 2 : error.contains(QLatin1String("match")) || error.count(u',') > 1 ? 5 : 4;
    }
    if (has(name, {"near", "almost", "closeto", "within", "delta", "epsilon", "approx", "fuzzy"}))
        return negative ? 2 : 4;
    if (has(whole, {"expect.anything()", "mock.ANY", "Arg.Any<", "anything())"}) && !has(whole, {"objectContaining", "CalledWith", "calledwith"}))
        return 1;
    if (has(name, {"true", "ok", "truthy", "verify", "check", "require", "assert", "false", "falsy"}) && raw.size() >= 1
        && (name == u"ok" || name == u"tok" || has(name, {"true", "truthy", "false", "falsy", "assertok", "isok"}) || name == u"assert" || name == u"qverify"
            || name == u"check" || name == u"require" || name == u"qverify2" || name == u"requires" || name == u"debugassert" || name == u"assertthat" || name == u"qtryverify")) {
        check.operands.clear();
        const int found = truthStrength(check, raw.first(), !has(name, {"false", "falsy"}));
        return name.contains(QLatin1String("betrue")) || name.contains(QLatin1String("befalse")) ? std::max(found, 4) : found;
    }
    if (has(name, {"notnull", "notnil", "notbenull", "benotnull", "defined", "truthy", "bepresent", "notempty", "noerror", "notbenil", "isdefined", "bepresent", "nottobenull", "nottobeundefined", "assertsome", "notnone", "notundefined", "isset", "exist"}))
        return 1;
    if (has(name, {"instance", "istype", "isa", "bea", "typeof", "kindof", "assignable", "respondto"}) && !has(name, {"isabove", "beabove", "isat"}))
        return 2;
    if (has(name, {"greater", "less", "atleast", "atmost", "above", "below", "between", "inrange", "positive", "negative"})
        || name.endsWith(QLatin1String("gt")) || name.endsWith(QLatin1String("lt")) || name.endsWith(QLatin1String("ge")) || name.endsWith(QLatin1String("le"))) {
        if (!name.contains(QLatin1String("equalto")) || name.contains(QLatin1String("than")) || name.contains(QLatin1String("least"))) {
            if (!raw.isEmpty())
                setBound(check, has(name, {"less", "atmost", "below", "lt", "le"}) && !has(name, {"least"}) ? QStringLiteral("<") : QStringLiteral(">"), raw.last());
            return 3;
        }
    }
    if (has(name, {"contain", "match", "regex", "include", "startwith", "startswith", "endwith", "endswith", "haslen", "length", "count", "hassize", "size", "property", "subset"})
        && !has(name, {"calledwith", "calledtimes", "numberof"}))
        return negative ? 2 : has(name, {"contain", "match", "regex", "include", "startwith", "startswith", "endwith", "endswith", "property", "subset"}) ? 3 : 4;
    if (has(name, {"called", "received", "invoked"}))
        return has(name, {"with", "times", "once"}) ? 4 : 2;
    if (negative)
        return 2;
    if (has(name, {"snapshot", "golden", "approved"}))
        return 4;
    return 5;
}

QString lowered(QString name)
{
    return name.toLower().remove(u'_').remove(u'!').remove(u'.').remove(u'?').remove(QLatin1String("::")).remove(u'$').remove(u'-').remove(u'>').remove(u' ');
}

/// Follows ".a.b(x).c" from an offset; answers where it ends and collects names and arguments.
qsizetype followChain(const CodeText &text, qsizetype at, QString &names, QStringList &arguments)
{
    const auto &code = text.code;
    for (int links = 0; links < 30; ++links) {
        auto next = at;
        while (next < code.size() && code[next].isSpace() && next - at < 400)
            ++next;
        if (next < code.size() && code[next] == u'?')
            ++next;
        const bool arrow = next + 1 < code.size() && code[next] == u'-' && code[next + 1] == u'>';
        if (next >= code.size() || (code[next] != u'.' && !arrow))
            return at;
        next += arrow ? 2 : 1;
        const auto start = next;
        while (next < code.size() && (code[next].isLetterOrNumber() || code[next] == u'_' || code[next] == u'!' || code[next] == u'?'))
            ++next;
        if (next == start)
            return at;
        const QString name = code.mid(start, next - start);
        names += name;
        at = next;
        auto open = next;
        if (open < code.size() && code[open] == u'<') { // type arguments
            const auto close = code.indexOf(u'>', open);
            if (close > 0 && close - open < 200) {
                arguments << text.bare.mid(open + 1, close - open - 1);
                open = close + 1;
            }
        }
        if (open < code.size() && code[open] == u'(') {
            const auto behind = text.behindBracket(open);
            if (behind < 0)
                return at;
            for (const auto &argument : argumentsOf(text, open + 1, behind - 1))
                arguments << argument;
            at = behind;
        } else if (name == u"to" || name == u"not_to" || name == u"to_not" || name == u"should" || name == u"should_not") { // RSpec: the rest of the line
            auto end = code.indexOf(u'\n', at);
            end = end < 0 ? code.size() : end;
            const QString rest = text.bare.mid(at, std::min<qsizetype>(end - at, 2000)).trimmed();
            static const QRegularExpression matcher(QStringLiteral("^([\\w.?!]+)\\s*\\(?(.*?)\\)?(\\s+do)?$"));
            const auto match = matcher.match(rest);
            names += match.captured(1);
            static const QRegularExpression parts(QStringLiteral("\\s*,\\s*"));
            const auto given = match.captured(2).split(parts, Qt::SkipEmptyParts);
            for (const auto &argument : given)
                arguments << argument;
            return end;
        }
    }
    return at;
}

class Assertions
{
public:
    Assertions(Language language, const CodeText &text, std::vector<Check> &checks) : m_language(language), m_text(text), m_checks(checks) { }

    void read()
    {
        static const QRegularExpression starts(QStringLiteral(
            "(?<![\\w.$>:-])(expect|expectThat|assertThat|assert_that|verify|assertThatThrownBy|assertThatExceptionOfType|expectTypeOf)\\s*(?=[({<])" // 1 chain
            "|(?<![\\w.$])(assert|refute)(?=[ \\t]+[^\\s=:.)])"                                                                     // 2 statement
            "|@(?:Test\\s*\\(\\s*expected|ExpectedException)|#\\[should_panic|\\[ExpectedException|\\bexpectException\\w*\\s*\\(|\\bthrown\\.expect\\s*\\(" // error by a mark
            "|\\bif[ \\t]([^{};\\n]{1,500}(?:;[^{}\\n]{0,500})?)\\{\\s*(?:t|b|tb|f)\\.(?:Error|Fatal|Fail)"                                          // 3 Go
            "|(\\.(?:Should|should|must_\\w+|wont_\\w+|shouldBe|should_not)\\b|\\b(?:shouldBe|shouldNotBe|shouldThrow|shouldContain)\\b)"  // 4 behind its subject
            "|(?<![\\w$])((?:(?:[aA]ssert\\w*|require|self|this|t|tap|suite|static|parent|s|is|chai|cls|Assertions|StringAssert|CollectionAssert|QTest|mock\\w*|\\w*[mM]ock\\w*|\\w+)"
            "(?:\\.|->|::)){0,3})([A-Za-z_]\\w*!?)\\s*(?=[\\(\\{ <])"));                                                                  // 5, 6 call
        auto it = starts.globalMatch(m_text.code);
        while (it.hasNext() && m_checks.size() < mostChecks) {
            const auto match = it.next();
            if (match.capturedStart() < m_until)
                continue;
            if (match.hasCaptured(1))
                chain(match);
            else if (match.hasCaptured(2))
                statement(match);
            else if (match.hasCaptured(3))
                condition(match);
            else if (match.hasCaptured(4))
                behindSubject(match);
            else if (match.hasCaptured(6))
                call(match);
            else
                marked(match);
        }
    }

private:
    void add(Check check, qsizetype from, qsizetype to)
    {
        check.line = m_text.lineAt(from);
        check.text = squeezed(QStringView(m_text.bare).mid(from, std::min<qsizetype>(to - from, 4000)));
        while (check.text.endsWith(u';'))
            check.text.chop(1);
        m_checks.push_back(std::move(check));
        m_until = to;
    }

    void chain(const QRegularExpressionMatch &match)
    {
        const auto &code = m_text.code;
        auto open = match.capturedEnd();
        if (open < code.size() && code[open] == u'<') {
            const auto close = code.indexOf(u'>', open);
            open = close < 0 || close - open > 200 ? open : close + 1;
        }
        const auto behind = open < code.size() ? m_text.behindBracket(open) : -1;
        if (behind < 0)
            return;
        Check check;
        const auto subject = argumentsOf(m_text, open + 1, behind - 1);
        QString names;
        QStringList arguments;
        const auto end = followChain(m_text, behind, names, arguments);
        const QString start = match.captured(1), name = lowered(names);
        if (start == u"verify") {
            check.operands = QStringList{squeezed(subject.empty() ? QString() : subject.front()) + name};
            check.strength = 3;
            return add(check, match.capturedStart(), end);
        }
        const QString whole = m_text.bare.mid(match.capturedStart(), std::min<qsizetype>(end - match.capturedStart(), 4000));
        if (names.isEmpty() && subject.size() < 2) { // expect(x) alone checks nothing; a helper of that name with more does
            check.strength = m_language == JavaScript || m_language == Ruby ? 0 : 5;
            if (start.startsWith(QLatin1String("assert")) && !subject.empty())
                check.strength = truthStrength(check, subject.front(), true);
        } else if (names.isEmpty()) { // assertThat("why", x, is(3))
            check.strength = strengthOf(check, subject.back().contains(QLatin1String("not(")) ? QStringLiteral("notequal") : lowered(subject.back().section(u'(', 0, 0)), {}, whole);
        } else {
            check.strength = strengthOf(check, start.contains(QLatin1String("Thrown")) || start.contains(QLatin1String("Exception")) ? QStringLiteral("throw") + name : name, arguments, whole);
            if ((name == u"tobe" || name == u"toequal" || name == u"tostrictequal") && !subject.empty() && !arguments.isEmpty()
                && squeezed(subject.front()) == squeezed(arguments.front()))
                check.strength = 0;
        }
        QStringList all{squeezed(subject.empty() ? QString() : subject.front())};
        for (const auto &argument : arguments)
            all << squeezed(argument);
        if (names.isEmpty()) {
            for (size_t i = 1; i < subject.size(); ++i)
                all << squeezed(subject[i]);
        }
        readSlack(check, name, whole, all);
        check.operands = all;
        add(check, match.capturedStart(), end);
    }

    /// "assert x == y, why" up to the end of the line outside of brackets.
    void statement(const QRegularExpressionMatch &match)
    {
        const auto &code = m_text.code;
        auto end = match.capturedEnd();
        int depth = 0;
        qsizetype comma = -1;
        for (; end < code.size() && end - match.capturedStart() < 20'000; ++end) {
            const QChar c = code[end];
            if (c == u'(' || c == u'[' || c == u'{')
                ++depth;
            else if (c == u')' || c == u']' || c == u'}')
                --depth;
            else if (c == u',' && depth == 0 && comma < 0)
                comma = end;
            if (depth < 0 || (depth == 0 && (c == u'\n' || c == u';') && code[end - 1] != u'\\'))
                break;
        }
        const auto last = comma < 0 ? end : comma;
        const QString expression = m_text.bare.mid(match.capturedEnd(), last - match.capturedEnd()).simplified();
        if (expression.isEmpty())
            return;
        Check check;
        check.strength = truthStrength(check, expression, match.captured(2) == u"assert");
        if (m_language == Python && comma < 0 && code[match.capturedEnd() + 1] == u'(' && m_text.behindBracket(match.capturedEnd() + 1) == end) {
            if (argumentsOf(m_text, match.capturedEnd() + 2, end - 1).size() == 2)
                check.strength = 0; // a tuple is always true
        }
        readSlack(check, QString(), expression, {});
        add(check, match.capturedStart(), end);
    }

    /// Go: if got != want { t.Errorf(…) }
    void condition(const QRegularExpressionMatch &match)
    {
        if (m_language != Go)
            return;
        Check check;
        QString condition = m_text.bare.mid(match.capturedStart(3), match.capturedLength(3)).trimmed();
        const QString whole = condition;
        condition = condition.section(u';', -1).trimmed();
        const auto found = comparisonOf(condition);
        check.operands = found.op.isEmpty() ? QStringList{squeezed(condition)} : QStringList{squeezed(found.left), squeezed(found.right)};
        if (whole != condition)
            check.operands << squeezed(whole.section(u';', 0, 0));
        // It fails where the condition holds.
        check.strength = found.op.startsWith(u'!') ? 5 : found.op.isEmpty() ? 2 : found.op.startsWith(u'=') ? 2 : 3;
        if (squeezed(found.right) == u"nil")
            check.strength = 1;
        else if (found.op.isEmpty() && has(condition, {"DeepEqual", "Equal("}))
            check.strength = 5;
        if (condition == u"false")
            check.strength = 0;
        add(check, match.capturedStart(), match.capturedEnd());
    }

    void behindSubject(const QRegularExpressionMatch &match)
    {
        const auto line = m_text.lineAt(match.capturedStart());
        const auto from = m_text.starts[size_t(line - 1)];
        auto end = m_text.code.indexOf(u'\n', match.capturedEnd());
        end = end < 0 ? m_text.code.size() : end;
        const QString word = match.captured(4);
        QString names = word.startsWith(u'.') ? word.mid(1) : word;
        QStringList arguments;
        if (word == u".Should" || word == u".should") {
            const auto dot = match.capturedStart();
            end = std::max(followChain(m_text, dot, names, arguments), match.capturedEnd());
            names.remove(QLatin1String("Should"));
        } else {
            arguments << m_text.bare.mid(match.capturedEnd(), std::min<qsizetype>(end - match.capturedEnd(), 2000)).trimmed();
        }
        Check check;
        const QString whole = m_text.bare.mid(from, std::min<qsizetype>(end - from, 4000));
        check.strength = strengthOf(check, lowered(names), arguments, whole);
        QStringList all{squeezed(QStringView(m_text.bare).mid(from, std::min<qsizetype>(match.capturedStart() - from, 2000)))};
        for (const auto &argument : arguments)
            all << squeezed(argument);
        readSlack(check, lowered(names), whole, all);
        check.operands = all;
        add(check, match.capturedStart(), end);
        m_checks.back().text = squeezed(whole);
    }

    [[nodiscard]] bool isAssertion(const QString &object, const QString &name) const
    {
        static const QRegularExpression plain(QStringLiteral(
            "^(assert\\w*!?|Assert\\w*|ASSERT_?\\w*|EXPECT_?\\w*|CHECK(_\\w+|F|THAT)?|REQUIRE(_\\w+)?|STATIC_REQUIRE|QVERIFY\\w*|QCOMPARE\\w*|QTRY_(COMPARE|VERIFY)\\w*|QFAIL|FAIL|BOOST_(CHECK|REQUIRE|TEST)\\w*|"
            "XCTAssert\\w*|XCTFail|debug_assert\\w*!?|expect[A-Z]\\w*|verify[A-Z]\\w*|refute\\w*|must_\\w+|assert_\\w+!?|check[A-Z_]\\w*|ensure[A-Z_]\\w*|verify_\\w+|expect_\\w+|mustBe\\w*|should[A-Z]\\w*|is_deeply|is|isnt|ok|like|unlike|cmp_ok|CPPUNIT_ASSERT\\w*|flunk|fail|deepEqual|strictEqual|snapshot|panic!)$"));
        static const QRegularExpression members(QStringLiteral(
            "^(ok|notOk|equal|equals|eq|notEqual|notEquals|same|notSame|is|isNot|not|deepEqual\\w*|deepEquals|notDeepEqual|strictEqual|strictSame|deepStrictEqual|partialDeepStrictEqual|looseEqual|match|doesNotMatch|throws\\w*|"
            "doesNotThrow\\w*|doesNotReject|rejects|notThrows\\w*|truthy|falsy|true|false|like|regex|notRegex|pass|fail|ifError|error|Error|Errorf|Fatal|Fatalf|Fail|FailNow|snapshot|plan|[A-Z]\\w*|assert_?\\w*|is[A-Z]\\w*|include\\w*|lengthOf|closeTo|"
            "approximately|exists|instanceOf|typeOf|property|sameMembers|raises\\w*|has|notHas|type|resolves|matchSnapshot)$"));
        const bool shouting = m_language == C;
        static const QRegularExpression inPerl(QStringLiteral("^(is_deeply|is|isnt|ok|like|unlike|cmp_ok|is|fail)$"));
        if (inPerl.match(name).hasMatch())
            return object.isEmpty() ? m_language == Perl : (object == u"t." || object == u"assert." || object == u"tap.") && name != u"isnt";
        if (name == u"panic!" || name == u"deepEqual" || name == u"strictEqual" || name == u"snapshot") {
            if (object.isEmpty())
                return name == u"deepEqual" || name == u"strictEqual";
        }
        if (object.isEmpty())
            return plain.match(name).hasMatch() && (shouting || !name.startsWith(QLatin1String("CHECK")) || m_language != Python);
        if (object == u"assert." || object == u"Assert." || object == u"require." || object == u"t." || object == u"tap." || object == u"chai.assert." || object == u"Assert::"
            || object == u"StringAssert." || object == u"CollectionAssert." || object == u"Assertions." || object == u"suite." || object == u"s." || object == u"is.") {
            if (m_language == Go && object == u"t.")
                return name == u"Error" || name == u"Errorf" || name == u"Fatal" || name == u"Fatalf" || name == u"Fail" || name == u"FailNow";
            if (object == u"t." || object == u"s." || object == u"suite." || object == u"is.")
                return members.match(name).hasMatch() && (object == u"t." || m_language == Go) && !(object == u"t." && name[0].isUpper());
            return members.match(name).hasMatch();
        }
        if (name == u"raises" || name == u"assert_called" || name.startsWith(QLatin1String("assert_")))
            return true;
        if (name == u"assert" || name.startsWith(QLatin1String("assert")))
            return object == u"self." || object == u"this." || object == u"$this->" || object == u"this->" || object == u"self::" || object == u"static::" || object == u"cls."
                || object.endsWith(QLatin1String("assert.")) || object.endsWith(QLatin1String("testing.")) || object.endsWith(QLatin1String("Assert::")) || object == u"np.testing.";
        return object == u"self." && name == u"fail";
    }

    void call(const QRegularExpressionMatch &match)
    {
        const QString object = match.captured(5), name = match.captured(6);
        const auto &code = m_text.code;
        if (!isAssertion(object, name) && !(object == u"pytest." && (name == u"raises" || name == u"warns" || name == u"fail")))
            return;
        // A declaration of a helper that is called so is none.
        auto before = match.capturedStart() - 1;
        while (before >= 0 && (code[before] == u' ' || code[before] == u'\t'))
            --before;
        if (before >= 0 && (code[before].isLetterOrNumber() || code[before] == u'_')) {
            const QString word = code.mid(std::max<qsizetype>(0, before - 8), std::min<qsizetype>(before, 8) + 1);
            for (const auto *declares : {"def", "function", "func", "fn", "void", "fun", "macro_rules"}) {
                if (word.endsWith(QLatin1String(declares)))
                    return;
            }
        }
        auto open = match.capturedEnd();
        while (open < code.size() && code[open] == u' ')
            ++open;
        if (open >= code.size())
            return;
        QString types;
        if (code[open] == u'<') {
            const auto close = code.indexOf(u'>', open);
            if (close < 0 || close - open > 200)
                return;
            types = m_text.bare.mid(open + 1, close - open - 1);
            open = close + 1;
        }
        std::vector<QString> arguments;
        qsizetype end = open;
        if (open < code.size() && code[open] == u'(') {
            end = m_text.behindBracket(open);
            if (end < 0)
                return;
            arguments = argumentsOf(m_text, open + 1, end - 1);
        } else if (m_language == Ruby || m_language == Perl) { // without brackets
            end = code.indexOf(u'\n', open);
            end = end < 0 ? code.size() : end;
            arguments = argumentsOf(m_text, open, end);
        } else {
            return;
        }
        if (m_language == Go && !arguments.empty() && (arguments.front() == u"t" || arguments.front() == u"b"))
            arguments.erase(arguments.begin());
        Check check;
        QStringList raw;
        if (!types.isEmpty())
            raw << types;
        for (const auto &argument : arguments)
            raw << argument;
        for (const auto &argument : raw)
            check.operands << squeezed(argument);
        const QStringList operands = check.operands;
        const QString whole = m_text.bare.mid(match.capturedStart(), std::min<qsizetype>(end - match.capturedStart(), 4000));
        QString plain = lowered(name);
        // The first of two is the code that shall fail, not the error: EXPECT_THROW(code, Error).
        QStringList given = raw;
        if (given.size() > 1 && (plain == u"expectthrow" || plain == u"assertthrow" || plain == u"throws" || plain == u"rejects" || plain == u"requirethrowsas" || plain == u"checkthrowsas"))
            given.removeFirst();
        else if (plain == u"expectanythrow" || plain == u"assertanythrow" || plain == u"requirethrows" || plain == u"checkthrows" || ((plain == u"throws" || plain == u"rejects") && m_language == JavaScript))
            given.clear();
        else if (plain.contains(QLatin1String("assertthrows")) && given.size() > 1)
            given = QStringList{given.first()};
        if (plain == u"errorf" || plain == u"error" || plain == u"fatal" || plain == u"fatalf" || plain == u"fail" || plain == u"failnow")
            plain = QStringLiteral("qfail");
        check.strength = plain == u"qfail" ? 3 : strengthOf(check, plain, given, whole);
        if (check.strength == 5 && operands.size() >= 2 && operands[0] == operands[1] && !plain.contains(QLatin1String("throw")))
            check.strength = 0;
        readSlack(check, plain, whole, operands);
        add(check, match.capturedStart(), end);
    }

    /// An error that is expected of the whole test: @Test(expected = X.class), #[should_panic(expected = "x")].
    void marked(const QRegularExpressionMatch &match)
    {
        auto end = m_text.code.indexOf(u'\n', match.capturedStart());
        end = end < 0 ? m_text.code.size() : end;
        Check check;
        const QString whole = m_text.bare.mid(match.capturedStart(), std::min<qsizetype>(end - match.capturedStart(), 1000));
        check.operands = QStringList{QStringLiteral("the error of the test")};
        const bool general = whole.trimmed() == u"#[should_panic]" || isGeneralError(whole.section(u'=', 1).trimmed().remove(u')'))
            || isGeneralError(whole.section(u'(', 1).section(u')', 0, 0).trimmed());
        check.strength = general ? 2 : 4;
        add(check, match.capturedStart(), end);
    }

    Language m_language;
    const CodeText &m_text;
    std::vector<Check> &m_checks;
    qsizetype m_until = 0;
};

} // namespace

void readAssertions(Language language, const CodeText &text, std::vector<Check> &checks)
{
    Assertions(language, text, checks).read();
}

} // namespace coppice::review

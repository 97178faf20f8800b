// SPDX-License-Identifier: GPL-3.0-or-later
// Which assertions of a test file are on a mock's own answer. Where a mock is made and what it stands in for is read first,
// then what each variable was given, then where the first operand of each assertion comes from.
#include "review/flags_mocks.h"

#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <limits>
#include <optional>

namespace coppice::review {

namespace {

using enum Language;
using R = QRegularExpression;

constexpr size_t mostMocks = 2000, mostAssigned = 20'000;

QString squeezed(QStringView text)
{
    QString out;
    for (const QChar c : text) {
        if (!c.isSpace())
            out += c;
    }
    return out;
}

/// "a?.b", "a->b" and "a::b" as "a.b".
QString dotted(QString path)
{
    path.replace(QLatin1String("?."), QLatin1String(".")).replace(QLatin1String("->"), QLatin1String(".")).replace(QLatin1String("::"), QLatin1String("."));
    return path.remove(QLatin1String(".prototype"));
}

struct Lines {
    int first = 1, last = std::numeric_limits<int>::max();
    [[nodiscard]] bool hold(int line) const { return line >= first && line <= last; }
};
struct Mock {
    QString path; ///< dotted; what begins with it is mocked, too
    Lines lines;
    bool replaces = false;
};
/// What a name was given on a line.
struct Assigned {
    QString name, text; ///< squeezed
    int line = 0;
};
enum class Origin { Plain, Real, Mocked };

class MockReader
{
public:
    MockReader(Language language, const CodeText &text, const TestFile &tests) : m_language(language), m_text(text), m_tests(tests)
    {
        readSpans();
        readImports();
        switch (language) {
        case JavaScript: readJavaScript(); break;
        case Python: readPython(); break;
        case Go: readGo(); break;
        case Rust: readRust(); break;
        case Java: readJava(); break;
        default: break;
        }
        if (!m_mocks.empty())
            readAssigned();
    }

    std::vector<MockedCheck> checks() const
    {
        std::vector<MockedCheck> found;
        for (const auto &check : m_mocks.empty() ? std::vector<Check>() : m_tests.checks) {
            if (check.kind != Check::Kind::Assertion || check.operands.isEmpty() || isAboutCalls(check.text))
                continue;
            const Mock *mock = nullptr;
            bool real = false;
            for (const auto &operand : check.operands) {
                const Mock *here = nullptr;
                const auto origin = originOf(operand, check.line, 0, here);
                real = real || origin == Origin::Real;
                mock = mock ? mock : here;
            }
            if (mock && !real)
                found.push_back({check.test >= 0 ? m_tests.tests[size_t(check.test)].name : QString(), mock->path, check.line, mock->replaces});
        }
        return found;
    }

private:
    /// How often and with what a mock was called is what it is for.
    static bool isAboutCalls(const QString &check)
    {
        static const R calls(QStringLiteral("[cC]alled|\\.calls\\b|\\.mock\\.|call_args|call_count|mock_calls|callCount|method_calls|firstCall|lastCall|getCall\\(|\\.args\\b|await_count"
                                            "|AssertExpectations|AssertCalled|AssertNumberOfCalls|\\bverify\\w*\\("));
        return calls.match(check).hasMatch();
    }

    // Where things hold

    void readSpans()
    {
        for (const auto &test : m_tests.tests) {
            Lines lines{test.line, test.lastLine};
            const auto from = m_text.starts[size_t(test.line - 1)];
            if (m_language == Python) {
                const auto depth = indent(test.line);
                int last = test.line;
                for (int line = test.line + 1; line <= test.lastLine; ++line) {
                    const auto code = m_text.line(m_text.code, line);
                    if (code.trimmed().isEmpty())
                        continue;
                    if (indent(line) <= depth && !code.trimmed().startsWith(u')'))
                        break;
                    last = line;
                }
                lines.last = last;
                while (lines.first > 1 && isDecorator(lines.first - 1))
                    --lines.first;
            } else {
                const auto open = m_text.code.indexOf(m_language == JavaScript ? u'(' : u'{', from);
                const auto behind = open < 0 ? -1 : m_text.behindBracket(open);
                if (behind > 0)
                    lines.last = std::min(lines.last, m_text.lineAt(behind - 1));
            }
            m_spans.push_back(lines);
        }
    }
    [[nodiscard]] qsizetype indent(int line) const
    {
        const auto code = m_text.line(m_text.bare, line);
        qsizetype at = 0;
        while (at < code.size() && code[at].isSpace())
            ++at;
        return at;
    }
    [[nodiscard]] bool isDecorator(int line) const { return m_text.line(m_text.bare, line).trimmed().startsWith(u'@'); }

    /// The test that holds a line, else all of the file: set-ups and fields are for every test.
    [[nodiscard]] Lines holding(int line) const
    {
        for (const auto &span : m_spans) {
            if (span.hold(line))
                return span;
        }
        return {};
    }

    void add(const QString &path, qsizetype at, bool replaces)
    {
        const QString whole = dotted(squeezed(path));
        if (!whole.isEmpty() && m_mocks.size() < mostMocks)
            m_mocks.push_back({whole, holding(m_text.lineAt(at)), replaces});
    }
    /// Calls `found` for each place in `bare` that is code, not the inside of a string.
    template <class Found> void each(const R &pattern, Found found) const
    {
        auto it = pattern.globalMatch(m_text.bare);
        for (size_t i = 0; it.hasNext() && i < mostMocks; ++i) {
            const auto match = it.next();
            if (m_text.code[match.capturedStart()] == m_text.bare[match.capturedStart()])
                found(match);
        }
    }
    /// What stands in the brackets that the match opens last, and where they end; empty when none close.
    [[nodiscard]] QString inside(const QRegularExpressionMatch &match, qsizetype *end = nullptr, QChar bracket = u'(') const
    {
        const auto open = m_text.code.indexOf(bracket, match.capturedStart());
        const auto behind = open < 0 ? -1 : m_text.behindBracket(open);
        if (end)
            *end = behind < 0 ? match.capturedEnd() : behind;
        return behind < 0 ? QString() : m_text.bare.mid(open + 1, behind - open - 2);
    }

    // What names mean

    struct Import {
        QString local, module, name; ///< `name` empty: the module as a whole
        bool inTest = false;
    };
    static QString plainModule(QString module)
    {
        static const R end(QStringLiteral("\\.(?:[cm]?[jt]sx?|json)$"));
        return module.remove(end);
    }
    void readImports()
    {
        const auto note = [&](const QString &local, const QString &module, const QString &name, qsizetype at) {
            if (m_imports.size() < mostMocks)
                m_imports.push_back({local.trimmed(), module, name.trimmed(), holding(m_text.lineAt(at)).first > 1});
        };
        if (m_language == JavaScript) {
            static const R import(QStringLiteral("\\bimport\\s+(?:type\\s+)?([^;'\"]*?)\\s*from\\s*['\"]([^'\"]+)['\"]|\\b(?:const|let|var)\\s+([^=;]+?)\\s*=\\s*(?:await\\s+import|require)\\(\\s*['\"]([^'\"]+)['\"]"));
            each(import, [&](const auto &match) {
                const QString what = match.captured(1) + match.captured(3), module = plainModule(match.captured(2) + match.captured(4));
                const QString braces = what.section(u'{', 1).section(u'}', 0, 0);
                for (const auto &one : braces.split(u',', Qt::SkipEmptyParts)) {
                    static const R as(QStringLiteral("^\\s*([\\w$]+)\\s*(?:(?:\\bas\\b|:)\\s*([\\w$]+))?"));
                    const auto names = as.match(one);
                    note(names.captured(2).isEmpty() ? names.captured(1) : names.captured(2), module, names.captured(1), match.capturedStart());
                }
                static const R whole(QStringLiteral("(?:\\*\\s*as\\s+)?([\\w$]+)"));
                const auto names = whole.match(what.section(u'{', 0, 0));
                if (names.hasMatch())
                    note(names.captured(1), module, {}, match.capturedStart());
            });
        } else if (m_language == Python) {
            static const R from(QStringLiteral("^[ \\t]*from\\s+([\\w.]+)\\s+import\\s+\\(?([^)\\n]*(?:\\n[^)\\n]*)*?)(?:\\)|$)"), R::MultilineOption);
            static const R whole(QStringLiteral("^[ \\t]*import\\s+([\\w.]+)(?:\\s+as\\s+(\\w+))?"), R::MultilineOption);
            each(from, [&](const auto &match) {
                for (const auto &one : match.captured(2).split(u',', Qt::SkipEmptyParts)) {
                    const auto names = one.simplified().split(u' ');
                    if (names.size() == 1 || names.size() == 3)
                        note(names.last(), match.captured(1), names.first(), match.capturedEnd());
                }
            });
            each(whole, [&](const auto &match) {
                note(match.captured(2).isEmpty() ? match.captured(1) : match.captured(2), match.captured(1), {}, match.capturedEnd());
            });
        }
    }

    // What makes a mock

    /// All that a module gives, or those names of it.
    void mockModule(const QString &module, const std::optional<QStringList> &names, qsizetype at)
    {
        for (const auto &import : m_imports) {
            if (import.module != plainModule(module))
                continue;
            if (!names)
                add(import.local, at, true);
            else if (import.name.isEmpty()) {
                for (const auto &name : *names)
                    add(import.local + u'.' + name, at, true);
            } else if (names->contains(import.name)) {
                add(import.local, at, true);
            }
        }
    }

    void readJavaScript()
    {
        static const R module(QStringLiteral("\\b(?:jest|vi|vitest|mock)\\s*\\.\\s*(?:mock|doMock|unstable_mockModule|module)\\(\\s*(?:import\\(\\s*)?['\"`]([^'\"`]+)['\"`]"));
        each(module, [&](const auto &match) {
            const QString factory = inside(match).section(match.captured(1), 1);
            std::optional<QStringList> names;
            static const R kept(QStringLiteral("\\.\\.\\.|[aA]ctual|importOriginal|\\bspy\\s*:\\s*true"));
            static const R key(QStringLiteral("[{,]\\s*(?:async\\s+)?([A-Za-z_$][\\w$]*)\\s*[:(]"));
            if (kept.match(factory).hasMatch()) { // the rest stays what it is
                names.emplace();
                auto it = key.globalMatch(factory);
                while (it.hasNext() && names->size() < 200)
                    *names << it.next().captured(1);
            }
            mockModule(match.captured(1), names, match.capturedStart());
        });
        static const R member(QStringLiteral("\\b(?:(jest|vi|vitest)\\s*\\.\\s*spyOn|(?:sinon|sandbox|sb|td)\\s*\\.\\s*(?:stub|replace)|(mock|\\w+\\.mock)\\.(?:method|getter))\\(\\s*([\\w$.]+)\\s*,\\s*['\"`](\\w+)['\"`]\\s*([,)])"));
        each(member, [&](const auto &match) {
            qsizetype end = 0;
            (void)inside(match, &end);
            // A spy lets the real one run until it is told otherwise.
            static const R told(QStringLiteral("^\\s*\\.\\s*mock(?:Implementation|Return|Resolved|Rejected)"));
            static const R through(QStringLiteral("^\\s*\\.\\s*callThrough"));
            const QString behind = m_text.code.mid(end, 120);
            const bool spy = !match.captured(1).isEmpty(), method = !match.captured(2).isEmpty();
            if (spy ? told.match(behind).hasMatch() : method ? match.captured(5) == u"," : !through.match(behind).hasMatch())
                add(match.captured(3) + u'.' + match.captured(4), match.capturedStart(), true);
        });
        static const R made(QStringLiteral("(?<![\\w$.])([\\w$]+(?:\\.[\\w$]+)*)\\s*(?::[^=;\\n]{1,80})?=\\s*(?:await\\s+)?(?:jest|vi|vitest|sinon|sandbox|td|mock|t\\.mock)\\s*\\.\\s*(?:fn|stub|fake|func|function|createStubInstance|createMockInstance)\\b(?:\\s*<[^;\\n]{1,80}?>)?\\s*\\(\\s*(?!(?!null\\b|undefined\\b)[\\w$.]+\\s*\\))"));
        each(made, [&](const auto &match) { addAssigned(match); });
        static const R object(QStringLiteral("\\b(?:const|let|var)\\s+([\\w$]+)\\s*(?::[^=;\\n]{1,80})?=\\s*\\{"));
        static const R within(QStringLiteral("(?:^|[{,])\\s*([\\w$]+)\\s*:\\s*(?:jest|vi|vitest|sinon|sandbox|td|mock)\\s*\\.\\s*(?:fn|stub|fake|func|function)\\b"));
        each(object, [&](const auto &match) {
            auto it = within.globalMatch(inside(match, nullptr, u'{').left(4000));
            while (it.hasNext())
                add(match.captured(1) + u'.' + it.next().captured(1), match.capturedStart(), false);
        });
    }

    void addAssigned(const QRegularExpressionMatch &match)
    {
        const QString path = match.captured(1);
        add(path, match.capturedStart(), path.contains(u'.') && !path.startsWith(QLatin1String("self.")) && !path.startsWith(QLatin1String("this.")));
    }

    /// A name by which Python finds what is patched, and the names that the test has for it.
    void patchName(const QString &target, qsizetype at)
    {
        add(target, at, true);
        for (const auto &import : m_imports) {
            const QString whole = import.name.isEmpty() ? import.module : QString(import.module + u'.' + import.name);
            if (target.startsWith(QString(whole + u'.')))
                add(import.local + target.mid(whole.size()), at, true);
            else if (target == whole && !import.name.isEmpty() && import.inTest) // imported before, it is the real one
                add(import.local, at, true);
        }
    }
    void readPython()
    {
        static const R named(QStringLiteral("(?:\\bpatch|\\bmonkeypatch\\.setattr)\\(\\s*[fru]?['\"]([\\w.]+)['\"]"));
        static const R member(QStringLiteral("(?:\\bpatch\\.object|\\bmonkeypatch\\.setattr)\\(\\s*([A-Za-z_][\\w.]*)\\s*,\\s*['\"](\\w+)['\"]"));
        static const R made(QStringLiteral("^[ \\t]*([A-Za-z_][\\w.]*)[ \\t]*(?::[^=\\n]{1,60})?=[ \\t]*(?:\\w+\\.)*(?:(?:Magic|Async|NonCallable)?Mock|create_autospec)\\("), R::MultilineOption);
        const auto keeps = [&](const auto &match) { return inside(match).contains(QLatin1String("wraps=")); };
        each(named, [&](const auto &match) {
            if (!keeps(match) && match.captured(1).contains(u'.'))
                patchName(match.captured(1), match.capturedStart());
        });
        each(member, [&](const auto &match) {
            if (!keeps(match))
                patchName(match.captured(1) + u'.' + match.captured(2), match.capturedStart());
        });
        each(made, [&](const auto &match) {
            if (!keeps(match))
                addAssigned(match);
        });
    }

    void readGo()
    {
        static const R made(QStringLiteral("\\b(\\w+)\\s*:?=\\s*(?:new\\((?:\\w+\\.)?[mM]ock\\w*\\)|&?(?:\\w+\\.)?[mM]ock\\w*\\{|(?:\\w+\\.)?NewMock\\w*\\(|mocks?\\w*\\.New\\w*\\()"));
        each(made, [&](const auto &match) {
            // A double that somebody wrote may do more than answer; what is told what to answer does not.
            const R told(QStringLiteral("\\b%1\\s*\\.\\s*(?:EXPECT\\(\\)|On\\()").arg(R::escape(match.captured(1))));
            if (told.match(m_text.code).hasMatch())
                add(match.captured(1), match.capturedStart(), false);
        });
        static const R variable(QStringLiteral("^[ \\t]+([A-Za-z_][\\w.]*)[ \\t]*=[ \\t]*func\\("), R::MultilineOption);
        each(variable, [&](const auto &match) { add(match.captured(1), match.capturedEnd(), true); });
        static const R patched(QStringLiteral("\\b(?:gomonkey\\.Apply(?:Func|Method)\\w*|monkey\\.Patch|mpatch\\.PatchMethod)\\(\\s*([A-Za-z_][\\w.]*)\\s*,"));
        each(patched, [&](const auto &match) { add(match.captured(1), match.capturedStart(), true); });
    }

    void readRust()
    {
        static const R made(QStringLiteral("\\blet\\s+(?:mut\\s+)?(\\w+)\\s*(?::[^=;]{1,80})?=\\s*(?:\\w+::)*Mock\\w+(?:::<[^>]*>)?::(?:new|default)\\("));
        each(made, [&](const auto &match) {
            if (m_text.code.contains(QString(match.captured(1) + QLatin1String(".expect_"))))
                add(match.captured(1), match.capturedStart(), false);
        });
    }

    void readJava()
    {
        static const R made(QStringLiteral("\\b(\\w+)\\s*(?::[^=;\\n]{1,60})?=\\s*(?:Mockito\\.|EasyMock\\.)?(?:mock|mockk|createMock)\\s*(?:<[^>]*>)?\\("));
        static const R field(QStringLiteral("@(?:Mock|MockBean|MockitoBean|MockK|RelaxedMockK)\\b(?:\\([^)]*\\))?\\s+(?:(?:private|protected|public|final|static|lateinit|var|val)\\s+)*(?:(\\w+)\\s*:|[\\w<>,.?\\[\\] ]+?\\s(\\w+)\\s*;)"));
        static const R answered(QStringLiteral("\\b(?:when|given)\\(\\s*(\\w+\\s*\\.\\s*\\w+)\\(|\\bevery\\s*\\{\\s*(\\w+\\.\\w+)\\("));
        static const R ordered(QStringLiteral("\\bdo(?:Return|Answer|Throw)\\("));
        static const R whichMethod(QStringLiteral("^\\s*\\.\\s*when\\(\\s*(\\w+)\\s*\\)\\s*\\.\\s*(\\w+)\\("));
        static const R statics(QStringLiteral("\\b(?:mockStatic|mockkStatic|mockkObject|mockConstruction)\\(\\s*(\\w+)(?:\\.class|::class)?"));
        each(made, [&](const auto &match) { add(match.captured(1), match.capturedStart(), false); });
        each(field, [&](const auto &match) { add(match.captured(1) + match.captured(2), match.capturedStart(), false); });
        each(answered, [&](const auto &match) { add(match.captured(1) + match.captured(2), match.capturedStart(), false); });
        each(ordered, [&](const auto &match) {
            qsizetype end = 0;
            (void)inside(match, &end);
            const auto method = whichMethod.match(m_text.code.mid(end, 300));
            if (method.hasMatch())
                add(method.captured(1) + u'.' + method.captured(2), match.capturedStart(), false);
        });
        each(statics, [&](const auto &match) { add(match.captured(1), match.capturedStart(), true); });
    }

    // Where values come from

    void readAssigned()
    {
        static const R assigned(QStringLiteral("(?:^|[\\s({;])([A-Za-z_$][\\w$]*|[\\[{(][\\w\\s,:$]*[\\]})]|(?:\\w+\\s*,\\s*)+\\w+)\\s*(?::\\s*[\\w<>\\[\\]., |&']+)?\\s*(?::=|=)(?![=>])\\s*([^=\\s][^\\n]*)"));
        auto it = assigned.globalMatch(m_text.code);
        while (it.hasNext() && m_assigned.size() < mostAssigned) {
            const auto match = it.next();
            static const R word(QStringLiteral("[A-Za-z_$][\\w$]*"));
            auto names = word.globalMatch(match.captured(1));
            const QString text = squeezed(QStringView(m_text.bare).mid(match.capturedStart(2), std::min<qsizetype>(match.capturedLength(2), 1000)));
            while (names.hasNext())
                m_assigned.push_back({names.next().captured(), text, m_text.lineAt(match.capturedStart(1))});
        }
    }

    /// The last thing that a name was given above a line, in the same test or outside of all.
    [[nodiscard]] const Assigned *givenTo(const QString &name, int line) const
    {
        const auto span = holding(line);
        const Assigned *found = nullptr;
        for (const auto &one : m_assigned) {
            if (one.line <= line && one.name == name && (span.hold(one.line) || holding(one.line).first == 1))
                found = &one;
        }
        return found;
    }

    [[nodiscard]] const Mock *mockOf(const QString &path, int line) const
    {
        for (const auto &mock : m_mocks) {
            if (mock.lines.hold(line) && (path == mock.path || path.startsWith(QString(mock.path + u'.'))))
                return &mock;
        }
        // A method of a class, called on one of its objects.
        const auto dot = path.lastIndexOf(u'.');
        const auto *given = dot > 0 ? givenTo(path.left(dot), line) : nullptr;
        if (!given)
            return nullptr;
        static const R constructor(QStringLiteral("^(?:new)?&?([A-Za-z_]\\w*(?:(?:\\.|::)\\w+)*?)(?:::new|::default)?[({]"));
        const auto made = constructor.match(given->text);
        const QString type = dotted(made.captured(1));
        for (const auto &mock : m_mocks) {
            if (made.hasMatch() && mock.lines.hold(line) && (mock.path == QString(type + path.mid(dot)) || (mock.replaces && mock.path == type)))
                return &mock;
        }
        return nullptr;
    }

    [[nodiscard]] Origin originOf(QString text, int line, int depth, const Mock *&mock) const
    {
        static const R wrapper(QStringLiteral("^(?:await(?=[A-Za-z_$(])|[!&*(]|not(?=[a-z_]+\\()|(?:len|list|sorted|str|dict|set|tuple|JSON\\.stringify|Object\\.(?:keys|values|entries)|Array\\.from|String|Number)\\()"));
        static const R chain(QStringLiteral("^[A-Za-z_$][\\w$]*(?:(?:\\??\\.|->|::)[A-Za-z_$][\\w$]*)*!?"));
        static const R comprehension(QStringLiteral("for[\\w,()]+?in([A-Za-z_][\\w.]*\\(?)"));
        for (int i = 0; i < 6; ++i) {
            const auto path = chain.match(text);
            if (path.hasMatch() && mockOf(dotted(path.captured()), line))
                break;
            if (text.startsWith(u'[') && m_language == Python) {
                const auto over = comprehension.match(text);
                text = over.hasMatch() ? text.mid(over.capturedStart(1)) : text;
                break;
            }
            const auto around = wrapper.match(text);
            // "awaiting" is a name, "await" before one is none.
            if (!around.hasMatch() || (around.captured() == u"await" && givenTo(path.captured().section(u'.', 0, 0), line)))
                break;
            text = text.mid(around.capturedLength());
        }
        const auto match = chain.match(text);
        if (!match.hasMatch())
            return Origin::Plain;
        const QString path = dotted(match.captured());
        const bool call = match.capturedEnd() < text.size() && text[match.capturedEnd()] == u'(';
        if (call) {
            mock = mockOf(path, line);
            if (mock)
                return Origin::Mocked;
        }
        // What a name was given decides for all that hangs on it: "rows.map(…)" is of "rows".
        const QString root = path.section(u'.', 0, 0);
        const auto *given = depth < 4 ? givenTo(root, line) : nullptr;
        if (given && (path != root || !call)) {
            const auto origin = originOf(given->text, given->line, depth + 1, mock);
            if (origin == Origin::Mocked)
                return origin;
            // An object that the test makes is asked for something.
            return call ? Origin::Real : origin;
        }
        return call && !root.isEmpty() ? Origin::Real : Origin::Plain;
    }

    Language m_language;
    const CodeText &m_text;
    const TestFile &m_tests;
    std::vector<Lines> m_spans;
    std::vector<Import> m_imports;
    std::vector<Mock> m_mocks;
    std::vector<Assigned> m_assigned;
};

} // namespace

std::vector<MockedCheck> mockedChecks(Language language, const CodeText &text, const TestFile &tests)
{
    static const R any(QStringLiteral("[mM]ock|[sS]tub|\\bpatch|monkey|\\bspy|\\.fake\\(|\\.fn\\b|\\bfunc\\(|\\btd\\.|\\bgiven\\(|\\bevery\\b"));
    if (tests.checks.empty() || !any.match(text.code).hasMatch())
        return {};
    return MockReader(language, text, tests).checks();
}

} // namespace coppice::review

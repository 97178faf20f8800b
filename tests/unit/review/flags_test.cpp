// SPDX-License-Identifier: GPL-3.0-or-later
#include <git/tree_edit.h>
#include <review/patch.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QMap>
#include <QTest>

using namespace coppice;
using namespace coppice::review;

namespace {

using Files = QMap<QByteArray, QByteArray>;

/// "kind path:line class" of each flag.
QStringList flagsOfChange(const Files &before, const Files &after, bool tainted = false)
{
    test::Scratch scratch;
    auto repository = std::move(*git::Repository::initBare(scratch.path("r.git")));
    const auto treeOf = [&](const Files &files) {
        std::vector<git::TreeChange> changes;
        for (auto it = files.cbegin(); it != files.cend(); ++it)
            changes.push_back({it.key(), git::TreeEntry{{}, git::Mode::File, repository.writeBlob(it.value()).value()}});
        return git::editTree(repository, repository.writeTree({}).value(), changes).value();
    };
    Patch patch;
    Revision revision;
    revision.base = treeOf(before);
    revision.result = treeOf(after);
    revision.tainted = tainted;
    patch.revisions = {revision};
    const auto files = filesOf(repository, revision).value();
    QStringList all;
    const auto flags = flagsOf(repository, patch, "plugins/a", files).value();
    for (const auto &flag : flags) {
        QString text = QStringLiteral("%1 %2:%3").arg(flag.kind, QString::fromUtf8(flag.path)).arg(flag.line);
        if (!flag.hiddenClass.isEmpty())
            text += u' ' + flag.hiddenClass;
        all << text;
    }
    return all;
}

} // namespace

class FlagsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void harmlessChangesHaveNone()
    {
        QCOMPARE(flagsOfChange({{"plugins/a/src/x.js", "const a = 1;\nconst b = 2;\n"}},
                               {{"plugins/a/src/x.js", "const a = 1;\nconst b = a + 2; // größer\n"}}),
                 QStringList());
        // Moving a line, and a test that is only rewritten.
        QCOMPARE(flagsOfChange({{"plugins/a/test/x.test.js", "test('a', () => {\n  assert.equal(f(1), 2);\n});\n"}},
                               {{"plugins/a/test/x.test.js", "test('b', () => {\n  assert.equal(f(1), 3);\n});\n"}}),
                 QStringList());
    }

    void findsEach_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QString>("flag");
        const auto row = [](const char *tag, const char *path, const QByteArray &before, const QByteArray &after, const char *flag) {
            QTest::newRow(tag) << QByteArray(path) << before << after << QString::fromLatin1(flag);
        };
        row("reordering", "plugins/a/x.js", "a\n", "a\nif (x \xe2\x80\xae) y\n", "hidden-characters plugins/a/x.js:2 reordering");
        row("hidden", "plugins/a/x.js", "a\nb\n", "a\nb\xe2\x80\x8b\n", "hidden-characters plugins/a/x.js:2 hidden");
        row("ambiguous", "plugins/a/x.js", "a\n", "a\nb\nconst p\xd0\xb0ss = 1\n", "hidden-characters plugins/a/x.js:3 ambiguous");
        row("outside", "plugins/b/x.js", "a\n", "b\n", "outside-plugin plugins/b/x.js:0");
        row("ci", "plugins/a/.github/workflows/t.yml", "a\n", "b\n", "ci plugins/a/.github/workflows/t.yml:0");
        row("instructions", "plugins/a/CLAUDE.md", "a\n", "b\n", "agent-instructions plugins/a/CLAUDE.md:0");
        row("instructions folder", "plugins/a/.cursor/rules/x.mdc", "a\n", "b\n", "agent-instructions plugins/a/.cursor/rules/x.mdc:0");
        row("hook", "plugins/a/.husky/pre-commit", "a\n", "b\n", "hooks plugins/a/.husky/pre-commit:0");
        row("install script", "plugins/a/package.json", "{\"scripts\":{}}\n", "{\"scripts\":{\"postinstall\":\"node x\"}}\n", "hooks plugins/a/package.json:1");
        row("test script", "plugins/a/package.json", "{\"scripts\":{\"test\":\"node --test\"}}\n", "{\"scripts\":{\"test\":\"true\"}}\n", "tests-weakened plugins/a/package.json:0");
        row("lock file", "plugins/a/package-lock.json", "{}\n", "{ }\n", "lock-file plugins/a/package-lock.json:0");
        row("npm", "plugins/a/package.json", "{\"dependencies\":{}}\n", "{\"dependencies\":{\n\"left-pad\":\"1\"}}\n", "new-dependency plugins/a/package.json:2");
        row("pip", "plugins/a/requirements.txt", "requests==2\n", "requests==3\nleftpad>=1\n", "new-dependency plugins/a/requirements.txt:2");
        row("go", "plugins/a/go.mod", "module x\n\ngo 1.21\n", "module x\n\ngo 1.21\n\nrequire github.com/a/b v1.0.0\n", "new-dependency plugins/a/go.mod:5");
        row("secret", "plugins/a/x.py", "a\n", "a\nTOKEN = \"ghp_012345678901234567890123456789abcdef\"\n", "secrets plugins/a/x.py:2");
        row("secret file", "plugins/a/.env", "", "A=1\n", "secrets plugins/a/.env:0");
        row("network js", "plugins/a/x.js", "a\n", "a\nawait fetch(url)\n", "network plugins/a/x.js:2");
        row("network py", "plugins/a/x.py", "a\n", "a\nr = requests.get(u)\n", "network plugins/a/x.py:2");
        row("process js", "plugins/a/x.js", "a\n", "a\nrequire('child_process')\n", "process plugins/a/x.js:2");
        row("process go", "plugins/a/x.go", "a\n", "a\nexec.Command(\"sh\")\n", "process plugins/a/x.go:2");
        row("eval", "plugins/a/x.py", "a\n", "a\neval(text)\n", "process plugins/a/x.py:2");
        row("skip js", "plugins/a/a.test.js", "test('a')\n", "test.skip('a')\n", "tests-weakened plugins/a/a.test.js:1");
        row("skip py", "plugins/a/tests/test_a.py", "def test_a():\n  assert f()\n", "@pytest.mark.skip\ndef test_a():\n  assert f()\n", "tests-weakened plugins/a/tests/test_a.py:1");
        row("skip go", "plugins/a/a_test.go", "func TestA(t *testing.T) {\n}\n", "func TestA(t *testing.T) {\n\tt.Skip()\n}\n", "tests-weakened plugins/a/a_test.go:2");
        row("assertion gone", "plugins/a/tests/test_a.py", "def test_a():\n  assert f()\n  x = 1\n", "def test_a():\n  x = 1\n", "tests-weakened plugins/a/tests/test_a.py:0");
        row("test gone", "plugins/a/tests/test_a.py", "def test_a():\n  f()\ndef test_b():\n  f()\n", "def test_a():\n  f()\n", "tests-deleted plugins/a/tests/test_a.py:0");
        row("shell check gone", "plugins/a/tests/run.sh", "check \"two\" \"$(ls | wc -l)\" \"2\"\ncheck \"one\" \"$(cat x)\" \"1\"\n", "check \"one\" \"$(cat x)\" \"1\"\n", "tests-weakened plugins/a/tests/run.sh:0");
        row("cannot fail", "plugins/a/check.sh", "npm test\n", "npm test || true\n", "tests-weakened plugins/a/check.sh:1");
        row("generated", "plugins/a/x.go", "// Code generated by y. DO NOT EDIT.\na\n", "// Code generated by y. DO NOT EDIT.\nb\n", "generated plugins/a/x.go:0");
        row("vendored", "plugins/a/vendor/x.go", "a\n", "b\n", "vendored plugins/a/vendor/x.go:0");
        row("large", "plugins/a/x.txt", "", QByteArray("x\n").repeated(10001), "size plugins/a/x.txt:0");
        row("binary", "plugins/a/x.png", "", QByteArray("\x89PNG\0", 5), "binary plugins/a/x.png:0");
    }
    void findsEach()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QString, flag);
        const Files was = before.isEmpty() ? Files() : Files{{path, before}};
        const auto flags = flagsOfChange(was, {{path, after}});
        QVERIFY2(flags.contains(flag), qPrintable(flags.join(QStringLiteral("; "))));
        // The way back must not be flagged for the same line: nothing suspicious is added by it.
        if (flag.startsWith(QLatin1String("hidden-characters")) || flag.startsWith(QLatin1String("secrets plugins/a/x"))
            || flag.startsWith(QLatin1String("network")) || flag.startsWith(QLatin1String("new-dep")))
            QVERIFY(!flagsOfChange({{path, after}}, was).join(u' ').contains(flag.section(u' ', 0, 0)));
    }

    void deletedTestsAndTaint()
    {
        const auto flags = flagsOfChange({{"plugins/a/test/a.test.js", "x\n"}, {"plugins/a/b.js", "x\n"}},
                                         {{"plugins/a/b.js", "y\n"}}, true);
        QVERIFY(flags.contains(QStringLiteral("tests-deleted plugins/a/test/a.test.js:0")));
        QVERIFY(flags.contains(QStringLiteral("tainted :0")));
    }

    void unchangedLinesAreNotFlagged()
    {
        QCOMPARE(flagsOfChange({{"plugins/a/x.js", "p\xd0\xb0ss\nfetch(u)\nc\n"}}, {{"plugins/a/x.js", "p\xd0\xb0ss\nfetch(u)\nd\n"}}),
                 QStringList());
    }
};

COPPICE_TEST(FlagsTest)
#include "flags_test.moc"

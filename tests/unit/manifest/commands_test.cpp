// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <manifest/manifest.h>

#include <process/child.h>

#include <QTest>

using namespace coppice;
using namespace coppice::manifest;
using namespace Qt::StringLiterals;

namespace {
using Files = QList<QPair<QString, QByteArray>>;
} // namespace

class CommandsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void languageAndTest_data()
    {
        QTest::addColumn<Files>("files");
        QTest::addColumn<QString>("language");
        QTest::addColumn<QString>("test");
        QTest::addColumn<QString>("setup");
        const auto row = [](const char *name, const Files &files, const QString &language, const QString &test, const QString &setup = {}) {
            QTest::newRow(name) << files << language << test << setup;
        };
        row("npm default script is no test", {{u"package.json"_s, R"({"name":"x","version":"1.0.0","scripts":{"test":"echo \"Error: no test specified\" && exit 1"}})"}}, u"node"_s, {});
        row("node's own runner", {{u"package.json"_s, R"({"name":"x"})"}, {u"test/a.test.mjs"_s, "import test from 'node:test'"}}, u"node"_s, u"node --test"_s);
        row("an empty npm lock needs no set-up", {{u"package.json"_s, R"({"name":"x","scripts":{"test":"node --test"}})"}, {u"package-lock.json"_s, R"({"lockfileVersion":3,"packages":{"":{"name":"x"}}})"}}, u"node"_s, u"npm test"_s);
        row("pnpm", {{u"package.json"_s, R"({"name":"x"})"}, {u"pnpm-lock.yaml"_s, "lockfileVersion: 9"}}, u"node"_s, {}, u"pnpm install --frozen-lockfile"_s);
        row("plain python, tests is no package", {{u"tool.py"_s, ""}, {u"tests/test_tool.py"_s, ""}}, u"python"_s, u"python3 -m unittest discover -s tests"_s);
        row("plain python, tests is a package", {{u"pyproject.toml"_s, "[project]\nname='x'\nversion='1'\n"}, {u"tests/__init__.py"_s, ""}, {u"tests/unit/__init__.py"_s, ""}, {u"tests/unit/test_a.py"_s, ""}}, u"python"_s, u"python3 -m unittest"_s);
        row("tests at the root", {{u"a.py"_s, ""}, {u"test_a.py"_s, ""}}, u"python"_s, u"python3 -m unittest"_s);
        row("src layout", {{u"pyproject.toml"_s, "[project]\nname='x'\n"}, {u"src/x/__init__.py"_s, ""}, {u"tests/test_x.py"_s, ""}}, u"python"_s, u"PYTHONPATH=src python3 -m unittest discover -s tests"_s);
        row("pytest declared in pyproject", {{u"pyproject.toml"_s, "[project]\nname='x'\n[dependency-groups]\ndev=['pytest>=8']\n"}, {u"tests/test_x.py"_s, ""}}, u"python"_s, u"python3 -m pytest"_s);
        row("pytest plugins alone do not declare it", {{u"pyproject.toml"_s, "[project]\nname='x'\ndependencies=['pytest-socket-free']\n"}, {u"tests/test_x.py"_s, ""}}, u"python"_s, u"python3 -m unittest discover -s tests"_s);
        row("pytest in requirements, with its venv", {{u"requirements.txt"_s, "# tools\npytest==8.0\n"}, {u"tests/test_x.py"_s, ""}}, u"python"_s, u".venv/bin/python -m pytest"_s, u"python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"_s);
        row("requirements without any need no set-up", {{u"requirements.txt"_s, "# nothing\n\n"}, {u"test_x.py"_s, ""}}, u"python"_s, u"python3 -m unittest"_s);
        row("a uv lock of the project alone", {{u"pyproject.toml"_s, "[project]\nname='x'\n"}, {u"uv.lock"_s, "[[package]]\nname='x'\nsource = { virtual = \".\" }\n"}, {u"test_x.py"_s, ""}}, u"python"_s, u"python3 -m unittest"_s);
        row("python without tests", {{u"a.py"_s, ""}}, u"python"_s, {});
        row("go", {{u"go.mod"_s, "module x\n"}, {u"go.sum"_s, "x"}}, u"go"_s, u"go test ./..."_s, u"go mod download"_s);
        row("go, vendored", {{u"go.mod"_s, "module x\n"}, {u"go.sum"_s, "x"}, {u"vendor/modules.txt"_s, ""}}, u"go"_s, u"go test ./..."_s);
        row("rust", {{u"Cargo.toml"_s, "[package]\nname='x'\nversion='1.0.0'\n"}}, u"rust"_s, u"cargo test"_s);
        row("maven", {{u"pom.xml"_s, "<project><artifactId>x</artifactId></project>"}}, u"java"_s, u"mvn test"_s);
        row("gradle", {{u"build.gradle"_s, ""}, {u"gradlew"_s, ""}}, u"java"_s, u"./gradlew test"_s);
        row("shell by extension", {{u"bin/tool.sh"_s, "echo"}, {u"tests/run.sh"_s, "exit 0"}}, u"shell"_s, u"bash tests/run.sh"_s);
        row("shell by its first line", {{u"bin/tool"_s, "#!/usr/bin/env bash\n"}, {u"Makefile"_s, "all:\n\ntest: all\n\ttrue\n"}}, u"shell"_s, u"make test"_s);
        row("python by its first line", {{u"tool"_s, "#!/usr/bin/python3\n"}}, u"python"_s, {});
        row("a formatter's package.json does not make it node", {{u"package.json"_s, R"({"private":true,"devDependencies":{"prettier":"3"}})"}, {u"pyproject.toml"_s, "[project]\nname='x'\nversion='1'\n"}, {u"test_x.py"_s, ""}}, u"python"_s, u"python3 -m unittest"_s);
        row("the registry's word decides among two", {{u"server.json"_s, R"({"name":"a/b","version":"1","packages":[{"registryType":"npm","version":"1"}]})"}, {u"package.json"_s, R"({"name":"x","version":"1"})"}, {u"pyproject.toml"_s, "[project]\nname='x'\nversion='1'\n"}, {u"a.py"_s, ""}, {u"b.py"_s, ""}}, u"node"_s, {});
        row("nothing known", {{u"README.md"_s, "# x"}}, {}, {});
    }
    void languageAndTest()
    {
        QFETCH(Files, files);
        test::Scratch scratch;
        for (const auto &[name, bytes] : files)
            scratch.write(u"p/" + name, bytes);
        const auto m = readManifest(*folderSource(scratch.path(u"p"_s)));
        QTEST(m.language.value, "language");
        QTEST(m.commands.value(u"test"_s).value, "test");
        QTEST(m.commands.value(u"setup"_s).value, "setup");
        if (!m.language.value.isEmpty())
            QVERIFY(m.language.isSet());
    }

    void theDetectedPythonCommandFindsAndFailsTheTest()
    {
        const QByteArray failing = "import unittest\nfrom app import value\nclass T(unittest.TestCase):\n def test_it(self): self.assertEqual(value, 2)\n";
        for (const Files &layout : QList<Files>{{{u"app.py"_s, "value = 1\n"}, {u"tests/test_app.py"_s, failing}},
                                                {{u"app.py"_s, "value = 1\n"}, {u"tests/__init__.py"_s, ""}, {u"tests/test_app.py"_s, failing}},
                                                {{u"src/app.py"_s, "value = 1\n"}, {u"tests/unit/test_app.py"_s, failing}}}) {
            test::Scratch scratch;
            for (const auto &[name, bytes] : layout)
                scratch.write(u"p/" + name, bytes);
            const auto m = readManifest(*folderSource(scratch.path(u"p"_s)));
            const auto outcome = process::run({.argv = {u"bash"_s, u"-c"_s, m.commands[u"test"_s].value}, .cwd = scratch.path(u"p"_s)});
            QVERIFY_RESULT(outcome);
            QVERIFY2(outcome->err.contains("AssertionError: 1 != 2"), outcome->err.constData());
            QVERIFY(outcome->exitCode != 0);
        }
    }
};

COPPICE_TEST(CommandsTest)
#include "commands_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped recipe "own-properties" on code that it has not seen.
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFileInfo>
#include <QProcess>
#include <QTest>

using namespace coppice::test;

class OwnPropertiesTest : public QObject
{
    Q_OBJECT

    static QByteArray runIn(const QString &folder)
    {
        QProcess process;
        process.setWorkingDirectory(folder);
        process.start(QStringLiteral("python3"), {QStringLiteral(COPPICE_SOURCE_DIR "/templates/recipes/own-properties/own_properties.py")});
        if (!process.waitForFinished(60'000) || process.exitCode() != 0)
            qFatal("the recipe failed: %s", process.readAllStandardError().constData());
        return process.readAllStandardOutput();
    }

private Q_SLOTS:
    void rewrites_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        const auto row = [](const char *name, const char *before, const char *after) {
            QTest::newRow(name) << QByteArray(before) << QByteArray(after);
        };
        row("a name", "if (map.hasOwnProperty(key)) go();\n", "if (Object.hasOwn(map, key)) go();\n");
        row("negated", "return !map.hasOwnProperty('a');\n", "return !Object.hasOwn(map, 'a');\n");
        row("a chain", "x = this.state.byId.hasOwnProperty(id) ? 1 : 2;\n", "x = Object.hasOwn(this.state.byId, id) ? 1 : 2;\n");
        row("an index", "a[b.c[0]].hasOwnProperty(k)\n", "Object.hasOwn(a[b.c[0]], k)\n");
        row("a call", "parse(line, ')').hasOwnProperty(k)\n", "Object.hasOwn(parse(line, ')'), k)\n");
        row("awaited in brackets", "(await load()).hasOwnProperty(k)\n", "Object.hasOwn((await load()), k)\n");
        row("optional", "o?.hasOwnProperty(k)\n", "Object.hasOwn(o ?? {}, k)\n");
        row("nested", "a.hasOwnProperty(b.hasOwnProperty(c) ? 1 : 2)\n", "Object.hasOwn(a, Object.hasOwn(b, c) ? 1 : 2)\n");
        row("after a keyword", "typeof o.hasOwnProperty(k)\n", "typeof Object.hasOwn(o, k)\n");
        row("a sum", "n += 1 + o.hasOwnProperty(k)\n", "n += 1 + Object.hasOwn(o, k)\n");
        row("in a template literal stays", "`${o.hasOwnProperty(k)}`\n", "`${o.hasOwnProperty(k)}`\n");
        row("a string stays", "s = 'o.hasOwnProperty(k)';\n", "s = 'o.hasOwnProperty(k)';\n");
        row("a comment stays", "// o.hasOwnProperty(k)\n/* o.hasOwnProperty(k) */\n", "// o.hasOwnProperty(k)\n/* o.hasOwnProperty(k) */\n");
        row("a regular expression stays", "r = /o.hasOwnProperty(k)/;\n", "r = /o.hasOwnProperty(k)/;\n");
        row("a division", "n = a / b.hasOwnProperty(k) / 2\n", "n = a / Object.hasOwn(b, k) / 2\n");
        row("by prototype stays", "Object.prototype.hasOwnProperty.call(o, k)\n", "Object.prototype.hasOwnProperty.call(o, k)\n");
        row("a reference stays", "const has = o.hasOwnProperty;\n", "const has = o.hasOwnProperty;\n");
        row("of super stays", "super.hasOwnProperty(k)\n", "super.hasOwnProperty(k)\n");
        row("CRLF stays", "a.hasOwnProperty(k)\r\nb\r\n", "Object.hasOwn(a, k)\r\nb\r\n");
        row("after a block", "if (x) { y() }\no.hasOwnProperty(k)\n", "if (x) { y() }\nObject.hasOwn(o, k)\n");
    }
    void rewrites()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const Scratch scratch;
        scratch.write(QStringLiteral("p/src/a.js"), before);
        runIn(scratch.path(QStringLiteral("p")));
        QCOMPARE(scratch.read(QStringLiteral("p/src/a.js")), after);
    }

    void addsAGuardThatFailsOnTheOldCode()
    {
        const Scratch scratch;
        const QByteArray old = "export const has = (o, k) => o.hasOwnProperty(k);\n";
        scratch.write(QStringLiteral("p/package.json"), R"({"name":"p","type":"commonjs","scripts":{"test":"node --test"}})");
        scratch.write(QStringLiteral("p/lib/deep/a.mjs"), old);
        scratch.write(QStringLiteral("p/CHANGELOG.md"), "# Changes\n\n## [Unreleased]\n\n- Something.\n");
        runIn(scratch.path(QStringLiteral("p")));
        QVERIFY(scratch.read(QStringLiteral("p/CHANGELOG.md")).startsWith("# Changes\n\n## [Unreleased]\n\n- Own properties"));
        const auto nodeTest = [&] {
            QProcess process;
            process.setWorkingDirectory(scratch.path(QStringLiteral("p")));
            process.start(QStringLiteral("node"), {QStringLiteral("--test")});
            return process.waitForFinished(60'000) ? process.exitCode() : -1;
        };
        QCOMPARE(nodeTest(), 0);
        scratch.write(QStringLiteral("p/lib/deep/a.mjs"), old);
        QVERIFY(nodeTest() != 0);
    }

    void leavesOthersAlone()
    {
        const Scratch scratch;
        scratch.write(QStringLiteral("p/package.json"), R"({"scripts":{"test":"node --test"}})");
        scratch.write(QStringLiteral("p/src/a.js"), "Object.hasOwn(a, b)\n");
        scratch.write(QStringLiteral("p/node_modules/x/a.js"), "a.hasOwnProperty(b)\n");
        scratch.write(QStringLiteral("p/src/bad.js"), "\xff\xfe.hasOwnProperty(b)\n");
        scratch.write(QStringLiteral("p/CHANGELOG.md"), "# Changes\n");
        QVERIFY(runIn(scratch.path(QStringLiteral("p"))).contains("nothing to do"));
        QCOMPARE(scratch.read(QStringLiteral("p/CHANGELOG.md")), QByteArray("# Changes\n"));
        QCOMPARE(scratch.read(QStringLiteral("p/node_modules/x/a.js")), QByteArray("a.hasOwnProperty(b)\n"));
        QVERIFY(!QFileInfo::exists(scratch.path(QStringLiteral("p/test"))));
    }
};
COPPICE_TEST(OwnPropertiesTest)
#include "recipe_test.moc"

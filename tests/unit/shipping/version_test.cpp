// SPDX-License-Identifier: GPL-3.0-or-later
#include <shipping/changelog.h>
#include <shipping/policy.h>
#include <shipping/version_bump.h>
#include <shipping/version_files.h>

#include "support/test_main.h"

#include <QTest>

using namespace coppice::shipping;

class VersionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void commitsAskForABump_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<int>("bump");
        const auto row = [](const char *message, Bump bump) { QTest::newRow(message) << QByteArray(message) << int(bump); };
        row("fix: a", Bump::Patch);
        row("feat(api): a", Bump::Minor);
        row("Feat: a", Bump::Minor);
        row("feat!: a", Bump::Major);
        row("chore(deps)!: a", Bump::Major);
        row("fix: a\n\nBREAKING CHANGE: b", Bump::Major);
        row("docs: a\n\nBREAKING-CHANGE: b", Bump::Major);
        row("docs: a", Bump::None);
        row("ci: a", Bump::None);
        row("perf: a", Bump::Patch);
        row("docs: says BREAKING CHANGE: in its subject", Bump::None);
        row("Update readme", Bump::Patch);
        row("", Bump::Patch);
        row("feat:no space", Bump::Patch);
    }
    void commitsAskForABump()
    {
        QFETCH(QByteArray, message);
        QFETCH(int, bump);
        QCOMPARE(int(tellCommit(message).bump()), bump);
        QCOMPARE(int(bumpOf({tellCommit(message)}, Bump::Major)), int(Bump::Major)); // an interface's verdict only raises
        QCOMPARE(int(bumpOf({tellCommit(message)}, Bump::None)), bump);
    }

    void versionsRise_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<int>("bump");
        QTest::addColumn<QString>("to");
        const auto row = [](const char *from, Bump bump, const char *to) { QTest::addRow("%s %d", from, int(bump)) << QString(from) << int(bump) << QString(to); };
        row("1.2.3", Bump::Patch, "1.2.4");
        row("1.2.3", Bump::Minor, "1.3.0");
        row("1.2.3", Bump::Major, "2.0.0");
        row("v1.2", Bump::Patch, "1.2.1");
        row("0.4.1", Bump::Major, "0.5.0");
        row("0.4.1", Bump::Minor, "0.5.0");
        row("1.3.0-rc.1", Bump::Patch, "1.3.0");
        row("1.3.0-rc.1", Bump::Minor, "1.3.0");
        row("1.3.1-rc.1", Bump::Minor, "1.4.0");
        row("2.0.0-beta", Bump::Major, "2.0.0");
        row("1.2.3+build", Bump::Patch, "1.2.4");
        row("latest", Bump::Patch, "");
        row("01.2.3", Bump::Patch, "");
        row("1.2.3\n", Bump::Patch, "");
    }
    void versionsRise()
    {
        QFETCH(QString, from);
        QFETCH(int, bump);
        QFETCH(QString, to);
        QCOMPARE(bumped(from, Bump(bump)).value_or(QString()), to);
    }

    void filesKeepEveryOtherByte_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after"); ///< empty: it holds none
        const auto row = [](const char *name, const char *file, const char *before, const char *after) { QTest::newRow(name) << QByteArray(file) << QByteArray(before) << QByteArray(after); };
        row("npm", "package.json", "{\"name\":\"a\",\n\t\"version\" : \"1.0.0\", \"config\":{\"version\":\"1.0.0\"}}", "{\"name\":\"a\",\n\t\"version\" : \"2.0.0\", \"config\":{\"version\":\"1.0.0\"}}");
        row("npm, an odd key", "package.json", "{\"x\":\"\\\"version\\\": \\\"1.0.0\\\"\",\"version\":\"1.0.0\"}", "{\"x\":\"\\\"version\\\": \\\"1.0.0\\\"\",\"version\":\"2.0.0\"}");
        row("npm without", "package.json", "{\"private\":true}", "");
        row("npm's lock", "package-lock.json", "{\"version\":\"1.0.0\",\"packages\":{\"\":{\"version\":\"1.0.0\"},\"node_modules/b\":{\"version\":\"1.0.0\"}}}",
            "{\"version\":\"2.0.0\",\"packages\":{\"\":{\"version\":\"2.0.0\"},\"node_modules/b\":{\"version\":\"1.0.0\"}}}");
        row("registry", "server.json", "{\"version\":\"1.0.0\",\"packages\":[{\"version\":\"1.0.0\"},{\"version\":\"0.9.0\"}]}", "{\"version\":\"2.0.0\",\"packages\":[{\"version\":\"2.0.0\"},{\"version\":\"0.9.0\"}]}");
        row("python", "pyproject.toml", "[build-system]\nversion = \"1.0.0\"\n[project]\nname = 'a'\nversion = '1.0.0' # ours\n", "[build-system]\nversion = \"1.0.0\"\n[project]\nname = 'a'\nversion = '2.0.0' # ours\n");
        row("python, dynamic", "pyproject.toml", "[project]\ndynamic = [\"version\"]\n[tool.x]\nversion = \"1.0.0\"\n", "");
        row("poetry", "pyproject.toml", "[tool.poetry]\r\nversion = \"1.0.0\"\r\n", "[tool.poetry]\r\nversion = \"2.0.0\"\r\n");
        row("rust", "Cargo.toml", "[dependencies]\nb = { version = \"1.0.0\" }\n[package]\nversion = \"1.0.0\"\n", "[dependencies]\nb = { version = \"1.0.0\" }\n[package]\nversion = \"2.0.0\"\n");
        row("rust, of the workspace", "Cargo.toml", "[package]\nversion.workspace = true\n[dependencies.b]\nversion = \"1.0.0\"\n", "");
        row("rust's lock", "Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry\"\n",
            "[[package]]\nname = \"a\"\nversion = \"2.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry\"\n");
        row("maven", "pom.xml", "<project>\n <parent><version>1.0.0</version></parent>\n <version> 1.0.0 </version>\n <dependencies><dependency><version>1.0.0</version></dependency></dependencies></project>",
            "<project>\n <parent><version>1.0.0</version></parent>\n <version> 2.0.0 </version>\n <dependencies><dependency><version>1.0.0</version></dependency></dependencies></project>");
        row("maven, inherited", "pom.xml", "<project><parent><version>1.0.0</version></parent></project>", "");
        row("maven, by a property", "pom.xml", "<project><version>${revision}</version></project>", "");
        row("broken", "package.json", "{\"version\": \"1.0", "");
    }
    void filesKeepEveryOtherByte()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QVERIFY(holdsVersion(file));
        QCOMPARE(withVersion(file, before, "1.0.0", "2.0.0").value_or(QByteArray()), after);
    }

    void changelogsKeepTheirStyle_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("begins");
        QTest::newRow("none") << QString() << QStringLiteral("# Changelog\n\n## [1.3.0] - 2026-02-03\n\n### Added\n\n- **api:** more\n\n### Fixed\n\n- less\n");
        QTest::newRow("keep a changelog") << QStringLiteral("# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- waiting\n\n## [1.2.0] - 2025-01-01\n\n- old\n")
                                          << QStringLiteral("# Changelog\n\n## [Unreleased]\n\n## [1.3.0] - 2026-02-03\n\n### Fixed\n\n- waiting\n- less\n\n### Added\n\n- **api:** more\n\n## [1.2.0] - 2025-01-01\n\n- old\n");
        QTest::newRow("own") << QStringLiteral("History\n=======\n\nv1.2.0 (2025-01-01)\n-------------------\n\n* old\n")
                             << QStringLiteral("History\n=======\n\nv1.3.0 (2026-02-03)\n-------------------\n\n### Added\n\n* **api:** more\n\n### Fixed\n\n* less\n\nv1.2.0 (2025-01-01)\n-------------------\n\n* old\n");
        QTest::newRow("conventional") << QStringLiteral("# 1.2.0 (2025-01-01)\n\n### Features\n\n* x\n\n### Bug Fixes\n\n* y\n")
                                      << QStringLiteral("# 1.3.0 (2026-02-03)\n\n### Features\n\n* **api:** more\n\n### Bug Fixes\n\n* less\n\n# 1.2.0 (2025-01-01)\n");
        QTest::newRow("without dates") << QStringLiteral("## 1.2.0\n\n- x\n") << QStringLiteral("## 1.3.0\n\n### Added\n\n- **api:** more\n\n### Fixed\n\n- less\n\n## 1.2.0\n");
        QTest::newRow("windows") << QStringLiteral("## 1.2.0\r\n\r\n- x\r\n") << QStringLiteral("## 1.3.0\r\n\r\n### Added\r\n\r\n- **api:** more\r\n");
    }
    void changelogsKeepTheirStyle()
    {
        QFETCH(QString, before);
        QFETCH(QString, begins);
        const QString after = withEntry(before, "1.3.0", "2026-02-03", {tellCommit("feat(api): more"), tellCommit("fix: less"), tellCommit("docs: silent")});
        QVERIFY2(after.startsWith(begins), qPrintable(after));
        QVERIFY(!changelogPart(after, "1.3.0").isEmpty());
        QVERIFY(changelogPart(after, "1.3").isEmpty());
        if (before.contains("1.2.0"))
            QVERIFY(!changelogPart(after, "1.3.0").contains("1.2.0"));
    }

    void subjectsAreNoMarkup()
    {
        const QString after = withEntry({}, "1.0.0", "2026-02-03", {tellCommit("fix: <img src=x> [a](javascript:b) `c` @all #1\x1b[31m\xe2\x80\xae")});
        for (const char *bad : {" <img", " [a]", " `c`", " @all", " #1"})
            QVERIFY2(!after.contains(bad), qPrintable(after));
        QVERIFY(after.contains("\\[a\\](")); // brackets that are escaped make no link
        QVERIFY(!after.contains(QChar(0x202e)) && !after.contains(QChar(0x1b)));
    }

    void tagsAndBranches()
    {
        coppice::library::GitPolicy policy;
        policy.tags = "pkg-v{version}";
        QCOMPARE(tagName(policy, "1.2.0"), QStringLiteral("pkg-v1.2.0"));
        QCOMPARE(versionOfTag(policy, "pkg-v1.2.0"), QStringLiteral("1.2.0"));
        QVERIFY(versionOfTag(policy, "v1.2.0").isEmpty() && versionOfTag(policy, "pkg-v").isEmpty());
        for (const char *bad : {"", "1 2", "../x", "1..2", "a~1", "1.", "x.lock", "-1"})
            QVERIFY2(tagName(policy, bad).isEmpty(), bad);
        QVERIFY(isAllowedBranch(policy, "anything"));
        policy.branches = {"main", "release/*"};
        QVERIFY(isAllowedBranch(policy, "main") && isAllowedBranch(policy, "release/1") && !isAllowedBranch(policy, "mainly") && !isAllowedBranch(policy, "a/main"));
    }
};

COPPICE_TEST(VersionTest)
#include "version_test.moc"

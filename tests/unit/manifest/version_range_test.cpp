// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <manifest/version_range.h>

#include <QTest>

using namespace coppice;
using namespace coppice::manifest;
using namespace Qt::StringLiterals;

class VersionRangeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Rows from the examples in the documents that version_range.h names.
    void accepts_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("range");
        QTest::addColumn<QString>("yes");     // versions, parted by spaces
        QTest::addColumn<QString>("no");
        QTest::addColumn<QString>("unknown");
        const auto row = [](const char *type, const char *range, const char *yes, const char *no, const char *unknown = "") {
            QTest::addRow("%s %s", type, range) << QString::fromLatin1(type) << QString::fromUtf8(range) << QString::fromLatin1(yes)
                                                << QString::fromLatin1(no) << QString::fromLatin1(unknown);
        };
        row("npm", "^1.2.3", "1.2.3 1.9.0 v1.2.4", "1.2.2 2.0.0 2.0.0-rc.1 1.3.0-beta", "latest 1.2");
        row("npm", "^0.2.3", "0.2.3 0.2.9", "0.3.0 1.0.0 0.2.2");
        row("npm", "^0.0.3", "0.0.3", "0.0.4 0.1.0");
        row("npm", "^0.0", "0.0.0 0.0.9", "0.1.0");
        row("npm", "^1.x", "1.0.0 1.9.9", "2.0.0 0.9.9");
        row("npm", "~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2");
        row("npm", "~1", "1.0.0 1.9.0", "2.0.0");
        row("npm", "1.2 - 2.3", "1.2.0 2.3.9", "2.4.0 1.1.9");
        row("npm", "1.2.3 - 2.3.4", "2.3.4", "2.3.5");
        row("npm", "<1.0.0 || >=2.3.1 <2.4.5 || >=2.5.2 <3.0.0", "0.9.0 2.3.1 2.6.0", "1.0.0 2.4.5 3.0.0");
        row("npm", "1.2.x", "1.2.0", "1.3.0");
        row("npm", "*", "0.0.1 9.9.9", "1.0.0-rc.1");
        row("npm", "", "1.0.0", "");
        row("npm", ">1.2", "1.3.0", "1.2.9");
        row("npm", ">= 1.2.3-beta.2 <2", "1.2.3-beta.4 1.2.3 1.9.0", "1.2.3-beta.1 1.2.4-beta.4 2.0.0");
        row("npm", "1.2.3", "1.2.3", "1.2.4");
        row("npm", "git+https://h.invalid/a/b.git", "", "", "1.0.0");
        row("npm", "latest", "", "", "1.0.0");
        row("npm", "workspace:*", "4.0.0", "");
        row("npm", "workspace:^1.0.0", "1.1.0", "2.0.0");
        row("cargo", "1", "1.0.0 1.9.0", "2.0.0 0.9.0");
        row("cargo", "0.2.3", "0.2.3 0.2.9", "0.3.0");
        row("cargo", "1.2.*", "1.2.7", "1.3.0");
        row("cargo", ">=1.2, <1.5", "1.2.0 1.4.9", "1.5.0 1.1.0");
        row("cargo", "=1.2.3", "1.2.3", "1.2.4");
        row("cargo", "~1.2", "1.2.9", "1.3.0");
        row("pypi", ">=1.0,<2", "1.0 1.9.post1", "2 2.0rc1 0.9");
        row("pypi", "~=2.2", "2.2 2.9", "3.0 2.1");
        row("pypi", "~=1.4.5", "1.4.5 1.4.9", "1.5.0");
        row("pypi", "==1.1.*", "1.1 1.1.9", "1.2");
        row("pypi", "!=1.1.*", "1.2", "1.1.1");
        row("pypi", "==1.1", "1.1 1.1.0 1.1+local", "1.1.post1 1.1.1");
        row("pypi", "===1.1", "1.1", "1.1.0");
        row("pypi", ">1.7", "1.7.1", "1.7.0.post1 1.7");
        row("pypi", ">=2.0b1", "2.0b2 2.0", "2.0a1");
        row("pypi", "", "1.0", "1.0.dev3");
        row("pypi", "^1.2", "1.2.0 1.9", "2.0 1.1");
        row("pypi", ">=1!1.0", "1!1.2", "2.0");
        row("pypi", ">=1.0", "", "", "not-a-version");
        row("golang", "v1.2.3", "v1.2.3 v1.9.0", "v1.2.2 v2.0.0");
        row("golang", "v0.1.0", "v0.2.0 v1.0.0", "v0.0.9");
        row("golang", "v2.1.0", "v2.1.0", "v1.9.0 v3.0.0");
        row("maven", "1.0", "1.0", "1.1");
        row("maven", "[1.0,2.0)", "1.0 1.9.9", "2.0 0.9");
        row("maven", "(,1.0],[1.2,)", "0.9 1.0 1.2 5.0", "1.1");
        row("maven", "[1.5]", "1.5", "1.6");
        row("maven", "", "", "", "1.0");
    }
    void accepts()
    {
        QFETCH(QString, type);
        QFETCH(QString, range);
        QFETCH(QString, yes);
        QFETCH(QString, no);
        QFETCH(QString, unknown);
        const auto check = [&](const QString &versions, Accepts expected) {
            for (const auto &version : versions.split(u' ', Qt::SkipEmptyParts))
                QVERIFY2(manifest::accepts(type, range, version) == expected,
                         qPrintable(version + u" answers "_s + nameOf(manifest::accepts(type, range, version))));
        };
        check(yes, Accepts::Yes);
        check(no, Accepts::No);
        check(unknown, Accepts::Unknown);
    }
};

COPPICE_TEST(VersionRangeTest)
#include "version_range_test.moc"

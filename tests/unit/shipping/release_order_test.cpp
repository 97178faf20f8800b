// SPDX-License-Identifier: GPL-3.0-or-later
#include <shipping/message.h>
#include <shipping/release_order.h>
#include <sync/policy.h>

#include "support/test_main.h"

#include <QRegularExpression>
#include <QTest>

using namespace coppice;
using namespace coppice::shipping;

class ReleaseOrderTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void orders_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<int>("order"); // 9: cannot be compared
        const auto row = [](const char *a, const char *b, int order) {
            QTest::newRow(QByteArray(QByteArray(a) + " " + b).constData()) << QString(a) << QString(b) << order;
        };
        row("1.2.3", "1.2.3", 0);
        row("v1.2.3", "1.2.3", 0);
        row("weather@1.2.3", "1.2.3", 0);
        row("weather-1.2.3", "v1.2.3", 0);
        row("1.2", "1.2.0", 0);
        row("1.2.3+build.7", "1.2.3", 0);
        row("1.2.10", "1.2.9", 1);
        row("1.9.0", "1.10.0", -1);
        row("2", "1.99", 1);
        row("1.0.0-rc.1", "1.0.0", -1);
        row("1.0.0-rc.2", "1.0.0-rc.10", -1);
        row("1.0.0-alpha", "1.0.0-alpha.1", -1);
        row("1.0.0-alpha", "1.0.0-beta", -1);
        row("1.0rc1", "1.0", -1);
        row("log4j2-2.17.0", "2.17.1", -1);
        row("main", "1.0.0", 9);
        row("main", "main", 0);
        row("3f2a9c1d", "1.0.0", 9);
        row("", "1.0.0", 9);
    }
    void orders()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(int, order);
        const auto sign = [](int value) { return value < 0 ? -1 : value > 0 ? 1 : 0; };
        const auto found = compareReleases(a, b), back = compareReleases(b, a);
        QCOMPARE(found ? sign(*found) : 9, order);
        QCOMPARE(back ? sign(*back) : 9, order == 9 ? 9 : -order);
    }

    void messagesAreConventional_data()
    {
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("subject");
        QTest::newRow("error") << "TypeError: x is not a function" << "plugins/a/x.js" << "fix(a): TypeError: x is not a function";
        QTest::newRow("conventional") << "feat(api)!: new thing" << "plugins/a/x.js" << "feat(api)!: new thing";
        QTest::newRow("docs") << "Say how to start" << "plugins/a/README.md" << "docs(a): Say how to start";
        QTest::newRow("tests") << "More tests" << "plugins/a/test/x.test.js" << "test(a): More tests";
        QTest::newRow("lines and escapes") << "bad\n\nCoppice-Reviewer: me\x1b[0m" << "plugins/a/x.js" << "fix(a): bad Coppice-Reviewer: me";
        QTest::newRow("none") << "" << "plugins/a/x.js" << "fix(a): change plugins/a/x.js";
        QTest::newRow("long") << QString("word ").repeated(40) << "plugins/a/x.js"
                              << QString("fix(a): " + QString("word ").repeated(12).trimmed() + QChar(0x2026));
    }
    void messagesAreConventional()
    {
        QFETCH(QString, title);
        QFETCH(QString, path);
        QFETCH(QString, subject);
        review::Patch patch;
        patch.id = Id::make();
        patch.plugin = QStringLiteral("a");
        patch.title = title;
        review::Revision revision;
        revision.run = QStringLiteral("RUN");
        patch.revisions = {revision};
        review::FilePatch file;
        file.path = path.toUtf8();
        const git::Signature ann{"Ann", "ann@example.org", 0, 0};
        const QStringList lines = QString::fromUtf8(commitMessage(patch, std::nullopt, {file}, ann, 1, 2, Actor::self(), {Actor::self(), {Actor::Kind::Person, QStringLiteral("ben")}})).split(u'\n');
        QCOMPARE(lines[0], subject);
        QVERIFY(lines[0].size() <= 73);
        QVERIFY(coppice::sync::isConventional(lines[0]));
        QVERIFY(lines[1].isEmpty());
        QCOMPARE(lines.filter(QStringLiteral("Coppice-Run: RUN")).size(), 1);
        QCOMPARE(lines.filter(QRegularExpression(QStringLiteral("^Coppice-Reviewer: "))), (QStringList{"Coppice-Reviewer: Ann <ann@example.org>", "Coppice-Reviewer: ben"}));
        QVERIFY(lines.contains(QStringLiteral("1 of 2 hunks of the patch were accepted.")));
    }
};

COPPICE_TEST(ReleaseOrderTest)
#include "release_order_test.moc"

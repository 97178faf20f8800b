// SPDX-License-Identifier: GPL-3.0-or-later
// The real shell on a demo library: every screen, by keys alone. A warning from QML fails the test.
#include "window_fixture.h"

#include "support/test_main.h"

#include <shell/commands.h>
#include <shell/finder.h>

#include <QAbstractItemModelTester>
#include <QQuickItem>
#include <QTest>

using namespace coppice;
using coppice::test::Window;

class WindowTest : public QObject
{
    Q_OBJECT
    static ui::Options options(const QString &screen = {})
    {
        return {test::demoLibrary().library, screen, QStringLiteral("light"), {}};
    }
    static void noWarnings(const Window &window)
    {
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }

private Q_SLOTS:
    void initTestCase() { test::fillDemo(test::demoLibrary(), false); }

    void opensOnTheScreenThatWasAsked()
    {
        Window window(options(QStringLiteral("catalog")));
        QVERIFY(window.window());
        QVERIFY(window.waitUntilReady());
        QCOMPARE(window.app().screen(), QStringLiteral("catalog"));
        QVERIFY(window.app().pluginCount() >= 6);
        QVERIFY(window.app().engineHere());
        noWarnings(window);
    }
    void everyScreenByItsKey()
    {
        Window window(options());
        QVERIFY(window.waitUntilReady());
        const QStringList names = window.app().screenNames();
        for (int i = 0; i < names.size(); ++i) {
            window.key(Qt::Key(Qt::Key_1 + i), Qt::ControlModifier);
            QTRY_COMPARE(window.app().screen(), names[i]);
            QVERIFY(window.waitFor([&] { return window.app().activities()->count() == 0; }));
            QVERIFY2(window.window()->activeFocusItem(), qPrintable(names[i]));
            const QImage picture = window.grab();
            QVERIFY(!picture.isNull());
            // Something is drawn beside the ground.
            QSet<QRgb> colours;
            for (int x = 180; x < picture.width(); x += 7) {
                for (int y = 0; y < picture.height(); y += 7)
                    colours.insert(picture.pixel(x, y));
            }
            QVERIFY2(colours.size() > 10, qPrintable(names[i]));
        }
        noWarnings(window);
    }
    void bothThemesDraw()
    {
        Window window(options());
        QVERIFY(window.waitUntilReady());
        const QRgb light = window.grab().pixel(4, 400);
        window.app().setTheme(QStringLiteral("dark"));
        QTest::qWait(50);
        const QRgb dark = window.grab().pixel(4, 400);
        QVERIFY(qGray(light) > 200);
        QVERIFY(qGray(dark) < 60);
        noWarnings(window);
    }
    void thePaletteFindsAndGoes()
    {
        Window window(options());
        QVERIFY(window.waitUntilReady());
        window.key(Qt::Key_K, Qt::ControlModifier);
        QTest::qWait(100);
        const QString plugin = window.app().pluginIds().last();
        window.type(plugin);
        QTest::qWait(50);
        window.key(Qt::Key_Return);
        QTRY_COMPARE(window.app().screen(), QStringLiteral("catalog"));
        window.key(Qt::Key_K, Qt::ControlModifier);
        QTest::qWait(100);
        window.type(QStringLiteral("sync"));
        window.key(Qt::Key_Return);
        QTRY_COMPARE(window.app().screen(), QStringLiteral("sync"));
        noWarnings(window);
    }
    void theKeySheetNamesTheKeysOfTheScreen()
    {
        Window window(options(QStringLiteral("inbox")));
        QVERIFY(window.waitUntilReady());
        window.key(Qt::Key_Question, Qt::ShiftModifier);
        auto *sheet = window.find(QStringLiteral("KeysSheet"));
        QVERIFY(sheet);
        QTRY_VERIFY(sheet->property("opened").toBool());
        window.key(Qt::Key_Escape);
        QTRY_VERIFY(!sheet->property("visible").toBool());
        noWarnings(window);
    }
    void lettersAreTextWhereTextIsTyped()
    {
        Window window(options(QStringLiteral("catalog")));
        QVERIFY(window.waitUntilReady());
        window.key(Qt::Key_Slash);
        window.type(QStringLiteral("sr")); // S and R are commands of this screen
        QTest::qWait(50);
        QCOMPARE(window.app().screen(), QStringLiteral("catalog"));
        auto *focused = window.window()->activeFocusItem();
        QVERIFY(focused);
        QCOMPARE(focused->property("text").toString(), QStringLiteral("sr"));
        noWarnings(window);
    }
    void whatCannotBeOpenedSaysWhy()
    {
        Window window({QStringLiteral("/nowhere/at/all"), {}, QStringLiteral("light"), {}});
        QVERIFY(window.waitFor([&] { return window.app().phase() == ui::AppSession::Phase::Failed; }));
        QVERIFY(window.app().error().present());
        QVERIFY2(window.app().error().what.size() > 10, qPrintable(window.app().error().what));
        noWarnings(window);
    }
};

COPPICE_TEST(WindowTest)
#include "window_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The Graph screen by keys alone, on a library with a cycle, a likely dependency and a plugin that stands alone.
#include "window_fixture.h"

#include "support/scratch.h"
#include "support/test_main.h"

#include <graph/graph_view.h>
#include <shell/options.h>

#include <QTest>

using namespace coppice;
using coppice::test::Window;
using namespace Qt::StringLiterals;

namespace {

QByteArray package(const char *name, const char *dependencies)
{
    return QByteArray("{\"name\":\"@x/") + name + "\",\"version\":\"1.2.0\",\"dependencies\":{" + dependencies + "}}\n";
}

QString madeIn(const test::Scratch &scratch)
{
    return scratch.repository(u"lib"_s, {{u"plugins/app/package.json"_s, package("app", "\"@x/core\":\"^1.0.0\"")},
                                         {u"plugins/core/package.json"_s, package("core", "\"@x/left\":\"^1.0.0\",\"@x/geo-tool\":\"^1.0.0\"")},
                                         {u"plugins/left/package.json"_s, package("left", "\"@x/right\":\"^1.0.0\"")},
                                         {u"plugins/right/package.json"_s, package("right", "\"@x/left\":\"^1.0.0\"")},
                                         {u"plugins/geo-tool/pyproject.toml"_s, "[project]\nname='geo-tool'\nversion='1.0'\n"},
                                         {u"plugins/zero/package.json"_s, package("zero", "")}});
}

} // namespace

class GraphScreenTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    std::unique_ptr<Window> m_window;
    ui::GraphView *m_view = nullptr;

    [[nodiscard]] bool settled() const
    {
        return m_window->waitFor([this] { return !m_view->busy() && m_window->app().worker().pending() == 0; });
    }
    [[nodiscard]] QStringList titles() const
    {
        QStringList all;
        for (int row = 0; row < m_view->rows()->count(); ++row)
            all << m_view->rows()->value(row, "title").toString();
        return all;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const coppice::ui::Options options{madeIn(m_scratch), u"graph"_s, u"light"_s, QString()};
        m_window = std::make_unique<Window>(options);
        QVERIFY(m_window->window());
        QVERIFY(m_window->waitUntilReady());
        if (m_window->app().screen() != "graph"_L1)
            m_window->app().show(u"graph"_s);
        QVERIFY(m_window->waitFor([this] {
            m_view = qobject_cast<ui::GraphView *>(m_window->find(u"coppice::ui::GraphView"_s));
            return m_view && m_view->rows()->count() > 0;
        }));
        QVERIFY(settled());
    }
    void cleanupTestCase()
    {
        QCOMPARE(m_window->warnings(), QStringList());
        m_window.reset();
    }

    void arrowsFollowEdgesAndReturnLooksAtIt()
    {
        m_view->setFocus(u"core"_s);
        QVERIFY(settled());
        QCOMPARE(m_view->selectedPlugin(), u"core"_s);
        // left and right share a box; geo-tool is likely only; app is the one dependent
        QCOMPARE(titles(), (QStringList{u"core"_s, u"app"_s, u"geo-tool"_s, u"left"_s}));
        m_window->key(Qt::Key_Up);
        QCOMPARE(m_view->selectedPlugin(), u"app"_s);
        m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Down);
        QVERIFY(m_view->selectedPlugin() == "left"_L1 || m_view->selectedPlugin() == "geo-tool"_L1);
        const QString below = m_view->selectedPlugin();
        m_window->key(below == "left"_L1 ? Qt::Key_Right : Qt::Key_Left);
        if (m_view->selectedPlugin() == below)
            m_window->key(below == "left"_L1 ? Qt::Key_Left : Qt::Key_Right);
        QVERIFY(m_view->selectedPlugin() != below);
        m_window->key(Qt::Key_Return);
        QVERIFY(settled());
        QCOMPARE(m_view->focus(), m_view->selectedPlugin());
        m_window->key(Qt::Key_Backspace);
        QVERIFY(settled());
        QCOMPARE(m_view->focus(), u"core"_s);
    }

    void depthHidesAndCounts()
    {
        m_view->setFocus(u"app"_s);
        QVERIFY(settled());
        QCOMPARE(titles(), (QStringList{u"app"_s, u"core"_s}));
        QVERIFY(m_view->hidden().startsWith(u"2 edges to 2 plugins"_s));
        m_window->key(Qt::Key_D);
        QVERIFY(settled());
        QCOMPARE(m_view->down(), 2);
        QCOMPARE(titles().size(), 4);
        // The other half of the cycle is a step further.
        QCOMPARE(m_view->hidden(), u"2 edges to 1 plugin not shown"_s);
        m_window->key(Qt::Key_D);
        QVERIFY(settled());
        QVERIFY(m_view->hidden().startsWith(u"No edge"_s));
        m_window->key(Qt::Key_D, Qt::ShiftModifier);
        QVERIFY(settled());
        m_window->key(Qt::Key_D, Qt::ShiftModifier);
        QVERIFY(settled());
        QCOMPARE(m_view->down(), 1);
    }

    void modesByNumber()
    {
        m_view->setFocus(u"left"_s);
        m_window->key(Qt::Key_2);
        QVERIFY(settled());
        QCOMPARE(m_view->mode(), ui::GraphView::Impact);
        QCOMPARE(titles(), (QStringList{u"left"_s, u"core"_s, u"right"_s, u"app"_s}));
        QVERIFY(m_view->shown().contains(u"touches 3: 2 directly, 1 at distance 2"_s));
        m_window->key(Qt::Key_3);
        QVERIFY(settled());
        QCOMPARE(m_view->rows()->count(), 1);
        QVERIFY(titles().front().contains(u"left, right"_s));
        m_window->key(Qt::Key_4);
        QVERIFY(settled());
        QCOMPARE(m_view->rows()->count(), 6);
        QCOMPARE(titles().back(), u"zero"_s);
        m_window->key(Qt::Key_1);
        QVERIFY(settled());
        QCOMPARE(m_view->mode(), ui::GraphView::Neighbours);
    }

    void searchReachesTheWholeLibrary()
    {
        m_view->setFocus(u"app"_s);
        QVERIFY(settled());
        m_window->key(Qt::Key_Slash);
        m_window->type(u"zer"_s);
        QVERIFY(m_window->waitFor([this] { return titles() == QStringList{u"zero"_s}; }));
        m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Return);
        QVERIFY(settled());
        QCOMPARE(m_view->focus(), u"zero"_s);
        QVERIFY(m_view->filter().isEmpty());
        QVERIFY(m_view->selectedText().contains(u"Nothing depends on it."_s));
    }

    void unknownHealthIsNeverGood()
    {
        m_view->setFocus(u"core"_s);
        QVERIFY(settled());
        QCOMPARE(m_view->rows()->value(0, "tier").toInt(), int(ui::GraphTier::Unknown));
        QVERIFY(m_view->rows()->value(0, "spoken").toString().contains(u"health unknown"_s));
        m_view->setTiers({{u"core"_s, ui::GraphTier::Poor}});
        QVERIFY(settled());
        QCOMPARE(m_view->rows()->value(0, "tier").toInt(), int(ui::GraphTier::Poor));
        QCOMPARE(m_view->rows()->value(1, "tier").toInt(), int(ui::GraphTier::Unknown));
        QCOMPARE(int(ui::tierFrom(u"splendid"_s)), int(ui::GraphTier::Unknown));
    }

    void panAndZoomMoveThePicture()
    {
        m_view->setFocus(u"core"_s);
        QVERIFY(settled());
        auto *canvas = m_view->canvas();
        QVERIFY(canvas);
        QVERIFY(m_window->waitFor([&] { return canvas->waiting() == 0; }));
        const QImage before = m_window->grab();
        const double zoom = canvas->zoom();
        m_window->key(Qt::Key_Plus);
        QVERIFY(canvas->zoom() > zoom);
        (void)m_window->grab();
        QVERIFY(m_window->waitFor([&] { return canvas->waiting() == 0; }));
        QVERIFY(m_window->grab() != before);
        m_window->key(Qt::Key_Minus);
        m_window->key(Qt::Key_0);
        QVERIFY(canvas->zoom() <= 1);
    }
};

COPPICE_TEST(GraphScreenTest)
#include "graph_screen_test.moc"

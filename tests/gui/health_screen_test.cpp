// SPDX-License-Identifier: GPL-3.0-or-later
// Health by keys alone, on a library whose plugins lack different things; and the tiers that the catalog shows of it.
#include "window_fixture.h"

#include "support/scratch.h"
#include "support/test_main.h"

#include <base/clock.h>
#include <catalog/catalog_view.h>
#include <health/health_store.h>
#include <health/health_view.h>
#include <shell/options.h>

#include <QFile>
#include <QQuickItem>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace coppice;
using coppice::test::Window;
using namespace Qt::StringLiterals;

namespace {

QString madeIn(const test::Scratch &scratch)
{
    const QByteArray licence = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\n";
    return scratch.repository(u"lib"_s, {{u"plugins/app/package.json"_s, "{\"name\":\"app\",\"version\":\"1.2.0\",\"license\":\"MIT\",\"dependencies\":{\"core\":\"^1.0.0\"}}\n"},
                                         {u"plugins/app/LICENSE"_s, licence},
                                         {u"plugins/core/package.json"_s, "{\"name\":\"core\",\"version\":\"1.0.0\"}\n"},
                                         {u"plugins/zero/pyproject.toml"_s, "[project]\nname='zero'\nversion='0.1'\n"}});
}

} // namespace

class HealthScreenTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    std::unique_ptr<Window> m_window;
    ui::HealthView *m_view = nullptr;

    [[nodiscard]] bool settled() const
    {
        return m_window->waitFor([this] { return m_window->app().activities()->count() == 0 && m_window->app().worker().pending() == 0; });
    }
    [[nodiscard]] QByteArray written(const QString &path) const
    {
        QFile file(path);
        (void)m_window->waitFor([&] { return settled() && file.exists(); });
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const ui::Options options{madeIn(m_scratch), u"catalog"_s, u"light"_s, QString()};
        m_window = std::make_unique<Window>(options);
        QVERIFY(m_window->window());
        QVERIFY(m_window->waitUntilReady());
    }
    void cleanupTestCase()
    {
        QCOMPARE(m_window->warnings(), QStringList());
        m_window.reset();
    }

    void unknownUntilMeasured()
    {
        const auto *catalog = qobject_cast<ui::CatalogView *>(m_window->find(u"coppice::ui::CatalogView"_s));
        QVERIFY(catalog);
        QTRY_COMPARE(const_cast<ui::CatalogView *>(catalog)->plugins()->count(), 3);
        auto *plugins = const_cast<ui::CatalogView *>(catalog)->plugins();
        for (int row = 0; row < 3; ++row) {
            QCOMPARE(plugins->value(row, "tier").toString(), u"unknown"_s);
            QCOMPARE(plugins->value(row, "tierIcon").toString(), u"tier-unknown"_s);
            QVERIFY(plugins->value(row, "spoken").toString().contains(u"health unknown"_s));
        }
    }

    void opensByItsNumberAndMeasures()
    {
        const auto names = m_window->app().screenNames();
        const auto place = names.indexOf(u"health"_s);
        QVERIFY(place >= 0 && place < 10);
        m_window->key(Qt::Key(place == 9 ? int(Qt::Key_0) : int(Qt::Key_1) + int(place)), Qt::ControlModifier);
        QTRY_COMPARE(m_window->app().screen(), u"health"_s);
        m_view = qobject_cast<ui::HealthView *>(m_window->find(u"coppice::ui::HealthView"_s));
        QVERIFY(m_view);
        // The first look measures.
        QVERIFY(m_window->waitFor([this] { return m_view->total() == 3 && !m_view->measuring(); }));
        QVERIFY(settled());
        QVERIFY(!m_view->headline().isEmpty());
        QVERIFY(!m_view->error().present());
    }

    void arrowsMoveAndTiersHaveShapes()
    {
        QCOMPARE(m_view->currentIndex(), 0);
        const QString first = m_view->current();
        m_window->key(Qt::Key_Down);
        QCOMPARE(m_view->currentIndex(), 1);
        QVERIFY(m_view->current() != first);
        QVERIFY(settled());
        QVERIFY(m_view->reasons()->count() >= 10);
        QSet<QString> icons;
        for (int row = 0; row < m_view->tiers()->count(); ++row)
            icons.insert(m_view->tiers()->value(row, "icon").toString());
        QCOMPARE(icons.size(), 5); // each tier has a shape of its own
        m_window->key(Qt::Key_Home);
        QCOMPARE(m_view->current(), first);
    }

    void chartsAreThere()
    {
        QVERIFY(settled());
        QTRY_VERIFY(m_view->steps().size() >= 2);
        bool drawn = false;
        for (auto *object : m_window->findAll(u"coppice::ui::HealthChart"_s)) {
            auto *chart = qobject_cast<QQuickItem *>(object);
            drawn = drawn || (chart && chart->isVisible() && chart->width() > 200 && chart->height() > 60);
        }
        QVERIFY(drawn);
    }

    void aFindingBecomesATicketInOneKey()
    {
        const auto tickets = [this] { return m_window->app().state() ? m_window->app().state()->tickets.size() : 0U; };
        const auto before = tickets();
        m_window->key(Qt::Key_T);
        QVERIFY(m_window->waitFor([&] { return tickets() == before + 1; }));
        const auto &ticket = m_window->app().state()->tickets.front();
        QCOMPARE(ticket.plugin, m_view->current());
        // The same finding again is the same ticket.
        m_window->key(Qt::Key_T);
        QVERIFY(settled());
        QCOMPARE(tickets(), before + 1);
    }

    void partsByNumber()
    {
        m_window->key(Qt::Key_3);
        QVERIFY(m_view->work()->count() > 3);
        m_window->key(Qt::Key_2);
        m_window->key(Qt::Key_1);
        m_window->key(Qt::Key_Down);
        QCOMPARE(m_view->currentIndex(), 1);
    }

    void reportsAreWrittenInEachForm()
    {
        const QTemporaryDir dir;
        m_window->key(Qt::Key_E);
        auto *sheet = m_window->find(u"ReportSheet"_s);
        QVERIFY(sheet);
        QTRY_VERIFY(sheet->property("opened").toBool());
        m_window->key(Qt::Key_Escape);
        QTRY_VERIFY(!sheet->property("opened").toBool());
        m_view->save(dir.filePath(u"a.pdf"_s));
        QVERIFY(written(dir.filePath(u"a.pdf"_s)).startsWith("%PDF-"));
        m_view->save(dir.filePath(u"a.html"_s));
        QVERIFY(written(dir.filePath(u"a.html"_s)).contains(m_view->headline().toHtmlEscaped().toUtf8()));
        m_view->save(dir.filePath(u"a.csv"_s));
        QCOMPARE(written(dir.filePath(u"a.csv"_s)).count("\r\n"), 4);
        m_view->save(dir.filePath(u"a.json"_s));
        QVERIFY(written(dir.filePath(u"a.json"_s)).contains("\"headline\""));
    }

    void theCatalogShowsTheTiers()
    {
        m_window->key(Qt::Key_C);
        QTRY_COMPARE(m_window->app().screen(), u"catalog"_s);
        auto *catalog = qobject_cast<ui::CatalogView *>(m_window->find(u"coppice::ui::CatalogView"_s));
        QVERIFY(catalog);
        const auto tiers = health::HealthStore(m_window->app().session()->state()).tiers();
        QVERIFY_RESULT(tiers);
        QCOMPARE(tiers->size(), 3);
        auto *plugins = catalog->plugins();
        QVERIFY(m_window->waitFor([&] { return plugins->value(0, "tier").toString() == tiers->value(plugins->keyAt(0)); }));
        for (int row = 0; row < plugins->count(); ++row) {
            QCOMPARE(plugins->value(row, "tier").toString(), tiers->value(plugins->keyAt(row)));
            QCOMPARE(plugins->value(row, "tierIcon").toString(), u"tier-"_s + tiers->value(plugins->keyAt(row)));
        }
        // by its word, and in its order
        const QString tier = tiers->value(u"core"_s);
        catalog->setFilter(tier);
        QCOMPARE(plugins->count(), int(std::ranges::count(tiers->values(), tier)));
        catalog->setFilter({});
        m_window->key(Qt::Key_O);
        QVERIFY(catalog->byHealth());
        const QStringList order{u"unknown"_s, u"poor"_s, u"fair"_s, u"good"_s, u"excellent"_s};
        for (int row = 1; row < plugins->count(); ++row)
            QVERIFY(order.indexOf(plugins->value(row - 1, "tier").toString()) <= order.indexOf(plugins->value(row, "tier").toString()));
        m_window->key(Qt::Key_O);
        QCOMPARE(plugins->keyAt(0), u"app"_s);
    }
};

COPPICE_TEST(HealthScreenTest)
#include "health_screen_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// On Overview each line of a brief leads to its fact, and each sentence of a client's words to the facts it stands on.
#include "window_fixture.h"

#include "support/test_main.h"

#include <base/clock.h>
#include <journal/lease.h>
#include <manager/briefs.h>
#include <tickets/ticket.h>

#include <QSignalSpy>
#include <QTest>

using namespace coppice;
using namespace Qt::StringLiterals;
using coppice::test::Window;

class BriefLinksTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;
    demo::Demo m_demo;
    std::unique_ptr<engine::Session> m_session;
    std::optional<journal::Lease> m_lease;

    static manager::Claim claim(const QString &link, const QString &plugin)
    {
        manager::Claim one;
        one.text = plugin.isEmpty() ? QString(u"Something of "_s + link) : QString(plugin + u" has "_s + link);
        one.link = link;
        one.plugin = plugin;
        return one;
    }
    void keep(const manager::Brief &brief)
    {
        const auto kept = manager::Briefs(m_session->state(), m_session->journal()).keep(brief, {});
        if (!kept)
            qFatal("%s", qPrintable(kept.error().message()));
    }
    [[nodiscard]] static int rowOf(QAbstractItemModel *rows, const QString &key)
    {
        const int role = rows->roleNames().key("key");
        for (int row = 0; row < rows->rowCount(); ++row) {
            if (rows->index(row, 0).data(role).toString() == key)
                return row;
        }
        return -1;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = test::freshDemo(m_dir);
        auto opened = engine::Session::open(m_demo.library);
        QVERIFY(opened);
        m_session = std::move(*opened);
        auto lease = journal::Lease::take(m_session->library().coppiceDir()); // another process is the engine
        QVERIFY(lease);
        m_lease.emplace(std::move(*lease));
    }

    void eachLineLeadsToItsFact()
    {
        const QString plugin = m_demo.incidents.front().plugin;
        const auto ticket = tickets::Tickets(m_session->state(), m_session->journal()).create(Actor::self(), plugin, u"It breaks"_s);
        QVERIFY(ticket);
        const QString id = ticket->id.toString();
        const QList<std::pair<QString, QString>> links{{u"plugin:"_s + plugin, u"catalog"_s}, {u"ticket:"_s + id, u"inbox"_s}, {u"group:"_s + id, u"inbox"_s},
                                                       {u"run:"_s + id, u"runs"_s},           {u"review:"_s + id, u"review"_s}, {u"health:"_s + plugin, u"health"_s},
                                                       {u"screen:inbox"_s, u"inbox"_s},       {u"screen:runs"_s, u"runs"_s},    {u"screen:review"_s, u"review"_s},
                                                       {u"screen:sync"_s, u"sync"_s},         {u"screen:health"_s, u"health"_s}, {u"screen:catalog"_s, u"catalog"_s}};
        manager::Brief brief;
        brief.id = Id::make();
        brief.at = nowMs();
        for (const auto &[link, screen] : links)
            brief.risks.push_back(claim(link, link.contains(plugin) ? plugin : QString()));
        brief.worded.emplace();
        brief.worded->client = u"talker"_s;
        brief.worded->at = nowMs();
        brief.worded->paragraphs = {{{u"Two things at once."_s, {u"r1"_s, u"r2"_s}}, {u"One thing."_s, {u"r6"_s}}}};
        brief.worded->leftOut = 2;
        keep(brief);

        Window window({m_demo.library, u"overview"_s, u"light"_s, {}});
        QVERIFY(window.waitUntilOpen());
        auto *view = window.find(u"coppice::ui::BriefView"_s);
        QVERIFY(view);
        QVERIFY(window.waitFor([&] { return view->property("given").toBool(); }));
        auto *rows = view->property("rows").value<ui::RecordModel *>();
        QVERIFY(rows);
        QSignalSpy shown(&window.app(), &ui::AppSession::shown);
        const auto leadsTo = [&](const QString &screen, const QString &link) {
            if (window.app().screen() != screen)
                return false;
            const QString kind = link.section(u':', 0, 0), what = link.section(u':', 1);
            if (kind == u"screen")
                return true;
            return !shown.isEmpty() && shown.last().at(0).toString() == screen && shown.last().at(1).toString() == (kind == u"ticket" || kind == u"group" ? link : what);
        };
        for (qsizetype i = 0; i < links.size(); ++i) {
            window.app().show(u"overview"_s);
            const int row = rowOf(rows, u"r%1"_s.arg(i + 1));
            QVERIFY(row >= 0);
            QVERIFY(QMetaObject::invokeMethod(view, "open", Q_ARG(int, row)));
            QVERIFY2(leadsTo(links[i].second, links[i].first), qPrintable(links[i].first + u" → "_s + window.app().screen()));
        }
        // A sentence leads to each of its facts.
        for (const auto &[n, fact] : {std::pair{0, 0}, {1, 1}}) {
            window.app().show(u"overview"_s);
            QVERIFY(QMetaObject::invokeMethod(view, "openFact", Q_ARG(int, 0), Q_ARG(int, n)));
            QVERIFY2(leadsTo(links[fact].second, links[fact].first), qPrintable(QString::number(n)));
        }
        bool opened = true;
        QVERIFY(QMetaObject::invokeMethod(view, "openFact", Q_RETURN_ARG(bool, opened), Q_ARG(int, 0), Q_ARG(int, 2)));
        QVERIFY(!opened);
        window.app().show(u"overview"_s);
        QVERIFY(QMetaObject::invokeMethod(view, "open", Q_ARG(int, 1)));
        QVERIFY(leadsTo(links[5].second, links[5].first));
    }

    /// A brief that the engine gives meanwhile appears by itself, and says that it was due.
    void aBriefThatTheEngineGaveAppears()
    {
        Window window({m_demo.library, u"overview"_s, u"light"_s, {}});
        QVERIFY(window.waitUntilOpen());
        auto *view = window.find(u"coppice::ui::BriefView"_s);
        QVERIFY(view);
        manager::Brief brief;
        brief.id = Id::make();
        brief.at = nowMs() + 1000;
        brief.due = nowMs();
        brief.risks = {claim(u"screen:sync"_s, {})};
        keep(brief);
        QVERIFY(window.waitFor([&] { return view->property("scheduled").toBool(); }));
        QVERIFY(rowOf(view->property("rows").value<ui::RecordModel *>(), u"r1"_s) >= 0);
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
};

COPPICE_TEST(BriefLinksTest)
#include "brief_links_test.moc"

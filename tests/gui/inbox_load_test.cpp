// SPDX-License-Identifier: GPL-3.0-or-later
// A library with 100,000 events in 2,000 groups and 5,000 tickets: the inbox shows it, follows what comes in, and stays a
// person's meanwhile.
#include "window_fixture.h"

#include "support/test_main.h"

#include <base/clock.h>
#include <base/json.h>
#include <capture/store.h>
#include <inbox/inbox_list_model.h>
#include <inbox/inbox_view.h>
#include <tickets/ticket.h>

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace coppice;
using namespace Qt::StringLiterals;
using coppice::test::Window;

class InboxLoadTest : public QObject
{
    Q_OBJECT
    static constexpr int Groups = 2'000;
    static constexpr int Events = 100'000;
    static constexpr int Tickets = 5'000;
    static constexpr int Ticketed = 1'000; ///< groups that have a ticket

    QTemporaryDir m_dir;
    demo::Demo m_demo;

    /// Letters alone, so that each number is another template.
    static QString wordOf(int number)
    {
        QString word;
        for (int i = 0; i < 4; ++i, number /= 26)
            word += QChar(u'a' + number % 26);
        return word;
    }
    static capture::Event event(const QString &plugin, int number)
    {
        capture::Event event;
        event.plugin = plugin;
        event.level = capture::Level::Error;
        event.type = u"Failure"_s + wordOf(number);
        event.message = u"the %1 of %2 could not be read"_s.arg(wordOf(number), wordOf(number + 7));
        event.received = nowMs() - (number % 13) * 86'400'000LL;
        event.release = u"1.%1.0"_s.arg(number % 5);
        event.environment = u"production"_s;
        event.tags[u"user"_s] = u"user-%1"_s.arg(number);
        event.frames = {{u"read"_s + wordOf(number), u"src/%1.js"_s.arg(wordOf(number)), 10, true}, {u"main"_s, u"src/main.js"_s, 3, true}};
        event.trace = u"Failure: the thing could not be read\n    at read (src/a.js:10:3)\n"_s.repeated(8);
        return event;
    }
    /// One of each group as it is received, the others as copies of it with times and users of their own.
    static void fillEvents(engine::Session &session, const QString &plugin)
    {
        std::vector<capture::Event> first;
        for (int i = 0; i < Groups; ++i)
            first.push_back(event(plugin, i));
        const auto added = capture::EventStore(session.events()).add(std::move(first));
        QVERIFY2(added, qPrintable(added ? QString() : added.error().message()));
        QCOMPARE(added->groups.size(), Groups);
        for (int copy = 1; copy < Events / Groups; ++copy) {
            const auto copied = session.events().write<void>([&](store::Connection &connection) -> Result<> {
                COPPICE_CHECK(connection.exec(u"INSERT INTO events (group_id, id, sender_id, plugin, received, at, source, release, environment, level, type, message, template, record, "
                                              "scrubbed, body, who) SELECT group_id, id || '-' || ?, '', plugin, received - ? * 3600000, 0, source, release, environment, level, type, message, "
                                              "template, record, scrubbed, body, who + ? FROM events WHERE length(id) = 26"_s,
                                              {copy, copy % 24, copy % 7}));
                return {};
            });
            QVERIFY(copied);
        }
        QVERIFY(session.events().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(u"UPDATE event_groups SET count = (SELECT count(*) FROM events WHERE group_id = event_groups.id)"_s));
            return {};
        }));
    }
    static void fillTickets(engine::Session &session, const QString &plugin)
    {
        capture::EventStore events(session.events());
        const auto groups = events.groups();
        QVERIFY(groups && groups->size() >= size_t(Groups));
        const auto made = tickets::Tickets(session.state(), session.journal()).fromGroup(Actor::self(), events, groups->front().id.toString());
        QVERIFY(made);
        const QString facts = QString::fromUtf8(toJsonLine(made->facts));
        const char *states[] = {"inbox", "accepted", "closed", "snoozed", "declined"};
        QVERIFY(session.state().write<void>([&](store::Connection &connection) -> Result<> {
            for (int i = 1; i < Tickets; ++i) {
                const QString id = Id::make().toString();
                COPPICE_CHECK(connection.exec(u"INSERT INTO tickets (id, plugin, kind, title, facts, guesses, assignee, remote, state, tainted, regressed, fix, reason, snoozed_until, links, "
                                              "made, changed, last_operation) VALUES (?, ?, 'error', ?, ?, '{}', '', '', ?, 1, 0, '', '', 0, '{}', ?, ?, '')"_s,
                                              {id, plugin, u"Failure %1 of the %2"_s.arg(i).arg(wordOf(i)), facts, QString::fromLatin1(states[i % 5]), nowMs() - i * 60'000LL, nowMs() - i * 30'000LL}));
                if (i < Ticketed)
                    COPPICE_CHECK(connection.exec(u"INSERT INTO ticket_groups (group_id, ticket) VALUES (?, ?)"_s, {(*groups)[size_t(i)].id.toString(), id}));
            }
            return {};
        }));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = test::freshDemo(m_dir);
        auto session = engine::Session::open(m_demo.library);
        QVERIFY(session);
        const QString plugin = m_demo.incidents.front().plugin;
        fillEvents(**session, plugin);
        fillTickets(**session, plugin);
    }
    void theWindowStaysAPersons()
    {
        Window window({m_demo.library, u"overview"_s, u"light"_s, {}});
        QVERIFY(window.waitUntilReady());
        auto &app = window.app();
        auto *list = [&]() -> ui::InboxListModel * {
            window.key(Qt::Key_4, Qt::ControlModifier);
            auto *view = window.find(u"coppice::ui::InboxView"_s);
            return view ? view->property("list").value<ui::InboxListModel *>() : nullptr;
        }();
        auto *view = qobject_cast<ui::InboxView *>(window.find(u"coppice::ui::InboxView"_s));
        QVERIFY(list && view);
        QElapsedTimer wall;
        wall.start();
        QVERIFY(window.waitFor([&] { return view->loaded() && list->count() > Ticketed; }, 60'000));
        const qint64 opening = wall.elapsed();
        window.key(Qt::Key_5);
        QVERIFY(window.waitFor([&] { return list->count() == Tickets + Groups - Ticketed; }));
        QTest::qWait(1500);

        qint64 turns = 0, longest = 0;
        QElapsedTimer since;
        QTimer beat;
        connect(&beat, &QTimer::timeout, this, [&] {
            ++turns;
            longest = std::max(longest, since.isValid() ? since.elapsed() : 0);
            since.start();
        });
        const auto measured = [&](const std::function<void()> &work) {
            turns = longest = 0;
            since.invalidate();
            beat.start(0);
            work();
            beat.stop();
            return longest;
        };
        const qint64 idle = measured([] { QTest::qWait(1000); });
        qInfo("idle %lld ms", idle);
        const qint64 moving = measured([&] {
            for (int i = 0; i < 60; ++i)
                window.key(i % 20 == 19 ? Qt::Key_PageDown : Qt::Key_Down);
        });
        qInfo("moving %lld ms", moving);
        const qint64 filtering = measured([&] {
            window.key(Qt::Key_Slash);
            for (const QChar c : u"failure plugin:w"_s) {
                window.type(QString(c));
                QTest::qWait(30);
            }
            window.key(Qt::Key_Escape);
            window.key(Qt::Key_Escape);
            QTest::qWait(500);
        });
        QVERIFY(window.waitFor([&] { return list->count() == Tickets + Groups - Ticketed; }));

        qInfo("filtering %lld ms", filtering);
        // Events come in while somebody is at a line: rows move, the list is not drawn anew, the line stays.
        QTest::qWait(300);
        window.key(Qt::Key_Down);
        const QString current = list->keyAt(view->currentIndex());
        QVERIFY(!current.isEmpty());
        QSignalSpy reset(list, &QAbstractItemModel::modelReset);
        const QString plugin = m_demo.incidents.front().plugin;
        auto session = app.session();
        const qint64 receiving = measured([&] {
            for (int round = 0; round < 5; ++round) {
                std::vector<capture::Event> more;
                for (int i = 0; i < 20; ++i) {
                    more.push_back(event(plugin, 100 * round + i));
                    more.back().received = nowMs();
                }
                auto added = std::make_shared<std::optional<Result<capture::EventStore::Added>>>();
                app.worker().read(
                    this, [session, more] { return capture::EventStore(session->events()).add(more); },
                    [added](Result<capture::EventStore::Added> done) { *added = std::move(done); });
                QVERIFY(window.waitFor([&] { return added->has_value(); }));
                QVERIFY2(**added, qPrintable(**added ? QString() : (**added).error().message()));
                app.refreshSoon();
                QTest::qWait(600);
            }
        });
        QVERIFY(window.waitFor([&] { return list->at(0) && list->at(0)->last > nowMs() - 60'000; }));
        QCOMPARE(reset.count(), 0);
        QCOMPARE(list->keyAt(view->currentIndex()), current);
        qInfo("{\"bench\":\"inbox-window\",\"rows\":%d,\"opening_ms\":%lld,\"idle_ms\":%lld,\"moving_ms\":%lld,\"filtering_ms\":%lld,\"receiving_ms\":%lld,\"ratio\":%.2f}", list->count(), opening, idle,
              moving, filtering, receiving, double(std::max({moving, filtering, receiving})) / double(std::max<qint64>(1, idle)));
        QVERIFY(turns > 0);
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
};

COPPICE_TEST(InboxLoadTest)
#include "inbox_load_test.moc"

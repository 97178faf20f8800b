// SPDX-License-Identifier: GPL-3.0-or-later
// The inbox by keys alone, on a demo library of its own: marking, deciding about one line and many, and every way back.
#include "window_fixture.h"

#include "support/test_main.h"

#include <capture/store.h>
#include <inbox/entry_detail.h>
#include <inbox/inbox_list_model.h>
#include <inbox/inbox_view.h>
#include <inbox/rules_view.h>

#include <QFile>
#include <QProcess>
#include <QQuickItem>
#include <QTest>

using namespace coppice;
using namespace Qt::StringLiterals;
using coppice::test::Window;

class InboxTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;
    demo::Demo m_demo;
    std::unique_ptr<Window> m_window;
    ui::InboxView *m_view = nullptr;

    void crash(const QString &type, int count = 1, const QString &tenant = {})
    {
        std::vector<capture::Event> events;
        for (int i = 0; i < count; ++i) {
            capture::Event event;
            event.plugin = m_demo.incidents.front().plugin;
            event.level = capture::Level::Error;
            event.type = type;
            event.message = type + u" was seen"_s;
            event.release = u"1.0.0"_s;
            event.environment = u"production"_s;
            event.tags[u"user"_s] = u"user-%1"_s.arg(i % 2);
            if (!tenant.isEmpty())
                event.tags[u"tenant"_s] = tenant;
            events.push_back(std::move(event));
        }
        const auto added = capture::EventStore(m_window->app().session()->events()).add(std::move(events));
        QVERIFY(added);
        m_window->app().refreshSoon();
    }
    [[nodiscard]] int rowOf(const QString &type) const
    {
        for (int row = 0; row < m_view->list()->count(); ++row) {
            if (m_view->list()->at(row)->title.startsWith(type))
                return row;
        }
        return -1;
    }
    /// Goes to a line by the arrows.
    [[nodiscard]] bool goTo(const QString &type) const
    {
        if (!m_window->waitFor([&] { return rowOf(type) >= 0; }))
            return false;
        m_window->key(Qt::Key_Home);
        for (int i = 0; i < m_view->list()->count() && m_view->currentIndex() != rowOf(type); ++i)
            m_window->key(Qt::Key_Down);
        return m_view->currentIndex() == rowOf(type);
    }
    [[nodiscard]] QString stateOf(const QString &type) const
    {
        const auto *entry = m_view->list()->at(rowOf(type));
        return entry ? entry->state : QString();
    }
    [[nodiscard]] bool waitState(const QString &type, const QString &state) const
    {
        return m_window->waitFor([&] { return stateOf(type) == state; });
    }
    [[nodiscard]] bool waitGone(const QString &type) const
    {
        return m_window->waitFor([&] { return rowOf(type) < 0; });
    }
    [[nodiscard]] bool opens(const char *sheet) const
    {
        auto *found = m_window->find(QLatin1String(sheet));
        return found && m_window->waitFor([&] { return found->property("opened").toBool(); });
    }
    [[nodiscard]] bool closes(const char *sheet) const
    {
        auto *found = m_window->find(QLatin1String(sheet));
        return found && m_window->waitFor([&] { return !found->property("visible").toBool(); });
    }
    void undo() const { m_window->key(Qt::Key_Z, Qt::ControlModifier); }
    void git(const QStringList &arguments) const
    {
        QProcess process;
        process.setWorkingDirectory(m_demo.library);
        process.start(u"git"_s, QStringList{u"-c"_s, u"user.name=Ann"_s, u"-c"_s, u"user.email=ann@example.org"_s} + arguments);
        QVERIFY(process.waitForFinished());
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = test::freshDemo(m_dir);
        QFile settings(m_demo.library + u"/coppice.yaml"_s);
        QVERIFY(settings.open(QIODevice::Append));
        settings.write("\ntriage:\n  rules:\n    - name: noise\n      when: {type: LoadTest}\n      then: {mute: true}\n"
                       "    - name: broken\n      when: {message: '('}\n      then: {mute: true}\n");
        settings.close();
        git({u"commit"_s, u"-qam"_s, u"A rule"_s});
        m_window = std::make_unique<Window>(ui::Options{m_demo.library, u"inbox"_s, u"light"_s, {}});
        QVERIFY(m_window->waitUntilReady());
        m_view = qobject_cast<ui::InboxView *>(m_window->find(u"coppice::ui::InboxView"_s));
        QVERIFY(m_view);
        QVERIFY(m_window->waitFor([&] { return m_view->loaded(); }));
        QCOMPARE(m_view->list()->count(), 0);
        for (const auto &type : {u"AlphaError"_s, u"BetaError"_s, u"GammaError"_s})
            crash(type, 3);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 3; }));
        m_window->key(Qt::Key_Home);
    }
    void aLineTellsWhatItIs()
    {
        QVERIFY(goTo(u"AlphaError"_s));
        const auto *entry = m_view->list()->at(rowOf(u"AlphaError"_s));
        QCOMPARE(entry->events, 3);
        QCOMPARE(entry->users, 2);
        QCOMPARE(entry->days.back(), 3);
        auto *detail = m_view->detail();
        QVERIFY(m_window->waitFor([&] { return !detail->reading() && detail->suspecting() != u"Looking through the history…"; }));
        QCOMPARE(detail->events()->count(), 3);
        QVERIFY(detail->tags()->count() >= 2);
        QVERIFY(!detail->why().isEmpty());
        QVERIFY(detail->choices()->count() >= 4);
    }
    void manyAreMarkedAndAcceptedAndTakenBack()
    {
        m_window->key(Qt::Key_Home);
        m_window->key(Qt::Key_Space);
        QCOMPARE(m_view->list()->marked(), 1);
        m_window->key(Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(m_view->list()->marked(), 2);
        m_window->key(Qt::Key_Up, Qt::ShiftModifier);
        QCOMPARE(m_view->list()->marked(), 1);
        m_window->key(Qt::Key_Escape);
        QCOMPARE(m_view->list()->marked(), 0);
        m_window->key(Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_view->targets(), 3);
        m_window->key(Qt::Key_A);
        for (const auto &type : {u"AlphaError"_s, u"BetaError"_s, u"GammaError"_s})
            QVERIFY(waitState(type, u"accepted"_s));
        QCOMPARE(m_view->list()->marked(), 0);
        QVERIFY(m_window->waitFor([&] { return !m_view->working(); }));
        undo();
        for (const auto &type : {u"AlphaError"_s, u"BetaError"_s, u"GammaError"_s})
            QVERIFY2(waitState(type, u"new"_s), qPrintable(stateOf(type)));
    }
    void snoozeAndItsWayBack()
    {
        QVERIFY(goTo(u"BetaError"_s));
        m_window->key(Qt::Key_Z);
        QVERIFY(opens("SnoozeSheet"));
        m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Return);
        QVERIFY(closes("SnoozeSheet"));
        QVERIFY(waitGone(u"BetaError"_s)); // out of what is open
        m_window->key(Qt::Key_4);
        QVERIFY(waitState(u"BetaError"_s, u"snoozed"_s));
        m_window->key(Qt::Key_1);
        QVERIFY(waitGone(u"BetaError"_s));
        undo();
        QVERIFY(waitState(u"BetaError"_s, u"new"_s));
        // Until more events come.
        QVERIFY(goTo(u"BetaError"_s));
        m_window->key(Qt::Key_Z);
        QVERIFY(opens("SnoozeSheet"));
        for (int i = 0; i < 5; ++i)
            m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(waitGone(u"BetaError"_s));
        m_window->key(Qt::Key_4);
        QVERIFY(waitState(u"BetaError"_s, u"snoozed"_s));
        QCOMPARE(m_view->list()->at(0)->snoozedUntil, 0);
        undo();
        QVERIFY(waitGone(u"BetaError"_s));
        m_window->key(Qt::Key_1);
        QVERIFY(waitState(u"BetaError"_s, u"new"_s));
    }
    void declineAsksWhy()
    {
        QVERIFY(goTo(u"GammaError"_s));
        m_window->key(Qt::Key_D);
        QVERIFY(opens("DeclineSheet"));
        m_window->key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(m_window->find(u"DeclineSheet"_s)->property("opened").toBool()); // without a reason nothing is declined
        m_window->type(u"not ours"_s);
        m_window->key(Qt::Key_Return);
        QVERIFY(waitGone(u"GammaError"_s));
        undo();
        QVERIFY(waitState(u"GammaError"_s, u"new"_s));
    }
    void assignAndDuplicate()
    {
        QVERIFY(goTo(u"AlphaError"_s));
        m_window->key(Qt::Key_P, Qt::ShiftModifier);
        QVERIFY(m_window->waitFor([&] { return rowOf(u"AlphaError"_s) >= 0 && m_view->list()->at(rowOf(u"AlphaError"_s))->assignee == m_view->me(); }));
        m_window->key(Qt::Key_3);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 1; }));
        m_window->key(Qt::Key_1);
        QVERIFY(goTo(u"BetaError"_s));
        m_window->key(Qt::Key_U);
        QVERIFY(opens("DuplicateSheet"));
        m_window->type(u"Alpha"_s);
        m_window->key(Qt::Key_Return);
        QVERIFY(waitGone(u"BetaError"_s));
        QVERIFY(m_window->waitFor([&] { return rowOf(u"AlphaError"_s) >= 0 && m_view->list()->at(rowOf(u"AlphaError"_s))->groups.size() == 2; }));
        undo();
        QVERIFY(waitState(u"BetaError"_s, u"new"_s));
        undo(); // the older toast
        QVERIFY(waitState(u"AlphaError"_s, u"new"_s));
    }
    void muteAndHearAgain()
    {
        QVERIFY(goTo(u"GammaError"_s));
        m_window->key(Qt::Key_M);
        QVERIFY(waitGone(u"GammaError"_s));
        m_window->key(Qt::Key_5);
        QVERIFY(waitState(u"GammaError"_s, u"muted"_s));
        QVERIFY(goTo(u"GammaError"_s));
        QVERIFY(m_window->waitFor([&] { return m_view->detail()->muted() && m_view->detail()->rules()->count() == 1; }));
        m_window->key(Qt::Key_M);
        QVERIFY(waitState(u"GammaError"_s, u"new"_s));
        m_window->key(Qt::Key_1);
        // Only some of its events.
        QVERIFY(goTo(u"GammaError"_s));
        m_window->key(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(opens("MuteSheet"));
        m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Return);
        QVERIFY(closes("MuteSheet"));
        QVERIFY(m_window->waitFor([&] { return m_view->detail()->rules()->count() == 1; }));
        QCOMPARE(stateOf(u"GammaError"_s), u"new"_s);
        undo();
        QVERIFY(m_window->waitFor([&] { return m_view->detail()->rules()->count() == 0; }));
    }
    void mergeAndSplit()
    {
        m_window->key(Qt::Key_A, Qt::ControlModifier);
        m_window->key(Qt::Key_G);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 1 && m_view->list()->at(0)->events == 9; }));
        QVERIFY(m_window->waitFor([&] { return !m_view->working(); }));
        undo();
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 3; }));
        crash(u"DeltaError"_s, 2, u"acme"_s);
        crash(u"DeltaError"_s, 1, u"globex"_s);
        QVERIFY(goTo(u"DeltaError"_s));
        QVERIFY(m_window->waitFor([&] { return !m_view->detail()->reading() && m_view->detail()->events()->count() == 3; }));
        auto *choices = m_view->detail()->choices();
        int wanted = -1;
        for (int row = 0; row < choices->count(); ++row) {
            if (choices->value(row, "text").toString().contains(u"globex"))
                wanted = row;
        }
        QVERIFY(wanted > 0);
        m_window->key(Qt::Key_G, Qt::ShiftModifier);
        QVERIFY(opens("MuteSheet"));
        for (int i = 1; i < wanted; ++i)
            m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 5; }));
        undo();
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 4; }));
    }
    void filterAndKeptSearches()
    {
        m_window->key(Qt::Key_Slash);
        m_window->type(u"tag:tenant=globex"_s);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 1; }));
        m_window->key(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(opens("SearchesSheet"));
        m_window->type(u"Globex"_s);
        m_window->key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(m_window->waitFor([&] { return m_view->searches()->count() == 1 && m_view->search() == u"Globex"; }));
        m_window->key(Qt::Key_Escape);
        QVERIFY(closes("SearchesSheet"));
        m_window->key(Qt::Key_Slash);
        m_window->key(Qt::Key_Escape);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 4; }));
        m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_V);
        QVERIFY(opens("SearchesSheet"));
        m_window->key(Qt::Key_Return);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 1; }));
        m_view->setFilter(u"is:nonsense"_s);
        QVERIFY(m_window->waitFor([&] { return m_view->problem().contains(u"nonsense"_s); }));
        m_view->setFilter(u"nothing-has-this"_s);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 0; }));
        m_view->setFilter({});
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 4; }));
    }
    void theOrderIsChosen()
    {
        crash(u"LoudError"_s, 30);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->count() == 5; }));
        m_window->key(Qt::Key_S);
        for (int i = 0; i < 2; ++i)
            m_window->key(Qt::Key_Down);
        m_window->key(Qt::Key_Return);
        QTRY_COMPARE(m_view->order(), 2);
        QVERIFY(m_window->waitFor([&] { return m_view->list()->at(0)->title.startsWith(u"LoudError"_s); }));
        m_view->setOrder(0);
    }
    void whatCameSinceSomebodyLooked()
    {
        m_window->key(Qt::Key_1, Qt::ControlModifier);
        QTRY_VERIFY(m_window->app().screen() != u"inbox");
        crash(u"AlphaError"_s, 2);
        crash(u"EpsilonError"_s);
        m_window->key(Qt::Key_4, Qt::ControlModifier);
        QTRY_COMPARE(m_window->app().screen(), u"inbox"_s);
        QVERIFY(m_window->waitFor([&] { return m_view->fresh() == 2; }));
        QVERIFY(m_view->list()->at(rowOf(u"AlphaError"_s))->news == tickets::InboxEntry::News::More);
        QVERIFY(m_view->list()->at(rowOf(u"EpsilonError"_s))->news == tickets::InboxEntry::News::New);
        m_window->key(Qt::Key_L);
        QVERIFY(m_window->waitFor([&] { return m_view->fresh() == 0; }));
    }
    void rulesAreShownAndSwitched()
    {
        crash(u"LoadTest"_s, 4);
        QVERIFY(m_window->waitFor([&] { return rowOf(u"LoadTest"_s) < 0 && m_window->app().state()->groups.size() >= 6; }));
        m_window->key(Qt::Key_Y);
        QVERIFY(opens("RulesSheet"));
        auto *rules = qobject_cast<ui::RulesView *>(m_window->find(u"coppice::ui::RulesView"_s));
        QVERIFY(rules);
        QVERIFY(m_window->waitFor([&] { return rules->rules()->count() == 1 && rules->acts()->count() == 1; }));
        QVERIFY(rules->rules()->value(0, "when").toString().contains(u"LoadTest"_s));
        QVERIFY(rules->rules()->value(0, "then").toString().contains(u"muted"_s));
        QVERIFY2(rules->problems().contains(u"coppice.yaml:"_s) && rules->problems().contains(u"broken"_s), qPrintable(rules->problems()));
        m_window->key(Qt::Key_Space);
        QVERIFY(m_window->waitFor([&] { return !rules->rules()->value(0, "on").toBool(); }));
        m_window->key(Qt::Key_Return);
        QVERIFY(m_window->waitFor([&] { return rules->rules()->value(0, "on").toBool(); }));
        rules->undo(rules->acts()->keyAt(0));
        QVERIFY(m_window->waitFor([&] { return rules->acts()->value(0, "undone").toBool(); }));
        m_window->key(Qt::Key_Escape);
        QVERIFY(closes("RulesSheet"));
        QVERIFY(waitState(u"LoadTest"_s, u"new"_s));
    }
    void whatIsNamedIsFound()
    {
        m_view->setFilter(u"Alpha"_s);
        const auto *group = [&] {
            for (const auto &each : m_window->app().state()->groups) {
                if (each.title.startsWith(u"GammaError"_s))
                    return &each;
            }
            return static_cast<const capture::Group *>(nullptr);
        }();
        QVERIFY(group);
        m_window->app().follow(u"group:"_s + group->id.toString());
        QVERIFY(m_window->waitFor([&] { return m_view->detail()->title().startsWith(u"GammaError"_s); }));
        QVERIFY(m_view->filter().isEmpty());
    }
    void cleanupTestCase()
    {
        QVERIFY2(!m_window || m_window->warnings().isEmpty(), qPrintable(m_window ? m_window->warnings().join(u'\n') : QString()));
        m_window.reset();
    }
};

COPPICE_TEST(InboxTest)
#include "inbox_test.moc"

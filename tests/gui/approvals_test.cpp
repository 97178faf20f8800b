// SPDX-License-Identifier: GPL-3.0-or-later
// What agents ask is answered by keys alone, from everywhere and in the run itself.
#include "window_fixture.h"

#include "support/test_main.h"

#include <base/clock.h>
#include <journal/approval.h>
#include <journal/lease.h>

#include <QJsonArray>
#include <QTest>

using namespace coppice;
using namespace Qt::StringLiterals;
using coppice::test::Window;
using journal::Approval;

class ApprovalsTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_dir;
    demo::Demo m_demo;
    std::unique_ptr<engine::Session> m_session;
    std::optional<journal::Lease> m_lease;

    journal::Approvals approvals() { return {m_session->state(), m_session->journal()}; }
    runs::Run waitingRun(const QString &plugin)
    {
        runs::Run run;
        run.id = Id::make();
        run.plugin = plugin;
        run.playbook = u"fix"_s;
        run.client = u"claude"_s;
        run.state = runs::Run::State::Running;
        run.queued = run.started = nowMs();
        run.step = u"fix"_s;
        const auto saved = runs::RunStore(m_session->state()).save(run);
        if (!saved)
            qFatal("%s", qPrintable(saved.error().message()));
        return run;
    }
    Approval ask(const QString &subject, const QString &title, bool tainted = false, qint64 expires = 0)
    {
        Approval one;
        one.subject = subject;
        one.plugin = m_demo.incidents.front().plugin;
        one.title = title;
        one.detail = {{u"kind"_s, u"execute"_s}, {u"command"_s, u"npm install left-pad"_s}, {u"paths"_s, QJsonArray{u"package.json"_s}}};
        one.options = {u"allow_once"_s, u"allow_always"_s, u"reject_once"_s};
        one.tainted = tainted;
        one.expires = expires;
        auto asked = approvals().ask(Actor{Actor::Kind::Agent, one.plugin}, one);
        if (!asked)
            qFatal("%s", qPrintable(asked.error().message()));
        return *asked;
    }
    QString answerTo(const Approval &approval)
    {
        const auto now = approvals().get(approval.id.toString());
        return now && now->answer ? *now->answer : QString();
    }
    [[nodiscard]] Window open(const QString &screen) const { return Window({m_demo.library, screen, u"light"_s, {}}); }
    static QObject *everything(const Window &window)
    {
        for (auto *view : window.findAll(u"coppice::ui::ApprovalsView"_s)) {
            if (view->property("everything").toBool())
                return view;
        }
        return nullptr;
    }
    static bool isReady(const Window &window, ui::AppSession &app)
    {
        return window.waitFor([&] { return app.phase() == ui::AppSession::Phase::Ready && app.catalog() && !app.scanning(); }, 60'000);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = test::freshDemo(m_dir);
        auto opened = engine::Session::open(m_demo.library);
        QVERIFY(opened);
        m_session = std::move(*opened);
        // Another process is the engine: nothing here is carried out or set right.
        auto lease = journal::Lease::take(m_session->library().coppiceDir());
        QVERIFY(lease);
        m_lease.emplace(std::move(*lease));
    }

    void theInboxByKeysAlone()
    {
        const auto run = waitingRun(m_demo.incidents.front().plugin);
        const QString subject = u"run:"_s + run.id.toString();
        const auto one = ask(subject, u"Run npm install"_s, true);
        const auto two = ask(subject, u"Edit package.json"_s);
        const auto three = ask(subject, u"Fetch a page"_s);
        const auto late = ask(subject, u"Too late"_s, false, nowMs() - 1000);
        Window window = open(u"catalog"_s);
        QVERIFY(isReady(window, window.app()));
        QVERIFY(window.waitFor([&] { return window.app().state()->approvals.size() == 4; }));
        auto *sheet = window.find(u"ApprovalSheet"_s);
        auto *view = everything(window);
        QVERIFY(sheet && view);
        QCOMPARE(view->property("count").toInt(), 3); // what has expired is not asked

        window.key(Qt::Key_J, Qt::ControlModifier);
        QTRY_VERIFY(sheet->property("opened").toBool());
        QCOMPARE(view->property("title").toString(), u"Run npm install"_s); // the oldest first
        QVERIFY(view->property("tainted").toBool());
        QCOMPARE(view->property("command").toString(), u"npm install left-pad"_s);
        window.key(Qt::Key_1);
        QCOMPARE(view->property("count").toInt(), 2); // off the list at once
        QCOMPARE(view->property("title").toString(), u"Edit package.json"_s);
        QVERIFY(window.waitFor([&] { return answerTo(one) == u"allow_once"; }));
        // A second press that was meant for the first question answers nothing.
        window.key(Qt::Key_1);
        QCOMPARE(view->property("count").toInt(), 2);

        // Down to the third, rejected with a word.
        QTest::qWait(400);
        window.key(Qt::Key_Down);
        QCOMPARE(view->property("title").toString(), u"Fetch a page"_s);
        window.key(Qt::Key_M);
        window.type(u"not from there, 2 of 3"_s);
        QCOMPARE(view->property("message").toString(), u"not from there, 2 of 3"_s);
        window.key(Qt::Key_Return);
        window.key(Qt::Key_3);
        QVERIFY(window.waitFor([&] { return answerTo(three) == u"reject_once"; }));
        QCOMPARE(approvals().get(three.id.toString())->message, u"not from there, 2 of 3"_s);
        QCOMPARE(view->property("title").toString(), u"Edit package.json"_s);
        QCOMPARE(view->property("message").toString(), QString());

        // Nobody waits any more: it vanishes by itself.
        QVERIFY(approvals().withdraw(Actor::engine(), subject));
        QVERIFY(window.waitFor([&] { return view->property("count").toInt() == 0; }));
        QCOMPARE(answerTo(two), u"cancelled"_s);
        window.key(Qt::Key_Escape);
        QTRY_VERIFY(!sheet->property("visible").toBool());
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
        Q_UNUSED(late)
    }
    void anAnswerThatComesTooLateIsTold()
    {
        const auto run = waitingRun(m_demo.incidents.front().plugin);
        const auto asked = ask(u"run:"_s + run.id.toString(), u"Run the tests"_s);
        Window window = open(u"overview"_s);
        QVERIFY(isReady(window, window.app()));
        auto *view = everything(window);
        QVERIFY(view);
        QVERIFY(window.waitFor([&] { return view->property("count").toInt() == 1; }));
        QVERIFY(approvals().answer(Actor{Actor::Kind::Person, u"ann"_s}, asked.id.toString(), u"reject_once"_s));
        QVERIFY(QMetaObject::invokeMethod(view, "answer", Q_ARG(int, 0))); // before the window has seen it
        QVERIFY(window.waitFor([&] { return view->property("error").value<ui::ErrorInfo>().present(); }));
        QCOMPARE(view->property("error").value<ui::ErrorInfo>().code, u"approval.answered"_s);
        QCOMPARE(answerTo(asked), u"reject_once"_s);
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
    void inTheRunItself()
    {
        const auto run = waitingRun(m_demo.incidents.front().plugin);
        const auto other = waitingRun(m_demo.incidents.back().plugin);
        const auto asked = ask(u"run:"_s + run.id.toString(), u"Delete the cache"_s);
        const auto elsewhere = ask(u"run:"_s + other.id.toString(), u"Something else"_s);
        Window window = open(u"runs"_s);
        QVERIFY(isReady(window, window.app()));
        window.app().follow(u"run:"_s + run.id.toString());
        QObject *view = nullptr;
        QVERIFY(window.waitFor([&] {
            for (auto *one : window.findAll(u"coppice::ui::ApprovalsView"_s)) {
                if (!one->property("everything").toBool() && one->property("count").toInt() == 1)
                    view = one;
            }
            return view != nullptr;
        }));
        QCOMPARE(view->property("title").toString(), u"Delete the cache"_s);
        QTest::qWait(400);
        window.key(Qt::Key_3);
        QVERIFY(window.waitFor([&] { return answerTo(asked) == u"reject_once"; }));
        QCOMPARE(answerTo(elsewhere), QString());
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
    void cleanupTestCase()
    {
        m_lease.reset();
        m_session.reset();
    }
};

COPPICE_TEST(ApprovalsTest)
#include "approvals_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// The Evals screen by keys, on trials that are put into the store here: no client runs.
#include "window_fixture.h"

#include "support/scratch.h"
#include "support/test_main.h"

#include <base/paths.h>
#include <evals/evals_view.h>
#include <evals/trial_store.h>
#include <shell/options.h>

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QClipboard>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <cmath>

using namespace coppice;
using coppice::test::Window;
using namespace Qt::StringLiterals;

namespace {

evals::Trial made(const QString &task, const QString &level, const QString &arm, int number, bool passed)
{
    evals::Trial trial;
    trial.task = task;
    trial.level = level;
    trial.plugin = u"invoice"_s;
    trial.expects = u"change"_s;
    trial.client = u"agent"_s;
    trial.arm = arm;
    trial.instructions = arm == u"none" ? QString() : u"0123456789abcdef"_s;
    trial.taskHash = task.toLatin1();
    trial.number = number;
    trial.passed = passed;
    trial.seconds = 20;
    trial.at = 1'795'000'000'000;
    trial.steps = {{u"change"_s, u"agent"_s, evals::StepGrade::Followed::Yes, 1, {}}, {u"test"_s, u"check"_s, evals::StepGrade::Followed::No, 1, u"It failed."_s}};
    trial.tests = {{u"test_one"_s, u"turn"_s, passed}, {u"test_two"_s, u"stay"_s, true}};
    if (!passed) {
        trial.findings = {{u"not-turned"_s, u"Still failing: test_one."_s, true}};
        trial.reason = trial.findings.front().text;
        trial.failure = runs::Run::Failure::Agent;
    }
    return trial;
}

/// 12 tasks on two levels, two tries by each of two arms: all pass with instructions but those of the last task, four do without.
void fillStore(const QString &folder)
{
    auto store = evals::TrialStore::open(folder);
    QVERIFY(store);
    const auto add = [&](evals::Trial trial) {
        trial.folder = evals::TrialStore::folderOf(trial);
        const QString files = folder + u'/' + trial.folder;
        QVERIFY(QDir().mkpath(files + u"/logs"_s));
        QVERIFY(writeFileAtomically(files + u"/patch.diff"_s, "--- a/one\n+++ b/one\n+more\n"));
        QVERIFY(writeFileAtomically(files + u"/logs/agent-1.log"_s, "a client of " + trial.arm.toUtf8() + "\n<b>not markup</b>\n"));
        QVERIFY((*store)->add(trial));
    };
    for (int task = 0; task < 12; ++task) {
        const QString name = u"task-%1"_s.arg(QChar(u'a' + task)), level = task < 6 ? u"failing-test"_s : u"ticket"_s;
        for (int number = 1; number <= 2; ++number) {
            add(made(name, level, u"shipped"_s, number, task < 11));
            add(made(name, level, u"none"_s, number, task < 4));
        }
    }
    evals::Trial broken = made(u"task-l"_s, u"ticket"_s, u"shipped"_s, 3, false);
    broken.failure = runs::Run::Failure::Machine;
    broken.instructions.clear();
    broken.findings.clear();
    broken.reason = u"The disk is full"_s;
    add(broken);
}

} // namespace

class EvalsScreenTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    std::unique_ptr<Window> m_window;
    ui::EvalsView *m_view = nullptr;

    [[nodiscard]] bool settled() const
    {
        return m_window->waitFor([this] { return !m_view->loading() && m_window->app().worker().pending() == 0; });
    }
    [[nodiscard]] QStringList column(ui::RecordModel *model, const QByteArray &role) const
    {
        QStringList all;
        for (int row = 0; row < model->count(); ++row)
            all << model->value(row, role).toString();
        return all;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString library = m_scratch.repository(u"lib"_s, {{u"plugins/one/package.json"_s, "{\"name\":\"one\",\"version\":\"1.0.0\"}\n"}});
        m_window = std::make_unique<Window>(ui::Options{library, u"evals"_s, u"light"_s, QString()});
        QVERIFY(m_window->window());
        QVERIFY(m_window->waitUntilReady());
        QVERIFY(m_window->waitFor([this] {
            m_view = qobject_cast<ui::EvalsView *>(m_window->find(u"coppice::ui::EvalsView"_s));
            return m_view != nullptr;
        }));
        QVERIFY(settled());
    }
    void cleanupTestCase()
    {
        QCOMPARE(m_window->warnings(), QStringList());
        m_window.reset();
        QDir(evals::trialsHome()).removeRecursively();
    }

    void emptySaysHowToFillIt()
    {
        QCOMPARE(m_view->trials(), 0);
        m_window->key(Qt::Key_N);
        auto *sheet = m_window->find(u"EvalCommandSheet"_s);
        QVERIFY(sheet);
        QVERIFY(m_window->waitFor([&] { return sheet->property("opened").toBool(); }));
        m_window->key(Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(m_window->waitFor([&] { return !sheet->property("visible").toBool(); }));
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY2(copied.startsWith(u"coppicectl eval run --tasks plugins --client claude --instructions shipped --trials 3 --out "_s), qPrintable(copied));
        QVERIFY(copied.contains(u"--instructions none"_s));
    }

    void quotesWhatAShellWouldRead()
    {
        QVERIFY(m_view->commandOf(u"my tasks"_s, u"a'b;c"_s, {}, u"none"_s, 1, u"n"_s).contains(u"--tasks 'my tasks' --client 'a'\\''b;c'"_s));
    }

    /// They are made in a terminal while the window stands.
    void trialsAppearByThemselves()
    {
        fillStore(evals::trialsHome() + u"/nightly"_s);
        QVERIFY(m_window->waitFor([this] { return m_view->trials() == 49; }));
        QVERIFY(settled());
        QCOMPARE(m_view->setNames(), QStringList{u"nightly"_s});
        QCOMPARE(m_view->armNames(), (QStringList{u"agent with shipped"_s, u"agent with none"_s}));
        QVERIFY2(m_view->helps().startsWith(u"agent with shipped does better than agent with none"_s), qPrintable(m_view->helps()));
        QCOMPARE(m_view->helpsTone(), u"ok"_s);
    }

    void successWithIntervals()
    {
        m_window->key(Qt::Key_1);
        auto *rows = m_view->success();
        QCOMPARE(column(rows, "title"), (QStringList{u"agent with shipped"_s, u"failing-test"_s, u"ticket"_s, u"agent with none"_s, u"failing-test"_s, u"ticket"_s}));
        QCOMPARE(rows->value(0, "passed").toString(), u"22 of 24"_s);
        const auto wilson = evals::wilson(22, 24);
        QVERIFY(std::abs(rows->value(0, "low").toDouble() - wilson.low) < 1e-12);
        QVERIFY(std::abs(rows->value(0, "high").toDouble() - wilson.high) < 1e-12);
        QCOMPARE(rows->value(0, "broken").toString(), u"1"_s); // of the machine: apart
        QCOMPARE(rows->value(3, "broken").toString(), QString());
        QVERIFY(rows->value(0, "spoken").toString().contains(u"1 not counted"_s));
        QVERIFY(m_window->find(u"coppice::ui::IntervalBar"_s));
    }

    void everyTrialByKeys()
    {
        m_window->key(Qt::Key_2);
        auto *tasks = m_view->tasks();
        QCOMPARE(tasks->count(), 12);
        QCOMPARE(tasks->value(0, "cells").toStringList(), (QStringList{u"pp"_s, u"pp"_s}));
        QCOMPARE(tasks->value(11, "cells").toStringList(), (QStringList{u"ffm"_s, u"ff"_s}));
        m_window->key(Qt::Key_End);
        QCOMPARE(m_view->title(), u"task-l"_s);
        QCOMPARE(m_view->grade(), u"failed"_s);
        m_window->key(Qt::Key_Right);
        m_window->key(Qt::Key_Right);
        QCOMPARE(m_view->grade(), u"not counted: the machine"_s);
        QCOMPARE(m_view->reason(), u"The disk is full"_s);
        m_window->key(Qt::Key_Right);
        QCOMPARE(m_view->currentTrial(), 3);
        QVERIFY(column(m_view->facts(), "value").contains(u"none"_s));
        QCOMPARE(column(m_view->findings(), "text"), QStringList{u"Still failing: test_one."_s});
        QCOMPARE(column(m_view->steps(), "said"), (QStringList{u"followed"_s, u"not followed"_s}));
        QCOMPARE(column(m_view->hidden(), "tone"), (QStringList{u"danger"_s, u"ok"_s}));
        m_window->key(Qt::Key_Left);
        QCOMPARE(m_view->currentTrial(), 2);
        m_window->key(Qt::Key_Home);
        m_window->key(Qt::Key_F);
        QCOMPARE(m_view->title(), u"task-e"_s); // the first that failed, without instructions
        QCOMPARE(m_view->currentTrial(), 2);
        m_window->key(Qt::Key_F);
        QCOMPARE(m_view->currentTrial(), 3);
        m_window->key(Qt::Key_F, Qt::ShiftModifier);
        QCOMPARE(m_view->currentTrial(), 2);
    }

    void whatATrialLeftIsRead()
    {
        QVERIFY(settled());
        QCOMPARE(m_view->files()->count(), 2);
        auto *sheet = m_window->find(u"TrialTextSheet"_s);
        QVERIFY(sheet);
        m_window->key(Qt::Key_L);
        QVERIFY(m_window->waitFor([&] { return sheet->property("opened").toBool() && m_view->lines()->count() == 2; }));
        QCOMPARE(column(m_view->lines(), "line"), (QStringList{u"a client of none"_s, u"<b>not markup</b>"_s}));
        m_window->key(Qt::Key_Escape);
        QVERIFY(m_window->waitFor([&] { return !sheet->property("visible").toBool(); }));
        m_window->key(Qt::Key_G);
        QVERIFY(m_window->waitFor([&] { return sheet->property("opened").toBool() && m_view->lines()->count() == 3; }));
        m_window->key(Qt::Key_Escape);
        QVERIFY(m_window->waitFor([&] { return !sheet->property("visible").toBool(); }));
        m_window->key(Qt::Key_C); // what it was given: not kept here
        QVERIFY(!sheet->property("visible").toBool());
    }

    void twoArmsAndBack()
    {
        m_window->key(Qt::Key_3);
        QVERIFY(settled());
        QCOMPARE(m_view->first(), 1);
        QCOMPARE(m_view->second(), 0);
        QVERIFY(m_view->difference() > 0.5);
        QVERIFY(m_view->differenceLow() > 0);
        QCOMPARE(m_view->pairs()->count(), 12);
        QCOMPARE(m_view->pairs()->value(0, "by").toString(), u"+100.0 points"_s);
        m_window->key(Qt::Key_S);
        QVERIFY(settled());
        QCOMPARE(m_view->verdictTone(), u"danger"_s);
        QVERIFY(m_view->verdict().startsWith(u"agent with none does worse"_s));
        m_window->key(Qt::Key_S);
        QVERIFY(settled());
    }

    void failuresOfMachinesApart()
    {
        m_window->key(Qt::Key_4);
        QCOMPARE(column(m_view->causes(), "tone"), (QStringList{u"danger"_s, u"danger"_s, u"warning"_s}));
        QCOMPARE(m_view->causes()->value(2, "why").toString(), u"The disk is full"_s);
        m_window->key(Qt::Key_End);
        m_window->key(Qt::Key_Return);
        QCOMPARE(m_view->title(), u"task-l"_s);
    }

    void filterKeepsATaskChosen()
    {
        m_window->key(Qt::Key_Slash);
        m_window->type(u"ticket"_s);
        QVERIFY(m_window->waitFor([this] { return m_view->tasks()->count() == 6; }));
        m_window->key(Qt::Key_Escape);
        QVERIFY(m_window->waitFor([this] { return m_view->tasks()->count() == 12; }));
        m_window->key(Qt::Key_Escape);
    }

    void reportHasTheSameNumbers()
    {
        const QString path = m_scratch.path(u"report.json"_s);
        m_view->save(path);
        QVERIFY(m_window->waitFor([&] { return QFile::exists(path); }));
        QVERIFY(settled());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto arms = QJsonDocument::fromJson(file.readAll()).object()[u"arms"].toArray();
        QCOMPARE(arms.size(), 2);
        QCOMPARE(arms[0][u"all"][u"passed"].toInt(), 22);
    }

    void severalEvaluationsTogether()
    {
        fillStore(evals::trialsHome() + u"/weekly"_s);
        QVERIFY(m_window->waitFor([this] { return m_view->setNames().size() == 3; }));
        QVERIFY(settled());
        QCOMPARE(m_view->trials(), 49); // the one that was chosen stays
        m_view->setCurrentSet(2);
        QVERIFY(settled());
        QCOMPARE(m_view->trials(), 98);
        QCOMPARE(m_view->currentSet(), 2);
    }
};

COPPICE_TEST(EvalsScreenTest)
#include "evals_screen_test.moc"

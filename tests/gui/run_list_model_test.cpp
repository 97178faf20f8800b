// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <runs/run_item.h>
#include <runs/run_list_model.h>

#include <QAbstractItemModelTester>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace coppice;
using namespace Qt::StringLiterals;
using ui::LibraryState;
using ui::RunListModel;
using S = runs::Run::State;

class RunListModelTest : public QObject
{
    Q_OBJECT
    static std::shared_ptr<LibraryState> state(int runs)
    {
        auto made = std::make_shared<LibraryState>();
        for (int i = 0; i < runs; ++i) {
            runs::Run run;
            run.id = Id::make();
            run.plugin = u"plugin-%1"_s.arg(i);
            run.playbook = u"fix"_s;
            run.client = u"exec"_s;
            run.queued = 1'000'000 + i;
            made->runs.push_back(run);
        }
        return made;
    }
    static void start(runs::Run &run)
    {
        run.state = S::Running;
        run.started = run.queued + 100;
    }
    static void end(runs::Run &run)
    {
        start(run);
        run.state = S::Done;
        run.ended = run.started + 100;
    }
    static QString keys(const RunListModel &model)
    {
        QStringList all;
        for (int i = 0; i < model.count(); ++i)
            all << model.keyAt(i);
        return all.join(u' ');
    }

private Q_SLOTS:
    void runsStandInTheirGroups()
    {
        auto now = state(6);
        now->runs[0].state = S::Waiting;
        start(now->runs[1]);
        start(now->runs[2]);
        end(now->runs[3]);
        journal::Approval asked;
        asked.id = Id::make();
        asked.subject = u"run:"_s + now->runs[2].id.toString();
        asked.title = u"May I?"_s;
        now->approvals.push_back(asked);
        now->runs[5].priority = 5;
        RunListModel model(nullptr);
        model.setState(now, {});
        QCOMPARE(model.count(), 6);
        QCOMPARE(model.waiting(), 2);
        QCOMPARE(model.working(), 1);
        QCOMPARE(model.queued(), 2);
        QCOMPARE(model.finished(), 1);
        QCOMPARE(model.keyAt(3), now->runs[5].id.toString()); // the larger priority first
        QCOMPARE(model.keyAt(4), now->runs[4].id.toString());
        const auto item = model.data(model.index(model.indexOf(now->runs[2].id.toString())), RunListModel::ItemRole).value<ui::RunItem>();
        QCOMPARE(item.doing, u"May I?"_s);
        QCOMPARE(item.tone, u"warning"_s);
    }
    void oneRunEndsAmongThousands()
    {
        auto before = state(5'000);
        for (int i = 0; i < 8; ++i)
            start(before->runs[size_t(i)]);
        for (int i = 4'000; i < 5'000; ++i)
            end(before->runs[size_t(i)]);
        RunListModel model(nullptr);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setState(before, {});
        auto after = std::make_shared<LibraryState>(*before);
        end(after->runs[3]);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        model.setState(after, {});
        QCOMPARE(reset.count(), 0);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(model.working(), 7);
        QCOMPARE(model.finished(), 1'001);
    }
    void onlyWhatLooksDifferentIsTold()
    {
        auto before = state(300);
        for (int i = 0; i < 8; ++i)
            start(before->runs[size_t(i)]);
        RunListModel model(nullptr);
        model.setState(before, {});
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setState(std::make_shared<LibraryState>(*before), {});
        QCOMPARE(changed.count(), 0);
        auto after = std::make_shared<LibraryState>(*before);
        after->runs[5].step = u"test"_s;
        model.setState(after, {});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), model.indexOf(after->runs[5].id.toString()));
    }
    void anyStateBecomesAnyOther()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        const auto all = state(60);
        RunListModel model(nullptr);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int round = 0; round < 200; ++round) {
            auto now = std::make_shared<LibraryState>();
            for (const auto &run : all->runs) {
                if (random.bounded(8) == 0)
                    continue;
                runs::Run one = run;
                switch (random.bounded(4)) {
                case 0: start(one); break;
                case 1: end(one); break;
                case 2: one.state = S::Waiting; break;
                default: one.priority = random.bounded(3); break;
                }
                now->runs.push_back(one);
            }
            std::shuffle(now->runs.begin(), now->runs.end(), random);
            const QStringList words = random.bounded(5) ? QStringList() : QStringList{u"plugin-1"_s};
            model.setState(now, words);
            RunListModel fresh(nullptr);
            fresh.setState(now, words);
            QCOMPARE(keys(model), keys(fresh));
            for (int row = 0; row < model.count(); ++row) {
                QCOMPARE(model.indexOf(model.keyAt(row)), row);
                QCOMPARE(model.data(model.index(row), RunListModel::ItemRole).value<ui::RunItem>().key, model.keyAt(row));
            }
        }
    }
};

COPPICE_TEST(RunListModelTest)
#include "run_list_model_test.moc"

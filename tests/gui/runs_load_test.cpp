// SPDX-License-Identifier: GPL-3.0-or-later
// A hundred runs in the queue and eight under way whose clients tell hundreds of lines a second: the window shows all of
// it, in order and bounded, and stays a person's meanwhile.
#include "window_fixture.h"

#include "support/test_main.h"

#include <base/clock.h>
#include <base/json.h>
#include <journal/lease.h>
#include <runs/run_list_model.h>
#include <runs/story_model.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include <atomic>
#include <thread>

using namespace coppice;
using namespace Qt::StringLiterals;
using coppice::test::Window;

class RunsLoadTest : public QObject
{
    Q_OBJECT
    static constexpr int Working = 8;
    static constexpr int Queued = 100;
    static constexpr int Lines = 2'400; ///< of each run, about 600 a second

    QTemporaryDir m_dir;
    demo::Demo m_demo;
    std::unique_ptr<engine::Session> m_session;
    std::optional<journal::Lease> m_lease;
    std::vector<runs::Run> m_working;

    void save(const runs::Run &run)
    {
        const auto saved = runs::RunStore(m_session->state()).save(run);
        if (!saved)
            qFatal("%s", qPrintable(saved.error().message()));
    }
    runs::Run newRun(int number, runs::Run::State state)
    {
        runs::Run run;
        run.id = Id::make();
        run.plugin = m_demo.incidents[size_t(number) % m_demo.incidents.size()].plugin;
        run.playbook = u"fix"_s;
        run.client = u"exec"_s;
        run.queued = nowMs() - 60'000 + number;
        run.state = state;
        if (state != runs::Run::State::Queued) {
            run.started = run.queued + 10;
            run.step = u"fix"_s;
            run.attempt = 1;
        }
        return run;
    }
    QString updatesOf(const runs::Run &run) const
    {
        return m_session->library().runsDir() + u'/' + run.id.toString() + u'/' + runs::updatesFile;
    }
    /// What a client tells: a call and its end, words in pieces, output, a plan now and then, a change now and then.
    static QByteArray lineOf(int i)
    {
        QJsonObject data;
        QString kind = u"text"_s, text;
        const QString call = u"call-%1"_s.arg(i / 12);
        switch (i % 12) {
        case 0: kind = u"tool_call"_s; data = {{u"id"_s, call}, {u"title"_s, u"Read file %1"_s.arg(i)}, {u"kind"_s, u"read"_s}, {u"status"_s, u"in_progress"_s}}; break;
        case 5: kind = u"tool_call"_s; data = {{u"id"_s, call}, {u"status"_s, u"completed"_s}, {u"output"_s, u"done %1"_s.arg(i)}}; break;
        case 6: kind = u"diff"_s; data = {{u"tool"_s, call}, {u"path"_s, u"src/a.js"_s}, {u"old"_s, u"a\nb\n"_s}, {u"new"_s, u"a\nc%1\n"_s.arg(i)}}; break;
        case 7: kind = u"plan"_s; data = {{u"entries"_s, QJsonArray{QJsonObject{{u"content"_s, u"look"_s}, {u"status"_s, u"completed"_s}},
                                                                    QJsonObject{{u"content"_s, u"mend %1"_s.arg(i)}, {u"status"_s, u"in_progress"_s}}}}}; break;
        case 8: kind = u"usage"_s; data = {{u"input"_s, i * 10}, {u"output"_s, i}}; break;
        case 9: case 10: case 11: data = {{u"role"_s, u"agent"_s}}; text = u"word-%1 "_s.arg(i); break;
        default: data = {{u"role"_s, u"raw"_s}}; text = u"printed %1\n"_s.arg(i); break;
        }
        QJsonObject line{{u"kind"_s, kind}, {u"data"_s, data}, {u"step"_s, u"fix"_s}, {u"attempt"_s, 1}, {u"at"_s, double(1'000'000 + i)}};
        if (!text.isEmpty())
            line[u"text"_s] = text;
        return toJsonLine(line) + '\n';
    }
    static void write(const QString &path, std::atomic<int> &left)
    {
        QFile file(path);
        if (!file.open(QIODevice::Append))
            qFatal("%s cannot be written", qPrintable(path));
        for (int i = 0; i < Lines; ++i) {
            file.write(lineOf(i));
            if (i % 12 == 11) {
                file.flush();
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        }
        file.close();
        --left;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = test::freshDemo(m_dir);
        auto opened = engine::Session::open(m_demo.library);
        QVERIFY(opened);
        m_session = std::move(*opened);
        auto lease = journal::Lease::take(m_session->library().coppiceDir());
        QVERIFY(lease); // another process is the engine
        m_lease.emplace(std::move(*lease));
        for (int i = 0; i < Queued; ++i)
            save(newRun(i, runs::Run::State::Queued));
        for (int i = 0; i < Working; ++i) {
            m_working.push_back(newRun(i, runs::Run::State::Running));
            QVERIFY(QDir().mkpath(QFileInfo(updatesOf(m_working.back())).path()));
            QVERIFY(runs::RunStore(m_session->state()).steps(m_working.back().id.toString())->write({u"fix"_s, 1, std::nullopt, {}, {}}));
            save(m_working.back());
        }
    }
    void theWindowStaysAPersons()
    {
        Window window({m_demo.library, u"runs"_s, u"light"_s, {}});
        auto &app = window.app();
        QVERIFY(window.waitFor([&] { return app.phase() == ui::AppSession::Phase::Ready && app.catalog() && !app.scanning(); }, 60'000));
        auto *view = window.find(u"coppice::ui::RunsView"_s);
        QVERIFY(view);
        QVERIFY(window.waitFor([&] { return view->property("total").toInt() == Queued + Working; }));
        const auto shown = m_working[3];
        app.follow(u"run:"_s + shown.id.toString());
        QCOMPARE(view->property("current").toString(), shown.id.toString());
        auto *story = view->property("story").value<ui::StoryModel *>();
        auto *sheet = window.find(u"ApprovalSheet"_s);
        QVERIFY(story && sheet);
        QTest::qWait(300);

        // Turns of the event loop, and how long the longest took; first with nothing going on.
        qint64 turns = 0, longest = 0;
        QElapsedTimer since;
        QTimer beat;
        connect(&beat, &QTimer::timeout, this, [&] {
            ++turns;
            longest = std::max(longest, since.isValid() ? since.elapsed() : 0);
            since.start();
        });
        beat.start(0);
        QTest::qWait(1000);
        const qint64 idle = longest;
        turns = longest = 0;
        since.invalidate();

        int tellings = 0;
        connect(story, &ui::StoryModel::told, this, [&] { ++tellings; });
        QElapsedTimer wall;
        wall.start();
        std::atomic<int> left = Working;
        std::vector<std::jthread> writers;
        for (const auto &run : m_working)
            writers.emplace_back([path = updatesOf(run), &left] { write(path, left); });
        int keys = 0;
        while (left > 0) {
            // Keys are handled by the time they were sent: a sheet comes and goes over the story that grows.
            const bool opens = keys % 2 == 0;
            window.key(opens ? Qt::Key_J : Qt::Key_Escape, opens ? Qt::ControlModifier : Qt::NoModifier);
            QCOMPARE(sheet->property("visible").toBool(), opens);
            ++keys;
            QVERIFY(story->count() <= 2'200);
            QTest::qWait(opens ? 100 : 400);
        }
        const qint64 took = wall.elapsed();
        writers.clear();
        beat.stop();
        if (keys % 2 == 1)
            window.key(Qt::Key_Escape);
        QCOMPARE(view->property("current").toString(), shown.id.toString());
        QVERIFY2(turns > 3 * tellings, qPrintable(u"%1 turns for %2 changes of the story"_s.arg(turns).arg(tellings)));
        QVERIFY(keys >= 4);
        qInfo("{\"bench\":\"runs-window\",\"lines_per_second\":%lld,\"longest_turn_ms\":%lld,\"idle_ms\":%lld,\"ratio\":%.2f,\"turns\":%lld,\"changes\":%d,\"keys\":%d}",
              qint64(Working) * Lines * 1000 / std::max<qint64>(1, took), longest, idle, double(longest) / double(std::max<qint64>(1, idle)), turns, tellings, keys);

        // All of it is there, as a story told at once has it.
        ui::StoryReader whole({2'000, 4'000'000});
        ui::StorySource source{updatesOf(shown), {{u"fix"_s, 1, std::nullopt, {}, {}}}, {}, runs::Run::State::Running};
        ui::StoryChange expected = whole.look(source);
        QVERIFY(!whole.isBehind());
        QCOMPARE(expected.totals.updates, qint64(Lines));
        QVERIFY(window.waitFor([&] { return story->totals().updates == Lines && !story->loading(); }));
        QCOMPARE(story->total(), double(expected.letGo) + double(expected.added.size()));
        QCOMPARE(story->count(), int(expected.added.size()));
        for (int row = 0; row < story->count(); ++row)
            QVERIFY2(*story->at(row) == expected.added[size_t(row)], qPrintable(story->at(row)->key));
        QVERIFY(story->weight() < 5'000'000);
        int before = -1;
        for (int row = 0; row < story->count(); ++row) {
            if (story->at(row)->kind != u"text")
                continue;
            const int number = story->at(row)->text.section(u'-', 1).section(u' ', 0, 0).toInt();
            QVERIFY(number > before);
            before = number;
        }
        QCOMPARE(before, Lines - 3);
        // The last one is in sight: nobody scrolled away.
        auto *pane = window.find(u"StoryPane"_s);
        QVERIFY(pane && pane->property("following").toBool());

        // The runs end: their rows change places without the list being drawn anew.
        auto *list = view->property("runs").value<ui::RunListModel *>();
        QSignalSpy reset(list, &QAbstractItemModel::modelReset);
        for (auto run : m_working) {
            run.state = runs::Run::State::Done;
            run.ended = nowMs();
            save(run);
        }
        QVERIFY(window.waitFor([&] { return list->finished() == Working; }));
        QCOMPARE(list->queued(), Queued);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(view->property("current").toString(), shown.id.toString());
        QVERIFY2(window.warnings().isEmpty(), qPrintable(window.warnings().join(u'\n')));
    }
    void cleanupTestCase()
    {
        m_lease.reset();
        m_session.reset();
    }
};

COPPICE_TEST(RunsLoadTest)
#include "runs_load_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <journal/command.h>

#include <QSet>
#include <QTest>

#include <mutex>
#include <thread>

namespace coppice::journal {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::journal;

class CommandTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    QString m_path;
    std::unique_ptr<store::Database> m_state;

    Id put(const QString &verb) { return CommandQueue(*m_state).enqueue(Actor::engine(), verb, {{"verb", verb}}).value(); }

private Q_SLOTS:
    void init()
    {
        m_path = m_scratch.path(QString::fromLatin1(QTest::currentTestFunction()) + ".db");
        m_state = store::Database::open(m_path).value();
        QVERIFY_RESULT(m_state->migrate(migrations()));
    }
    void goesInOrder()
    {
        CommandQueue queue(*m_state);
        QVERIFY(!queue.claim().value());
        const Id first = put("sync.pull");
        const Id second = put("sync.push");
        const auto claimed = queue.claim().value();
        QCOMPARE(claimed->id, first);
        QCOMPARE(claimed->verb, QStringLiteral("sync.pull"));
        QCOMPARE(claimed->args[u"verb"].toString(), QStringLiteral("sync.pull"));
        QVERIFY(claimed->state == Command::State::Running);
        QVERIFY(queue.anyRunning().value());
        QVERIFY_RESULT(queue.setProgress(first, QString(10'000, u'p')));
        QVERIFY(queue.get(first).value().progress.size() < 1000);
        QVERIFY_RESULT(queue.finish(first, QJsonObject{{"pulled", 3}}));
        const auto done = queue.get(first).value();
        QVERIFY(done.state == Command::State::Done);
        QCOMPARE(done.result[u"pulled"].toInt(), 3);
        QVERIFY(!done.error);
        QCOMPARE(queue.claim().value()->id, second);
        QVERIFY_RESULT(queue.finish(second, failNeeds("sync.conflict", "A person is needed", "plugins/a", "Resolve it", {QJsonObject{{"kind", "conflict"}}})));
        const auto failed = queue.get(second).value();
        QVERIFY(failed.state == Command::State::Failed);
        QCOMPARE(failed.error->code, QStringLiteral("sync.conflict"));
        QCOMPARE(failed.error->kind, ErrorKind::NeedsPerson);
        QCOMPARE(failed.error->needs.size(), 1);
        QVERIFY(!queue.finish(second, QJsonObject{}));
        QVERIFY(!queue.finish(Id::make(), QJsonObject{}));
        QCOMPARE(queue.get(Id::make()).error().kind, ErrorKind::NotFound);
    }
    void eachIsClaimedOnce()
    {
        constexpr int commands = 40;
        for (int i = 0; i < commands; ++i)
            put("sync.pull");
        auto second = store::Database::open(m_path).value();
        QSet<QString> seen;
        int claims = 0;
        std::mutex mutex;
        const auto work = [&](store::Database &database) {
            CommandQueue queue(database);
            for (auto command = queue.claim(); command && *command; command = queue.claim()) {
                const std::lock_guard lock(mutex);
                ++claims;
                seen.insert((*command)->id.toString());
            }
        };
        std::thread a([&] { work(*m_state); });
        std::thread b([&] { work(*m_state); });
        std::thread c([&] { work(*second); });
        a.join();
        b.join();
        c.join();
        QCOMPARE(claims, commands);
        QCOMPARE(seen.size(), commands);
    }
    void cancels()
    {
        CommandQueue queue(*m_state);
        const Id waiting = put("sync.pull");
        QVERIFY_RESULT(queue.askCancel(waiting));
        QVERIFY(queue.get(waiting).value().state == Command::State::Cancelled);
        QVERIFY(!queue.claim().value());
        const Id running = put("sync.pull");
        QVERIFY(queue.claim().value());
        QVERIFY_RESULT(queue.askCancel(running));
        QVERIFY(queue.get(running).value().cancelAsked);
        QVERIFY(queue.get(running).value().state == Command::State::Running);
        QVERIFY_RESULT(queue.finish(running, failCancelled()));
        QVERIFY(queue.get(running).value().state == Command::State::Cancelled);
        QCOMPARE(queue.get(running).value().error->exitCode(), 130);
        QCOMPARE(queue.askCancel(Id::make()).error().kind, ErrorKind::NotFound);
    }
    void recoversWhatADeadEngineLeft()
    {
        CommandQueue queue(*m_state);
        const Id repeatable = put("library.scan");
        const Id once = put("ship");
        const Id cancelled = put("library.scan");
        for (int i = 0; i < 3; ++i)
            QVERIFY(queue.claim().value());
        const Id waiting = put("sync.pull");
        QVERIFY_RESULT(queue.askCancel(cancelled));
        const auto left = queue.recoverRunning([](const QString &verb) { return verb == u"library.scan"; }).value();
        QCOMPARE(left.size(), size_t(3));
        QVERIFY(queue.get(repeatable).value().state == Command::State::Queued);
        QCOMPARE(queue.get(once).value().error->code, QStringLiteral("engine.died"));
        QVERIFY(queue.get(cancelled).value().state == Command::State::Cancelled);
        QVERIFY(queue.get(waiting).value().state == Command::State::Queued);
        QVERIFY(queue.recoverRunning([](const QString &) { return true; }).value().empty());
        QVERIFY(!queue.anyRunning().value());
        QCOMPARE(queue.claim().value()->id, repeatable); // before what was queued after it
    }
    void remembersIntents()
    {
        Intents intents(*m_state);
        const Id land = intents.open("land", {{"to", "abc"}}).value();
        const Id push = intents.open("push", {{"url", "x"}}).value();
        QVERIFY_RESULT(intents.update(land, {{"to", "abc"}, {"moved", true}}));
        m_state.reset();
        m_state = store::Database::open(m_path).value();
        Intents again(*m_state);
        QVERIFY(again.any().value());
        const auto left = again.unfinished("land").value();
        QCOMPARE(left.size(), size_t(1));
        QCOMPARE(left.front().id, land);
        QVERIFY(left.front().data[u"moved"].toBool());
        QVERIFY_RESULT(again.close(land));
        QVERIFY_RESULT(again.close(land));
        QVERIFY(again.unfinished("land").value().empty());
        QCOMPARE(again.unfinished("push").value().front().id, push);
        QCOMPARE(again.update(land, {}).error().kind, ErrorKind::NotFound);
    }
};
COPPICE_TEST(CommandTest)
#include "command_test.moc"

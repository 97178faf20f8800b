// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <engine/caller.h>
#include <engine/engine.h>
#include <engine/handler.h>
#include <engine/session.h>
#include <engine/wake.h>

#include <QTest>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

using namespace coppice;
using namespace coppice::engine;

namespace {

std::atomic_int counted = 0;
std::atomic_int atWork = 0;
std::atomic_int mostAtWork = 0;
std::atomic_bool begun = false;
std::atomic_bool hold = true;

const Handler echo("test.echo", false, [](const Call &call) -> Result<QJsonObject> {
    call.progress.report(1, 2, QStringLiteral("half"));
    return QJsonObject{{QStringLiteral("said"), call.args[u"say"]}};
});
const Handler refuse("test.refuse", false, [](const Call &) -> Result<QJsonObject> {
    return failNeeds(QStringLiteral("test.refused"), QStringLiteral("Not like this"), QStringLiteral("here"), QStringLiteral("Ask nicely."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("manners")}}});
});
const Handler count("test.count", true, [](const Call &) -> Result<QJsonObject> {
    mostAtWork = std::max<int>(mostAtWork, ++atWork);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    --atWork;
    return QJsonObject{{QStringLiteral("n"), ++counted}};
});
/// Works until it is stopped, or `hold` is taken away.
const Handler linger("test.linger", true, [](const Call &call) -> Result<QJsonObject> {
    begun = true;
    while (hold) {
        if (call.stop.stop_requested())
            return failCancelled();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return QJsonObject{{QStringLiteral("waited"), true}};
});

class Heard final : public Progress
{
public:
    void report(qint64, qint64, const QString &what) override
    {
        const std::lock_guard lock(mutex);
        lines << what;
    }
    std::mutex mutex;
    QStringList lines;
};

} // namespace

class SessionTest final : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::Scratch> m_scratch;
    QString m_library;

    [[nodiscard]] std::unique_ptr<Session> opened() const
    {
        auto session = Session::open(m_library);
        if (!session)
            qFatal("%s", qPrintable(session.error().message()));
        return std::move(*session);
    }

private Q_SLOTS:
    void init()
    {
        m_scratch = std::make_unique<test::Scratch>();
        m_library = m_scratch->repository(QStringLiteral("library"), {{QStringLiteral("plugins/a/README.md"), "a\n"}});
        counted = 0;
        mostAtWork = 0;
        begun = false;
        hold = true;
    }

    void aCallIsCarriedOutHereWhenNobodyElseIsTheEngine()
    {
        const auto session = opened();
        Heard heard;
        const auto said = session->call(QStringLiteral("test.echo"), {{QStringLiteral("say"), QStringLiteral("hello")}}, {}, heard);
        QVERIFY_RESULT(said);
        QCOMPARE((*said)[u"said"].toString(), QStringLiteral("hello"));
        QVERIFY(heard.lines.contains(QStringLiteral("half")));
        QVERIFY(!session->isEngine());
        QVERIFY(!journal::Lease::holder(session->library().coppiceDir())); // given back
    }

    void errorsComeBackWhole()
    {
        const auto session = opened();
        const auto refused = session->call(QStringLiteral("test.refuse"), {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::NeedsPerson);
        QCOMPARE(refused.error().code, QStringLiteral("test.refused"));
        QCOMPARE(refused.error().fix, QStringLiteral("Ask nicely."));
        QCOMPARE(refused.error().needs.size(), 1);
        QCOMPARE(session->call(QStringLiteral("test.nothing"), {}).error().code, QStringLiteral("engine.unknown-verb"));
    }

    void anotherSessionsEngineCarriesItOut()
    {
        const auto engine = opened();
        QVERIFY_RESULT(engine->becomeEngine());
        QVERIFY_RESULT(engine->becomeEngine()); // it is one already
        const auto other = opened();
        const auto busy = other->becomeEngine();
        QVERIFY(!busy);
        QCOMPARE(busy.error().code, QStringLiteral("engine.busy"));
        QCOMPARE(busy.error().exitCode(), 4);
        std::vector<std::future<Result<QJsonObject>>> calls;
        for (int i = 0; i < 6; ++i)
            calls.push_back(std::async(std::launch::async,
                                       [&, i] { return (i % 2 ? *other : *engine).call(QStringLiteral("test.count"), {}); }));
        QSet<int> answers;
        for (auto &one : calls) {
            const auto answer = one.get();
            QVERIFY_RESULT(answer);
            answers << (*answer)[u"n"].toInt();
        }
        QCOMPARE(answers.size(), 6);
        QCOMPARE(int(mostAtWork), 1); // one at a time
        QVERIFY(!other->isEngine());
        engine->stopEngine(true);
        QVERIFY_RESULT(other->call(QStringLiteral("test.count"), {}));
    }

    void aStopCancelsTheCommandWhereverItRuns_data()
    {
        QTest::addColumn<bool>("elsewhere");
        QTest::newRow("here") << false;
        QTest::newRow("in another engine") << true;
    }
    void aStopCancelsTheCommandWhereverItRuns()
    {
        QFETCH(bool, elsewhere);
        const auto engine = opened();
        if (elsewhere)
            QVERIFY_RESULT(engine->becomeEngine());
        const auto session = opened();
        std::stop_source stop;
        auto waiting = std::async(std::launch::async, [&] { return session->call(QStringLiteral("test.linger"), {}, stop.get_token()); });
        QTRY_VERIFY_WITH_TIMEOUT(begun, 30'000);
        stop.request_stop();
        const auto ended = waiting.get();
        QVERIFY(!ended);
        QCOMPARE(ended.error().kind, ErrorKind::Cancelled);
    }

    void whoWaitsTakesOverWhenTheEngineEnds()
    {
        const auto engine = opened();
        QVERIFY_RESULT(engine->becomeEngine());
        const auto session = opened();
        auto waiting = std::async(std::launch::async, [&] { return session->call(QStringLiteral("test.linger"), {}); });
        QTRY_VERIFY_WITH_TIMEOUT(begun, 30'000);
        begun = false;
        engine->stopEngine(false); // nobody asked for the command's end: it is left to be gone on with
        QTRY_VERIFY_WITH_TIMEOUT(begun, 30'000);
        hold = false;
        const auto done = waiting.get();
        QVERIFY_RESULT(done);
        QCOMPARE((*done)[u"waited"], QJsonValue(true));
    }

    void whatADeadEngineLeftRunningIsSetRight()
    {
        const auto session = opened();
        auto &queue = session->commands();
        const QString alive = thisProcess();
        const auto once = queue.enqueue(Actor::self(), QStringLiteral("test.echo"), {{QString(callerKey), alive}});
        QVERIFY(*queue.claim()); // and the engine died
        const auto again = queue.enqueue(Actor::self(), QStringLiteral("test.count"), {{QString(callerKey), alive}});
        QVERIFY(*queue.claim());
        QVERIFY_RESULT(session->recoverIfOrphaned());
        const auto failed = queue.get(*once);
        QCOMPARE(failed->state, journal::Command::State::Failed);
        QCOMPARE(failed->error->code, QStringLiteral("engine.died"));
        QCOMPARE(queue.get(*again)->state, journal::Command::State::Queued);
        QVERIFY_RESULT(session->call(QStringLiteral("test.echo"), {}));
        QCOMPARE(queue.get(*again)->state, journal::Command::State::Done); // carried out on the way
        QCOMPARE(int(counted), 1);
    }

    void aCommandWhoseAskerIsGoneIsNotDone()
    {
        const auto session = opened();
        auto &queue = session->commands();
        const auto orphan = queue.enqueue(Actor::self(), QStringLiteral("test.count"), {{QString(callerKey), QStringLiteral("1/0")}});
        QVERIFY_RESULT(session->call(QStringLiteral("test.echo"), {}));
        QCOMPARE(queue.get(*orphan)->state, journal::Command::State::Cancelled);
        QCOMPARE(int(counted), 0);
    }

    void knowsProcessesBeyondTheirNumbers()
    {
        QVERIFY(isAlive(thisProcess()));
        QVERIFY(!isAlive(thisProcess() + u'1'));
        QVERIFY(!isAlive(QStringLiteral("1/1")));
        QVERIFY(!isAlive(QStringLiteral("nonsense")));
        QVERIFY(!isAlive(QString()));
    }

    void wakesThroughALongPath()
    {
        const QString name(150, u'd');
        m_scratch->write(name + QStringLiteral("/file"), "x");
        const QString path = m_scratch->path(name) + QStringLiteral("/engine.sock");
        std::promise<QByteArray> heard;
        WakeListener listener;
        QVERIFY_RESULT(listener.listen(path, [&heard](const QByteArray &message) { heard.set_value(message); }));
        wakeEngine(path, "run X");
        QCOMPARE(heard.get_future().get(), QByteArray("run X"));
        listener.stop();
        QVERIFY(!QFile::exists(path));
        wakeEngine(path, "wake"); // nobody listens: nothing happens
    }
};

COPPICE_TEST(SessionTest)
#include "session_test.moc"

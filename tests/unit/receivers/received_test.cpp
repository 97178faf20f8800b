// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of what comes: keys, quotas, twins, requests, shared commits.
#include "capture/received.h"
#include "capture/store.h"
#include "receivers/budget.h"
#include "receivers/door.h"
#include "receivers/intake.h"
#include "receivers/keys.h"
#include "receivers/library_keeper.h"
#include "receivers/quota.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <atomic>
#include <thread>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::receivers;
using namespace std::chrono_literals;
using capture::Event;

namespace {

constexpr qint64 at = 1795303774000;

Event error(const QString &message, const QByteArray &identity = {}, const QByteArray &twin = {}, const QString &source = QStringLiteral("sentry"))
{
    Event event;
    event.plugin = QStringLiteral("mail");
    event.level = capture::Level::Error;
    event.message = message;
    event.identity = identity;
    event.twin = twin;
    event.source = source;
    return event;
}

struct Store {
    test::Scratch scratch;
    std::unique_ptr<store::Database> database;
    Store()
    {
        database = store::Database::open(scratch.path(QStringLiteral("events.db"))).value();
        if (const auto migrated = database->migrate(capture::migrations()); !migrated)
            qFatal("%s", qPrintable(migrated.error().message()));
    }
    qint64 count()
    {
        qint64 all = 0;
        const auto groups = capture::EventStore(*database).groups();
        for (const auto &group : groups.value())
            all += group.count;
        return all;
    }
};

net::HttpRequest head(const QByteArray &target, const net::Headers &headers, const QByteArray &method = "POST")
{
    net::HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers = headers;
    return request;
}

} // namespace

class ReceivedTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void twinsOnTwoRoadsCountOnce()
    {
        Store store;
        capture::EventStore events(*store.database);
        const auto add = [&](const char *identity, const char *source, const char *twin = "t") {
            return events.add({error(QStringLiteral("m"), identity, twin, QString::fromLatin1(source))}).value();
        };
        QCOMPARE(add("log1", "otlp:logs").events, 1);
        QCOMPARE(add("span1", "otlp:traces").known, 1);
        QCOMPARE(store.count(), 1);
        // sent again, on either road: nothing new
        QCOMPARE(add("log1", "otlp:logs").known, 1);
        QCOMPARE(add("span1", "otlp:traces").known, 1);
        QCOMPARE(store.count(), 1);
        // twice in one span: two in the log, two in the span, in whatever order
        QCOMPARE(add("span2", "otlp:traces").events, 1);
        QCOMPARE(add("log2", "otlp:logs").known, 1);
        QCOMPARE(add("log3", "otlp:logs").events, 1);
        QCOMPARE(store.count(), 3);
        // a third road meets the first of them
        QCOMPARE(add("s1", "sentry").known, 1);
        // other twins, and none
        QCOMPARE(add("log4", "otlp:logs", "u").events, 1);
        QCOMPARE(add("log5", "otlp:logs", "").events, 1);
        QCOMPARE(add("log6", "otlp:logs", "").events, 1);
        // another plugin's error is another one
        Event foreign = error(QStringLiteral("m"), "x", "t", QStringLiteral("otlp:traces"));
        foreign.plugin = QStringLiteral("files");
        QCOMPARE(events.add({foreign})->events, 1);
    }
    void twinsWithinOneBatch()
    {
        Store store;
        const auto added = capture::EventStore(*store.database)
                               .add({error(QStringLiteral("m"), "a", "t", QStringLiteral("otlp:logs")), error(QStringLiteral("m"), "b", "t", QStringLiteral("otlp:traces"))});
        QVERIFY_RESULT(added);
        QCOMPARE(added->events, 1);
        QCOMPARE(added->known, 1);
    }
    void requestsPerReleaseAndHour()
    {
        Store store;
        capture::Received received(*store.database);
        using Points = std::vector<capture::RequestPoint>;
        using Lost = std::vector<capture::LostReport>;
        const auto point = [&](qint64 value, bool rising, const char *series, qint64 started = 1, qint64 when = at) {
            return capture::RequestPoint{QStringLiteral("mail"), QStringLiteral("1.4"), when, value, rising, series, started};
        };
        QVERIFY_RESULT(received.add(Points({point(3, false, ""), point(4, false, "")}), {}));
        QVERIFY_RESULT(received.add(Points({point(10, true, "a"), point(5, true, "b")}), {}));
        QVERIFY_RESULT(received.add(Points({point(10, true, "a"), point(12, true, "a")}), {})); // sent again, and two more
        QVERIFY_RESULT(received.add(Points({point(2, true, "a", 99)}), {}));                    // the program was started again
        auto counts = received.requests(QStringLiteral("mail"));
        QVERIFY_RESULT(counts);
        QCOMPARE(counts->size(), size_t(1));
        QCOMPARE(counts->at(0).requests, 3 + 4 + 10 + 5 + 2 + 2);
        QCOMPARE(counts->at(0).hour, at - at % 3'600'000);
        QCOMPARE(counts->at(0).release, QStringLiteral("1.4"));
        QVERIFY_RESULT(received.add(Points({point(7, false, "", 1, at + 3'600'000)}),
                                   Lost({{QStringLiteral("mail"), QStringLiteral("queue_overflow"), QStringLiteral("error"), at, 4}})));
        QCOMPARE(received.requests()->size(), size_t(2));
        QCOMPARE(received.requests(QStringLiteral("files"))->size(), size_t(0));
        QVERIFY_RESULT(received.add({}, Lost({{QStringLiteral("mail"), QStringLiteral("queue_overflow"), QStringLiteral("error"), at, 2}})));
        QCOMPARE(received.lost()->at(0).quantity, 6);
    }
    void keysAreMadeOnceAndKeptClosed()
    {
        test::Scratch scratch;
        const QString folder = scratch.path(QStringLiteral("keys"));
        const auto ring = KeyRing::open(folder);
        QVERIFY_RESULT(ring);
        const auto mail = (*ring)->keyOf(QStringLiteral("mail"));
        QVERIFY_RESULT(mail);
        QCOMPARE(mail->key.size(), 32);
        QCOMPARE((*ring)->keyOf(QStringLiteral("mail"))->key, mail->key);
        QCOMPARE((*ring)->pluginOf(mail->key), QStringLiteral("mail"));
        QVERIFY(!(*ring)->pluginOf(""));
        QVERIFY(!(*ring)->pluginOf(QByteArray(32, '0')));
        QVERIFY(!(*ring)->pluginOf(mail->key.left(31)));
        QVERIFY(!(*ring)->pluginOf(QByteArray(100'000, 'a')));
        // another process adds one: the open ring sees it
        const auto other = KeyRing::open(folder);
        const auto files = (*other)->keyOf(QStringLiteral("files"));
        QVERIFY_RESULT(files);
        QVERIFY(files->project != mail->project);
        QCOMPARE((*ring)->pluginOf(files->key), QStringLiteral("files"));
        // nobody else can read them, and no key stands in the list
        for (const auto &name : {QStringLiteral("keys/1.key"), QStringLiteral("keys/2.key")}) {
            const auto mode = QFileInfo(scratch.path(name)).permissions();
            QVERIFY(!(mode & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)));
        }
        QVERIFY(!scratch.read(QStringLiteral("keys/keys.json")).contains(mail->key));
        QVERIFY(!(QFileInfo(folder).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
        // a key that lies elsewhere, by its reference
        qputenv("COPPICE_TEST_RECEIVER_KEY", "from-the-environment");
        scratch.write(QStringLiteral("keys/keys.json"), "{\"v\":1,\"plugins\":[{\"plugin\":\"mail\",\"project\":\"1\",\"key\":\"env:COPPICE_TEST_RECEIVER_KEY\"}]}");
        QCOMPARE((*ring)->pluginOf("from-the-environment"), QStringLiteral("mail"));
        QVERIFY(!(*ring)->pluginOf(files->key)); // taken away
        // one that cannot be had is not made anew behind its owner's back
        qunsetenv("COPPICE_TEST_RECEIVER_KEY");
        const auto again = KeyRing::open(folder);
        QVERIFY(!(*again)->keyOf(QStringLiteral("mail")));
    }
    void comparingTakesAllBytes()
    {
        QVERIFY(equalInConstantTime("abc", "abc"));
        QVERIFY(!equalInConstantTime("abc", "abd"));
        QVERIFY(!equalInConstantTime("abc", "abcd"));
        QVERIFY(equalInConstantTime("", ""));
    }
    void whoComesIn_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<int>("status"); // 0: comes in
        const QByteArray envelope = "/api/1/envelope/?sentry_key=KEY";
        QTest::newRow("envelope") << envelope << QByteArray("127.0.0.1:4318") << QByteArray() << 0;
        QTest::newRow("no slash at the end") << QByteArray("/api/1/envelope?sentry_key=KEY") << QByteArray("localhost") << QByteArray() << 0;
        QTest::newRow("below a prefix") << QByteArray("/some/where/api/x-1/store/?sentry_key=KEY") << QByteArray("[::1]:80") << QByteArray() << 0;
        QTest::newRow("otlp") << QByteArray("/v1/logs") << QByteArray("localhost:1") << QByteArray("x-coppice-key: KEY") << 0;
        QTest::newRow("otlp, bearer") << QByteArray("/x/v1/traces") << QByteArray("127.1.2.3") << QByteArray("authorization: Bearer KEY") << 0;
        QTest::newRow("envelope without a key") << QByteArray("/api/1/envelope/") << QByteArray("localhost") << QByteArray() << 0;
        QTest::newRow("store without a key") << QByteArray("/api/1/store/") << QByteArray("localhost") << QByteArray() << 401;
        QTest::newRow("otlp without a key") << QByteArray("/v1/metrics") << QByteArray("localhost") << QByteArray() << 401;
        QTest::newRow("unknown key") << QByteArray("/api/1/envelope/?sentry_key=0123") << QByteArray("localhost") << QByteArray() << 403;
        QTest::newRow("nothing there") << QByteArray("/api/1/minidump/?sentry_key=KEY") << QByteArray("localhost") << QByteArray() << 404;
        QTest::newRow("no project") << QByteArray("/api//envelope/?sentry_key=KEY") << QByteArray("localhost") << QByteArray() << 404;
        QTest::newRow("the spool") << QByteArray("/spool/events?after=0") << QByteArray("localhost") << QByteArray() << 404;
        for (const char *host : {"evil.example", "evil.example:4318", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "", "0.0.0.0",
                                 "127.0.0.256", "127.0.1", "2130706433", "[::2]", "::1", "127.0.0.1:80:90", "notlocalhost", "10.0.0.1", "127.0.0.x"})
            QTest::addRow("host %s", host) << envelope << QByteArray(host) << QByteArray() << 403;
        for (const char *origin : {"https://evil.example", "null", "http://localhost:4318", "file://"})
            QTest::addRow("origin %s", origin) << envelope << QByteArray("localhost") << QByteArray("origin: " + QByteArray(origin)) << 403;
        QTest::newRow("a page's own request") << envelope << QByteArray("localhost") << QByteArray("sec-fetch-site: cross-site") << 403;
        QTest::newRow("two hosts") << envelope << QByteArray("localhost") << QByteArray("host: evil.example") << 400;
    }
    void whoComesIn()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, more);
        QFETCH(int, status);
        test::Scratch scratch;
        const auto ring = KeyRing::open(scratch.path(QStringLiteral("keys"))).value();
        const QByteArray key = ring->keyOf(QStringLiteral("mail"))->key;
        const Door door(*ring, {}, {});
        net::Headers headers{{"host", host}};
        if (!more.isEmpty())
            headers.emplace_back(more.left(more.indexOf(':')), more.mid(more.indexOf(':') + 2).replace("KEY", key));
        const auto guest = door.admit(head(target.replace("KEY", key), headers));
        QCOMPARE(guest ? 0 : guest.error().status, status);
        if (!guest)
            QVERIFY(!guest.error().body.contains(key));
        else
            QVERIFY(guest->plugin == u"mail" || target == "/api/1/envelope/");
    }
    void methodsAndTheToken()
    {
        test::Scratch scratch;
        const auto ring = KeyRing::open(scratch.path(QStringLiteral("keys"))).value();
        const QByteArray key = ring->keyOf(QStringLiteral("mail"))->key;
        const Door local(*ring, {}, "reader-token-123456");
        for (const char *method : {"GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"})
            QCOMPARE(local.admit(head("/api/1/envelope/?sentry_key=" + key, {{"host", "localhost"}}, method)).error().status, 405);
        QCOMPARE(local.admit(head("/api/1/envelope/?sentry_key=" + key, {})).error().status, 403); // no Host at all
        QCOMPARE(local.admit(head("/spool/events?after=0", {{"host", "localhost"}}, "GET")).error().status, 401);
        QCOMPARE(local.admit(head("/spool/events?after=0", {{"host", "localhost"}, {"authorization", "Bearer " + key}}, "GET")).error().status, 401);
        QVERIFY(local.admit(head("/spool/events?after=0", {{"host", "localhost"}, {"authorization", "Bearer reader-token-123456"}}, "GET")));
        // elsewhere: the token decides, not the name
        const Door wide(*ring, "token-token-token", {});
        QVERIFY(wide.admit(head("/token-token-token/api/1/envelope/?sentry_key=" + key, {{"host", "errors.example.org"}})));
        QVERIFY(wide.admit(head("/v1/logs", {{"host", "10.0.0.1"}, {"x-coppice-token", "token-token-token"}, {"x-coppice-key", key}})));
        QCOMPARE(wide.admit(head("/api/1/envelope/?sentry_key=" + key, {{"host", "localhost"}})).error().status, 401);
        QCOMPARE(wide.admit(head("/token-token-tokeX/api/1/envelope/?sentry_key=" + key, {{"host", "localhost"}})).error().status, 401);
        QCOMPARE(wide.admit(head("/token-token-token/api/1/envelope/", {{"host", "x"}, {"x-sentry-auth", "Sentry sentry_key=" + QByteArray(32, 'f')}})).error().status, 403);
        QCOMPARE(wide.admit(head("/token-token-token/v1/logs", {{"host", "x"}, {"x-coppice-key", key}, {"origin", "https://x"}})).error().status, 403);
    }
    void quotaPerPlugin()
    {
        Quota quota(60); // one a second, sixty at once
        const auto mail = QStringLiteral("mail");
        QCOMPARE(quota.secondsUntilAllowed(mail, 0), 0);
        quota.spend(mail, 60, 0);
        QCOMPARE(quota.secondsUntilAllowed(mail, 0), 1);
        QCOMPARE(quota.secondsUntilAllowed(QStringLiteral("files"), 0), 0);
        QCOMPARE(quota.secondsUntilAllowed(mail, 1000), 0);
        quota.spend(mail, 31, 1000);
        QCOMPARE(quota.secondsUntilAllowed(mail, 1000), 31);
        QCOMPARE(quota.secondsUntilAllowed(mail, 40'000), 0);
        Quota none(0);
        none.spend(mail, 1'000'000, 0);
        QCOMPARE(none.secondsUntilAllowed(mail, 0), 0);
    }
    void budgetIsShared()
    {
        Budget budget(100);
        Budget::Share a, b;
        QVERIFY(budget.take(60, 0ms, a));
        QVERIFY(!budget.take(60, 1ms, b));
        a.shrink(20);
        QVERIFY(budget.take(60, 0ms, b));
        b = Budget::Share();
        a = Budget::Share();
        QVERIFY(budget.take(1'000'000, 0ms, b)); // more than there is: all of it
        QVERIFY(!budget.take(1, 1ms, a));
    }
    void manyShareACommit()
    {
        struct Counting final : Keeper {
            std::atomic<int> events = 0, calls = 0, bad = 0;
            Result<> keep(Batch &&batch) override
            {
                ++calls;
                std::this_thread::sleep_for(5ms);
                for (const auto &event : batch.events) {
                    if (event.message == u"bad")
                        return fail(QStringLiteral("test.bad"), QStringLiteral("no"));
                }
                events += int(batch.events.size());
                return {};
            }
        } keeper;
        Intake intake(keeper, {});
        std::atomic<int> good = 0, bad = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 16; ++t) {
                threads.emplace_back([&, t] {
                    for (int i = 0; i < 25; ++i) {
                        Batch batch;
                        batch.events.push_back(error(t == 3 && i % 5 == 0 ? QStringLiteral("bad") : QStringLiteral("m")));
                        ++(intake.put(std::move(batch)) ? good : bad);
                    }
                });
            }
        }
        QCOMPARE(good, 16 * 25 - 5);
        QCOMPARE(bad, 5);
        QCOMPARE(keeper.events, good);
        QVERIFY2(intake.commits() < 200, qPrintable(QString::number(intake.commits())));
    }
    void whatWasPutIsInTheLibrary()
    {
        Store store;
        LibraryKeeper keeper(*store.database);
        Intake intake(keeper, {});
        Batch batch;
        batch.events = {error(QStringLiteral("m")), error(QStringLiteral("m"))};
        batch.requests = {{QStringLiteral("mail"), {}, 0, 5, false, {}, 0}};
        QVERIFY_RESULT(intake.put(std::move(batch)));
        QCOMPARE(store.count(), 2);
        QCOMPARE(capture::Received(*store.database).requests()->at(0).requests, 5);
    }
};

COPPICE_TEST(ReceivedTest)
#include "received_test.moc"

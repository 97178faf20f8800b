// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/store.h"
#include "receivers/batch_json.h"
#include "receivers/drain.h"
#include "receivers/library_keeper.h"
#include "receivers/receiver.h"
#include "receivers/spool.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::receivers {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::receivers;
using capture::Event;

namespace {

Event error(const QString &message)
{
    Event event;
    event.plugin = QStringLiteral("mail");
    event.level = capture::Level::Error;
    event.type = QStringLiteral("E");
    event.message = message;
    event.source = QStringLiteral("sentry");
    event.frames = {{QStringLiteral("f"), QStringLiteral("/srv/a.js"), 3, true, 4, QStringLiteral("x()")}};
    event.causes = {{QStringLiteral("C"), QStringLiteral("why")}};
    event.trace = QStringLiteral("E: m\n    at f");
    event.tags[QStringLiteral("tool")] = QStringLiteral("send");
    event.identity = QByteArray("\x00\xff", 2);
    event.twin = "t";
    event.at = 1795303774888;
    event.received = 1795303774999;
    event.scrubbed = 2;
    return event;
}

Batch batchOf(const QString &message, const QByteArray &identity)
{
    Batch batch;
    batch.events.push_back(error(message));
    batch.events.back().identity = identity;
    batch.events.back().twin = {};
    return batch;
}

std::unique_ptr<store::Database> library(const test::Scratch &scratch)
{
    auto database = store::Database::open(scratch.path(QStringLiteral("events.db"))).value();
    if (!database->migrate(capture::migrations()) || !database->migrate(receivers::migrations()))
        qFatal("migrate");
    return database;
}

} // namespace

class SpoolTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsKeptComesBackInOrder()
    {
        test::Scratch scratch;
        const auto spool = Spool::open(scratch.path(QStringLiteral("s")), {});
        QVERIFY_RESULT(spool);
        for (int i = 0; i < 5; ++i) {
            Batch batch;
            batch.events = {error(QStringLiteral("m%1").arg(i))};
            batch.requests = {{QStringLiteral("mail"), QStringLiteral("1"), 5, 7, true, "series", 1795303774888000001}};
            batch.lost = {{QStringLiteral("mail"), QStringLiteral("r"), QStringLiteral("c"), 5, 3}};
            QVERIFY_RESULT((*spool)->keep(std::move(batch)));
        }
        const auto lines = (*spool)->readLines(2, 2);
        QVERIFY_RESULT(lines);
        const auto page = parseSpoolLines(*lines);
        QVERIFY_RESULT(page);
        QCOMPARE(page->entries.size(), size_t(2));
        QCOMPARE(page->entries[0].cursor, 3);
        QCOMPARE(page->entries[1].cursor, 4);
        const Event &event = page->entries[0].batch.events[0];
        const Event wanted = error(QStringLiteral("m2"));
        QVERIFY(!event.id.isNull());
        QCOMPARE(event.message, wanted.message);
        QCOMPARE(event.type, wanted.type);
        QCOMPARE(event.level, wanted.level);
        QCOMPARE(event.identity, wanted.identity);
        QCOMPARE(event.twin, wanted.twin);
        QCOMPARE(event.at, wanted.at);
        QCOMPARE(event.tags, wanted.tags);
        QCOMPARE(event.scrubbed, 2);
        QCOMPARE(event.frames[0].line, 3);
        QCOMPARE(event.frames[0].code, wanted.frames[0].code);
        QCOMPARE(event.causes[0].message, wanted.causes[0].message);
        const auto &point = page->entries[0].batch.requests[0];
        QCOMPARE(point.started, 1795303774888000001);
        QCOMPARE(point.series, QByteArray("series"));
        QCOMPARE(page->entries[0].batch.lost[0].quantity, 3);
        QCOMPARE(parseSpoolLines(*(*spool)->readLines(5, 2))->entries.size(), size_t(0));
        // another process reads beside it
        const auto reader = Spool::open(scratch.path(QStringLiteral("s")), {}, true);
        QVERIFY_RESULT(reader);
        QCOMPARE((*reader)->read(0, 100)->entries.size(), size_t(5));
        QVERIFY(!Spool::open(scratch.path(QStringLiteral("none")), {}, true));
    }
    void theOldestGoesWhenItIsTooMuch()
    {
        test::Scratch scratch;
        Spool::Limits limits;
        limits.bytes = 3000;
        const auto spool = Spool::open(scratch.path(QStringLiteral("s")), limits).value();
        for (int i = 0; i < 40; ++i)
            QVERIFY_RESULT(spool->keep(batchOf(QStringLiteral("m%1").arg(i), QByteArray::number(i))));
        const auto gone = spool->trim();
        QVERIFY_RESULT(gone);
        QVERIFY(*gone > 0 && *gone < 40);
        const auto page = spool->read(0, 1000).value();
        QCOMPARE(qint64(page.entries.size()), 40 - *gone);
        QCOMPARE(page.dropped, *gone);
        QCOMPARE(page.entries.back().cursor, 40);
        QCOMPARE(spool->read(20, 1000)->dropped, qMax<qint64>(0, *gone - 20));
    }
    void answersThatAreNoSpoolsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("lines");
        const QByteArray head = "{\"v\":1,\"spool\":\"s\",\"entries\":1,\"dropped\":0}\n";
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("html") << QByteArray("<html>\n");
        QTest::newRow("no newline") << QByteArray("{\"spool\":\"s\",\"entries\":0}");
        QTest::newRow("no name") << QByteArray("{\"entries\":0}\n");
        QTest::newRow("cut") << head;
        QTest::newRow("more than promised") << QByteArray(head + "{\"cursor\":1}\n{\"cursor\":2}\n");
        QTest::newRow("cursors fall") << QByteArray("{\"spool\":\"s\",\"entries\":2}\n{\"cursor\":2}\n{\"cursor\":1}\n");
        QTest::newRow("no cursor") << QByteArray(head + "{\"events\":[]}\n");
        QTest::newRow("no plugin") << QByteArray(head + "{\"cursor\":1,\"events\":[{\"message\":\"m\"}]}\n");
    }
    void answersThatAreNoSpoolsAreRefused()
    {
        QFETCH(QByteArray, lines);
        QVERIFY(!parseSpoolLines(lines));
    }
    void anEngineReadsOverHttpEachEventOnce()
    {
        test::Scratch scratch;
        const auto spool = Spool::open(scratch.path(QStringLiteral("s")), {}).value();
        const auto keys = KeyRing::open(scratch.path(QStringLiteral("keys"))).value();
        Receiver::Options options;
        options.drainToken = "token-for-reading-it";
        options.spooled = [&](qint64 after, int limit) { return spool->readLines(after, limit); };
        const auto receiver = Receiver::start(*keys, *spool, text::Scrubber(), options);
        QVERIFY_RESULT(receiver);
        const auto database = library(scratch);
        LibraryKeeper keeper(*database);
        scratch.write(QStringLiteral("token"), "token-for-reading-it\n");
        QVERIFY(QFile::setPermissions(scratch.path(QStringLiteral("token")), QFile::ReadOwner | QFile::WriteOwner));
        const SpoolSource source{QStringLiteral("prod"), {}, {}, QStringLiteral("http://127.0.0.1:%1/").arg((*receiver)->port()),
                                 QString(QStringLiteral("file:") + scratch.path(QStringLiteral("token")))};
        for (int i = 0; i < 450; ++i)
            QVERIFY_RESULT(spool->keep(batchOf(QStringLiteral("could not open %1").arg(i), QByteArray::number(i))));
        auto drained = drain(source, *database, keeper, text::Scrubber());
        QVERIFY_RESULT(drained);
        QCOMPARE(drained->entries, 450);
        QCOMPARE(drain(source, *database, keeper, text::Scrubber())->entries, 0);
        QVERIFY_RESULT(spool->keep(batchOf(QStringLiteral("could not open 450, password=hunter2"), "450")));
        QCOMPARE(drain(source, *database, keeper, text::Scrubber())->entries, 1);
        // killed before the cursor was kept: read again, and known
        QVERIFY_RESULT(database->write<void>([](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(QStringLiteral("UPDATE spool_cursors SET cursor = 100")));
            return {};
        }));
        QCOMPARE(drain(source, *database, keeper, text::Scrubber())->entries, 351);
        qint64 count = 0;
        const auto groups = capture::EventStore(*database).groups().value();
        for (const auto &group : groups)
            count += group.count;
        QCOMPARE(count, 451);
        for (const auto &group : groups) {
            const auto events = capture::EventStore(*database).eventsOf(group.id.toString(), 1000);
            for (const auto &event : events.value())
                QVERIFY(!event.message.contains(u"hunter2")); // the other machine may be older than ours
        }
        QCOMPARE(spoolStates(*database)->at(0).cursor, 451);
        scratch.write(QStringLiteral("token"), "another-token-altogether\n");
        QCOMPARE(drain(source, *database, keeper, text::Scrubber()).error().code, QStringLiteral("spool.http"));
        const SpoolSource bad{QStringLiteral("bad"), QStringLiteral("-oProxyCommand=touch x"), QStringLiteral("/x"), {}, {}};
        QCOMPARE(drain(bad, *database, keeper, text::Scrubber()).error().code, QStringLiteral("spool.host"));
    }
    void sourcesAreKept()
    {
        test::Scratch scratch;
        const QString file = scratch.path(QStringLiteral("spools.json"));
        QCOMPARE(readSpoolSources(file)->size(), size_t(0));
        QVERIFY_RESULT(writeSpoolSources(file, {{QStringLiteral("a"), QStringLiteral("ops@far"), QStringLiteral("/var/x"), {}, {}}}));
        QCOMPARE(readSpoolSources(file)->at(0).ssh, QStringLiteral("ops@far"));
        scratch.write(QStringLiteral("spools.json"), "{");
        QVERIFY(!readSpoolSources(file));
    }
    void wiring()
    {
        const ReceiverKey key{QStringLiteral("mail"), QStringLiteral("3"), "abc"};
        QCOMPARE(wiringFor(key, QStringLiteral("http://127.0.0.1:4318"), {}).dsn, QStringLiteral("http://abc@127.0.0.1:4318/3"));
        const auto wide = wiringFor(key, QStringLiteral("https://errors.example.org/in/"), "tok-en");
        QCOMPARE(wide.dsn, QStringLiteral("https://abc@errors.example.org/in/tok-en/3"));
        QCOMPARE(wide.otelEndpoint, QStringLiteral("https://errors.example.org/in/tok-en"));
        QCOMPARE(wide.otelHeaders, QStringLiteral("x-coppice-key=abc"));
    }
};

COPPICE_TEST(SpoolTest)
#include "spool_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fork.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <store/database.h>
#include <store/file_system.h>

#include <QFile>
#include <QTest>

#include <csignal>
#include <thread>

using namespace coppice;
using namespace coppice::store;

namespace {

const std::vector<Migration> counters{{"state", "test", 1, "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER NOT NULL, s TEXT NOT NULL DEFAULT '');"
                                                           "INSERT INTO t(id, n) VALUES(1, 0);"}};

Result<> add(Database &database, int count)
{
    for (int i = 0; i < count; ++i) {
        COPPICE_CHECK(database.write<void>([](Connection &c) -> Result<> {
            COPPICE_TRY(const QVariant n, c.value("SELECT n FROM t WHERE id = 1"));
            COPPICE_CHECK(c.exec("UPDATE t SET n = ? WHERE id = 1", {n.toInt() + 1}));
            return {};
        }));
    }
    return {};
}

int count(Database &database)
{
    return database.read<int>([](Connection &c) -> Result<int> {
        COPPICE_TRY(const QVariant n, c.value("SELECT n FROM t WHERE id = 1"));
        return n.toInt();
    }).value_or(-1);
}

} // namespace

class DatabaseTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;
    int m_count = 0;
    QString fresh() { return m_scratch.path(QStringLiteral("d%1.db").arg(++m_count)); }

private Q_SLOTS:
    // The tests that fork come first, while this process has no threads.
    void twoProcessesLoseNothing()
    {
        const QString path = fresh();
        {
            auto database = Database::open(path).value();
            QVERIFY_RESULT(database->migrate(counters));
        }
        const auto work = [&path](const std::function<void()> &) {
            const auto database = Database::open(path);
            return database && add(**database, 150) ? 0 : 1;
        };
        test::Fork one(work);
        test::Fork two(work);
        QCOMPARE(one.wait(), 0);
        QCOMPARE(two.wait(), 0);
        QCOMPARE(count(*Database::open(path).value()), 300);
    }
    void aKilledWriterLeavesOnlyWhatItCommitted()
    {
        const QString path = fresh();
        test::Fork child([&path](const std::function<void()> &say) {
            auto database = Database::open(path).value();
            if (!database->migrate(counters) || !add(*database, 7))
                return 1;
            (void)database->write<void>([&](Connection &c) -> Result<> {
                COPPICE_CHECK(c.exec("UPDATE t SET n = 1000"));
                for (int i = 0; i < 2000; ++i) // more than fits the cache, so that some is in the file already
                    COPPICE_CHECK(c.exec("INSERT INTO t(n, s) VALUES(?, ?)", {i, QString(4000, u'x')}));
                say();
                raise(SIGKILL);
                return {};
            });
            return 2;
        });
        QVERIFY(child.heard());
        QCOMPARE(child.wait(), 128 + SIGKILL);
        auto database = Database::open(path).value();
        QVERIFY_RESULT(database->migrate(counters));
        QCOMPARE(count(*database), 7);
        const auto check = database->read<QString>([](Connection &c) -> Result<QString> {
            COPPICE_TRY(const QVariant v, c.value("PRAGMA integrity_check"));
            return v.toString();
        });
        QCOMPARE(check.value(), QStringLiteral("ok"));
    }
    void aKilledMigrationIsDoneAgainWhole()
    {
        const QString path = fresh();
        test::Fork child([&path](const std::function<void()> &) {
            auto database = Database::open(path).value();
            (void)database->write<void>([&](Connection &c) -> Result<> {
                COPPICE_CHECK(c.exec("CREATE TABLE schema_migration(room TEXT, number INTEGER, at INTEGER)"));
                COPPICE_CHECK(c.exec("CREATE TABLE t(half TEXT)"));
                raise(SIGKILL);
                return {};
            });
            return 2;
        });
        QCOMPARE(child.wait(), 128 + SIGKILL);
        auto database = Database::open(path).value();
        QVERIFY_RESULT(database->migrate(counters));
        QCOMPARE(count(*database), 0);
    }
    void rollsBackWhatFails()
    {
        auto database = Database::open(fresh()).value();
        QVERIFY_RESULT(database->migrate(counters));
        const auto failed = database->write<int>([](Connection &c) -> Result<int> {
            COPPICE_CHECK(c.exec("UPDATE t SET n = 5"));
            return fail("test.no", "No");
        });
        QCOMPARE(failed.error().code, QStringLiteral("test.no"));
        QCOMPARE(count(*database), 0);
        const auto broken = database->write<void>([](Connection &c) -> Result<> {
            COPPICE_CHECK(c.exec("UPDATE t SET n = 6"));
            COPPICE_CHECK(c.exec("INSERT INTO t(id, n) VALUES(1, 1)"));
            return {};
        });
        QCOMPARE(broken.error().code, QStringLiteral("store.constraint"));
        QCOMPARE(count(*database), 0);
        QCOMPARE(database->write<void>([](Connection &c) -> Result<> {
            COPPICE_CHECK(c.exec("SELEKT"));
            return {};
        }).error().code, QStringLiteral("store.failed"));
        QVERIFY_RESULT(add(*database, 1));
        QCOMPARE(count(*database), 1);
    }
    void keepsValuesAsTheyAre()
    {
        auto database = Database::open(fresh()).value();
        const auto types = database->write<QStringList>([](Connection &c) -> Result<QStringList> {
            COPPICE_CHECK(c.exec("CREATE TABLE v(x)"));
            const QVariantList values{QString(), QByteArray(), QVariant(), qulonglong(7), true, QByteArray("a\0b", 3),
                                      QString::fromUtf8("z\xc3\xb6\xf0\x9f\x8c\xb3"), qint64(1) << 60};
            for (const auto &value : values)
                COPPICE_CHECK(c.exec("INSERT INTO v VALUES(?)", {value}));
            QStringList seen;
            COPPICE_CHECK(c.query("SELECT typeof(x), x FROM v", {}, [&seen](const Row &row) {
                seen << row.text(0) + u':' + QString::fromLatin1(row.bytes(1).toHex());
            }));
            return seen;
        });
        QVERIFY_RESULT(types);
        QCOMPARE(types->size(), 8);
        QCOMPARE((*types)[0], QStringLiteral("text:"));
        QCOMPARE((*types)[1], QStringLiteral("blob:"));
        QVERIFY((*types)[2].startsWith(u"null"));
        QVERIFY((*types)[3].startsWith(u"integer"));
        QVERIFY((*types)[4].startsWith(u"integer"));
        QCOMPARE((*types)[5], QStringLiteral("blob:610062"));
        QCOMPARE((*types)[6], QStringLiteral("text:7ac3b6f09f8cb3"));
        QVERIFY((*types)[7].startsWith(u"integer"));
    }
    void statementsAreKeptAndComeBackAfterAnError()
    {
        auto database = Database::open(fresh()).value();
        const auto code = [&](int id) -> QString {
            const auto done = database->write<qint64>([&](Connection &c) { return c.exec("INSERT INTO k(id, s) VALUES(?, ?)", {id, QStringLiteral("x")}); });
            return done ? QString::number(*done) : done.error().code;
        };
        QVERIFY(database->write<void>([](Connection &c) -> Result<> {
            COPPICE_CHECK(c.exec("CREATE TABLE k(id INTEGER PRIMARY KEY, s)"));
            for (int i = 0; i < 150; ++i) { // more than are kept, twice
                for (const char *more : {"", " "}) {
                    COPPICE_TRY(const qint64 changed, c.exec(QStringLiteral("UPDATE k SET s = %1 WHERE id = ?%2").arg(i).arg(QLatin1String(more)), {0}));
                    if (changed != 0 && changed != 1)
                        return fail(QStringLiteral("test.changed"), QString::number(changed));
                }
            }
            return {};
        }));
        QCOMPARE(code(1), QStringLiteral("1"));
        QCOMPARE(code(1), QStringLiteral("store.constraint"));
        QCOMPARE(code(2), QStringLiteral("1"));
        QVERIFY(database->write<void>([](Connection &c) -> Result<> { // another form of the table, the same statement
            COPPICE_CHECK(c.exec("ALTER TABLE k ADD COLUMN more"));
            COPPICE_CHECK(c.exec("INSERT INTO k(id, s) VALUES(?, ?)", {3, 0.5}));
            if (c.lastInsertId() != 3)
                return fail(QStringLiteral("test.id"), QString::number(c.lastInsertId()));
            const auto wrong = c.exec("INSERT INTO k(id, s) VALUES(?, ?)", {4});
            return wrong ? fail(QStringLiteral("test.values"), QStringLiteral("one value was taken for two")) : Result<>();
        }));
    }
    void runsAStatementInsideItself()
    {
        auto database = Database::open(fresh()).value();
        const auto sum = database->read<int>([](Connection &c) -> Result<int> {
            int all = 0;
            const QString sql = "SELECT 1 UNION SELECT 2 UNION SELECT 3";
            COPPICE_CHECK(c.query(sql, {}, [&](const Row &outer) {
                const int factor = int(outer.number(0));
                (void)c.query(sql, {}, [&](const Row &inner) { all += factor * int(inner.number(0)); });
            }));
            return all;
        });
        QCOMPARE(sum.value(), 36);
    }
    void manyThreadsWork()
    {
        auto database = Database::open(fresh()).value();
        QVERIFY_RESULT(database->migrate(counters));
        std::vector<std::thread> threads;
        std::atomic<int> bad = 0;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                if (!add(*database, 25))
                    ++bad;
                if (count(*database) < 25)
                    ++bad;
            });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(bad.load(), 0);
        QCOMPARE(count(*database), 100);
    }
    void readsASnapshot()
    {
        auto database = Database::open(fresh()).value();
        QVERIFY_RESULT(database->migrate(counters));
        const auto seen = database->read<std::pair<int, int>>([&](Connection &c) -> Result<std::pair<int, int>> {
            COPPICE_TRY(const QVariant before, c.value("SELECT n FROM t WHERE id = 1"));
            std::thread other([&] { (void)add(*database, 1); });
            other.join();
            COPPICE_TRY(const QVariant after, c.value("SELECT n FROM t WHERE id = 1"));
            return std::pair(before.toInt(), after.toInt());
        });
        QCOMPARE(seen.value(), std::pair(0, 0));
        QCOMPARE(count(*database), 1);
    }
    void refusesToWaitForItself()
    {
        auto database = Database::open(fresh()).value();
        QVERIFY_RESULT(database->migrate(counters));
        const auto inner = database->write<QString>([&](Connection &) -> Result<QString> {
            return add(*database, 1).error().code;
        });
        QCOMPARE(inner.value(), QStringLiteral("store.nested"));
    }
    void readersCannotWrite()
    {
        const QString path = fresh();
        QCOMPARE(Database::open(path, true).error().kind, ErrorKind::NotFound);
        QVERIFY(!QFile::exists(path));
        auto database = Database::open(path).value();
        QVERIFY_RESULT(database->migrate(counters));
        QVERIFY(!database->read<void>([](Connection &c) -> Result<> {
            COPPICE_CHECK(c.exec("UPDATE t SET n = 9"));
            return {};
        }));
        auto reader = Database::open(path, true).value();
        QCOMPARE(count(*reader), 0);
        QCOMPARE(add(*reader, 1).error().code, QStringLiteral("store.read-only"));
        QCOMPARE(count(*database), 0);
    }
    void tellsOfChangesByOthers()
    {
        const QString path = fresh();
        auto mine = Database::open(path).value();
        QVERIFY_RESULT(mine->migrate(counters));
        auto other = Database::open(path).value();
        const qint64 before = mine->dataVersion();
        QCOMPARE(mine->dataVersion(), before);
        QVERIFY_RESULT(add(*other, 1));
        const qint64 after = mine->dataVersion();
        QVERIFY(after != before);
        QVERIFY_RESULT(add(*mine, 1));
        QVERIFY(mine->dataVersion() != after);
    }
    void migratesOnceAndInOrder()
    {
        const QString path = fresh();
        auto database = Database::open(path).value();
        auto steps = counters;
        QVERIFY_RESULT(database->migrate(steps));
        steps.insert(steps.begin(), {"state", "test", 2, "ALTER TABLE t ADD COLUMN more TEXT; UPDATE t SET n = n + 10;"});
        steps.push_back({"state", "other", 1, "CREATE TABLE o(x);"});
        QVERIFY_RESULT(database->migrate(steps));
        QVERIFY_RESULT(database->migrate(steps));
        QCOMPARE(count(*database), 10);
        QCOMPARE(database->migrate(counters).error().code, QStringLiteral("store.newer"));
        steps.push_back({"state", "test", 3, "CREATE TABLE fine(x); CREATE TABLE t(again TEXT);"});
        const auto broken = database->migrate(steps);
        QCOMPARE(broken.error().code, QStringLiteral("store.migration"));
        const auto tables = database->read<int>([](Connection &c) -> Result<int> {
            COPPICE_TRY(const QVariant v, c.value("SELECT count(*) FROM sqlite_master WHERE name = 'fine'"));
            return v.toInt();
        });
        QCOMPARE(tables.value(), 0);
    }
    void takesItsOwnMigrations()
    {
        const std::vector<Migration> both{{"state", "test", 1, "CREATE TABLE s(x);"}, {"events", "test", 1, "CREATE TABLE e(x);"}};
        auto database = Database::open(m_scratch.path("events.db")).value();
        QVERIFY_RESULT(database->migrate(both));
        const auto names = database->read<QStringList>([](Connection &c) -> Result<QStringList> {
            QStringList all;
            COPPICE_CHECK(c.query("SELECT name FROM sqlite_master WHERE name IN ('s', 'e')", {}, [&all](const Row &row) { all << row.text(0); }));
            COPPICE_TRY(const QVariant vacuum, c.value("PRAGMA auto_vacuum"));
            return all << vacuum.toString();
        });
        QCOMPARE(names.value(), (QStringList{"e", "2"}));
    }
    void refusesWhatIsNoDatabase()
    {
        const QString path = m_scratch.write("text.db", QByteArray(5000, 'x'));
        QCOMPARE(Database::open(path).error().code, QStringLiteral("store.corrupt"));
        QCOMPARE(m_scratch.read("text.db"), QByteArray(5000, 'x'));
        QCOMPARE(Database::open(m_scratch.path("no/folder/x.db")).error().kind, ErrorKind::NotFound);
    }
    void knowsNetworkFileSystems()
    {
        QVERIFY(isNetworkFileSystem(0x6969));
        QVERIFY(isNetworkFileSystem(0xFF534D42));
        QVERIFY(!isNetworkFileSystem(0xEF53)); // ext4
        QVERIFY(!isNetworkFileSystem(0x01021994)); // tmpfs
        QVERIFY(isNetworkMount("fuse.sshfs"));
        QVERIFY(!isNetworkMount("fuseblk"));
        QVERIFY_RESULT(demandLocalFolder(m_scratch.path()));
    }
};
COPPICE_TEST(DatabaseTest)
#include "database_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/follow.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTest>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;

namespace {

/// A log and those who follow it.
struct Log {
    test::Scratch scratch;
    QString path = scratch.path(QStringLiteral("app.log"));
    std::unique_ptr<store::Database> events = open();

    std::unique_ptr<store::Database> open() const
    {
        auto database = store::Database::open(scratch.path(QStringLiteral("events.db")));
        if (!database)
            qFatal("%s", qPrintable(database.error().message()));
        std::vector<store::Migration> steps;
        for (const auto &step : capture::migrations()) {
            if (qstrcmp(step.database, "events") == 0)
                steps.push_back(step);
        }
        if (const auto done = (*database)->migrate(steps); !done)
            qFatal("%s", qPrintable(done.error().message()));
        return std::move(*database);
    }
    void write(const QByteArray &bytes) const
    {
        QFile file(path);
        if (!file.open(QIODevice::Append) || file.write(bytes) != bytes.size())
            qFatal("not written");
    }
    /// Follows as a program does that was just started.
    qint64 follow(qint64 quiet = 0)
    {
        LogFollower follower(*events, {QStringLiteral("mail"), path, {}, quiet}, text::Scrubber());
        qint64 sum = 0;
        for (;;) {
            const auto step = follower.step();
            if (!step)
                qFatal("%s", qPrintable(step.error().message()));
            sum += step->events;
            if (!step->more)
                return sum;
        }
    }
    QStringList messages()
    {
        const auto page = EventStore(*events).after(0, 100'000);
        QStringList all;
        for (const auto &[group, event] : page->events)
            all << event.message;
        return all;
    }
};

} // namespace

class FollowTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachLineOnce()
    {
        Log log;
        QCOMPARE(log.follow(), 0); // not there yet
        log.write("ERROR one\nINFO fine\nERROR tw");
        QCOMPARE(log.follow(), 1);
        QCOMPARE(log.follow(), 0);
        log.write("o\r\nERROR three\n");
        QCOMPARE(log.follow(), 2);
        log.write("ERROR three\n"); // the same words are another event
        QCOMPARE(log.follow(), 1);
        QCOMPARE(log.messages(), QStringList({QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("three"), QStringLiteral("three")}));
    }
    void aTraceThatIsBeingWrittenIsLeftForLater()
    {
        Log log;
        log.write("ERROR first\nINFO fine\nTraceback (most recent call last):\n  File \"/srv/a.py\", line 3, in load\n");
        qint64 stored = log.follow(3'600'000);
        QVERIFY(stored <= 1);
        log.write("    run()\n  File \"/srv/a.py\", line 9, in run\n    raise ValueError('x')\nValueError: bad thing\n");
        stored += log.follow(3'600'000);
        QVERIFY(stored <= 1); // more of it may follow
        stored += log.follow(0);
        QCOMPARE(stored, 2);
        QCOMPARE(log.messages(), QStringList({QStringLiteral("first"), QStringLiteral("bad thing")}));
        const auto groups = EventStore(*log.events).groups();
        QCOMPARE(groups->size(), 2u);
    }
    void rotationByRename()
    {
        Log log;
        log.write("ERROR one\nERROR two\n");
        QCOMPARE(log.follow(), 2);
        log.write("ERROR three\n"); // not read yet when it is renamed
        QVERIFY(QFile::rename(log.path, log.path + QStringLiteral(".1")));
        QCOMPARE(log.follow(), 1);
        log.write("ERROR one\n"); // begins as the old one did
        QCOMPARE(log.follow(), 1);
        QCOMPARE(log.follow(), 0);
        QCOMPARE(log.messages().size(), 4);
    }
    void rotationByCopyAndTruncation()
    {
        Log log;
        log.write("ERROR one\nERROR two\n");
        QCOMPARE(log.follow(), 2);
        log.write("ERROR three\n");
        QVERIFY(QFile::copy(log.path, log.path + QStringLiteral(".1")));
        QVERIFY(QFile::resize(log.path, 0));
        log.write("ERROR four\n");
        QCOMPARE(log.follow(), 2);
        QCOMPARE(log.follow(), 0);
        QCOMPARE(log.messages(), QStringList({QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("three"), QStringLiteral("four")}));
    }
    void severalRotationsWhileNobodyLooked()
    {
        Log log;
        log.write("ERROR one\n");
        QCOMPARE(log.follow(), 1);
        const QDateTime now = QDateTime::currentDateTime();
        const auto rotate = [&](int number, int secondsAgo) {
            QFile file(log.path);
            if (!file.open(QIODevice::Append) || !file.setFileTime(now.addSecs(-secondsAgo), QFileDevice::FileModificationTime))
                qFatal("no time");
            file.close();
            QVERIFY(QFile::rename(log.path, log.path + QStringLiteral(".%1").arg(number)));
        };
        log.write("ERROR two\n");
        rotate(3, 300);
        log.write("ERROR three\nERROR one\n");
        rotate(2, 200);
        log.write("ERROR four\n");
        rotate(1, 100);
        log.write("ERROR five\n");
        QFile other(log.scratch.path(QStringLiteral("app-error.log"))); // somebody else's
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write("ERROR not ours\n") > 0);
        other.close();
        QCOMPARE(log.follow(), 5);
        QCOMPARE(log.follow(), 0);
        QCOMPARE(log.messages().mid(1), QStringList({QStringLiteral("two"), QStringLiteral("three"), QStringLiteral("one"), QStringLiteral("four"), QStringLiteral("five")}));
    }
    void truncationAlone()
    {
        Log log;
        log.write("ERROR one\nERROR two\n");
        QCOMPARE(log.follow(), 2);
        QVERIFY(QFile::resize(log.path, 0));
        QCOMPARE(log.follow(), 0);
        log.write("ERROR one\n");
        QCOMPARE(log.follow(), 1);
    }
    void hostileBytes()
    {
        Log log;
        QByteArray bytes = "ERROR nul \0 inside\n";
        bytes = QByteArray("ERROR nul ") + '\0' + " inside\nERROR bad \xff\xfe bytes\nERROR long " + QByteArray(1'200'000, 'x') + "\nERROR last\n";
        log.write(bytes);
        QCOMPARE(log.follow(), 4);
        QCOMPARE(log.follow(), 0);
        QCOMPARE(log.messages().back(), QStringLiteral("last"));
    }
    /// Lines written in random parts, a new follower at random moments, rotations in between: each error once.
    void anyMomentOfRestart()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariable("COPPICE_SEED").toUInt()) : QRandomGenerator::global()->generate();
        qInfo("COPPICE_SEED=%u", seed);
        QRandomGenerator random(seed);
        Log log;
        int written = 0;
        qint64 stored = 0;
        for (int round = 0; round < 60; ++round) {
            QByteArray bytes;
            for (int i = 0; i < 5; ++i) {
                bytes += "2026-11-22 10:00:00 INFO fine\n";
                if (random.bounded(3) == 0)
                    bytes += QByteArrayLiteral("Error: lost ") + QByteArray::number(written++) + "\n    at load (/srv/a.js:3:5)\n    at main (/srv/a.js:9:1)\n";
                else
                    bytes += QByteArrayLiteral("2026-11-22 10:00:00 ERROR lost ") + QByteArray::number(written++) + '\n';
            }
            const qsizetype cut = random.bounded(int(bytes.size()));
            log.write(bytes.left(cut));
            stored += log.follow(3'600'000);
            log.write(bytes.mid(cut));
            if (random.bounded(2) == 0)
                stored += log.follow(3'600'000);
            // A log is not rotated twice within one tick of the file system's clock, by which the order of the old ones is known.
            const QString old = log.path + QStringLiteral(".%1").arg(round);
            const auto stamp = [&] {
                QFile file(old);
                return file.open(QIODevice::ReadWrite) && file.setFileTime(QDateTime::currentDateTime().addSecs(round - 100), QFileDevice::FileModificationTime);
            };
            if (random.bounded(8) == 0) {
                QVERIFY(QFile::rename(log.path, old));
                QVERIFY(stamp());
            } else if (random.bounded(8) == 0) {
                QVERIFY(QFile::copy(log.path, old));
                QVERIFY(stamp());
                QVERIFY(QFile::resize(log.path, 0));
                stored += log.follow(3'600'000);
            }
            stored += log.follow(3'600'000);
        }
        stored += log.follow(0);
        QCOMPARE(stored, qint64(written));
        QStringList all = log.messages();
        all.replaceInStrings(QStringLiteral("lost "), QString());
        std::sort(all.begin(), all.end(), [](const QString &a, const QString &b) { return a.toInt() < b.toInt(); });
        for (int i = 0; i < written; ++i)
            QCOMPARE(all.at(i).toInt(), i);
    }
};
COPPICE_TEST(FollowTest)
#include "follow_test.moc"

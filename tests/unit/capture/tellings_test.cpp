// SPDX-License-Identifier: GPL-3.0-or-later
// The same error by a log and by a kit of the program counts once; real repetitions stay. And what a program itself says of
// the group of its error.
#include "capture/follow.h"
#include "capture/ingest.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QDateTime>
#include <QFile>
#include <QTest>

namespace coppice::capture {
std::vector<store::Migration> migrations();
}

using namespace coppice;
using namespace coppice::capture;

namespace {

struct Plugin {
    test::Scratch scratch;
    QString path = scratch.path(QStringLiteral("app.log"));
    std::unique_ptr<store::Database> events = open();
    qint64 start = QDateTime::currentMSecsSinceEpoch() / 1000 * 1000;
    int sent = 0;

    std::unique_ptr<store::Database> open() const
    {
        auto database = store::Database::open(scratch.path(QStringLiteral("events.db")));
        std::vector<store::Migration> steps;
        for (const auto &step : capture::migrations()) {
            if (qstrcmp(step.database, "events") == 0)
                steps.push_back(step);
        }
        if (!database || !(*database)->migrate(steps))
            qFatal("no database");
        return std::move(*database);
    }
    void log(const QByteArray &message, int second) const
    {
        QFile file(path);
        if (!file.open(QIODevice::Append))
            qFatal("not opened");
        file.write(QDateTime::fromMSecsSinceEpoch(start + second * 1000, Qt::UTC).toString(Qt::ISODate).toLatin1() + " ERROR request failed\n"
                   "Traceback (most recent call last):\n  File \"/srv/shop.py\", line 9, in charge\n    raise Declined(id)\nshop.errors.Declined: " + message + "\n");
    }
    qint64 follow()
    {
        LogFollower follower(*events, {QStringLiteral("shop"), path, {}, 0}, text::Scrubber());
        qint64 sum = 0;
        for (bool more = true; more;) {
            const auto step = follower.step();
            if (!step)
                qFatal("%s", qPrintable(step.error().message()));
            sum += step->events;
            more = step->more;
        }
        return sum;
    }
    qint64 send(const QString &message, int second, const QString &source = QStringLiteral("sentry"))
    {
        Event event;
        event.plugin = QStringLiteral("shop");
        event.source = source;
        event.senderId = QStringLiteral("%1").arg(++sent, 32, 16, QLatin1Char('0'));
        event.at = start + second * 1000 + 120;
        event.level = Level::Error;
        event.type = QStringLiteral("Declined");
        event.message = message;
        const auto added = EventStore(*events).add({event});
        return added ? added->events : -1;
    }
};

} // namespace

class TellingsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void kitFirst()
    {
        Plugin plugin;
        QCOMPARE(plugin.follow(), 0);
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0), 1);
        plugin.log("card 17", 0);
        QCOMPARE(plugin.follow(), 0); // told already
        QCOMPARE(plugin.follow(), 0);
        plugin.log("card 17", 0);
        QCOMPARE(plugin.follow(), 1); // a second one, which the kit left out
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0), 0); // no: it came late
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0), 1); // a third
    }
    void logFirst()
    {
        Plugin plugin;
        QCOMPARE(plugin.follow(), 0);
        plugin.log("card 17", 0);
        plugin.log("card 17", 1);
        plugin.log("card 18", 1);
        QCOMPARE(plugin.follow(), 3);
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0), 0);
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 1, QStringLiteral("otlp")), 0);
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 1), 1);
        QCOMPARE(plugin.send(QStringLiteral("card 19"), 1), 1);
        QCOMPARE(plugin.send(QStringLiteral("card 18"), 600), 1); // long after
    }
    /// A log without a zone is read as UTC: its hours may be wrong, its minutes are not.
    void otherZone()
    {
        Plugin plugin;
        QCOMPARE(plugin.follow(), 0);
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0), 1);
        plugin.log("card 17", 2 * 3600);
        plugin.log("card 17", 2 * 3600 + 400);
        QCOMPARE(plugin.follow(), 1);
    }
    /// Nothing is compared where no log is read.
    void kitsAlone()
    {
        Plugin plugin;
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0), 1);
        QCOMPARE(plugin.send(QStringLiteral("card 17"), 0, QStringLiteral("otlp")), 1);
    }
    void ownFingerprint()
    {
        Grouper grouper;
        const auto key = [&](const QString &message, const QString &own, int line = 3) {
            Event event;
            event.type = QStringLiteral("Error");
            event.message = message;
            event.frames = {{QStringLiteral("run%1").arg(line), QStringLiteral("/srv/a.js"), line, true}};
            if (!own.isEmpty())
                event.tags[QStringLiteral("fingerprint")] = own;
            return grouper.keyOf(event);
        };
        const auto plain = key(QStringLiteral("no order"), {});
        QCOMPARE(key(QStringLiteral("no order"), QStringLiteral("{{ default }}")).fingerprint, plain.fingerprint);
        const auto named = key(QStringLiteral("no order"), QStringLiteral("payments"));
        QVERIFY(named.fingerprint != plain.fingerprint);
        QVERIFY2(named.why.contains(u"payments"), qPrintable(named.why));
        QCOMPARE(key(QStringLiteral("printer on fire"), QStringLiteral("payments")).fingerprint, named.fingerprint);
        const auto north = key(QStringLiteral("no order"), QStringLiteral("{{ default }}\nnorth"));
        QVERIFY(north.fingerprint != plain.fingerprint && north.fingerprint != named.fingerprint);
        QCOMPARE(key(QStringLiteral("no order"), QStringLiteral("{{default}}\nnorth")).fingerprint, north.fingerprint);
        QVERIFY(key(QStringLiteral("printer on fire today"), QStringLiteral("{{ default }}\nnorth"), 90).fingerprint != north.fingerprint);
        QVERIFY(key(QStringLiteral("no order"), QStringLiteral("{{ default }}\nsouth")).fingerprint != north.fingerprint);
        QCOMPARE(key(QStringLiteral("no order"), QStringLiteral("{{ type }}")).fingerprint, key(QStringLiteral("else"), QStringLiteral("Error")).fingerprint);
    }
};
COPPICE_TEST(TellingsTest)
#include "tellings_test.moc"

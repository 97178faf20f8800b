// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <capture/store.h>
#include <engine/session.h>
#include <engine/spool_keeper.h>
#include <receivers/drain.h>
#include <receivers/keys.h>
#include <receivers/receiver.h>
#include <receivers/spool.h>

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QTest>
#include <QThread>

using namespace coppice;
using namespace coppice::engine;

namespace {

/// A receiver with a spool on another host, as an engine sees it.
struct FarHost {
    explicit FarHost(const QString &folder)
        : spool(receivers::Spool::open(folder, {}).value()), keys(receivers::KeyRing::open(folder + QStringLiteral("/keys")).value())
    {
        receivers::Receiver::Options options;
        options.drainToken = "far-away-and-secret";
        options.spooled = [this](qint64 after, int limit) { return spool->readLines(after, limit); };
        receiver = receivers::Receiver::start(*keys, *spool, text::Scrubber(), options).value();
    }
    void keep(const QString &message)
    {
        receivers::Batch batch;
        capture::Event event;
        event.plugin = QStringLiteral("a");
        event.level = capture::Level::Error;
        event.message = message;
        batch.events.push_back(event);
        if (const auto kept = spool->keep(std::move(batch)); !kept)
            qFatal("%s", qPrintable(kept.error().message()));
    }
    std::unique_ptr<receivers::Spool> spool;
    std::unique_ptr<receivers::KeyRing> keys;
    std::unique_ptr<receivers::Receiver> receiver;
};

} // namespace

class SpoolKeeperTest final : public QObject
{
    Q_OBJECT

    /// Titles of the groups, each with its count.
    static QStringList held(Session &session)
    {
        QStringList all;
        const auto groups = capture::EventStore(session.events()).groups();
        for (const auto &group : *groups)
            all << QStringLiteral("%1 %2").arg(group.title).arg(group.count);
        all.sort();
        return all;
    }

private Q_SLOTS:
    void whateverIsTheEngineFetches()
    {
        test::Scratch scratch;
        const QString path = scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/a/README.md"), "a\n"}});
        auto session = Session::open(path).value();
        FarHost far(scratch.path(QStringLiteral("far")));
        far.keep(QStringLiteral("could not open a file"));
        far.keep(QStringLiteral("could not open a file"));
        const QString token = scratch.write(QStringLiteral("token"), "far-away-and-secret\n");
        QVERIFY(QFile::setPermissions(token, QFile::ReadOwner | QFile::WriteOwner));
        const QString file = spoolsFileOf(session->library());
        QVERIFY_RESULT(receivers::KeyRing::open(QFileInfo(file).path()));
        QVERIFY_RESULT(receivers::writeSpoolSources(file, {{QStringLiteral("gone"), {}, {}, QStringLiteral("http://127.0.0.1:9"), QString(u"file:" + token)},
                                                           {QStringLiteral("far"), {}, {}, QStringLiteral("http://127.0.0.1:%1").arg(far.receiver->port()), QString(u"file:" + token)}}));
        QVERIFY(held(*session).isEmpty());
        // the window does no more than this, nor does `serve`
        QVERIFY_RESULT(session->becomeEngine());
        QElapsedTimer timer;
        timer.start();
        while (held(*session).isEmpty() && timer.elapsed() < 30'000)
            QThread::msleep(20);
        QCOMPARE(held(*session), QStringList{QStringLiteral("could not open a file 2")});
        session->stopEngine(false);
        // and a round finds only what is new; the host that is gone keeps out none of the others
        far.keep(QStringLiteral("disk is full"));
        SpoolKeeper keeper(session->library(), session->events());
        QCOMPARE(keeper.step({}), 1);
        QCOMPARE(keeper.step({}), 0);
        QCOMPARE(held(*session), (QStringList{QStringLiteral("could not open a file 2"), QStringLiteral("disk is full 1")}));
    }
    void nothingToFetchIsNoTrouble()
    {
        test::Scratch scratch;
        auto session = Session::open(scratch.repository(QStringLiteral("library"), {{QStringLiteral("plugins/a/README.md"), "a\n"}})).value();
        QCOMPARE(SpoolKeeper(session->library(), session->events()).step({}), 0);
    }
};

COPPICE_TEST(SpoolKeeperTest)
#include "spool_keeper_test.moc"

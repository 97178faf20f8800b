// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fork.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <journal/lease.h>

#include <QFile>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace coppice;
using namespace coppice::journal;

class LeaseTest : public QObject
{
    Q_OBJECT

    test::Scratch m_scratch;

private Q_SLOTS:
    void oneHolderAtATime()
    {
        const QString dir = m_scratch.path("one");
        QVERIFY(!Lease::holder(dir));
        auto lease = Lease::take(dir);
        QVERIFY_RESULT(lease);
        QCOMPARE(lease->coppiceDir(), dir);
        QCOMPARE(Lease::holder(dir)->pid, qint64(getpid()));
        QCOMPARE(Lease::holder(dir)->socket, lease->socketPath());
        const auto second = Lease::take(dir);
        QVERIFY(!second);
        QCOMPARE(second.error().code, QStringLiteral("engine.busy"));
        QCOMPARE(second.error().kind, ErrorKind::NeedsPerson);
        QVERIFY(second.error().where.contains(QString::number(getpid())));
        QVERIFY_RESULT(Lease::take(m_scratch.path("other")));
        {
            const Lease moved = std::move(*lease);
            QVERIFY(!Lease::take(dir));
        }
        QVERIFY(!Lease::holder(dir));
        QVERIFY_RESULT(Lease::take(dir));
    }
    void isTakenOverFromAKilledProcess()
    {
        const QString dir = m_scratch.path("killed");
        test::Fork child([&dir](const std::function<void()> &say) {
            const auto lease = Lease::take(dir);
            if (!lease)
                return 1;
            say();
            pause();
            return 2;
        });
        QVERIFY(child.heard());
        const auto holder = Lease::holder(dir);
        QVERIFY(holder);
        QCOMPARE(holder->pid, qint64(child.pid()));
        QVERIFY(holder->startedAt > 0);
        QCOMPARE(Lease::take(dir).error().code, QStringLiteral("engine.busy"));
        child.kill();
        QCOMPARE(child.wait(), 128 + SIGKILL);
        QVERIFY(!Lease::holder(dir));
        const auto lease = Lease::take(dir);
        QVERIFY_RESULT(lease);
        QCOMPARE(Lease::holder(dir)->pid, qint64(getpid()));
    }
    void survivesGarbageAndARemovedFile()
    {
        const QString dir = m_scratch.path("garbage");
        m_scratch.write("garbage/engine.lock", "not json {{{");
        QVERIFY(!Lease::holder(dir));
        auto lease = Lease::take(dir);
        QVERIFY_RESULT(lease);
        QVERIFY(Lease::holder(dir));
        QFile::remove(dir + QStringLiteral("/engine.lock"));
        QVERIFY_RESULT(Lease::take(dir)); // who removes the lock gives it away
    }
    void hasAShortSocketPath()
    {
        const auto near = Lease::take(m_scratch.path("near"));
        QCOMPARE(near->socketPath(), m_scratch.path("near/engine.sock"));
        const auto far = Lease::take(m_scratch.path(QString(120, u'x')));
        QVERIFY_RESULT(far);
        QVERIFY(!far->socketPath().startsWith(far->coppiceDir()));
        const auto farther = Lease::take(m_scratch.path(QString(121, u'x')));
        QVERIFY(farther->socketPath() != far->socketPath());
    }
    void saysWhenItCannot()
    {
        m_scratch.write("file", "x");
        QVERIFY(!Lease::take(m_scratch.path("file")));
        QVERIFY(!Lease::holder(m_scratch.path("file")));
    }
};
COPPICE_TEST(LeaseTest)
#include "lease_test.moc"

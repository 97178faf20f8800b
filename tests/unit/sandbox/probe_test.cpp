// SPDX-License-Identifier: GPL-3.0-or-later
// Where bubblewrap cannot work: what is said, by what real versions of it print.
#include "sandbox/explain.h"
#include "sandbox/sandbox.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QTest>

using namespace coppice;

class ProbeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFailureSaysWhatToDo_data()
    {
        QTest::addColumn<QByteArray>("printed");
        QTest::addColumn<QString>("version");
        QTest::addColumn<sandbox::Surroundings>("around");
        QTest::addColumn<QString>("says");
        const QString good = QStringLiteral("0.9.0");
        const QByteArray noNamespace = "bwrap: No permissions to create new namespace, likely because the kernel does not allow "
                                       "non-privileged user namespaces. On e.g. debian this can be enabled with 'sysctl "
                                       "kernel.unprivileged_userns_clone=1'.\n";
        QTest::newRow("too old") << QByteArray("bwrap: Unknown option --disable-userns\n") << QStringLiteral("0.4.1") << sandbox::Surroundings{}
                                 << QStringLiteral("too old (0.4.1)");
        QTest::newRow("switched off") << QByteArray("bwrap: Creating new namespace failed: No space left on device\n") << good
                                      << sandbox::Surroundings{"0", {}, {}, false, false} << QStringLiteral("user.max_user_namespaces=10000");
        QTest::newRow("used up") << QByteArray("bwrap: Creating new namespace failed: nesting depth or "
                                               "/proc/sys/user/max_*_namespaces exceeded (ENOSPC)\n")
                                 << good << sandbox::Surroundings{"40", {}, {}, false, false} << QStringLiteral("(40)");
        QTest::newRow("Debian's switch") << noNamespace << good << sandbox::Surroundings{"9000", "0", {}, false, false}
                                         << QStringLiteral("kernel.unprivileged_userns_clone=1");
        QTest::newRow("Ubuntu's AppArmor, id map") << QByteArray("bwrap: setting up uid map: Permission denied\n") << good
                                                   << sandbox::Surroundings{"9000", {}, "1", false, false} << QStringLiteral("bwrap-userns-restrict");
        QTest::newRow("Ubuntu's AppArmor, network") << QByteArray("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted\n") << good
                                                    << sandbox::Surroundings{"9000", "1", "1", false, false}
                                                    << QStringLiteral("kernel.apparmor_restrict_unprivileged_userns=0");
        QTest::newRow("container's seccomp") << QByteArray("bwrap: Creating new namespace failed: Operation not permitted\n") << good
                                             << sandbox::Surroundings{"9000", {}, {}, true, true} << QStringLiteral("seccomp=unconfined");
        QTest::newRow("container's masked proc") << QByteArray("bwrap: Can't mount proc on /newroot/proc: Operation not permitted\n") << good
                                                 << sandbox::Surroundings{"9000", {}, {}, true, true} << QStringLiteral("systempaths=unconfined");
        QTest::newRow("seccomp, no container known") << noNamespace << good << sandbox::Surroundings{"9000", {}, {}, false, false}
                                                     << QStringLiteral("seccomp filter");
        QTest::newRow("something else") << QByteArray("bwrap: \x1b[31mexecvp /usr/bin/env: No such file or directory\n") << good
                                        << sandbox::Surroundings{"9000", {}, {}, false, false} << QStringLiteral("No such file or directory");
        QTest::newRow("nothing said") << QByteArray() << good << sandbox::Surroundings{} << QStringLiteral("it said nothing");
    }
    void everyFailureSaysWhatToDo()
    {
        QFETCH(QByteArray, printed);
        QFETCH(QString, version);
        QFETCH(sandbox::Surroundings, around);
        QFETCH(QString, says);
        const QString told = sandbox::explain(printed, version, around);
        QVERIFY2(told.contains(says), qPrintable(told));
        for (const QChar c : told)
            QVERIFY2(c.isPrint(), qPrintable(told));
        QVERIFY(told.endsWith(u'.') || told.contains(u':'));
    }

    void versionsAreCompared_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("enough");
        QTest::newRow("0.4") << QStringLiteral("0.4.0") << false;
        QTest::newRow("0.8") << QStringLiteral("0.8.0") << true;
        QTest::newRow("0.10") << QStringLiteral("0.10.0") << true;
        QTest::newRow("1.0") << QStringLiteral("1.0") << true;
        QTest::newRow("none") << QString() << false;
    }
    void versionsAreCompared()
    {
        QFETCH(QString, version);
        QFETCH(bool, enough);
        QCOMPARE(sandbox::isNewEnough(version), enough);
    }

    /// Programs of the name bwrap that fail as real ones do on other machines.
    void aProgramThatCannotIsFoundOut_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<QString>("says");
        QTest::newRow("missing") << QByteArray() << QStringLiteral("not installed");
        QTest::newRow("old") << QByteArray("#!/bin/sh\necho bubblewrap 0.4.1\n") << QStringLiteral("0.4.1");
        QTest::newRow("broken") << QByteArray("#!/bin/sh\necho 'bwrap: error while loading shared libraries: libcap.so.2' >&2\nexit 127\n")
                                << QStringLiteral("too old (of no known version)");
        QTest::newRow("forbidden") << QByteArray("#!/bin/sh\n[ \"$1\" = --version ] && echo bubblewrap 0.9.0 && exit 0\n"
                                                 "echo 'bwrap: Creating new namespace failed: Operation not permitted' >&2\nexit 1\n")
                                   << QStringLiteral("Operation not permitted");
    }
    void aProgramThatCannotIsFoundOut()
    {
        QFETCH(QByteArray, program);
        QFETCH(QString, says);
        const test::Scratch scratch;
        scratch.write(QStringLiteral("bin/other"), "");
        if (!program.isEmpty()) {
            scratch.write(QStringLiteral("bin/bwrap"), program);
            QFile::setPermissions(scratch.path(QStringLiteral("bin/bwrap")), QFile::ReadOwner | QFile::ExeOwner);
        }
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", scratch.path(QStringLiteral("bin")).toUtf8());
        const auto probe = sandbox::probeNow();
        qputenv("PATH", path);
        QVERIFY(!probe.works);
        QVERIFY2(probe.why.contains(says), qPrintable(probe.why));
    }
};

COPPICE_TEST(ProbeTest)
#include "probe_test.moc"

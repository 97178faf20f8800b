// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"
#include "sandbox/etc_folder.h"

#include "support/scratch.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

using namespace coppice;
using coppice::test::Scratch;

class EtcFolderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsWhatEverybodyMayRead();
    void isMadeAnewWhenFilesChange();
};

void EtcFolderTest::showsWhatEverybodyMayRead()
{
    Scratch scratch;
    const QString etc = scratch.path(QStringLiteral("etc"));
    scratch.write(QStringLiteral("etc/ssl/certs/one.pem"), "certificate");
    scratch.write(QStringLiteral("etc/ssl/private/key.pem"), "secret");
    QVERIFY(QFile::setPermissions(etc + u"/ssl/private", QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    const QString key = scratch.write(QStringLiteral("etc/pki/key"), "secret");
    QVERIFY(QFile::setPermissions(key, QFile::ReadOwner | QFile::WriteOwner));
    scratch.write(QStringLiteral("etc/passwd"), "somebody:x:1000:1000:Some Body:/home/somebody:/bin/sh\n");
    scratch.write(QStringLiteral("etc/shadow"), "secret");
    scratch.write(QStringLiteral("etc/elsewhere/zone"), "zone");
    QVERIFY(QFile::link(etc + u"/elsewhere/zone", etc + u"/localtime"));
    QVERIFY(QFile::link(QStringLiteral("one.pem"), etc + u"/ssl/certs/link.pem"));

    const auto folder = sandbox::etcFolder(etc);
    QVERIFY_RESULT(folder);
    QCOMPARE(readFile(*folder + u"/ssl/certs/one.pem").value(), QByteArray("certificate"));
    QCOMPARE(readFile(*folder + u"/ssl/certs/link.pem").value(), QByteArray("certificate"));
    QVERIFY(QFileInfo(*folder + u"/ssl/certs/link.pem").isSymLink());
    QCOMPARE(readFile(*folder + u"/localtime").value(), QByteArray("zone")); // its target is not shown, so it is followed
    QVERIFY(!QFileInfo(*folder + u"/localtime").isSymLink());
    QVERIFY(!QFileInfo::exists(*folder + u"/ssl/private"));
    QVERIFY(!QFileInfo::exists(*folder + u"/pki/key"));
    QVERIFY(!QFileInfo::exists(*folder + u"/shadow"));
    QVERIFY(!readFile(*folder + u"/passwd").value().contains("somebody"));
    QVERIFY(readFile(*folder + u"/passwd").value().contains("agent"));
}

void EtcFolderTest::isMadeAnewWhenFilesChange()
{
    Scratch scratch;
    scratch.write(QStringLiteral("a/services"), "one");
    scratch.write(QStringLiteral("b/services"), "other");
    const auto one = sandbox::etcFolder(scratch.path(QStringLiteral("a")));
    const auto other = sandbox::etcFolder(scratch.path(QStringLiteral("b")));
    QVERIFY_RESULT(one);
    QVERIFY_RESULT(other);
    QVERIFY(*one != *other);
    QCOMPARE(readFile(*other + u"/services").value(), QByteArray("other"));

    // Somebody cleans the cache while the program runs.
    QVERIFY(QDir(*one).removeRecursively());
    const auto again = sandbox::etcFolder(scratch.path(QStringLiteral("a")));
    QVERIFY_RESULT(again);
    QCOMPARE(readFile(*again + u"/services").value(), QByteArray("one"));
}

COPPICE_TEST(EtcFolderTest)
#include "etc_folder_test.moc"

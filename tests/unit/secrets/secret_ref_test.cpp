// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/secret_ref.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QFile>
#include <QTest>

#include <sys/stat.h>

using namespace coppice;
using secrets::SecretRef;

class SecretRefTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void whatIsNoReferenceIsNotRepeated();
    void environment();
    void file();
    void fileThatOthersCanRead_data();
    void fileThatOthersCanRead();
    void noKeychainFailsClosed();
};

void SecretRefTest::parses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    for (const char *text : {"keychain:wx", "keychain:a b:c", "env:API_KEY", "env:_x9", "file:/etc/key", "file:~/key"})
        QTest::newRow(text) << QString::fromLatin1(text) << true;
    for (const char *text : {"", "keychain:", "env:", "env:A-B", "env:1A", "env:A=B", "file:relative", "file:", "vault:x", "sk-ant-123", "KEYCHAIN:x", "keychain:a\nb"})
        QTest::newRow(text) << QString::fromLatin1(text) << false;
}

void SecretRefTest::parses()
{
    QFETCH(QString, text);
    QFETCH(bool, good);
    const auto ref = SecretRef::parse(text, QStringLiteral("x.yaml:3"));
    QCOMPARE(ref.has_value(), good);
    if (good)
        QCOMPARE(ref->toString(), text);
    else
        QCOMPARE(ref.error().where, QStringLiteral("x.yaml:3"));
}

void SecretRefTest::whatIsNoReferenceIsNotRepeated()
{
    const auto ref = SecretRef::parse(QStringLiteral("sk-live-4242"), QStringLiteral("x.yaml:3"));
    QVERIFY(!ref);
    QVERIFY(!QString(ref.error().message() + ref.error().fix).contains(QStringLiteral("4242")));
}

void SecretRefTest::environment()
{
    qputenv("COPPICE_TEST_SECRET", " hush \n");
    auto secret = secrets::readSecret({SecretRef::Store::Environment, QStringLiteral("COPPICE_TEST_SECRET")});
    QVERIFY_RESULT(secret);
    QCOMPARE(*secret, QByteArray("hush"));
    qputenv("COPPICE_TEST_SECRET", " ");
    QVERIFY(!secrets::readSecret({SecretRef::Store::Environment, QStringLiteral("COPPICE_TEST_SECRET")}));
    qunsetenv("COPPICE_TEST_SECRET");
    secret = secrets::readSecret({SecretRef::Store::Environment, QStringLiteral("COPPICE_TEST_SECRET")});
    QVERIFY(!secret);
    QCOMPARE(secret.error().code, QStringLiteral("secret.unset"));
}

void SecretRefTest::file()
{
    const test::Scratch scratch;
    const QString path = scratch.write(QStringLiteral("key"), "  hush \nsecond line\n");
    QCOMPARE(::chmod(path.toUtf8().constData(), 0600), 0);
    auto secret = secrets::readSecret({SecretRef::Store::File, path});
    QVERIFY_RESULT(secret);
    QCOMPARE(*secret, QByteArray("hush"));
    scratch.write(QStringLiteral("key"), "\nsecond\n");
    QVERIFY(!secrets::readSecret({SecretRef::Store::File, path}));
    QVERIFY(!secrets::readSecret({SecretRef::Store::File, scratch.path(QStringLiteral("none"))}));
}

void SecretRefTest::fileThatOthersCanRead_data()
{
    QTest::addColumn<int>("mode");
    for (const int mode : {0644, 0640, 0604, 0620, 0602, 0777})
        QTest::newRow(qPrintable(QString::number(mode, 8))) << mode;
}

void SecretRefTest::fileThatOthersCanRead()
{
    QFETCH(int, mode);
    const test::Scratch scratch;
    const QString path = scratch.write(QStringLiteral("key"), "hush");
    QCOMPARE(::chmod(path.toUtf8().constData(), mode_t(mode)), 0);
    const auto secret = secrets::readSecret({SecretRef::Store::File, path});
    QVERIFY(!secret);
    QCOMPARE(secret.error().code, QStringLiteral("secret.file-open"));
    QVERIFY(!secret.error().message().contains(QStringLiteral("hush")));
}

void SecretRefTest::noKeychainFailsClosed()
{
    qunsetenv("XDG_RUNTIME_DIR");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "");
    auto secret = secrets::readSecret({SecretRef::Store::Keychain, QStringLiteral("wx")});
    QVERIFY(!secret);
    QCOMPARE(secret.error().code, QStringLiteral("secret.no-keychain"));
    // A bus that is named but not there: the back ends are asked, and say no.
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    secret = secrets::readSecret({SecretRef::Store::Keychain, QStringLiteral("wx")});
    QVERIFY(!secret);
    QVERIFY(secret.error().code.startsWith(QStringLiteral("secret.")));
    QVERIFY(!secret.error().fix.isEmpty());
}

COPPICE_TEST(SecretRefTest)
#include "secret_ref_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/scratch.h"
#include "support/test_main.h"

#include <secrets/secret_ref.h>

#include <QFile>
#include <QTest>

using namespace coppice;

class SecretRefTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsReferences()
    {
        for (const char *text : {"keychain:a b", "env:TOKEN", "file:/run/key"})
            QCOMPARE(secrets::SecretRef::parse(QString::fromLatin1(text), {}).value().toString(), QString::fromLatin1(text));
        const auto wrong = secrets::SecretRef::parse(QStringLiteral("sk-live-secret"), QStringLiteral("a.yaml:3"));
        QVERIFY(!wrong.has_value());
        QVERIFY(!wrong.error().message().contains(u"sk-live"));
    }
    void failsClosed()
    {
        QVERIFY(!secrets::readSecret({secrets::SecretRef::Store::Environment, QStringLiteral("COPPICE_NOT_SET")}).has_value());
        qputenv("COPPICE_IS_SET", "s3");
        QCOMPARE(secrets::readSecret({secrets::SecretRef::Store::Environment, QStringLiteral("COPPICE_IS_SET")}).value(), QByteArray("s3"));
    }
    void filesAreForTheUserAlone()
    {
        const test::Scratch scratch;
        const QString path = scratch.write(QStringLiteral("key"), "s3cret\nmore\n");
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup);
        QCOMPARE(secrets::readSecret({secrets::SecretRef::Store::File, path}).error().code, QStringLiteral("secret.file-open"));
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
        QCOMPARE(secrets::readSecret({secrets::SecretRef::Store::File, path}).value(), QByteArray("s3cret"));
    }
};
COPPICE_TEST(SecretRefTest)
#include "secret_ref_test.moc"

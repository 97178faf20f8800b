// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"
#include "text/scrub.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace coppice::text;

class ScrubTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // The secrets below are put together from parts, so that no scanner takes this file for a leak.
    void secretsGo_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("secret");
        const auto row = [](const char *name, const QString &pattern, const QString &secret) {
            QTest::newRow(name) << QString(pattern).replace(u'@', secret) << secret;
        };
        const QString random = QStringLiteral("Zx9Kq3LmT7Rb2WcV5nYp8Sd4Fg6Hj1Aa0QeUi");
        row("assignment", QStringLiteral("connect password=@ host=db"), QStringLiteral("hunter2"));
        row("colon", QStringLiteral("Password: @"), QStringLiteral("hunter2"));
        row("json in text", QStringLiteral("body was {\"user\":\"a\",\"password\":\"@\",\"n\":1}"), QStringLiteral("hun\\\"ter2"));
        row("escaped json", QStringLiteral("\"{\\\"apiKey\\\":\\\"@\\\"}\""), QStringLiteral("abcdef12"));
        row("python dict", QStringLiteral("{'db_password': '@', 'port': 5432}"), QStringLiteral("s3 cr,et"));
        row("environment", QStringLiteral("export MAIL_API_KEY=@"), random);
        row("quoted value with spaces", QStringLiteral("secret=\"@\" next"), QStringLiteral("correct horse battery"));
        row("two words", QStringLiteral("api key: @"), random);
        row("header", QStringLiteral("Authorization: Bearer @"), random);
        row("header basic", QStringLiteral("authorization: Basic @"), QStringLiteral("dXNlcjpwYXNz"));
        row("x header", QStringLiteral("x-auth-token: @"), QStringLiteral("abc123"));
        row("bare bearer", QStringLiteral("sent Bearer @ upstream"), random);
        QTest::newRow("url") << QStringLiteral("postgres://app:p4ss@db:5432/x") << QStringLiteral("p4ss");
        row("query", QStringLiteral("GET /x?access_token=@&y=1"), QStringLiteral("abc123def"));
        row("signature", QStringLiteral("https://s3/x?X-Amz-Signature=@&y=1"), QStringLiteral("deadbeefdeadbeef"));
        row("github", QStringLiteral("remote said no to @."), QStringLiteral("ghp_") + random);
        row("model", QStringLiteral("key @ refused"), QStringLiteral("sk-") + QStringLiteral("ant-api03-") + random);
        row("aws", QStringLiteral("id @ denied"), QStringLiteral("AKIA") + QStringLiteral("IOSFODNN7EXAMPLE"));
        row("jwt", QStringLiteral("jwt=@;"), QStringLiteral("eyJhbGciOiJIUzI1NiJ9") + QStringLiteral(".eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghij"));
        row("private key", QStringLiteral("x\n@\ny"), QStringLiteral("-----BEGIN RSA ") + QStringLiteral("PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----"));
        row("cut private key", QStringLiteral("x @"), QStringLiteral("-----BEGIN ") + QStringLiteral("PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA"));
        row("card", QStringLiteral("card @ declined"), QStringLiteral("4111 1111 1111 1111"));
        row("flag", QStringLiteral("ran tool --api-token @ --verbose"), QStringLiteral("abc-def"));
        row("code", QStringLiteral("    const client = connect({ apiKey: '@' })"), QStringLiteral("k-123"));
        row("cookie", QStringLiteral("cookie=@ path"), QStringLiteral("sid-1f2e3d"));
    }
    void secretsGo()
    {
        QFETCH(QString, before);
        QFETCH(QString, secret);
        QVERIFY(before.contains(secret));
        const auto done = Scrubber().scrub(before);
        QVERIFY2(!done.text.contains(secret), qPrintable(done.text));
        QVERIFY(done.replaced >= 1);
        QVERIFY2(done.text.contains(QStringLiteral("[scrubbed]")), qPrintable(done.text));
        const auto again = Scrubber().scrub(done.text);
        QCOMPARE(again.text, done.text);
    }
    void ordinaryTextStays_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"TypeError: Cannot read properties of undefined (reading 'token')", "SyntaxError: Unexpected token } in JSON at position 3",
              "Unexpected token: punc", "    at Auth.login (/app/src/auth.js:12:5)", "    at /app/secrets.js:3:14",
              "  File \"/app/token.py\", line 12, in get_token", "   at App.Token.Read() in /src/Token.cs:line 12",
              "\t/srv/secrets/secret.go:12 +0x75", "max_tokens=4096 input_tokens: 12", "jwt.exceptions.InvalidTokenError: Not enough segments",
              "InvalidToken: bad", "SecretNotFound: nothing at a/b", "AuthenticationException: denied", "Secrets::read failed",
              "http://secrets:8080/x", "connected to redis://localhost:6379", "PWD=/srv/app", "token: null", "password: None",
              "order 1795305682351 took 16 ms", "blk_-6952295868487656571 1795305682351000", "2026-11-22T00:01:22.688Z started",
              "commit 0123456789abcdef0123456789abcdef01234567", "monkey: banana", "author: ann", "basic authentication required",
              "4111 1111 1111 1112 is not a card"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void ordinaryTextStays()
    {
        QFETCH(QString, text);
        const auto done = Scrubber().scrub(text);
        QCOMPARE(done.text, text);
        QCOMPARE(done.replaced, 0);
    }
    void json()
    {
        const auto before = QJsonDocument::fromJson(R"({"user":"ann","password":"hunter2","extra":{"dbPassword":{"a":1},"list":["token=abc"]},
            "token":null,"enabled":true,"api_key":"","tokens":12})");
        int count = 0;
        const auto after = Scrubber().scrub(QJsonValue(before.object()), count).toObject();
        QCOMPARE(count, 3);
        QCOMPARE(after[u"user"].toString(), QStringLiteral("ann"));
        QCOMPARE(after[u"password"].toString(), QStringLiteral("[scrubbed]"));
        QCOMPARE(after[u"extra"][u"dbPassword"].toString(), QStringLiteral("[scrubbed]"));
        QCOMPARE(after[u"extra"][u"list"][0].toString(), QStringLiteral("token=[scrubbed]"));
        QCOMPARE(after[u"tokens"].toInt(), 12);
        QVERIFY(after[u"token"].isNull());
    }
    void keys()
    {
        for (const char *key : {"password", "dbPassword", "API_KEY", "x-auth-token", "accessToken", "client_secret", "Authorization",
                                "AWS_SECRET_ACCESS_KEY", "session_id", "csrftoken", "privateKey", "credentials", "mysql_pwd"})
            QVERIFY2(Scrubber::isSecretKey(QString::fromLatin1(key)), key);
        for (const char *key : {"user", "tokens", "max_tokens", "author", "key", "primaryKey", "token_type", "monkey", "PWD", "passed",
                                "keyboard", "", "path", "secretary"})
            QVERIFY2(!Scrubber::isSecretKey(QString::fromLatin1(key)), key);
    }
    void libraryRules()
    {
        const Scrubber scrubber({{QStringLiteral("badge"), QStringLiteral("badge-([0-9]+)")},
                                 {QStringLiteral("broken"), QStringLiteral("([")},
                                 {QStringLiteral("all"), QStringLiteral("x*")}});
        QCOMPARE(scrubber.problems().size(), size_t(2));
        QVERIFY(scrubber.problems()[0].contains(QStringLiteral("broken")));
        QCOMPARE(scrubber.scrub(QStringLiteral("badge-123 came")).text, QStringLiteral("badge-[scrubbed] came"));
        QCOMPARE(scrubber.scrub(QStringLiteral("password=x1 y")).text, QStringLiteral("password=[scrubbed] y"));
    }
    void longTextIsScannedInLine()
    {
        // A quadratic pattern would need hours for these.
        for (const QString &text : {QString(2'000'000, u'a'), QStringLiteral("password").repeated(200'000), QStringLiteral("a=").repeated(500'000),
                                    QStringLiteral("://a:").repeated(300'000), QStringLiteral("4111 ").repeated(300'000),
                                    QStringLiteral("-----BEGIN PRIVATE KEY-----").repeated(2'000), QString(1'000'000, u'"')}) {
            const auto done = Scrubber().scrub(text);
            QVERIFY(!done.text.isEmpty());
        }
    }
};
COPPICE_TEST(ScrubTest)
#include "scrub_test.moc"

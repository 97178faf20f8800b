// SPDX-License-Identifier: GPL-3.0-or-later
// More secrets, after what vendors document of their shapes and where they stand: headers, addresses, listings, other
// languages. Drawn at run time, always the same; COPPICE_SEED draws others. And ordinary text that has the look of one.
#include "support/test_main.h"
#include "text/scrub.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace coppice::text;

class VendorsTest : public QObject
{
    Q_OBJECT
    QRandomGenerator m_random;

    static quint32 seed(quint32 otherwise)
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED")) : otherwise;
        qInfo("COPPICE_SEED=%u", seed);
        return seed;
    }
    QString draw(QChar kind, int length)
    {
        static const QMap<QChar, QString> alphabets{{u'a', QStringLiteral("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")},
                                                    {u'h', QStringLiteral("0123456789abcdef")},
                                                    {u'l', QStringLiteral("abcdefghijklmnopqrstuvwxyz")},
                                                    {u'u', QStringLiteral("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")},
                                                    {u'd', QStringLiteral("0123456789")}};
        const QString alphabet = alphabets[kind];
        QString out;
        while (out.size() < length)
            out += alphabet[m_random.bounded(int(alphabet.size()))];
        if (kind == u'a' && length > 5) // what a service gives out has signs of each kind
            out = QStringLiteral("k7") + out.mid(3) + u'Q';
        return out;
    }
    /// "abc_{a40}": 40 letters and digits; h: hexadecimal, l: small, u: capitals and digits, d: digits, U: a UUID.
    QString made(QString shape)
    {
        static const QRegularExpression hole(QStringLiteral("\\{([ahludU])(\\d*)\\}"));
        for (auto m = hole.match(shape); m.hasMatch(); m = hole.match(shape)) {
            const QString drawn = m.captured(1) == u"U" ? draw(u'h', 8) + u'-' + draw(u'h', 4) + u'-' + draw(u'h', 4) + u'-' + draw(u'h', 4) + u'-' + draw(u'h', 12)
                                                        : draw(m.captured(1)[0], m.captured(2).toInt());
            shape.replace(m.capturedStart(), m.capturedLength(), drawn);
        }
        return shape;
    }

private Q_SLOTS:
    void goes_data()
    {
        // A word drawn at random may look like one that was not, if seldom: how seldom, drawnWordsGo counts.
        m_random.seed(seed(20261123));
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("secret");
        const auto row = [&](const char *name, const char *pattern, const char *shape) {
            QTest::newRow(name) << QString::fromUtf8(pattern) << made(QString::fromUtf8(shape));
        };
        row("fly", "call failed with § after 3 tries", "fm2_{a80}");
        row("airtable", "call failed with § after 3 tries", "pat{a14}.{h64}");
        row("mailchimp", "call failed with § after 3 tries", "{h32}-us12");
        row("paypal", "call failed with § after 3 tries", "access_token$production${l16}${h32}");
        row("dropbox", "call failed with § after 3 tries", "sl.B{a130}");
        row("facebook", "call failed with § after 3 tries", "EAAC{a150}");
        row("heroku", "call failed with § after 3 tries", "HRKU-AA{a58}");
        row("new relic", "call failed with § after 3 tries", "NRAK-{u27}");
        row("launch darkly", "call failed with § after 3 tries", "sdk-{U}");
        row("terraform", "call failed with § after 3 tries", "{a14}.atlasv1.{a64}");
        row("buildkite", "call failed with § after 3 tries", "bkua_{h40}");
        row("circle", "call failed with § after 3 tries", "CCIPAT_{a22}_{h40}");
        row("jfrog", "call failed with § after 3 tries", "AKCp8{a68}");
        row("discord", "call failed with § after 3 tries", "M{a25}.{a6}.{a38}");
        row("supabase", "call failed with § after 3 tries", "sb_secret_{a22}_{a8}");
        row("clojars", "call failed with § after 3 tries", "CLOJARS_{h60}");
        row("typeform", "call failed with § after 3 tries", "tfp_{a44}");
        row("contentful", "call failed with § after 3 tries", "CFPAT-{a43}");
        row("prefect", "call failed with § after 3 tries", "pnu_{a36}");
        row("sourcegraph", "call failed with § after 3 tries", "sgp_{h16}_{h40}");
        row("easypost", "call failed with § after 3 tries", "EZAK{a54}");
        row("brevo", "call failed with § after 3 tries", "xkeysib-{h64}-{a16}");
        row("resend", "call failed with § after 3 tries", "re_{a8}_{a24}");
        row("mollie", "call failed with § after 3 tries", "live_{a30}");
        row("duffel", "call failed with § after 3 tries", "duffel_live_{a43}");
        row("flutterwave", "call failed with § after 3 tries", "FLWSECK-{h32}-X");
        row("okta", "call failed with § after 3 tries", "00{a40}");
        row("bcrypt", "call failed with § after 3 tries", "$2b$12${a53}");
        row("argon", "call failed with § after 3 tries", "$argon2id$v=19$m=65536,t=3,p=4${a22}${a43}");
        row("crypt", "call failed with § after 3 tries", "$6${a16}${a86}");
        row("otpauth", "otpauth://totp/x:ann?secret=§&issuer=x", "{u32}");
        row("teams hook", "POST https://acme.webhook.office.com/webhookb2/§ 400", "{U}@{U}/IncomingWebhook/{h32}/{U}");
        row("own hook", "POST https://api.example.org/v1/webhooks/§ 400", "{a24}");
        row("telegram address", "https://api.telegram.org/bot§/sendMessage", "{d10}:AA{a33}");
        row("go header", "http.Header{\"X-Api-Key\":[]string{\"§\"}}", "{l14}");
        row("go map", "headers map[Accept:[*/*] X-Api-Key:[§]]", "{l14}");
        row("rack", "{\"HTTP_AUTHORIZATION\"=>\"Token token=§\", \"HTTP_HOST\"=>\"x\"}", "{h32}");
        row("java optional", "Config[password=Optional[§], port=1]", "{l12}");
        row("xml", "<user>ann</user><password>§</password>", "{l10}");
        row("xml name", "<wsse:Password Type=\"x\">§</wsse:Password>", "{l10}");
        row("xml pair", "<add key=\"DbPassword\" value=\"§\"/>", "{l10}");
        row("xml attribute", "<connection user=\"ann\" password=\"§\" host=\"x\"/>", "{l10}");
        row("sql identified", "CREATE USER 'ann'@'%' IDENTIFIED BY '§'", "{l10}");
        row("sql password", "ALTER ROLE app WITH LOGIN PASSWORD '§'", "{l10}");
        row("netrc", "machine db.example.org login ann password §", "{l10}");
        row("sshpass", "ran sshpass -p § ssh ann@host", "{l10}");
        row("mysql", "mysqldump -u root -p§ shop", "{l10}");
        row("env entry", "env: [{\"name\":\"DB_PASSWORD\",\"value\":\"§\"}]", "{l10}");
        row("env yaml", "- name: API_TOKEN\n  value: §", "{l14}");
        row("form", "Content-Disposition: form-data; name=\"password\"\r\n\r\n§\r\n--x", "{l10}");
        row("encoded query", "GET /login?next=%2Fcb%3Faccess_token%3D§%26x%3D1", "{l14}");
        row("digest", "Authorization: Digest §", "username=\"ann\", realm=\"x\", nonce=\"y\", response=\"{h32}\"");
        row("shared key", "Authorization: SharedKey §", "acct:{a43}");
        row("genie", "Authorization: GenieKey §", "{U}");
        row("bot", "Authorization: Bot §", "{a60}");
        row("subscription", "Ocp-Apim-Subscription-Key: §", "{h32}");
        row("functions", "x-functions-key: §", "{h30}");
        row("german", "passwort=§ benutzer=ann", "{l9}");
        row("french", "{\"mot_de_passe\":\"§\"}", "{l9}");
        row("spanish", "contraseña: §", "{l9}");
        row("portuguese", "{'usuario': 'ann', 'senha': '§'}", "{l9}");
        row("russian", "пароль=§", "{l9}");
        row("chinese", "{\"密码\":\"§\"}", "{l9}");
        row("pin", "{\"user\":\"ann\",\"pin\":\"§\"}", "{d4}");
        row("answer", "{\"security_answer\":\"§\"}", "{l7}");
        row("seed", "seed_phrase=\"§\"", "{l5} {l5} {l5} {l5}");
        row("recovery", "\"recovery_code\": \"§\"", "{l5}-{l5}");
        row("jaas", "sasl.jaas.config=x.ScramLoginModule required username=\"u\" password=\"§\";", "{l9}");
        row("session key", "session_key: §", "{h24}");
        row("yaml block", "private_key: |\n  §\nport: 1", "{h40}");
        row("saml", "SAMLResponse=§&RelayState=x", "{h200}");
        row("verifier", "code_verifier=§&grant_type=x", "{h43}");
        row("code", "POST /token code=§&redirect_uri=x", "{h40}");
        row("cookie object", "<Cookie connect.sid='§' for x>", "s%3A{a40}");
        row("arguments", "['mysql', '--password', '§', 'db']", "{l9}");
        row("mail login", "AUTH PLAIN §", "{a20}=");
        row("putty", "PuTTY-User-Key-File-3: ssh-ed25519\nComment: x\nPrivate-Lines: 1\n§\n", "{a48}");
    }
    void goes()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, secret);
        const QString before = QString(pattern).replace(u'§', secret);
        const auto done = Scrubber().scrub(before);
        QVERIFY2(!done.text.contains(secret), qPrintable(done.text));
        for (const auto &part : secret.split(QRegularExpression(QStringLiteral("[^A-Za-z0-9]+")), Qt::SkipEmptyParts))
            QVERIFY2(part.size() < 16 || !done.text.contains(part), qPrintable(done.text)); // nor half of it
        QVERIFY(done.replaced >= 1);
        QCOMPARE(Scrubber().scrub(done.text).text, done.text);
    }
    void drawnWordsGo()
    {
        m_random.seed(seed(QRandomGenerator::global()->generate() % 1'000'000));
        static const QString alphabet = QStringLiteral("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
        constexpr int draws = 4000;
        int gone = 0;
        for (int i = 0; i < draws; ++i) {
            const bool prefixed = m_random.bounded(2) == 0;
            QString secret;
            for (int n = prefixed ? m_random.bounded(28, 60) : m_random.bounded(36, 80); n > 0; --n)
                secret += alphabet[m_random.bounded(int(alphabet.size()))];
            gone += Scrubber().scrub(QStringLiteral("call failed with %1 after 3 tries").arg(prefixed ? QStringLiteral("acme_") + secret : secret)).replaced > 0;
        }
        qInfo("%d of %d", gone, draws);
        QVERIFY(gone > draws * 97 / 100);
    }
    void staysReadable()
    {
        for (const char *text : {"chunk index-BcD93kLm.js failed to load", "request req_011CSHoEeqs5C35K2UUqR7Fy failed",
                                 "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7", "commit 3f161b0aa1c2d3e4f5061728394a5b6c7d8e9f00 is missing",
                                 "pod shop-7d9f4b6c8-x2klq was evicted", "invalid password for user ann", "password authentication failed for user \"app\"",
                                 "integrity sha512-MFyz7Cz5vYr7H1bLqcw7sdf8kCbYz3nM1jX2qk9v0dYzQm7TnU3bq0sKJ9kP4Vw2Xc5Rt8Le1Hg6Fa3Nd0Bs== mismatch",
                                 "VeryLongCamelCaseClassNameFactoryBeanProviderImpl2 not found", "module my_package_that_is_very_long_and_has_many_words_v2 missing",
                                 "hash_key=row-7 range_key=2", "code=ECONNREFUSED", "pin=12 is not an output", "sid=ORCL", "AUTH failed for user",
                                 "ran make -p 8080 build", "class AbstractHttpV2ToV3SslXmlRpcClientFactoryBean7 has no default",
                                 "no bean com_acme_ShopServiceV2HttpsUrlFor3rdPartyApi found", "HTTP2PushPromiseFrameHeaderSizeLimitV1Exceeded",
                                 "test_GivenA2ndUserWhenLoginThen200OkAndNo3rdRetry failed", "IDENTIFIED BY clause is missing", "error 0 at /v1/hooks/github", "session timeout after 30 s"}) {
            const auto done = Scrubber().scrub(QString::fromUtf8(text));
            QVERIFY2(done.replaced == 0, qPrintable(done.text));
        }
    }
    /// {"name": …, "value": …}: the name tells of the value beside it.
    void listedPairs()
    {
        int count = 0;
        const QJsonArray in{QJsonObject{{QStringLiteral("name"), QStringLiteral("DB_PASSWORD")}, {QStringLiteral("value"), QStringLiteral("orange")}},
                            QJsonObject{{QStringLiteral("name"), QStringLiteral("REGION")}, {QStringLiteral("value"), QStringLiteral("north")}}};
        const auto out = Scrubber().scrub(QJsonValue(in), count).toArray();
        QCOMPARE(out[0][u"value"].toString(), QStringLiteral("[scrubbed]"));
        QCOMPARE(out[1][u"value"].toString(), QStringLiteral("north"));
        QCOMPARE(count, 1);
    }
};
COPPICE_TEST(VendorsTest)
#include "vendors_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets in the shapes that services give them out, and the text around them; ordinary text that looks like them.
// They are drawn at run time, so that nothing in this file is taken for a leak. COPPICE_SEED repeats a draw.
#include "support/test_main.h"
#include "text/scrub.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace coppice::text;

namespace {

const QString hole = QStringLiteral("§");
const QString mark = QStringLiteral("[scrubbed]");

QString s(const char *text)
{
    return QString::fromUtf8(text);
}

} // namespace

class SecretsTest : public QObject
{
    Q_OBJECT
    QRandomGenerator m_random;

    QString draw(int length, const QString &alphabet)
    {
        QString out;
        while (out.size() < length)
            out += alphabet[m_random.bounded(int(alphabet.size()))];
        return out;
    }
    QString lower(int length) { return draw(length, s("abcdefghijklmnopqrstuvwxyz")); }
    QString upper(int length) { return draw(length, s("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")); }
    QString hex(int length) { return draw(length, s("0123456789abcdef")); }
    QString digits(int length) { return draw(length, s("0123456789")); }
    /// Letters and digits, with at least one of each kind: a draw without a digit is not what a service gives out.
    QString alnum(int length) { return s("k7") + draw(length - 3, s("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")) + u'Q'; }
    QString base64(int bytes)
    {
        QByteArray raw;
        for (int i = 0; i < bytes; ++i)
            raw += char(m_random.bounded(256));
        return QString::fromLatin1(raw.toBase64());
    }
    QString base64Url(int bytes)
    {
        QString text = base64(bytes).remove(u'=');
        return text.replace(u'+', u'-').replace(u'/', u'_');
    }
    QString jwt()
    {
        const auto part = [](const char *json) { return QString::fromLatin1(QByteArray(json).toBase64(QByteArray::OmitTrailingEquals)); };
        return part("{\"alg\":\"HS256\"}") + u'.' + part("{\"sub\":\"1234567890\"}") + u'.' + base64Url(32);
    }
    QString pem(const char *kind, const QString &newline)
    {
        QString out = s("-----BEGIN ") + s(kind) + s("PRIVATE ") + s("KEY-----") + newline;
        for (int i = 0; i < 12; ++i)
            out += base64(48) + newline;
        return out + s("-----END ") + s(kind) + s("PRIVATE ") + s("KEY-----");
    }
    QString card(const QString &prefix, int length)
    {
        const QString start = prefix + digits(length - int(prefix.size()) - 1);
        for (char last = '0';; ++last) {
            const QString whole = start + QLatin1Char(last);
            int sum = 0;
            for (int i = 0; i < whole.size(); ++i) {
                int d = whole[whole.size() - 1 - i].digitValue();
                if (i % 2)
                    d = d * 2 > 9 ? d * 2 - 9 : d * 2;
                sum += d;
            }
            if (sum % 10 == 0)
                return whole;
        }
    }

private Q_SLOTS:
    void goes_data()
    {
        const quint32 seed = qEnvironmentVariableIsSet("COPPICE_SEED") ? quint32(qEnvironmentVariableIntValue("COPPICE_SEED"))
                                                                       : QRandomGenerator::global()->generate() % 1'000'000;
        qInfo("COPPICE_SEED=%u", seed);
        m_random.seed(seed);
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("secret");
        const auto row = [](const char *name, const char *pattern, const QString &secret) { QTest::newRow(name) << s(pattern) << secret; };

        // What services give out, found by its shape in the middle of a sentence.
        const auto shape = [&](const char *name, const QString &secret) {
            row(name, "call failed with § after 3 tries", secret);
            QTest::newRow(QByteArray(QByteArray(name) + " quoted").constData()) << s("rejected '§', code 17") << secret;
        };
        shape("cloud key id", s("AK") + s("IA") + upper(16));
        shape("cloud session key id", s("AS") + s("IA") + upper(16));
        for (const char *kind : {"p", "o", "u", "s", "r"})
            shape(QByteArray(QByteArray("github ") + kind).constData(), s("gh") + s(kind) + u'_' + alnum(36));
        shape("github fine-grained", s("github_") + s("pat_") + alnum(22) + u'_' + alnum(59));
        shape("gitlab", s("gl") + s("pat-") + alnum(20));
        shape("gitlab trigger", s("gl") + s("ptt-") + hex(40));
        shape("gitlab runner", s("GR13") + s("48941") + alnum(20));
        shape("slack bot", s("xo") + s("xb-") + digits(12) + u'-' + digits(13) + u'-' + alnum(24));
        shape("slack user", s("xo") + s("xp-") + digits(12) + u'-' + digits(12) + u'-' + digits(13) + u'-' + hex(32));
        shape("slack app", s("xa") + s("pp-1-A") + upper(10) + u'-' + digits(13) + u'-' + hex(64));
        shape("slack cookie", s("xo") + s("xd-") + alnum(30) + s("%2B") + alnum(30) + s("%3D"));
        row("slack hook", "posting to https://hooks.slack.com/services/§ failed", s("T") + upper(9) + s("/B") + upper(9) + u'/' + alnum(24));
        shape("stripe secret", s("sk_") + s("live_") + alnum(24));
        shape("stripe secret long", s("sk_") + s("live_") + alnum(99));
        shape("stripe restricted", s("rk_") + s("test_") + alnum(40));
        shape("stripe hook", s("wh") + s("sec_") + alnum(32));
        shape("openai old", s("s") + s("k-") + alnum(20) + s("T3Blbk") + s("FJ") + alnum(20));
        shape("openai project", s("s") + s("k-proj-") + base64Url(54) + alnum(6) + s("_") + base64Url(40));
        shape("anthropic", s("s") + s("k-ant-") + s("api03-") + base64Url(69) + s("8AA"));
        shape("google api", s("AI") + s("za") + alnum(35));
        shape("google oauth", s("ya") + s("29.") + base64Url(90));
        shape("google refresh", s("1/") + s("/0") + alnum(60));
        shape("google client", s("GOC") + s("SPX-") + alnum(28));
        shape("npm", s("np") + s("m_") + alnum(36));
        shape("pypi", s("py") + s("pi-") + s("AgEI") + s("cHlwaS5vcmc") + base64Url(120));
        shape("ruby gems", s("ruby") + s("gems_") + hex(48));
        shape("container registry", s("dck") + s("r_pat_") + alnum(27));
        shape("model hub", s("h") + s("f_") + alnum(34));
        shape("fast models", s("gs") + s("k_") + alnum(52));
        shape("sendgrid", s("S") + s("G.") + alnum(22) + u'.' + alnum(43));
        shape("digital ocean", s("do") + s("p_v1_") + hex(64));
        shape("vault", s("hv") + s("s.") + alnum(24));
        shape("atlassian", s("ATA") + s("TT3") + alnum(180) + s("=") + upper(8));
        shape("databricks", s("da") + s("pi") + hex(32));
        shape("vpn key", s("tsk") + s("ey-auth-") + alnum(12) + u'-' + alnum(32));
        shape("sms service", s("S") + s("K") + s("0a") + hex(30));
        shape("azure client secret", s("k7Q8") + s("Q~") + alnum(34));
        shape("jwt", jwt());
        shape("pem", pem("", s("\n")));
        shape("pem rsa", pem("RSA ", s("\n")));
        shape("pem windows", pem("EC ", s("\r\n")));
        shape("pem openssh", pem("OPENSSH ", s("\n")));
        row("pem in json", "{\"type\":\"service_account\",\"note\":\"§\\n\",\"client_id\":\"1\"}", pem("", s("\\n")));
        row("pem in json in json", "\"{\\\"note\\\":\\\"§\\\\n\\\"}\"", pem("", s("\\\\n")));

        // By their key.
        row("cloud secret", "aws_secret_access_key = §", base64(30));
        row("cloud secret env", "AWS_SECRET_ACCESS_KEY=§ AWS_REGION=eu-west-1", base64(30));
        row("cloud secret sdk", "{ SecretAccessKey: '§', Region: 'x' }", base64(30));
        row("storage account", "AccountName=shop;AccountKey=§;EndpointSuffix=core.windows.net", base64(64));
        row("bus", "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=§;EntityPath=q", base64(32));
        row("plain", "login with password=§ failed", lower(9));
        row("plain colon", "password: §", lower(9));
        row("plain comma", "user=ann, password=§, host=db", lower(9));
        row("odbc", "Driver={SQL Server};Server=db;UID=sa;PWD=§;", lower(9));
        row("ado", "Server=tcp:db.example.org,1433;User ID=app;Password=§;Encrypt=True", lower(5) + s("@9!x"));
        row("ado pwd", "Server=db;Uid=app;Pwd=§;", lower(9));
        row("libpq", "connection to \"host=db port=5432 user=app password=§ dbname=x\" failed", lower(9));
        row("jdbc", "jdbc:mysql://db:3306/shop?user=app&password=§&useSSL=true", lower(9));
        row("jdbc oracle", "jdbc:oracle:thin:scott/§@//db:1521/orcl", lower(9));
        row("mailer", "{ user: 'ann', pass: '§' }", lower(9));
        row("mailer json", "{\"user\":\"ann\",\"pass\":\"§\"}", lower(9));
        row("frame variable", "User(name='ann', password='§', age=3)", lower(5) + s(" , ") + lower(3));
        row("frame bytes", "login(user='ann', password=b'§')", lower(9));
        row("frame wrapped", "Config { user: \"ann\", password: Some(\"§\"), port: 1 }", lower(9));
        row("frame secret string", "Settings(db_password=SecretStr('§'))", lower(9));
        row("frame pair", "headers=[('Accept', '*/*'), ('X-Api-Key', '§')]", lower(12));
        row("frame pair bytes", "[(b'accept', b'*/*'), (b'x-api-key', b'§')]", lower(12));
        row("go struct", "{Name:ann Password:§ Port:12}", lower(9));
        row("ruby hash", "{:user=>\"ann\", :password=>\"§\"}", lower(9));
        row("ruby hash spaced", "{\"user\" => \"ann\", \"password\" => \"§\"}", lower(9));
        row("php dump", "array(2) {\n  [\"password\"]=>\n  string(9) \"§\"\n}", lower(9));
        row("java object", "User{name='ann', secretKey='§'}", lower(9));
        row("code", "    password = \"§\"", lower(9));
        row("yaml", "db:\n  user: ann\n  password: §\n  port: 1", lower(9));
        row("flag", "ran backup --db-password § --verbose", lower(9));
        row("curl", "curl -s -u ann:§ https://example.org/", lower(9));

        // Headers.
        row("bearer", "Authorization: Bearer §", base64Url(24) + s("7"));
        row("bearer short", "> authorization: Bearer §", s("a1b2C3"));
        row("bearer in python", "{'Authorization': 'Bearer §'}", QString());
        row("basic", "Authorization: Basic §", QString::fromLatin1((lower(4) + u':' + lower(8)).toUtf8().toBase64()));
        row("basic shortest", "Authorization: Basic §", QString::fromLatin1(QByteArray("a:b").toBase64()));
        row("bare basic", "tried Basic § first", QString::fromLatin1((lower(4) + u':' + lower(9)).toUtf8().toBase64()));
        row("proxy", "Proxy-Authorization: Basic §", QString::fromLatin1((lower(4) + u':' + lower(7)).toUtf8().toBase64()));
        row("token scheme", "Authorization: Token §", hex(40));
        row("cookie", "Cookie: §", s("theme=dark; sid=") + alnum(20) + s("; remember=") + lower(6));
        row("cookie in curl", "curl -H \"Cookie: §\" https://example.org/", s("a=") + alnum(20) + s("; connect.sid=s%3A") + alnum(20));
        row("set-cookie", "Set-Cookie: §; Path=/; HttpOnly", s("sid=") + alnum(20));
        row("api key header", "X-Api-Key: §", alnum(20));
        row("api key header plain", "x-api-key: §", lower(12));

        // URLs.
        row("postgres", "cannot reach postgres://app:§@db:5432/shop", lower(9));
        row("postgres at", "cannot reach postgres://app:§@db:5432/shop", lower(4) + u'@' + lower(4));
        row("redis", "redis://:§@cache:6379/0 timed out", lower(9));
        row("mongo", "mongodb+srv://app:§@a.example.org,b.example.org/x?w=1", lower(9));
        row("amqp", "amqps://guest:§@queue/v", lower(9));
        row("basic url", "GET https://ann:§@example.org/a -> 401", lower(9));
        row("token as user", "git clone https://§@example.org/a.git", s("a1") + hex(38));
        row("query", "GET /v1/a?x=1&access_token=§&y=2 500", lower(12));
        row("query key", "GET /maps?api_key=§ 403", lower(12));
        row("query token", "https://example.org/reset?token=§", lower(12));
        row("query signature", "https://x.example.org/b?sv=2024&sig=§&se=1", s("abc%2B") + alnum(30) + s("%3D"));
        row("query amz", "https://s3/x?X-Amz-Signature=§&X-Amz-Date=1", hex(64));
        row("fragment", "https://app/callback#access_token=§&state=1", lower(12));

        // Cards.
        const auto grouped = [](QString number, QChar between) {
            for (int at = 12; at > 0; at -= 4)
                number.insert(at, between);
            return number;
        };
        row("visa", "card § declined", card(s("4"), 16));
        row("visa spaced", "card § declined", grouped(card(s("4"), 16), u' '));
        row("visa dashed", "card § declined", grouped(card(s("4"), 16), u'-'));
        row("visa json", "{\"number\":§,\"cvv\":null}", card(s("4"), 16));
        row("visa colon", "number:§", card(s("4"), 16));
        row("mastercard", "pay('§')", card(s("55"), 16));
        row("mastercard two", "card § declined", card(s("2223"), 16));
        row("amex", "card § declined", card(s("37"), 15));
        row("discover", "card=§;", card(s("6011"), 16));
    }
    void goes()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, secret);
        if (secret.isEmpty())
            secret = QStringLiteral("a1") + hex(30); // one whose whole value is a secret, scheme and all
        const QString before = QString(pattern).replace(hole, secret);
        const auto done = Scrubber().scrub(before);
        QVERIFY2(!done.text.contains(secret), qPrintable(done.text));
        QString expected = QString(pattern).replace(hole, mark);
        if (pattern.contains(u"'Bearer §'"))
            expected.replace(QStringLiteral("Bearer ") + mark, mark);
        QCOMPARE(done.text, expected); // and nothing else
        QCOMPARE(done.replaced, 1);
        QCOMPARE(Scrubber().scrub(done.text).text, done.text);
    }

    void stays_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"commit 3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a by ann",
              "merge 3f2a9b8c into 9b8c7d6e",
              "request 7c9e6679-7425-40de-944b-e07fc1f90ae7 failed",
              "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
              "yarn-lock-3f2a9b8c7d6e5f4a3b2c1d0e9f8a7b6c.tgz is missing",
              "main.3f2a9b8c.chunk.js:1:20394",
              "integrity sha512-IZrpvLqXyH0aN7b5Qm1fJ2kUo3cT4dW6eR8sY9gP0hLxVwBzCnMqEaDfGjKlTuXiOpSrZvNyHb2A4c6E8g0w== does not match",
              "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 not found",
              "    at 0x00007ffd5e8c1a30 in libc.so.6(+0x29d90)",
              "goroutine 12 [running]:\nmain.main()\n\t/srv/a/main.go:12 +0x1d",
              "token expired", "token: expired", "the token has expired at 2026-11-22T00:01:22Z", "password too short",
              "password: too short", "password: must be at least 8 characters", "Password: is required",
              "User validation failed: password: Path `password` is required.", "secret: not found", "auth: failed",
              "api key: missing", "token=expired", "auth=ldap realm=x", "Invalid password for user ann", "wrong secret",
              "Failed password for invalid user admin from 10.0.0.1 port 4711 ssh2", "--- PASS: TestLogin (0.00s)", "PASS: test_token.py",
              "pass: 12 fail: 0", "pass=12 fail=0", "order 4005123412341234 shipped", "order number 1795305682351022",
              "2026-11-22 18:01:22,688", "1795305682.351 tick", "v22.11.0-rc.1+build.20261122", "version 4.17.21 of x", "SGVsbG8=",
              "body aGVsbG8gd29ybGQ= was cut", "Basic Authentication failed", "Basic JavaScript error", "basic information missing",
              "WWW-Authenticate: Bearer realm=\"api\", error=\"expired\"", "bearer authentication-not-configured", "Bearer token missing",
              "violates unique constraint \"pk_organizationmemberships\"", "div.sk-fading-circle-container-wrapper not found",
              "GET http://localhost:3000?mail=ann@example.org 500", "http://example.org:8080/a@2x.png 404", "mailto:ann@example.org",
              "https://ann@example.org/a.git", "ssh://git@example.org:22/a.git", "cookie: not set", "Cookie banner: hidden",
              "max_tokens=4096, used_tokens: 12", "token_count=12", "def login(user: str, password: str) -> bool:",
              "    token = self.get_token()", "const token = await getToken()", "    password = request.form['password']",
              "    this.token = this.readToken()", "getattr(user, 'password')", "KeyError: 'password'", "KeyError: 'token'",
              "AttributeError: 'User' object has no attribute 'password'", "foreign key: fk_order_line", "cache key: user-12",
              "public key: ssh-ed25519", "Host key verification failed.", "PWD=/srv/app OLDPWD=/root", "key=name value=ann", "author=ann",
              "card ending 4242", "10.0.0.1:5432", "user 4111111111111112 is not a card", "docker run -u 1000:1000 image",
              "duration=4111ms", "gl-matrix-vec3-multiplication", "xoxo-greetings", "https://hooks.example.org/a/b"})
            QTest::newRow(text) << s(text);
    }
    void stays()
    {
        QFETCH(QString, text);
        const auto done = Scrubber().scrub(text);
        QCOMPARE(done.text, text);
        QCOMPARE(done.replaced, 0);
    }

    void structured()
    {
        // Headers come as pairs, and numbers as numbers.
        const QString number = card(s("4"), 16);
        const auto before = QJsonDocument::fromJson((s("{\"headers\":[[\"Accept\",\"*/*\"],[\"Cookie\",\"a=b\"],[\"X-Api-Key\",\"kkk\"]],\"n\":") + number
                                                     + s(",\"at\":1795305682351022,\"pass\":12,\"vars\":{\"pass\":\"'x y'\",\"args\":[\"token\",\"b\",\"c\"]},\"pair\":[\"user\",\"ann\"]}")).toUtf8());
        QVERIFY(before.isObject());
        int count = 0;
        const auto after = Scrubber().scrub(QJsonValue(before.object()), count).toObject();
        QCOMPARE(after[u"headers"][0][1].toString(), s("*/*"));
        QCOMPARE(after[u"headers"][1][1].toString(), mark);
        QCOMPARE(after[u"headers"][2][1].toString(), mark);
        QCOMPARE(after[u"headers"][2][0].toString(), s("X-Api-Key"));
        QCOMPARE(after[u"n"].toString(), mark);
        QCOMPARE(after[u"at"].toDouble(), 1795305682351022.0);
        QCOMPARE(after[u"pass"].toInt(), 12);
        QCOMPARE(after[u"vars"][u"pass"].toString(), mark);
        QCOMPARE(after[u"vars"][u"args"][1].toString(), s("b"));
        QCOMPARE(after[u"pair"][1].toString(), s("ann"));
        QCOMPARE(count, 4);
    }
    void manyInOneAreCounted()
    {
        const Scrubber scrubber({{QStringLiteral("badge"), QStringLiteral("badge-([0-9]+)")}});
        const auto done = scrubber.scrub(s("password=") + lower(8) + s(" badge-77 badge-78 Bearer ") + base64Url(30) + s("5 end"));
        QCOMPARE(done.text, s("password=[scrubbed] badge-[scrubbed] badge-[scrubbed] Bearer [scrubbed] end"));
        QCOMPARE(done.replaced, 4);
        int count = 0;
        const auto value = scrubber.scrub(QJsonValue(QJsonObject{{s("a"), s("badge-1")}, {s("b"), QJsonArray{s("badge-2"), s("none")}}, {s("badge-3"), 1}}), count);
        QCOMPARE(count, 3);
        QCOMPARE(value[u"b"][1].toString(), s("none"));
    }
};
COPPICE_TEST(SecretsTest)
#include "secrets_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"
#include "net/socket.h"
#include "net/tunnel.h"
#include "support/scratch.h"
#include "support/test_main.h"

#include <QTest>

#include <fcntl.h>
#include <sys/socket.h>

using namespace coppice;

class TunnelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void connectsToAListedHost();
    void passesPlainRequestsOn();
    void refusesOthers_data();
    void refusesOthers();
    void namesOfThisMachineNeedTheirPort();
    void endsWithOpenConnections();
    void secureTakesOnlyWhatIsListedByWhoKnowsThePassword();
    void hostsOfTheList_data();
    void hostsOfTheList();

private:
    QByteArray ask(const QByteArray &text)
    {
        auto fd = net::connectToPath(m_path);
        if (!fd)
            qFatal("cannot connect");
        ::fcntl(fd->get(), F_SETFL, 0);
        (void)::send(fd->get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
        QByteArray got;
        char buffer[4096];
        ssize_t n = 0;
        while ((n = ::recv(fd->get(), buffer, sizeof buffer, 0)) > 0)
            got.append(buffer, n);
        return got;
    }
    std::unique_ptr<test::Scratch> m_scratch;
    std::unique_ptr<net::HttpServer> m_server;
    std::vector<net::HttpRequest> m_seen;
    QByteArray m_port;
    QString m_path;
};

void TunnelTest::init()
{
    m_scratch = std::make_unique<test::Scratch>();
    m_path = m_scratch->path(QStringLiteral("t.sock"));
    m_seen.clear();
    m_server = std::make_unique<net::HttpServer>([this](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) {
        m_seen.push_back(request);
        answer.send({200, {}, QByteArray("got " + request.target)});
    }, net::HttpServer::Limits{.threads = 1});
    const auto port = m_server->listenTcp(0);
    QVERIFY_RESULT(port);
    m_port = QByteArray::number(*port);
    for (const char *variable : {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"})
        qunsetenv(variable);
}

void TunnelTest::connectsToAListedHost()
{
    const auto tunnel = net::AllowTunnel::start({QStringLiteral("127.0.0.1:") + QString::fromLatin1(m_port)}, m_path);
    QVERIFY_RESULT(tunnel);
    const QByteArray got = ask("CONNECT 127.0.0.1:" + m_port + " HTTP/1.1\r\nHost: x\r\n\r\nGET /in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    QVERIFY2(got.startsWith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK"), got.constData());
    QVERIFY(got.endsWith("got /in"));
    QCOMPARE((*tunnel)->connections(), 1);
}

void TunnelTest::passesPlainRequestsOn()
{
    const auto tunnel = net::AllowTunnel::start({QStringLiteral("127.0.0.1:") + QString::fromLatin1(m_port)}, m_path);
    QVERIFY_RESULT(tunnel);
    const QByteArray got = ask("POST http://127.0.0.1:" + m_port + "/p%20q?r=s HTTP/1.1\r\nHost: wrong\r\nProxy-Authorization: Basic x\r\n"
                               "X-Kept: yes\r\nContent-Length: 4\r\n\r\nbody");
    QVERIFY2(got.endsWith("got /p%20q?r=s"), got.constData());
    QCOMPARE(m_seen.size(), size_t(1));
    QCOMPARE(m_seen[0].body, QByteArray("body"));
    QCOMPARE(net::header(m_seen[0].headers, "host"), QByteArray("127.0.0.1:" + m_port));
    QCOMPARE(net::header(m_seen[0].headers, "x-kept"), QByteArray("yes"));
    QVERIFY(net::header(m_seen[0].headers, "proxy-authorization").isEmpty());
}

void TunnelTest::refusesOthers_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("other port") << QByteArray("CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n") << QByteArray("403");
    QTest::newRow("other host") << QByteArray("CONNECT example.org:443 HTTP/1.1\r\n\r\n") << QByteArray("403");
    QTest::newRow("other plain") << QByteArray("GET http://example.org/ HTTP/1.1\r\n\r\n") << QByteArray("403");
    QTest::newRow("suffix") << QByteArray("CONNECT evil-127.0.0.1:PORT HTTP/1.1\r\n\r\n") << QByteArray("403");
    QTest::newRow("user part") << QByteArray("CONNECT 127.0.0.1:PORT@example.org:443 HTTP/1.1\r\n\r\n") << QByteArray("400");
    QTest::newRow("no port") << QByteArray("CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n") << QByteArray("400");
    QTest::newRow("other scheme") << QByteArray("GET ftp://127.0.0.1:PORT/ HTTP/1.1\r\n\r\n") << QByteArray("400");
    QTest::newRow("not absolute") << QByteArray("GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n") << QByteArray("400");
    QTest::newRow("nonsense") << QByteArray("hello\r\n\r\n") << QByteArray("400");
}

void TunnelTest::refusesOthers()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    const auto tunnel = net::AllowTunnel::start({QStringLiteral("127.0.0.1:") + QString::fromLatin1(m_port)}, m_path);
    QVERIFY_RESULT(tunnel);
    const QByteArray got = ask(request.replace("PORT", m_port));
    QVERIFY2(got.startsWith(QByteArray("HTTP/1.1 " + status)), got.constData());
    QCOMPARE((*tunnel)->refused().size(), status == "403" ? 1 : 0);
    QCOMPARE((*tunnel)->connections(), 0);
    QVERIFY(m_seen.empty());
}

void TunnelTest::namesOfThisMachineNeedTheirPort()
{
    // "localhost" alone would let a package's host name lead to whatever listens here.
    const auto tunnel = net::AllowTunnel::start({QStringLiteral("localhost"), QStringLiteral("*.localhost")}, m_path);
    QVERIFY_RESULT(tunnel);
    QVERIFY(ask("CONNECT localhost:443 HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 502"));
    QCOMPARE((*tunnel)->connections(), 0);
}

void TunnelTest::endsWithOpenConnections()
{
    auto tunnel = net::AllowTunnel::start({QStringLiteral("127.0.0.1:") + QString::fromLatin1(m_port)}, m_path);
    QVERIFY_RESULT(tunnel);
    const auto idle = net::connectToPath(m_path);
    QVERIFY_RESULT(idle);
    auto open = net::connectToPath(m_path);
    QVERIFY_RESULT(open);
    const QByteArray text = "CONNECT 127.0.0.1:" + m_port + " HTTP/1.1\r\n\r\n";
    (void)::send(open->get(), text.constData(), size_t(text.size()), MSG_NOSIGNAL);
    QTRY_COMPARE((*tunnel)->connections(), 1);
    tunnel->reset(); // must not wait for them
    QVERIFY(!net::connectToPath(m_path));
}

void TunnelTest::secureTakesOnlyWhatIsListedByWhoKnowsThePassword()
{
    const auto tunnel = net::AllowTunnel::startSecure({QStringLiteral("127.0.0.1:") + QString::fromLatin1(m_port), QStringLiteral("localhost")}, m_path, "secret");
    QVERIFY_RESULT(tunnel);
    const auto login = [](const QByteArray &text) { return QByteArray("Proxy-Authorization: Basic " + text.toBase64() + "\r\n"); };
    const QByteArray right = login("agent:secret");
    const QByteArray inside = "GET /in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const auto connect = [&](const QByteArray &host, const QByteArray &headers) {
        return ask("CONNECT " + host + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + inside);
    };
    const QByteArray listed = "127.0.0.1:" + m_port;
    for (const QByteArray &wrong : {QByteArray(), login("agent:other"), login("secret"), login("agent:"), QByteArray("Proxy-Authorization: Bearer secret\r\n"),
                                    QByteArray("Authorization: Basic " + QByteArray("agent:secret").toBase64() + "\r\n")}) {
        const QByteArray got = connect(listed, wrong);
        QVERIFY2(got.startsWith("HTTP/1.1 407 ") && got.contains("proxy-authenticate: Basic"), wrong.constData());
    }
    QVERIFY(connect(listed, right).endsWith("got /in"));
    QCOMPARE(m_seen.size(), size_t(1));
    QVERIFY(connect("LocalHost:443", right).startsWith("HTTP/1.1 502 ")); // a name that leads to this machine
    for (const QByteArray &other : {QByteArray("localhost:80"), QByteArray("localhost:" + m_port), QByteArray("127.0.0.1:443"), QByteArray("127.0.0.2:" + m_port),
                                    QByteArray("xlocalhost:443"), QByteArray("localhost.:443"), QByteArray("[::1]:443"), QByteArray("2130706434:" + m_port)})
        QVERIFY2(!connect(other, right).contains("200 Connection"), other.constData());
    QVERIFY(ask("GET http://" + listed + "/plain HTTP/1.1\r\nHost: x\r\n" + right + "\r\n").startsWith("HTTP/1.1 403 "));
    QCOMPARE(m_seen.size(), size_t(1));
    const auto star = net::AllowTunnel::startSecure({QStringLiteral("*.example.org")}, m_scratch->path(QStringLiteral("s.sock")), "secret");
    QCOMPARE(star.error().kind, ErrorKind::Usage);
}

void TunnelTest::hostsOfTheList_data()
{
    QTest::addColumn<QString>("entry");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<bool>("covers");
    const auto row = [](const char *entry, const char *host, int port, bool covers) {
        QTest::addRow("%s %s:%d", entry, host, port) << QString::fromLatin1(entry) << QString::fromLatin1(host) << port << covers;
    };
    row("index.example", "index.example", 443, true);
    row("Index.Example", "index.EXAMPLE", 80, true);
    row("index.example", "index.example", 22, false);
    row("index.example", "files.index.example", 443, false);
    row("index.example", "notindex.example", 443, false);
    row("*.index.example", "files.index.example", 443, true);
    row("*.index.example", "a.b.index.example", 443, true);
    row("*.index.example", "index.example", 443, false);
    row("*.index.example", "notindex.example", 443, false);
    row("mirror.example:8443", "mirror.example", 8443, true);
    row("mirror.example:8443", "mirror.example", 443, false);
    row("[::1]:80", "::1", 80, true);
}

void TunnelTest::hostsOfTheList()
{
    QFETCH(QString, entry);
    QFETCH(QString, host);
    QFETCH(int, port);
    QFETCH(bool, covers);
    const auto allowed = net::AllowedHost::parse(entry);
    QVERIFY_RESULT(allowed);
    QCOMPARE(allowed->covers(host, port), covers);
    for (const char *bad : {"", "*", "*.", "a*b", "http://index.example", "index.example/x", "index.example:", "index.example:99999", "a b", "*x.org"})
        QVERIFY2(!net::AllowedHost::parse(QString::fromLatin1(bad)), bad);
}

COPPICE_TEST(TunnelTest)
#include "tunnel_test.moc"

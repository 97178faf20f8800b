// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/tunnel.h"

#include "net/socket.h"
#include "net/splice.h"

#include <QFile>
#include <QHostAddress>
#include <QNetworkProxy>
#include <QRegularExpression>
#include <QUrl>

#include <atomic>
#include <mutex>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace coppice::net {

using process::Descriptor;

bool AllowedHost::covers(const QString &asked, int askedPort) const
{
    if (port ? askedPort != port : askedPort != 80 && askedPort != 443)
        return false;
    const QString name = asked.toLower();
    return host.startsWith(u'.') ? name.endsWith(host) && name.size() > host.size() : name == host;
}

Result<AllowedHost> AllowedHost::parse(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(\\*)?(\\.?[a-z0-9][a-z0-9._-]*|\\[[0-9a-f:.]+\\])(?::([0-9]{1,5}))?$"));
    const auto match = form.match(text.trimmed().toLower());
    AllowedHost allowed;
    allowed.host = match.captured(2);
    allowed.port = match.captured(3).toInt();
    const bool star = !match.captured(1).isEmpty();
    if (!match.hasMatch() || star != allowed.host.startsWith(u'.') || allowed.port > 65535)
        return failUsage(QStringLiteral("net.host-name"), QStringLiteral("This is no host name"), text.left(200),
                         QStringLiteral("Write host, host:port or *.domain."));
    if (allowed.host.startsWith(u'['))
        allowed.host = allowed.host.mid(1, allowed.host.size() - 2);
    return allowed;
}

namespace {

/// The first line and the headers of a proxy request.
struct Asked {
    QByteArray method;
    QString host;
    int port = 0;
    QByteArray forward; ///< what the host is sent first: nothing for CONNECT
};

std::optional<Asked> readAsked(const QByteArray &head)
{
    const auto lines = head.split('\n');
    const auto words = lines.value(0).trimmed().split(' ');
    if (words.size() != 3 || !words[2].startsWith("HTTP/1."))
        return std::nullopt;
    Asked asked;
    asked.method = words[0];
    const bool connect = asked.method == "CONNECT";
    const QUrl url = QUrl::fromEncoded(connect ? QByteArray("tunnel://" + words[1]) : words[1], QUrl::StrictMode);
    asked.host = url.host(QUrl::FullyEncoded);
    asked.port = url.port(connect ? -1 : 80);
    if (!url.isValid() || asked.host.isEmpty() || asked.port <= 0 || !url.userInfo().isEmpty()
        || (!connect && url.scheme() != u"http") || (connect && !url.path().isEmpty()))
        return std::nullopt;
    if (connect)
        return asked;
    QByteArray target = url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment);
    if (!target.startsWith('/'))
        target.prepend('/');
    asked.forward = asked.method + ' ' + target + " HTTP/1.1\r\n";
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const QByteArray line = lines[i].trimmed();
        const QByteArray name = line.left(line.indexOf(':')).trimmed().toLower();
        if (!line.isEmpty() && !name.startsWith("proxy-") && name != "connection" && name != "keep-alive" && name != "host")
            asked.forward += line + "\r\n";
    }
    const bool usual = asked.port == 80;
    asked.forward += "host: " + asked.host.toUtf8() + (usual ? QByteArray() : QByteArray(':' + QByteArray::number(asked.port)))
        + "\r\nconnection: close\r\n\r\n";
    return asked;
}

/// What stands behind the name in a proxy's basic authorization.
QByteArray passwordOf(const QByteArray &head)
{
    for (const auto &line : head.split('\n')) {
        const auto colon = line.indexOf(':');
        const QByteArray value = line.mid(colon + 1).trimmed();
        if (line.left(colon).trimmed().toLower() != "proxy-authorization" || value.left(6).toLower() != "basic ")
            continue;
        const QByteArray login = QByteArray::fromBase64(value.mid(6).trimmed());
        const auto mark = login.indexOf(':');
        return mark < 0 ? QByteArray() : login.mid(mark + 1);
    }
    return {};
}

} // namespace

struct AllowTunnel::Proxy {
    std::vector<AllowedHost> allowed;
    bool secureOnly = false;
    QByteArray password; ///< of secureOnly
    QString path;
    QNetworkProxy fallback{QNetworkProxy::NoProxy};
    Descriptor listener;
    Descriptor wake{::eventfd(0, EFD_CLOEXEC)}; ///< readable from the end on
    std::atomic<int> made = 0;
    mutable std::mutex mutex;
    QStringList refusedHosts;
    struct Serving {
        std::unique_ptr<std::atomic<bool>> done = std::make_unique<std::atomic<bool>>(false);
        std::jthread thread; ///< joined before `done` goes
    };
    std::vector<Serving> serving; ///< of the acceptor
    std::jthread acceptor;

    ~Proxy();
    void accept();
    void serve(Descriptor client);
    void note(const QString &host, int port);
    Result<Descriptor> connectTo(const Asked &asked) const;
};

AllowTunnel::Proxy::~Proxy()
{
    const quint64 one = 1;
    [[maybe_unused]] const auto written = ::write(wake.get(), &one, sizeof one);
    if (acceptor.joinable())
        acceptor.join();
    serving.clear(); // joins
    if (listener.isOpen())
        ::unlink(QFile::encodeName(path).constData());
}

void AllowTunnel::Proxy::note(const QString &host, int port)
{
    const QString name = QStringLiteral("%1:%2").arg(host.left(255)).arg(port);
    const std::lock_guard lock(mutex);
    if (refusedHosts.size() < 64 && !refusedHosts.contains(name))
        refusedHosts << name;
}

Result<Descriptor> AllowTunnel::Proxy::connectTo(const Asked &asked) const
{
    const bool listedWithPort = std::any_of(allowed.begin(), allowed.end(), [&](const AllowedHost &entry) {
        return !entry.host.startsWith(u'.') && entry.covers(asked.host, asked.port) && entry.port != 0;
    });
    const QUrl url(QStringLiteral("%1://%2:%3/")
                       .arg(asked.method == "CONNECT" ? QStringLiteral("https") : QStringLiteral("http"), asked.host)
                       .arg(asked.port));
    auto proxies = QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url));
    if (!listedWithPort)
        proxies << fallback;
    for (const auto &proxy : proxies) {
        if (proxy.type() != QNetworkProxy::HttpProxy && proxy.type() != QNetworkProxy::HttpCachingProxy)
            continue;
        COPPICE_TRY(Descriptor fd, connectToHost(proxy.hostName(), proxy.port(), true, wake.get()));
        COPPICE_CHECK(askProxy(fd.get(), asked.host, asked.port, proxy.user(), proxy.password(), wake.get()));
        return fd;
    }
    return connectToHost(asked.host, asked.port, listedWithPort, wake.get());
}

void AllowTunnel::Proxy::serve(Descriptor client)
{
    const auto answer = [&](const char *status) {
        const QByteArray text = QByteArray("HTTP/1.1 ") + status + "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        (void)sendAll(client.get(), text, wake.get());
        ::shutdown(client.get(), SHUT_WR);
    };
    QByteArray rest;
    const auto head = readHead(client.get(), rest, wake.get());
    if (!head)
        return;
    const auto asked = readAsked(*head);
    if (!asked)
        return answer("400 Bad Request");
    if (secureOnly && (password.isEmpty() || passwordOf(*head) != password))
        return answer("407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"coppice\"");
    const bool listed = std::any_of(allowed.begin(), allowed.end(),
                                    [&](const AllowedHost &entry) {
                                        return entry.covers(asked->host, asked->port) && !(secureOnly && entry.port == 0 && asked->port != 443);
                                    });
    const bool fine = listed && !(secureOnly && asked->method != "CONNECT");
    if (!fine) {
        note(asked->host, asked->port);
        return answer("403 Forbidden");
    }
    auto host = connectTo(*asked);
    if (!host)
        return answer("502 Bad Gateway");
    ++made;
    const QByteArray first = asked->forward + rest;
    if (asked->method == "CONNECT" && !sendAll(client.get(), "HTTP/1.1 200 Connection established\r\n\r\n", wake.get()))
        return;
    if (first.isEmpty() || sendAll(host->get(), first, wake.get()))
        spliceBoth(client.get(), host->get(), wake.get());
}

void AllowTunnel::Proxy::accept()
{
    for (;;) {
        pollfd polled[2] = {{wake.get(), POLLIN, 0}, {listener.get(), POLLIN, 0}};
        if (::poll(polled, 2, -1) < 0 && errno != EINTR)
            return;
        if (polled[0].revents)
            return;
        Descriptor client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!client.isOpen())
            continue;
        std::erase_if(serving, [](const Serving &one) { return one.done->load(); });
        if (serving.size() >= 256)
            continue; // closed: npm and pip try again
        auto &one = serving.emplace_back();
        one.thread = std::jthread([this, done = one.done.get(), fd = std::move(client)]() mutable {
            serve(std::move(fd));
            *done = true;
        });
    }
}

Result<> AllowTunnel::begin(Proxy &proxy, const QStringList &allowed, const QString &socketPath)
{
    for (const auto &entry : allowed) {
        COPPICE_TRY(AllowedHost host, AllowedHost::parse(entry));
        proxy.allowed.push_back(std::move(host));
    }
    proxy.path = socketPath;
    COPPICE_TRY(proxy.listener, listenOnPath(socketPath));
    proxy.acceptor = std::jthread([raw = &proxy] { raw->accept(); });
    return {};
}

AllowTunnel::AllowTunnel(std::unique_ptr<Proxy> proxy) : m_proxy(std::move(proxy)) { }

AllowTunnel::~AllowTunnel() = default;

Result<std::unique_ptr<AllowTunnel>> AllowTunnel::start(const QStringList &allowed, const QString &socketPath, const QString &proxyUrl)
{
    auto proxy = std::make_unique<Proxy>();
    if (const QUrl url(proxyUrl); !proxyUrl.isEmpty())
        proxy->fallback = QNetworkProxy(QNetworkProxy::HttpProxy, url.host(), quint16(url.port(80)), url.userName(), url.password());
    COPPICE_CHECK(begin(*proxy, allowed, socketPath));
    return std::unique_ptr<AllowTunnel>(new AllowTunnel(std::move(proxy)));
}

Result<std::unique_ptr<AllowTunnel>> AllowTunnel::startSecure(const QStringList &allowed, const QString &socketPath,
                                                              const QByteArray &password)
{
    for (const auto &entry : allowed) {
        if (entry.contains(u'*'))
            return failUsage(QStringLiteral("net.host-name"), QStringLiteral("These hosts are named one by one, without a star"), entry.left(200),
                             QStringLiteral("Write host or host:port."));
    }
    auto proxy = std::make_unique<Proxy>();
    proxy->secureOnly = true;
    proxy->password = password;
    COPPICE_CHECK(begin(*proxy, allowed, socketPath));
    return std::unique_ptr<AllowTunnel>(new AllowTunnel(std::move(proxy)));
}

QStringList AllowTunnel::refused() const
{
    const std::lock_guard lock(m_proxy->mutex);
    return m_proxy->refusedHosts;
}

int AllowTunnel::connections() const
{
    return m_proxy->made;
}

} // namespace coppice::net

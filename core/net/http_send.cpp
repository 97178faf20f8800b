// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"
#include "net/response_reader.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QHostAddress>
#include <QNetworkProxy>
#include <QSslSocket>
#include <QTimer>
#include <QUrl>

#include <memory>
#include <vector>

namespace coppice::net {

namespace {

/// The user's proxy for everything but this machine.
QNetworkProxy proxyFor(const QUrl &url)
{
    const QString host = url.host();
    if (host != u"localhost" && !QHostAddress(host).isLoopback()) {
        for (const auto &proxy : QNetworkProxyFactory::systemProxyForQuery(QNetworkProxyQuery(url))) {
            if (proxy.type() != QNetworkProxy::DefaultProxy)
                return proxy;
        }
    }
    return QNetworkProxy(QNetworkProxy::NoProxy);
}

bool isWebProxy(const QNetworkProxy &proxy)
{
    return proxy.type() == QNetworkProxy::HttpProxy || proxy.type() == QNetworkProxy::HttpCachingProxy;
}

bool isClean(const QByteArray &text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// The request as it is sent; `whole` names the address with its host, as a proxy wants it.
QByteArray requestText(const HttpRequest &request, const QUrl &url, bool whole)
{
    // Path and query exactly as the caller wrote them.
    const auto authority = request.target.indexOf("://") + 3;
    qsizetype at = authority;
    while (at < request.target.size() && request.target[at] != '/' && request.target[at] != '?' && request.target[at] != '#')
        ++at;
    QByteArray target = request.target.mid(at);
    target = target.left(target.indexOf('#') < 0 ? target.size() : target.indexOf('#'));
    if (!target.startsWith('/'))
        target.prepend('/');
    const QByteArray host = url.toEncoded(QUrl::RemoveScheme | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment).mid(2);
    if (whole)
        target.prepend(QByteArray("http://" + host));

    QByteArray text = request.method + ' ' + target + " HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\n";
    bool encoding = false, agent = false;
    for (const auto &[name, value] : request.headers) {
        const QByteArray key = name.toLower();
        if (key == "host" || key == "connection" || key == "content-length" || key == "transfer-encoding" || key == "expect")
            continue;
        encoding = encoding || key == "accept-encoding";
        agent = agent || key == "user-agent";
        text += name + ": " + value + "\r\n";
    }
    if (!encoding)
        text += "accept-encoding: identity\r\n";
    if (!agent)
        text += "user-agent: Coppice\r\n";
    if (!request.body.isEmpty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
        text += "content-length: " + QByteArray::number(request.body.size()) + "\r\n";
    return text;
}

/// One request on its way; lives on the calling thread's event loop.
class Exchange
{
public:
    Exchange(const HttpRequest &request, const QUrl &url, const std::function<void(const HttpResponse &)> &onHead,
             const std::function<bool(QByteArrayView)> &onData, qint64 bodyCap)
        : m_request(request), m_url(url), m_onHead(onHead), m_onData(onData), m_bodyCap(bodyCap),
          m_where(url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery)),
          m_reader(request.method != "HEAD", [this](const HttpResponse &head) { takeHead(head); },
                   [this](QByteArrayView piece) { return takeData(piece); })
    {
    }

    Result<HttpResponse> carryOut(int timeoutMs, const std::stop_token &stop)
    {
        const bool secure = m_url.scheme() == u"https";
        const auto begin = [this] { send(); };
        if (secure) {
            auto socket = std::make_unique<QSslSocket>();
            QObject::connect(socket.get(), &QSslSocket::encrypted, &m_loop, begin);
            QObject::connect(socket.get(), &QSslSocket::encryptedBytesWritten, &m_loop, [this] { m_lastWord.start(); });
            m_secure = socket.get();
            m_socket = std::move(socket);
        } else {
            m_socket = std::make_unique<QTcpSocket>();
            QObject::connect(m_socket.get(), &QTcpSocket::connected, &m_loop, begin);
        }
        QObject::connect(m_socket.get(), &QTcpSocket::readyRead, &m_loop, [this] { read(); });
        QObject::connect(m_socket.get(), &QTcpSocket::bytesWritten, &m_loop, [this] { m_lastWord.start(); });
        QObject::connect(m_socket.get(), &QTcpSocket::errorOccurred, &m_loop, [this] { lost(); });
        QObject::connect(m_socket.get(), &QTcpSocket::disconnected, &m_loop, [this] { lost(); });
        // Looks back at the last word when it rings: a stream would start a timer anew at every piece.
        QObject::connect(&m_silence, &QTimer::timeout, &m_loop, [this, timeoutMs] {
            const qint64 left = timeoutMs - m_lastWord.elapsed();
            if (left > 0)
                m_silence.start(int(left));
            else
                finish(End::Silence);
        });
        m_silence.setSingleShot(true);
        m_lastWord.start();
        m_silence.start(timeoutMs);
        const std::stop_callback onStop(stop, [this] {
            QMetaObject::invokeMethod(&m_loop, [this] { finish(End::Stopped); }, Qt::QueuedConnection);
        });
        connectSocket(secure);
        if (m_end == End::None)
            m_loop.exec();
        m_socket->disconnect(&m_loop);
        m_socket->abort();
        return result();
    }

private:
    enum class End { None, Whole, Silence, Stopped, Reader, Large, Broken, Lost };

    void connectSocket(bool secure)
    {
        const QNetworkProxy proxy = proxyFor(m_url);
        m_socket->setReadBufferSize(1 << 20); // a slow reader slows the sender
        if (secure) {
            m_socket->setProxy(proxy);
            m_secure->connectToHostEncrypted(m_url.host(), quint16(m_url.port(443)));
            return;
        }
        m_viaProxy = isWebProxy(proxy);
        m_socket->setProxy(m_viaProxy ? QNetworkProxy(QNetworkProxy::NoProxy) : proxy);
        if (m_viaProxy && !proxy.user().isEmpty())
            m_proxyLogin = "proxy-authorization: Basic " + QString(proxy.user() + u':' + proxy.password()).toUtf8().toBase64() + "\r\n";
        m_socket->connectToHost(m_viaProxy ? proxy.hostName() : m_url.host(), m_viaProxy ? proxy.port() : quint16(m_url.port(80)));
    }
    void send()
    {
        m_lastWord.start();
        m_socket->write(QByteArray(requestText(m_request, m_url, m_viaProxy) + m_proxyLogin + "\r\n"));
        m_socket->write(m_request.body);
    }
    void read()
    {
        m_lastWord.start();
        while (m_end == End::None && m_socket->bytesAvailable() > 0) {
            const qint64 got = m_socket->read(m_bytes.data(), qint64(m_bytes.size()));
            if (got <= 0)
                return;
            judge(m_reader.read(QByteArrayView(m_bytes.data(), got)));
        }
    }
    void judge(ResponseReader::State state)
    {
        if (m_end != End::None)
            return; // said why already
        if (state == ResponseReader::State::Whole)
            finish(End::Whole);
        else if (state == ResponseReader::State::Stopped)
            finish(End::Reader);
        else if (state == ResponseReader::State::Broken)
            finish(End::Broken);
    }
    /// The peer has closed, or there never was a connection.
    void lost()
    {
        if (m_end != End::None)
            return;
        read();
        if (m_end != End::None)
            return;
        m_error = m_socket->error();
        m_errorText = m_socket->errorString();
        const bool closed = m_error == QAbstractSocket::RemoteHostClosedError || m_error == QAbstractSocket::UnknownSocketError;
        if (m_headTaken && closed)
            judge(m_reader.end());
        if (m_end == End::None)
            finish(m_headTaken ? End::Broken : End::Lost);
    }
    void takeHead(const HttpResponse &head)
    {
        m_headTaken = true;
        m_response = head;
        if (m_onHead)
            m_onHead(m_response);
    }
    bool takeData(QByteArrayView piece)
    {
        if (m_onData)
            return m_onData(piece);
        m_response.body.append(piece.data(), piece.size());
        if (m_response.body.size() <= m_bodyCap)
            return true;
        finish(End::Large);
        return false;
    }
    void finish(End end)
    {
        if (m_end == End::None)
            m_end = end;
        m_loop.quit();
    }
    Result<HttpResponse> result()
    {
        switch (m_end) {
        case End::None:
        case End::Whole:
            return std::move(m_response);
        case End::Silence:
            return fail(QStringLiteral("net.timeout"), QStringLiteral("The server did not answer in time"), m_where, QStringLiteral("Try again later."));
        case End::Stopped:
        case End::Reader:
            return failCancelled();
        case End::Large:
            return fail(QStringLiteral("net.large"), QStringLiteral("The answer is larger than %1 bytes").arg(m_bodyCap), m_where);
        case End::Broken:
            return fail(QStringLiteral("net.broken"), QStringLiteral("The server's answer is broken off, or no HTTP"), m_where, QStringLiteral("Try again."));
        case End::Lost:
            break;
        }
        switch (m_error) {
        case QAbstractSocket::SslHandshakeFailedError:
        case QAbstractSocket::SslInternalError:
            return fail(QStringLiteral("net.tls"), QStringLiteral("The server's certificate is not accepted: %1").arg(m_errorText), m_where,
                        QStringLiteral("Check the address, the clock, and the machine's certificates."));
        case QAbstractSocket::HostNotFoundError:
            return fail(QStringLiteral("net.host"), QStringLiteral("There is no such host"), m_where, QStringLiteral("Check the address and the network."));
        case QAbstractSocket::ConnectionRefusedError:
            return fail(QStringLiteral("net.refused"), QStringLiteral("Nobody listens at this address"), m_where,
                        QStringLiteral("Check that the service runs."));
        default:
            return fail(QStringLiteral("net.failed"), QStringLiteral("The request failed: %1").arg(m_errorText), m_where,
                        QStringLiteral("Try again, or check the network."));
        }
    }

    std::vector<char> m_bytes = std::vector<char>(64 * 1024);
    const HttpRequest &m_request;
    const QUrl &m_url;
    const std::function<void(const HttpResponse &)> &m_onHead;
    const std::function<bool(QByteArrayView)> &m_onData;
    qint64 m_bodyCap;
    QString m_where;
    ResponseReader m_reader;
    QEventLoop m_loop;
    QTimer m_silence;
    QElapsedTimer m_lastWord;
    std::unique_ptr<QTcpSocket> m_socket;
    QSslSocket *m_secure = nullptr; ///< the same, where it is one
    HttpResponse m_response;
    QByteArray m_proxyLogin;
    QString m_errorText;
    QAbstractSocket::SocketError m_error = QAbstractSocket::UnknownSocketError;
    End m_end = End::None;
    bool m_headTaken = false;
    bool m_viaProxy = false;
};

} // namespace

Result<HttpResponse> httpSend(const HttpRequest &request, int timeoutMs, std::stop_token stop,
                              const std::function<void(const HttpResponse &)> &onHead,
                              const std::function<bool(QByteArrayView)> &onData, qint64 bodyCap)
{
    const QUrl url(QString::fromUtf8(request.target), QUrl::StrictMode);
    const QString where = url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"http" && url.scheme() != u"https") || !url.userInfo().isEmpty()
        || !isClean(request.target) || request.target.contains(' '))
        return failUsage(QStringLiteral("net.url"), QStringLiteral("This is no http or https address"), where);
    bool clean = isClean(request.method) && !request.method.isEmpty() && !request.method.contains(' ');
    for (const auto &[name, value] : request.headers)
        clean = clean && !name.isEmpty() && isClean(name) && isClean(value) && !name.contains(':');
    if (!clean)
        return failUsage(QStringLiteral("net.header"), QStringLiteral("A header cannot have this name or value"), where);
    if (stop.stop_requested())
        return failCancelled();
    return Exchange(request, url, onHead, onData, bodyCap).carryOut(timeoutMs, stop);
}

} // namespace coppice::net

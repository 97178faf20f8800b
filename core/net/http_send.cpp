// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"

#include <QEventLoop>
#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimer>
#include <QUrl>

namespace coppice::net {

namespace {

/// The user's proxy for everything but this machine.
class UserProxy final : public QNetworkProxyFactory
{
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        const QString host = query.peerHostName();
        if (host == u"localhost" || QHostAddress(host).isLoopback())
            return {QNetworkProxy(QNetworkProxy::NoProxy)};
        return QNetworkProxyFactory::systemProxyForQuery(query);
    }
};

QNetworkRequest makeRequest(const HttpRequest &request, const QUrl &url)
{
    QNetworkRequest made(url);
    made.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    made.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    made.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    made.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    made.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    made.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    for (const auto &[name, value] : request.headers)
        made.setRawHeader(name, value);
    return made;
}

HttpResponse headOf(const QNetworkReply &reply)
{
    HttpResponse response;
    response.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    for (const auto &[name, value] : reply.rawHeaderPairs())
        response.headers.emplace_back(name.toLower(), value);
    return response;
}

Fail describe(const QNetworkReply &reply, const QString &where)
{
    const QString why = reply.errorString();
    switch (reply.error()) {
    case QNetworkReply::SslHandshakeFailedError:
        return fail(QStringLiteral("net.tls"), QStringLiteral("The server's certificate is not accepted: %1").arg(why), where,
                    QStringLiteral("Check the address, the clock, and the machine's certificates."));
    case QNetworkReply::HostNotFoundError:
        return fail(QStringLiteral("net.host"), QStringLiteral("There is no such host"), where,
                    QStringLiteral("Check the address and the network."));
    case QNetworkReply::ConnectionRefusedError:
        return fail(QStringLiteral("net.refused"), QStringLiteral("Nobody listens at this address"), where,
                    QStringLiteral("Check that the service runs."));
    default:
        return fail(QStringLiteral("net.failed"), QStringLiteral("The request failed: %1").arg(why), where,
                    QStringLiteral("Try again, or check the network."));
    }
}

/// One request on its way; lives on the calling thread's event loop.
class Exchange
{
public:
    Exchange(int timeoutMs, const std::function<void(const HttpResponse &)> &onHead,
             const std::function<bool(QByteArrayView)> &onData, qint64 bodyCap)
        : m_onHead(onHead), m_onData(onData), m_bodyCap(bodyCap)
    {
        m_silence.setSingleShot(true);
        m_silence.setInterval(timeoutMs);
    }

    Result<HttpResponse> carryOut(const HttpRequest &request, const QUrl &url, std::stop_token stop, const QString &where)
    {
        QNetworkAccessManager manager;
        manager.setProxyFactory(new UserProxy); // owned by the manager
        const std::unique_ptr<QNetworkReply> reply(
            manager.sendCustomRequest(makeRequest(request, url), request.method, request.body));
        m_reply = reply.get();
        m_reply->setReadBufferSize(1 << 20); // a slow reader slows the sender
        QObject::connect(m_reply, &QNetworkReply::metaDataChanged, m_reply, [this] { tellHead(); });
        QObject::connect(m_reply, &QNetworkReply::readyRead, m_reply, [this] { read(); });
        QObject::connect(m_reply, &QNetworkReply::uploadProgress, m_reply, [this] { m_silence.start(); });
        QObject::connect(m_reply, &QNetworkReply::finished, &m_loop, &QEventLoop::quit);
        QObject::connect(&m_silence, &QTimer::timeout, m_reply, [this] { giveUp(Why::Silence); });
        m_silence.start();
        const std::stop_callback onStop(stop, [this] {
            QMetaObject::invokeMethod(&m_silence, [this] { giveUp(Why::Stopped); }, Qt::QueuedConnection);
        });
        if (!m_reply->isFinished())
            m_loop.exec();
        if (m_why == Why::Nothing) {
            tellHead();
            read();
        }
        return result(where);
    }

private:
    enum class Why { Nothing, Silence, Stopped, Reader, Large };

    void tellHead()
    {
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (m_headTold || status == 0 || status == 100)
            return;
        m_headTold = true;
        m_response = headOf(*m_reply);
        if (m_onHead)
            m_onHead(m_response);
    }
    void read()
    {
        m_silence.start();
        tellHead();
        const QByteArray piece = m_reply->readAll();
        if (piece.isEmpty() || m_why != Why::Nothing)
            return;
        if (m_onData) {
            if (!m_onData(piece))
                giveUp(Why::Reader);
            return;
        }
        m_response.body += piece;
        if (m_response.body.size() > m_bodyCap)
            giveUp(Why::Large);
    }
    void giveUp(Why why)
    {
        if (m_why != Why::Nothing || !m_reply)
            return;
        m_why = why;
        m_reply->abort(); // emits finished
    }
    Result<HttpResponse> result(const QString &where)
    {
        switch (m_why) {
        case Why::Silence:
            return fail(QStringLiteral("net.timeout"), QStringLiteral("The server did not answer in time"), where,
                        QStringLiteral("Try again later."));
        case Why::Stopped:
        case Why::Reader:
            return failCancelled();
        case Why::Large:
            return fail(QStringLiteral("net.large"), QStringLiteral("The answer is larger than %1 bytes").arg(m_bodyCap), where);
        case Why::Nothing:
            break;
        }
        // Qt makes errors of statuses from 400 on; here they are answers. Below 100 of Qt's codes is the connection's own.
        const auto error = m_reply->error();
        const bool broken = error != QNetworkReply::NoError
            && (error < QNetworkReply::ContentAccessDenied || error == QNetworkReply::ProtocolFailure
                || error == QNetworkReply::ProtocolUnknownError || error == QNetworkReply::ProtocolInvalidOperationError);
        if (!m_headTold || (broken && m_response.status < 400))
            return describe(*m_reply, where);
        return std::move(m_response);
    }

    const std::function<void(const HttpResponse &)> &m_onHead;
    const std::function<bool(QByteArrayView)> &m_onData;
    qint64 m_bodyCap;
    QEventLoop m_loop;
    QTimer m_silence;
    QNetworkReply *m_reply = nullptr;
    HttpResponse m_response;
    bool m_headTold = false;
    Why m_why = Why::Nothing;
};

} // namespace

Result<HttpResponse> httpSend(const HttpRequest &request, int timeoutMs, std::stop_token stop,
                              const std::function<void(const HttpResponse &)> &onHead,
                              const std::function<bool(QByteArrayView)> &onData, qint64 bodyCap)
{
    const QUrl url(QString::fromUtf8(request.target), QUrl::StrictMode);
    const QString where = url.toDisplayString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"http" && url.scheme() != u"https"))
        return failUsage(QStringLiteral("net.url"), QStringLiteral("This is no http or https address"), where);
    if (stop.stop_requested())
        return failCancelled();
    return Exchange(timeoutMs, onHead, onData, bodyCap).carryOut(request, url, std::move(stop), where);
}

} // namespace coppice::net

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A contract mock (Prism, pinned, from the npm registry): answers after an API document, and refuses what it does not allow.

#include <net/http.h>

#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QThread>

#include <unistd.h>

namespace coppice::test {

/// Installs a package once into a folder of the build; the path in it, empty when there is no npm or no registry.
inline QString fromNpm(const QString &folder, const QString &package, const QString &path)
{
    const QString dir = QStringLiteral(COPPICE_CLIENTS_DIR) + u'/' + folder;
    const QString wanted = dir + QStringLiteral("/node_modules/") + path;
    if (!QFileInfo::exists(wanted)) {
        QProcess npm;
        npm.start(QStringLiteral("npm"), {QStringLiteral("install"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"), QStringLiteral("--prefix"), dir, package});
        npm.waitForFinished(300'000);
    }
    return QFileInfo::exists(wanted) ? wanted : QString();
}

inline QString prismProgram()
{
    return fromNpm(QStringLiteral("prism"), QStringLiteral("@stoplight/prism-cli@5.14.2"), QStringLiteral(".bin/prism"));
}

class ContractMock
{
public:
    ~ContractMock()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    /// Starts and waits until `probe` is answered; false when it never is.
    bool start(const QString &program, const QString &document, const QByteArray &probe)
    {
        const int port = 42'000 + int(getpid() % 10'000);
        m_url = "http://127.0.0.1:" + QByteArray::number(port);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setStandardOutputFile(QProcess::nullDevice());
        m_process.start(program, {QStringLiteral("mock"), QStringLiteral("-h"), QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(port), document});
        QElapsedTimer waited;
        waited.start();
        while (waited.elapsed() < 240'000) {
            if (status("GET", probe) >= 200)
                return true;
            QThread::msleep(500);
        }
        return false;
    }
    [[nodiscard]] const QByteArray &url() const { return m_url; }
    int status(const QByteArray &method, const QByteArray &path, const QByteArray &body = {}) const
    {
        net::HttpRequest request{method, m_url + path, {{"authorization", "Bearer x"}, {"accept", "application/json"}}, body};
        if (!body.isEmpty())
            request.headers.emplace_back("content-type", "application/json");
        const auto answer = net::httpSend(request, 60'000);
        return answer ? answer->status : 0;
    }

private:
    QProcess m_process;
    QByteArray m_url;
};

} // namespace coppice::test

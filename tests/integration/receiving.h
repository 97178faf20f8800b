// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/ctl.h"
#include "support/scratch.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QThread>
#include <QUrl>

#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coppice::test {

/// A client on a socket that says exactly what it is told to.
class Peer
{
public:
    explicit Peer(int port)
    {
        m_fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(quint16(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        m_open = ::connect(m_fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
        const timeval limit{60, 0};
        ::setsockopt(m_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(m_fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    ~Peer() { ::close(m_fd); }
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    [[nodiscard]] bool isOpen() const { return m_open; }
    /// False when the other side takes no more.
    bool say(const QByteArray &bytes)
    {
        for (qsizetype at = 0; at < bytes.size();) {
            const ssize_t sent = ::send(m_fd, bytes.constData() + at, size_t(bytes.size() - at), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            at += sent;
        }
        return true;
    }
    /// One answer: up to the end that its head tells. Empty: none came.
    QByteArray answer()
    {
        for (;;) {
            const auto head = m_read.indexOf("\r\n\r\n");
            if (head >= 0) {
                const QByteArray lower = m_read.left(head).toLower() + "\r\n";
                const auto at = lower.indexOf("content-length:");
                const auto length = at < 0 ? 0 : lower.mid(at + 15, lower.indexOf("\r\n", at) - at - 15).trimmed().toLongLong();
                if (m_read.size() >= head + 4 + length) {
                    const QByteArray whole = m_read.left(head + 4 + length);
                    m_read.remove(0, whole.size());
                    return whole;
                }
            }
            char buffer[16384];
            const ssize_t got = ::recv(m_fd, buffer, sizeof buffer, 0);
            if (got <= 0)
                return {};
            m_read.append(buffer, got);
        }
    }
    int status() { return answer().mid(9, 3).toInt(); }

private:
    int m_fd = -1;
    bool m_open = false;
    QByteArray m_read;
};

inline QByteArray post(const QByteArray &path, const QByteArray &body, const QByteArray &headers = {}, const QByteArray &host = "127.0.0.1")
{
    return "POST " + path + " HTTP/1.1\r\nhost: " + host + "\r\n" + headers + "content-length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

/// A library with the plugins "mail" and "files", and `serve --port 0` on it.
class ServedLibrary
{
public:
    ServedLibrary()
    {
        library = scratch.path(QStringLiteral("library"));
        if (m_bare({QStringLiteral("init"), library}).exit != 0)
            qFatal("init failed");
        ctl = m_bare.on(library);
        for (const auto &name : {QStringLiteral("mail"), QStringLiteral("files")}) {
            const QString source = scratch.repository(name, {{QStringLiteral("package.json"), "{\"name\":\"x\",\"version\":\"1.0.0\"}\n"}});
            const QString upstream = scratch.path(QString(name + QStringLiteral(".git")));
            scratch.git(scratch.path(), {QStringLiteral("clone"), QStringLiteral("-q"), QStringLiteral("--bare"), source, upstream});
            if (ctl({QStringLiteral("plugins"), QStringLiteral("add"), upstream, QStringLiteral("--name"), name}).exit != 0)
                qFatal("plugins add failed");
        }
    }
    ~ServedLibrary() { kill(SIGTERM); }

    void start(const QStringList &more = {})
    {
        m_pid = pid_t(ctl.start(QStringList{QStringLiteral("serve"), QStringLiteral("--port"), QString::number(port)} + more));
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 60'000) {
            QFile note(library + QStringLiteral("/.git/coppice/receiver.json"));
            const QJsonObject said = note.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(note.readAll()).object() : QJsonObject();
            if (said[u"pid"].toInt() == m_pid) {
                port = said[u"port"].toInt();
                return;
            }
            QThread::msleep(20);
        }
        qFatal("serve did not start");
    }
    void kill(int signal)
    {
        if (m_pid <= 0)
            return;
        ::kill(m_pid, signal);
        ::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
    }
    [[nodiscard]] QByteArray keyOf(const QString &plugin) const
    {
        const auto answer = ctl({QStringLiteral("serve"), QStringLiteral("--port"), QString::number(port), QStringLiteral("--keys"), plugin});
        return QUrl(answer.json[u"plugins"][0][u"dsn"].toString()).userName().toLatin1();
    }
    /// Of the whole run so far, in MB.
    [[nodiscard]] int peakMemory() const
    {
        QFile status(QStringLiteral("/proc/%1/status").arg(m_pid));
        if (!status.open(QIODevice::ReadOnly))
            return -1;
        const QByteArray text = status.readAll();
        return text.mid(text.indexOf("VmHWM:") + 6, 20).simplified().split(' ').first().toInt() / 1024;
    }
    [[nodiscard]] bool runs() const { return m_pid > 0 && ::waitpid(m_pid, nullptr, WNOHANG) == 0; }
    [[nodiscard]] int pid() const { return m_pid; }

    Scratch scratch;
    QString library;
    int port = 0;

private:
    Ctl m_bare{QStringLiteral(COPPICECTL), scratch.path(QStringLiteral("home"))};

public:
    Ctl ctl{m_bare};

private:
    pid_t m_pid = -1;
};

} // namespace coppice::test

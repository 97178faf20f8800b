// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/socket.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace coppice::net {

using process::Descriptor;

namespace {

QString lastError()
{
    return QString::fromLocal8Bit(strerror(errno));
}

/// The address of a unix socket. A path that is too long for it is reached through its folder's descriptor.
struct PathAddress {
    Descriptor folder;
    sockaddr_un address{};

    bool set(const QString &path)
    {
        QByteArray name = QFile::encodeName(path);
        if (name.size() >= qsizetype(sizeof address.sun_path)) {
            const QFileInfo info(path);
            folder = Descriptor(::open(QFile::encodeName(info.path()).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            name = "/proc/self/fd/" + QByteArray::number(folder.get()) + '/' + QFile::encodeName(info.fileName());
            if (!folder.isOpen() || name.size() >= qsizetype(sizeof address.sun_path))
                return false;
        }
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.constData(), size_t(name.size()) + 1);
        return true;
    }
    [[nodiscard]] const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&address); }
};

} // namespace

Result<Descriptor> listenOnLoopback(quint16 &port)
{
    Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t length = sizeof address;
    if (::bind(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 || ::listen(fd.get(), 256) != 0
        || ::getsockname(fd.get(), reinterpret_cast<sockaddr *>(&address), &length) != 0)
        return fail(QStringLiteral("net.listen"), QStringLiteral("Cannot listen on this port: %1").arg(lastError()),
                    QStringLiteral("127.0.0.1:%1").arg(port), QStringLiteral("Choose another port, or 0 for any free one."));
    port = ntohs(address.sin_port);
    return fd;
}

Descriptor listenOnLoopback6(quint16 port)
{
    Descriptor fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!fd.isOpen() || ::bind(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(fd.get(), 256) != 0)
        return {};
    return fd;
}

Result<Descriptor> listenOnAddress(const QString &address, quint16 &port)
{
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const QByteArray text = address.toLatin1();
    const bool is4 = ::inet_pton(AF_INET, text.constData(), &v4.sin_addr) == 1;
    if (!is4 && ::inet_pton(AF_INET6, text.constData(), &v6.sin6_addr) != 1)
        return failUsage(QStringLiteral("net.address"), QStringLiteral("This is no address to listen on"), address,
                         QStringLiteral("Give an IPv4 or IPv6 address of this machine, 0.0.0.0 or ::."));
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    Descriptor fd(::socket(is4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto *name = is4 ? reinterpret_cast<sockaddr *>(&v4) : reinterpret_cast<sockaddr *>(&v6);
    socklen_t length = is4 ? sizeof v4 : sizeof v6;
    if (::bind(fd.get(), name, length) != 0 || ::listen(fd.get(), 256) != 0 || ::getsockname(fd.get(), name, &length) != 0)
        return fail(QStringLiteral("net.listen"), QStringLiteral("Cannot listen on this address and port: %1").arg(lastError()),
                    QStringLiteral("%1 port %2").arg(address).arg(port), QStringLiteral("Choose another port, or 0 for any free one."));
    port = ntohs(is4 ? v4.sin_port : v6.sin6_port);
    return fd;
}

Result<Descriptor> connectToPath(const QString &path)
{
    PathAddress address;
    Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address.set(path) || ::connect(fd.get(), address.get(), sizeof address.address) != 0)
        return fail(QStringLiteral("net.socket-closed"), QStringLiteral("Nobody listens at this socket: %1").arg(lastError()), path);
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
    return fd;
}

Result<Descriptor> listenOnPath(const QString &path)
{
    struct stat info {};
    const QByteArray name = QFile::encodeName(path);
    if (::lstat(name.constData(), &info) == 0) {
        if (!S_ISSOCK(info.st_mode))
            return fail(QStringLiteral("net.socket-path"), QStringLiteral("There is something else where a socket should be"), path);
        if (connectToPath(path))
            return fail(QStringLiteral("net.socket-busy"), QStringLiteral("Somebody listens at this socket already"), path,
                        QStringLiteral("End the other process first."));
        ::unlink(name.constData());
    }
    PathAddress address;
    Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::fchmod(fd.get(), 0600); // Linux gives the file the mode of the socket; so it is never open to others
    if (!address.set(path) || ::bind(fd.get(), address.get(), sizeof address.address) != 0 || ::listen(fd.get(), 256) != 0)
        return fail(QStringLiteral("net.listen"), QStringLiteral("Cannot listen on a socket: %1").arg(lastError()), path,
                    QStringLiteral("Check the folder's permissions."));
    return fd;
}

} // namespace coppice::net

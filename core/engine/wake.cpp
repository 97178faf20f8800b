// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wake.h"

#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace coppice::engine {

namespace {

/// A unix address holds 107 bytes of path; a longer one is reached through its folder's descriptor.
class Address
{
public:
    explicit Address(const QString &path)
    {
        m_address.sun_family = AF_UNIX;
        QByteArray name = QFile::encodeName(path);
        if (size_t(name.size()) >= sizeof m_address.sun_path) {
            const QFileInfo info(path);
            m_folder = ::open(QFile::encodeName(info.path()).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC);
            name = "/proc/self/fd/" + QByteArray::number(m_folder) + '/' + QFile::encodeName(info.fileName());
        }
        std::strncpy(m_address.sun_path, name.constData(), sizeof m_address.sun_path - 1);
    }
    ~Address()
    {
        if (m_folder >= 0)
            ::close(m_folder);
    }
    Address(const Address &) = delete;
    Address &operator=(const Address &) = delete;
    [[nodiscard]] const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&m_address); }
    [[nodiscard]] const char *path() const { return m_address.sun_path; }
    static constexpr socklen_t size = sizeof(sockaddr_un);

private:
    sockaddr_un m_address{};
    int m_folder = -1;
};

} // namespace

WakeListener::~WakeListener()
{
    stop();
}

Result<> WakeListener::listen(const QString &path, std::function<void(const QByteArray &)> heard)
{
    m_socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    m_end = ::eventfd(0, EFD_CLOEXEC);
    if (m_socket < 0 || m_end < 0)
        return fail(QStringLiteral("engine.socket"), QStringLiteral("The engine's socket cannot be made (%1)")
                                                         .arg(QString::fromLocal8Bit(std::strerror(errno))));
    const Address address(path);
    ::unlink(address.path());
    if (::bind(m_socket, address.get(), Address::size) != 0)
        return fail(QStringLiteral("engine.socket"),
                    QStringLiteral("The engine's socket cannot be made (%1)").arg(QString::fromLocal8Bit(std::strerror(errno))),
                    path);
    ::chmod(address.path(), 0600);
    m_path = path;
    m_thread = std::jthread([this, heard = std::move(heard)] {
        std::array<char, 200> buffer{};
        std::array<pollfd, 2> waited{pollfd{m_socket, POLLIN, 0}, pollfd{m_end, POLLIN, 0}};
        while (true) {
            if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR)
                return;
            if (waited[1].revents)
                return;
            if (!(waited[0].revents & POLLIN))
                continue;
            const ssize_t got = ::recv(m_socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got > 0)
                heard(QByteArray(buffer.data(), got));
        }
    });
    return {};
}

void WakeListener::stop()
{
    if (m_thread.joinable()) {
        const quint64 one = 1;
        [[maybe_unused]] const auto written = ::write(m_end, &one, sizeof one);
        m_thread.join();
    }
    if (!m_path.isEmpty())
        ::unlink(QFile::encodeName(m_path).constData());
    m_path.clear();
    for (int *fd : {&m_socket, &m_end}) {
        if (*fd >= 0)
            ::close(*fd);
        *fd = -1;
    }
}

void wakeEngine(const QString &path, const QByteArray &message)
{
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    const Address address(path);
    ::sendto(fd, message.constData(), size_t(message.size()), MSG_NOSIGNAL, address.get(), Address::size);
    ::close(fd);
}

} // namespace coppice::engine

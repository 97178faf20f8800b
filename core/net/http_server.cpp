// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http_connection.h"
#include "net/socket.h"

#include <QFile>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace coppice::net {

using process::Descriptor;
using ConnectionPtr = std::unique_ptr<HttpConnection>;
using State = HttpConnection::State;

struct HttpServer::Server {
    Server(Handler handler, Limits limits, Admit admit)
        : m_handler(std::move(handler)), m_admit(std::move(admit)), m_limits(limits), m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    {
    }
    ~Server();

    void addListener(Descriptor fd);
    std::vector<QString> socketFiles; ///< removed at the end
    Together together;                ///< set before the first listener

private:
    void readRequests(const std::stop_token &stop);
    void waitForEvents(std::vector<pollfd> &polled);
    void acceptFrom(int listener);
    void makeRoom();
    void serve(std::list<ConnectionPtr>::iterator connection, short events);
    void hand(std::list<ConnectionPtr>::iterator connection);
    void rouse();
    void takeBack();
    void dropLate();
    void work(const std::stop_token &stop);
    [[nodiscard]] bool mayTakeCrowd() const { return !m_crowd.empty() && m_crowdCalls < together.calls; }
    void handleOne(HttpConnection &connection);
    void handleCrowd(std::unique_lock<std::mutex> &lock);
    void wake();

    Handler m_handler;
    Admit m_admit;
    Limits m_limits;
    Descriptor m_wake;
    std::atomic<qint64> m_allBodies = 0;

    // of the reading thread
    std::list<ConnectionPtr> m_connections; ///< those it waits for; handled ones are in m_handled

    std::mutex m_mutex;
    std::condition_variable_any m_more;
    std::vector<Descriptor> m_listeners;
    std::deque<HttpConnection *> m_waiting; ///< whole requests; owned by m_handled
    std::deque<HttpConnection *> m_crowd;   ///< those that are handled together
    int m_crowdCalls = 0;
    size_t m_lastCrowd = 1;
    std::condition_variable m_gathered; ///< as many as the last time are there
    std::list<ConnectionPtr> m_handled;
    std::vector<std::jthread> m_workers;
    int m_idleWorkers = 0;
    std::jthread m_reader;
};

void HttpServer::Server::wake()
{
    const quint64 one = 1;
    [[maybe_unused]] const auto written = ::write(m_wake.get(), &one, sizeof one);
}

void HttpServer::Server::addListener(Descriptor fd)
{
    {
        const std::lock_guard lock(m_mutex);
        m_listeners.push_back(std::move(fd));
        if (!m_reader.joinable())
            m_reader = std::jthread([this](const std::stop_token &stop) { readRequests(stop); });
    }
    wake();
}

HttpServer::Server::~Server()
{
    m_reader.request_stop();
    wake();
    if (m_reader.joinable())
        m_reader.join();
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.clear();
        m_crowd.clear();
        for (const auto &connection : m_handled)
            connection->stop.request_stop();
        for (auto &worker : m_workers)
            worker.request_stop();
    }
    m_more.notify_all();
    m_workers.clear(); // joins
    for (const auto &file : socketFiles)
        ::unlink(QFile::encodeName(file).constData());
}

void HttpServer::Server::handleOne(HttpConnection &connection)
{
    SocketAnswer answer(connection, m_limits.idleMs);
    m_handler(connection.request, answer, connection.stop.get_token());
    const bool again = answer.finish();
    {
        const std::lock_guard lock(m_mutex);
        connection.keepAlive = again;
        connection.answered = true;
    }
    wake();
}

void HttpServer::Server::handleCrowd(std::unique_lock<std::mutex> &lock)
{
    ++m_crowdCalls;
    const size_t expected = std::min(m_lastCrowd, together.most);
    if (m_crowd.size() < expected)
        m_gathered.wait_for(lock, std::chrono::milliseconds(together.gatherMs), [&] { return m_crowd.size() >= expected; });
    const auto end = m_crowd.begin() + std::ptrdiff_t(std::min(m_crowd.size(), together.most));
    const std::vector<HttpConnection *> taken(m_crowd.begin(), end);
    m_crowd.erase(m_crowd.begin(), end);
    m_lastCrowd = std::max<size_t>(1, taken.size());
    lock.unlock();
    std::deque<SocketAnswer> answers;
    std::vector<Exchange> exchanges;
    exchanges.reserve(taken.size());
    for (auto *connection : taken)
        exchanges.push_back({connection->request, answers.emplace_back(*connection, m_limits.idleMs), connection->stop.get_token()});
    if (!exchanges.empty())
        together.handle(exchanges);
    std::vector<bool> again;
    for (auto &answer : answers)
        again.push_back(answer.finish());
    lock.lock();
    for (size_t i = 0; i < taken.size(); ++i) {
        taken[i]->keepAlive = again[i];
        taken[i]->answered = true;
    }
    --m_crowdCalls;
    lock.unlock();
    wake();
    lock.lock();
}

void HttpServer::Server::work(const std::stop_token &stop)
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        ++m_idleWorkers;
        m_more.wait(lock, stop, [this] { return !m_waiting.empty() || mayTakeCrowd(); });
        --m_idleWorkers;
        if (stop.stop_requested())
            return;
        if (m_waiting.empty()) {
            handleCrowd(lock);
            continue;
        }
        auto *connection = m_waiting.front();
        m_waiting.pop_front();
        lock.unlock();
        handleOne(*connection);
        lock.lock();
    }
}

/// A whole request goes to those that wait for workers.
void HttpServer::Server::hand(std::list<ConnectionPtr>::iterator connection)
{
    const bool joins = together.handle && together.fits((*connection)->request);
    const std::lock_guard lock(m_mutex);
    (*connection)->answered = false;
    (joins ? m_crowd : m_waiting).push_back(connection->get());
    m_handled.splice(m_handled.end(), m_connections, connection);
}

/// Once all that has come is handed over: wakes workers for it, more of which are started where all are busy.
void HttpServer::Server::rouse()
{
    const std::lock_guard lock(m_mutex);
    if (m_crowdCalls > 0 && m_crowd.size() >= std::min(m_lastCrowd, together.most))
        m_gathered.notify_all();
    const size_t wanted = m_waiting.size() + (mayTakeCrowd() ? 1 : 0);
    for (size_t i = size_t(m_idleWorkers); i < wanted && int(m_workers.size()) < m_limits.threads; ++i)
        m_workers.emplace_back([this](const std::stop_token &stop) { work(stop); });
    for (size_t i = 0; i < wanted; ++i)
        m_more.notify_one();
}

void HttpServer::Server::takeBack()
{
    std::list<ConnectionPtr> back;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_handled.begin(); it != m_handled.end();) {
            const auto here = it++;
            if ((*here)->answered)
                back.splice(back.end(), m_handled, here);
        }
    }
    while (!back.empty()) {
        const auto it = back.begin();
        auto &connection = **it;
        connection.answered = false;
        if (!connection.keepAlive) {
            // Answered and told to close: what the peer still sends is not an error of the answer.
            ::shutdown(connection.fd(), SHUT_WR);
            connection.state = State::Lingering;
            connection.deadline = HttpConnection::Clock::now() + std::chrono::seconds(2);
            if (connection.peerGone)
                back.erase(it);
            else
                m_connections.splice(m_connections.end(), back, it);
            continue;
        }
        connection.next();
        m_connections.splice(m_connections.end(), back, it);
        const auto last = std::prev(m_connections.end());
        if ((*last)->parse() == HttpConnection::Progress::Whole)
            hand(last);
    }
}

/// When there are as many as may be, the one that has kept us waiting longest goes.
void HttpServer::Server::makeRoom()
{
    size_t handled = 0;
    {
        const std::lock_guard lock(m_mutex);
        handled = m_handled.size();
    }
    if (m_connections.size() + handled < size_t(m_limits.connections) || m_connections.empty())
        return;
    m_connections.erase(std::min_element(m_connections.begin(), m_connections.end(),
                                         [](const auto &a, const auto &b) { return a->since < b->since; }));
}

void HttpServer::Server::acceptFrom(int listener)
{
    for (int i = 0; i < 16; ++i) {
        Descriptor fd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd.isOpen())
            return;
        const int on = 1;
        ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // refused by unix sockets, which need it not
        makeRoom();
        m_connections.push_back(std::make_unique<HttpConnection>(std::move(fd), m_limits, m_admit, m_allBodies));
    }
}

void HttpServer::Server::serve(std::list<ConnectionPtr>::iterator connection, short events)
{
    if (!events)
        return;
    switch ((*connection)->readSome()) {
    case HttpConnection::Progress::Whole:
        hand(connection);
        break;
    case HttpConnection::Progress::Closed:
        m_connections.erase(connection);
        break;
    case HttpConnection::Progress::More:
    case HttpConnection::Progress::Refused:
        break;
    }
}

void HttpServer::Server::dropLate()
{
    const auto now = HttpConnection::Clock::now();
    for (auto it = m_connections.begin(); it != m_connections.end();) {
        const auto here = it++;
        auto &connection = **here;
        if (connection.deadline > now)
            continue;
        const bool tell = connection.state == State::Header || connection.state == State::Body;
        if (tell)
            connection.refuse({408, {}, {}}, std::chrono::seconds(2)); // it has had its time
        else
            m_connections.erase(here);
    }
}

void HttpServer::Server::waitForEvents(std::vector<pollfd> &polled)
{
    const auto now = HttpConnection::Clock::now();
    auto until = now + std::chrono::minutes(1);
    for (const auto &connection : m_connections)
        until = std::min(until, connection->deadline);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
    ::poll(polled.data(), nfds_t(polled.size()), int(std::clamp<qint64>(left, 0, 60'000)));
}

void HttpServer::Server::readRequests(const std::stop_token &stop)
{
    std::vector<pollfd> polled;
    std::vector<std::list<ConnectionPtr>::iterator> reading;
    std::vector<HttpConnection *> handled;
    while (!stop.stop_requested()) {
        polled.assign(1, {m_wake.get(), POLLIN, 0});
        reading.clear();
        handled.clear();
        size_t listeners = 0;
        {
            const std::lock_guard lock(m_mutex);
            const bool room = m_handled.size() < size_t(m_limits.connections);
            for (const auto &listener : m_listeners)
                polled.push_back({room ? listener.get() : -1, POLLIN, 0});
            listeners = m_listeners.size();
            for (const auto &connection : m_handled) {
                polled.push_back({connection->peerGone ? -1 : connection->fd(), POLLRDHUP, 0});
                handled.push_back(connection.get());
            }
        }
        for (auto it = m_connections.begin(); it != m_connections.end(); ++it) {
            polled.push_back({(*it)->fd(), POLLIN, 0});
            reading.push_back(it);
        }
        waitForEvents(polled);
        quint64 count = 0;
        [[maybe_unused]] const auto got = ::read(m_wake.get(), &count, sizeof count);

        // Handled connections are only taken out by this thread, so those asked about are still there.
        for (size_t i = 0; i < handled.size(); ++i) {
            if (polled[1 + listeners + i].revents) {
                handled[i]->peerGone = true;
                handled[i]->stop.request_stop();
            }
        }
        for (size_t i = 0; i < reading.size(); ++i)
            serve(reading[i], polled[1 + listeners + handled.size() + i].revents);
        takeBack();
        rouse();
        dropLate();
        for (size_t i = 0; i < listeners; ++i) {
            if (polled[1 + i].revents)
                acceptFrom(polled[1 + i].fd);
        }
    }
}

HttpServer::HttpServer(Handler handler, Limits limits, Admit admit)
    : m_server(std::make_unique<Server>(std::move(handler), limits, std::move(admit)))
{
}

HttpServer::~HttpServer() = default;

void HttpServer::handleTogether(Together together)
{
    m_server->together = std::move(together);
}

Result<quint16> HttpServer::listenTcp(quint16 port)
{
    COPPICE_TRY(Descriptor fd, listenOnLoopback(port));
    m_server->addListener(std::move(fd));
    if (Descriptor other = listenOnLoopback6(port); other.isOpen())
        m_server->addListener(std::move(other));
    return port;
}

Result<quint16> HttpServer::listenTcp(const QString &address, quint16 port)
{
    COPPICE_TRY(Descriptor fd, listenOnAddress(address, port));
    m_server->addListener(std::move(fd));
    return port;
}

Result<> HttpServer::listenUnix(const QString &path)
{
    COPPICE_TRY(Descriptor fd, listenOnPath(path));
    m_server->socketFiles.push_back(path);
    m_server->addListener(std::move(fd));
    return {};
}

} // namespace coppice::net

// SPDX-License-Identifier: GPL-3.0-or-later
// CPU per streamed kilobyte: the gateway (with metering, pricing, budget and a ledger) against a plain relay that only
// copies bytes, each in a process of its own between the same source and the same reader.
//   bench_gateway [EVENTS] [RUNS]
// "paced": each event of the stream wakes everybody, as a model's words do. "burst": as fast as it goes.
// One JSON line a mode: medians over interleaved runs, CPU of user and system without what starting took.
#include <gateway/gateway.h>
#include <net/socket.h>
#include <net/splice.h>

#include <QByteArray>
#include <QCoreApplication>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace coppice;

namespace coppice::journal {
std::vector<store::Migration> migrations();
}

namespace {

[[noreturn]] void die(const char *what)
{
    std::perror(what);
    std::_Exit(1);
}

void sendAll(int fd, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t put = ::send(fd, bytes.data(), size_t(bytes.size()), MSG_NOSIGNAL);
        if (put <= 0)
            die("send");
        bytes = bytes.sliced(put);
    }
}

QByteArray chunk(const QByteArray &data)
{
    return QByteArray::number(data.size(), 16) + "\r\n" + data + "\r\n";
}

/// Answers each connection with one stream, then closes it.
void source(int listener, int events, bool paced)
{
    QByteArray delta = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\" about "
                       "twenty letters more\"}}\n\n";
    const QByteArray first = chunk("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-sonnet-4-5\",\"usage\":{\"input_tokens\":1000,\"output_tokens\":1}}}\n\n");
    const QByteArray last = chunk("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":500}}\n\n") + "0\r\n\r\n";
    const QByteArray piece = chunk(delta);
    for (;;) {
        const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        QByteArray asked;
        char buffer[4096];
        while (!asked.contains("\r\n\r\n{}")) {
            const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
            if (got <= 0)
                break;
            asked.append(buffer, got);
        }
        sendAll(fd, QByteArray("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n" + first));
        for (int i = 0; i < events; ++i) {
            sendAll(fd, piece);
            if (paced)
                ::usleep(150);
        }
        sendAll(fd, last);
        ::close(fd);
    }
}

double cpuNow()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Between the unix socket and the port until `control` closes; then says what it took.
struct Middle {
    pid_t pid = -1;
    int control = -1, report = -1;
    QByteArray token;

    explicit Middle(const std::function<void(const std::function<void(const QByteArray &)> &ready, int control)> &work)
    {
        int in[2], out[2];
        if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
            die("pipe");
        pid = ::fork();
        if (pid == 0) {
            ::close(in[1]);
            double before = 0;
            work(
                [&](const QByteArray &word) {
                    char line[128] = {};
                    std::snprintf(line, sizeof line, "%s", word.constData());
                    before = cpuNow();
                    if (::write(out[1], line, sizeof line) < 0)
                        die("write");
                },
                in[0]);
            const double took = cpuNow() - before;
            if (::write(out[1], &took, sizeof took) < 0)
                die("write");
            std::_Exit(0);
        }
        ::close(in[0]);
        ::close(out[1]);
        control = in[1];
        report = out[0];
        char line[128] = {};
        if (::read(report, line, sizeof line) != sizeof line)
            die("the middle did not start");
        token = line;
    }
    double end()
    {
        ::close(control);
        double took = 0;
        if (::read(report, &took, sizeof took) != sizeof took)
            die("the middle did not report");
        ::close(report);
        ::waitpid(pid, nullptr, 0);
        return took;
    }
};

void waitForEnd(int control)
{
    char byte = 0;
    while (::read(control, &byte, 1) > 0) { }
}

/// The stream's bytes as they come out.
qint64 readStream(const QString &path, const QByteArray &token)
{
    auto fd = net::connectToPath(path);
    if (!fd)
        die("connect");
    ::fcntl(fd->get(), F_SETFL, 0);
    sendAll(fd->get(), QByteArray("POST /v1/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: " + token + "\r\ncontent-length: 2\r\n\r\n{}"));
    qint64 all = 0;
    char buffer[64 * 1024];
    ssize_t got = 0;
    while ((got = ::recv(fd->get(), buffer, sizeof buffer, 0)) > 0)
        all += got;
    return all;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void measure(const char *mode, bool paced, int events, int runs)
{
    quint16 port = 0;
    auto listener = net::listenOnLoopback(port);
    if (!listener)
        die("listen");
    ::fcntl(listener->get(), F_SETFL, 0);
    const pid_t model = ::fork();
    if (model == 0)
        source(listener->get(), events, paced);
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s"));
    std::vector<double> gateways, relays;
    qint64 bytes = 0;
    for (int run = 0; run < runs; ++run) {
        Middle gateway([&](const auto &ready, int control) {
            int argc = 0;
            const QCoreApplication app(argc, nullptr);
            const auto state = store::Database::open(folder.filePath(QStringLiteral("%1.db").arg(run))).value();
            if (!state->migrate(journal::migrations()))
                die("migrate");
            journal::Ledger ledger(*state);
            gateway::Gateway::Request request;
            request.endpoint = library::ModelEndpoint{QStringLiteral("anthropic"), QStringLiteral("http://127.0.0.1:%1").arg(port), {}, {}};
            request.socketPath = path;
            request.ledger = &ledger;
            request.account = {QStringLiteral("run"), QStringLiteral("plugin"), {}};
            request.caps.day = 1'000'000'000;
            const auto started = gateway::Gateway::start(request).value();
            ready(started->token());
            waitForEnd(control);
            if (started->usage().outputTokens != 500)
                die("not metered");
        });
        bytes = readStream(path, gateway.token);
        gateways.push_back(gateway.end());
        Middle relay([&](const auto &ready, int control) {
            const auto listening = net::listenOnPath(path).value();
            ready("relay");
            pollfd polled{listening.get(), POLLIN, 0};
            ::poll(&polled, 1, -1);
            process::Descriptor from(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            const process::Descriptor wake(::eventfd(0, EFD_CLOEXEC));
            const auto to = net::connectToHost(QStringLiteral("127.0.0.1"), port, true, wake.get()).value();
            net::spliceBoth(from.get(), to.get(), wake.get());
            from = process::Descriptor();
            waitForEnd(control);
        });
        if (readStream(path, relay.token) <= 0)
            die("relay");
        relays.push_back(relay.end());
    }
    ::kill(model, SIGKILL);
    ::waitpid(model, nullptr, 0);
    const double kilobytes = double(bytes) / 1024;
    std::printf("{\"v\":1,\"bench\":\"gateway\",\"mode\":\"%s\",\"events\":%d,\"kilobytes\":%.0f,\"gateway_us_per_kb\":%.2f,"
                "\"relay_us_per_kb\":%.2f,\"ratio\":%.2f}\n",
                mode, events, kilobytes, median(gateways) * 1e6 / kilobytes, median(relays) * 1e6 / kilobytes, median(gateways) / median(relays));
    std::fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
    const int events = argc > 1 ? std::max(100, std::atoi(argv[1])) : 10'000;
    const int runs = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
    std::signal(SIGPIPE, SIG_IGN);
    measure("paced", true, events, runs);
    measure("burst", false, events * 20, runs);
    return 0;
}

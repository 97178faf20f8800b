// SPDX-License-Identifier: GPL-3.0-or-later
// coppice-relay --listen 127.0.0.1:8377 --socket PATH -- COMMAND ARGS…
//
// Runs inside a sandbox that has no network: what connects to the address is passed on to the unix socket, which
// Coppice listens on outside. Runs the command, answers its exit status, and ends with it.
//
// coppice-relay --warden -- COMMAND ARGS…
//
// Runs outside, around a sandbox, and sees to it that nothing of it is left when it ends or when Coppice dies.
#include "child.h"
#include "relay.h"
#include "warden.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

pid_t runningChild = 0;

void passOn(int signal)
{
    if (runningChild > 0)
        ::kill(runningChild, signal);
}

int usage()
{
    std::fputs("usage: coppice-relay --listen ADDRESS:PORT --socket PATH -- COMMAND [ARGUMENT...]\n"
               "       coppice-relay --warden -- COMMAND [ARGUMENT...]\n",
               stderr);
    return 2;
}

bool parseAddress(const char *text, coppice::relay::Address &address)
{
    const char *colon = std::strrchr(text, ':');
    if (!colon)
        return false;
    address.host.assign(text, colon);
    const char *end = colon + std::strlen(colon);
    const auto read = std::from_chars(colon + 1, end, address.port);
    return read.ec == std::errc() && read.ptr == end && address.port != 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc > 3 && std::strcmp(argv[1], "--warden") == 0 && std::strcmp(argv[2], "--") == 0)
        return coppice::relay::wardOver(argv + 3);
    coppice::relay::Address address;
    std::string socketPath;
    int command = 1;
    for (; command < argc && std::strcmp(argv[command], "--") != 0; command += 2) {
        if (command + 1 >= argc)
            return usage();
        if (std::strcmp(argv[command], "--listen") == 0) {
            if (!parseAddress(argv[command + 1], address))
                return usage();
        } else if (std::strcmp(argv[command], "--socket") == 0) {
            socketPath = argv[command + 1];
        } else {
            return usage();
        }
    }
    if (++command >= argc || socketPath.empty() || address.port == 0)
        return usage();

    if (!coppice::relay::bringLoopbackUp()) {
        std::fprintf(stderr, "coppice-relay: cannot bring the loopback interface up: %s\n", std::strerror(errno));
        return 125;
    }
    const int listener = coppice::relay::listenOn(address);
    if (listener < 0) {
        std::fprintf(stderr, "coppice-relay: cannot listen on %s:%u: %s\n", address.host.c_str(), unsigned(address.port),
                     std::strerror(errno));
        return 125;
    }

    const pid_t child = coppice::relay::startChild(argv + command);
    if (child < 0)
        return 125;
    runningChild = child;
    struct sigaction action {};
    action.sa_handler = passOn;
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        ::sigaction(signal, &action, nullptr);
    // The command has them; with ours open, its readers would wait for an end that never comes.
    ::close(0);
    ::close(1);
    const int childFd = int(::syscall(SYS_pidfd_open, child, 0));
    return coppice::relay::relayWhile(child, childFd, listener, socketPath);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/child.h"

#include "base/fault.h"
#include "process/channel_end.h"
#include "process/control_group.h"
#include "process/group.h"
#include "process/spawn.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coppice::process {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto killAfter = 2s;        // from SIGTERM to SIGKILL
constexpr auto lastWords = 500ms;     // for what the leader left behind to finish writing
constexpr auto watchEvery = 100ms;

/// Keeps SIGPIPE from this thread while it writes to a child that may have closed its stdin.
class NoPipeSignal
{
public:
    NoPipeSignal()
    {
        sigset_t pipe, pending;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        sigpending(&pending);
        m_wasPending = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &pipe, &m_before);
    }
    ~NoPipeSignal()
    {
        if (!m_wasPending) {
            sigset_t pipe;
            sigemptyset(&pipe);
            sigaddset(&pipe, SIGPIPE);
            const timespec now{};
            while (sigtimedwait(&pipe, nullptr, &now) < 0 && errno == EINTR) { }
        }
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    NoPipeSignal(const NoPipeSignal &) = delete;
    NoPipeSignal &operator=(const NoPipeSignal &) = delete;

private:
    sigset_t m_before{};
    bool m_wasPending = false;
};

/// One call of run().
class Watch
{
public:
    Watch(const Request &request, Spawned spawned, std::stop_token stop)
        : m_request(request), m_channel(request.channel), m_child(std::move(spawned)), m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          m_onStop(std::move(stop), [this] {
              const quint64 one = 1;
              [[maybe_unused]] const auto written = ::write(m_wake.get(), &one, sizeof one);
          })
    {
    }

    Outcome toTheEnd();

private:
    void step();
    void end(int signal);
    void watchGroup(Clock::time_point now);
    void feed();
    void drain(Descriptor &from, QByteArray &kept, qint64 &dropped,
               const std::function<void(QByteArrayView)> &told);
    int waitMs(Clock::time_point now) const;
    void collect();
    /// What no control group sees to. A scope's own end is seen late, so its memory is summed up, too.
    bool countsProcesses() const { return m_request.limits.processes && !(m_child.group && m_child.group->boundsProcesses()); }
    bool sumsMemory() const { return m_request.limits.residentBytes && !(m_child.group && m_child.group->boundsMemory()); }
    bool watched() const { return m_request.limits.residentBytes || countsProcesses(); }
    bool memoryRanOut() const
    {
        return (m_child.group && m_child.group->memoryRanOut())
            || (!m_child.scope.isEmpty() && memoryRanOutInScope(m_child.pid, m_child.scope));
    }

    const Request &m_request;
    ChannelEnd m_channel;
    Spawned m_child;
    Descriptor m_wake;
    std::stop_callback<std::function<void()>> m_onStop;
    Outcome m_outcome;
    const Clock::time_point m_begin = Clock::now();
    Clock::time_point m_nextWatch = m_begin;
    std::optional<Clock::time_point> m_killAt;   ///< after SIGTERM
    std::optional<Clock::time_point> m_leaveAt;  ///< after the leader has ended
    qsizetype m_fed = 0;
    bool m_killed = false;
    bool m_over = false;
};

/// Signals the group and descendants that have left it. The leader is not reaped yet, so its id is not reused.
void Watch::end(int signal)
{
    const auto members = m_child.group ? m_child.group->members() : groupMembers(m_child.pid, 4096);
    ::kill(-m_child.pid, signal);
    for (const pid_t pid : members)
        ::kill(pid, signal);
    if (signal == SIGKILL)
        m_killed = true;
    else
        m_killAt = Clock::now() + killAfter;
}

void Watch::watchGroup(Clock::time_point now)
{
    const auto &limits = m_request.limits;
    if (m_killed || now < m_nextWatch || !watched())
        return;
    const bool countThem = countsProcesses();
    const bool sumUp = sumsMemory();
    if (countThem || sumUp) {
        const size_t most = countThem ? size_t(*limits.processes) : 4096;
        const auto members = groupMembers(m_child.pid, most);
        if (countThem && members.size() > most)
            m_outcome.overProcesses = true;
        else if (sumUp && residentBytes(members) > *limits.residentBytes)
            m_outcome.overMemory = true;
    }
    m_outcome.overMemory = m_outcome.overMemory || memoryRanOut();
    if (m_outcome.overMemory || m_outcome.overProcesses)
        end(SIGKILL);
    m_nextWatch = Clock::now() + watchEvery;
}

void Watch::feed()
{
    const auto &input = m_request.input;
    while (m_child.in.isOpen()) {
        if (m_fed == input.size()) {
            if (!m_channel.writeTo(m_child.in.get()))
                m_child.in.reset();
            return;
        }
        const ssize_t written = ::write(m_child.in.get(), input.constData() + m_fed, size_t(input.size() - m_fed));
        if (written > 0)
            m_fed += written;
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            m_child.in.reset(); // it does not want to read it
    }
}

void Watch::drain(Descriptor &from, QByteArray &kept, qint64 &dropped, const std::function<void(QByteArrayView)> &told)
{
    std::array<char, 64 * 1024> buffer;
    // A bounded number of pieces, so that a flood cannot keep limits and stop requests waiting.
    for (int i = 0; i < 16 && from.isOpen(); ++i) {
        const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
        if (got > 0) {
            const qsizetype keep = std::min<qsizetype>(got, std::max<qint64>(0, m_request.outputCap - kept.size()));
            kept.append(buffer.data(), keep);
            dropped += got - keep;
            if (told)
                told(QByteArrayView(buffer.data(), got));
        } else if (got < 0 && errno == EAGAIN) {
            return;
        } else if (got == 0 || errno != EINTR) {
            from.reset();
        }
    }
}

int Watch::waitMs(Clock::time_point now) const
{
    auto until = now + 1h;
    const auto &limits = m_request.limits;
    if (limits.time && !m_killAt && !m_killed)
        until = std::min(until, m_begin + *limits.time);
    if (m_killAt && !m_killed)
        until = std::min(until, *m_killAt);
    if (m_leaveAt)
        until = std::min(until, *m_leaveAt);
    if (watched() && !m_killed)
        until = std::min(until, m_nextWatch);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
    return int(std::clamp<qint64>(left, 0, 3'600'000));
}

void Watch::step()
{
    auto now = Clock::now();
    const bool toFeed = m_fed < m_request.input.size() || m_channel.wakeFd() < 0 || m_channel.pending();
    std::array<pollfd, 6> polled{{{m_leaveAt ? -1 : m_child.pidfd.get(), POLLIN, 0},
                                  {m_outcome.cancelled ? -1 : m_wake.get(), POLLIN, 0},
                                  {m_child.out.get(), POLLIN, 0},
                                  {m_child.err.get(), POLLIN, 0},
                                  {m_child.in.get(), short(toFeed ? POLLOUT : 0), 0},
                                  {m_child.in.isOpen() ? m_channel.wakeFd() : -1, POLLIN, 0}}};
    if (::poll(polled.data(), polled.size(), waitMs(now)) < 0)
        return;
    now = Clock::now();
    if (polled[2].revents)
        drain(m_child.out, m_outcome.out, m_outcome.droppedOut, m_request.onStdout);
    if (polled[3].revents)
        drain(m_child.err, m_outcome.err, m_outcome.droppedErr, m_request.onStderr);
    if (polled[5].revents)
        m_channel.awake();
    if (polled[4].revents & POLLERR) { // it has closed its stdin
        m_child.in.reset();
        m_channel.refuse();
    }
    if (polled[4].revents || polled[5].revents)
        feed();
    if (polled[1].revents && !m_leaveAt) {
        m_outcome.cancelled = true;
        end(SIGTERM);
    }
    if (m_request.limits.time && !m_killAt && !m_killed && !m_leaveAt && now >= m_begin + *m_request.limits.time) {
        m_outcome.timedOut = true;
        end(SIGTERM);
    }
    if (m_killAt && !m_killed && now >= *m_killAt)
        end(SIGKILL);
    watchGroup(now);
    if (polled[0].revents) {
        const bool ended = m_killAt || m_killed;
        m_leaveAt = ended ? now : now + lastWords;
        m_child.in.reset();
    }
    if (m_leaveAt && (now >= *m_leaveAt || (!m_child.out.isOpen() && !m_child.err.isOpen())))
        m_over = true;
}

/// The leader has ended (and is a zombie still): nothing of its group stays, and what they wrote is read.
void Watch::collect()
{
    m_outcome.overMemory = m_outcome.overMemory || memoryRanOut();
    end(SIGKILL);
    for (int i = 0; i < 4096 && (m_child.out.isOpen() || m_child.err.isOpen()); ++i) {
        const auto before = m_outcome.out.size() + m_outcome.err.size() + m_outcome.droppedOut + m_outcome.droppedErr;
        drain(m_child.out, m_outcome.out, m_outcome.droppedOut, m_request.onStdout);
        drain(m_child.err, m_outcome.err, m_outcome.droppedErr, m_request.onStderr);
        if (before == m_outcome.out.size() + m_outcome.err.size() + m_outcome.droppedOut + m_outcome.droppedErr)
            break;
    }
    int status = 0;
    while (::waitpid(m_child.pid, &status, 0) < 0 && errno == EINTR) { }
    m_outcome.exitCode = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    m_outcome.seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
}

Outcome Watch::toTheEnd()
{
    const NoPipeSignal quiet;
    while (!m_over)
        step();
    collect();
    m_channel.refuse();
    return std::move(m_outcome);
}

} // namespace

Result<Outcome> run(const Request &request, std::stop_token stop)
{
    if (stop.stop_requested())
        return failCancelled();
    faultPoint("program.before");
    COPPICE_TRY(Spawned spawned, spawn(request, !request.input.isEmpty() || request.channel));
    faultPoint("program.begun");
    Watch watch(request, std::move(spawned), std::move(stop));
    auto outcome = watch.toTheEnd();
    faultPoint("program.after");
    return outcome;
}

} // namespace coppice::process

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.h"

#include "engine/brief_keeper.h"
#include "engine/caller.h"
#include "engine/handler.h"
#include "engine/health_keeper.h"
#include "engine/ticket_desk.h"
#include "sync/sync.h"

#include <chrono>

using namespace std::chrono_literals;

namespace coppice::engine {

namespace {

constexpr auto tickEvery = 2s;

/// Tells a command's progress to its row, a few times a second, and to whoever waits in this process.
class CommandProgress final : public Progress
{
public:
    CommandProgress(journal::CommandQueue &queue, Id id, Progress *also) : m_queue(queue), m_id(std::move(id)), m_also(also) { }
    void report(qint64 done, qint64 total, const QString &what) override
    {
        if (m_also)
            m_also->report(done, total, what);
        const std::lock_guard lock(m_mutex);
        const auto now = std::chrono::steady_clock::now();
        if (now - m_last < 250ms)
            return;
        m_last = now;
        const QString line = total > 0 ? QStringLiteral("%1/%2 %3").arg(done).arg(total).arg(what) : what;
        // Progress is for the eye: a line that cannot be stored changes nothing of the work.
        static_cast<void>(m_queue.setProgress(m_id, line));
    }

private:
    journal::CommandQueue &m_queue;
    Id m_id;
    Progress *m_also;
    std::mutex m_mutex;
    std::chrono::steady_clock::time_point m_last{};
};

} // namespace

Engine::Engine(const Parts &parts, journal::Lease lease, int maxRuns)
    : m_parts(parts), m_lease(std::move(lease)),
      m_house{m_parts.library, m_parts.state, m_parts.events, m_parts.journal, m_lease}, m_scheduler(m_house, maxRuns)
{
}

Engine::~Engine()
{
    stop(false);
}

Result<> Engine::start(scheduler::Scheduler::Which which)
{
    COPPICE_CHECK(m_listener.listen(m_lease.socketPath(), [this](const QByteArray &message) {
        if (message.startsWith("run "))
            want(QString::fromLatin1(message.mid(4)));
        else
            wake();
    }));
    m_scheduler.start(which);
    m_worker = std::jthread([this](const std::stop_token &stop) { work(stop); });
    if (Handler::find(QStringLiteral("watch.tick")))
        m_ticker = std::jthread([this](const std::stop_token &stop) { tick(stop); });
    // Who is the engine for one run only leaves the rest of the house alone.
    if (which == scheduler::Scheduler::Which::All) {
        m_desk = std::jthread([this](const std::stop_token &stop) { keepTickets(stop); });
        m_health = std::jthread([this](const std::stop_token &stop) { keepHealth(stop); });
        m_briefs = std::jthread([this](const std::stop_token &stop) { keepBriefs(stop); });
    }
    return {};
}

void Engine::stop(bool drain)
{
    m_worker.request_stop();
    m_ticker.request_stop();
    m_desk.request_stop();
    m_health.request_stop();
    m_briefs.request_stop();
    if (!drain)
        m_hurry.request_stop();
    m_scheduler.stop(drain);
    for (auto *thread : {&m_worker, &m_ticker, &m_desk, &m_health, &m_briefs}) {
        if (thread->joinable())
            thread->join();
    }
    m_beside.clear(); // the worker is over: nobody adds one, and each ends or has been asked to stop
    m_listener.stop();
}

void Engine::hurry()
{
    m_hurry.request_stop();
    m_scheduler.interrupt();
}

void Engine::wake()
{
    {
        const std::lock_guard lock(m_wakeMutex);
        m_wake = true;
    }
    m_woken.notify_all();
    m_scheduler.wake();
}

void Engine::want(const QString &runId)
{
    m_scheduler.want(runId);
}

void Engine::work(const std::stop_token &stop)
{
    qint64 seen = -1;
    while (!stop.stop_requested()) {
        // What another process queued shows as a changed data version even when its wake-up was lost.
        const qint64 version = m_parts.state.dataVersion();
        bool more = false;
        if (version != seen) {
            seen = version;
            const auto carried = carryNext();
            more = carried && *carried;
            if (!carried)
                seen = -1; // the database was busy: looked at again
        }
        if (more) {
            seen = -1;
            continue;
        }
        std::unique_lock lock(m_wakeMutex);
        if (m_woken.wait_for(lock, stop, 200ms, [this] { return m_wake; }))
            seen = -1;
        m_wake = false;
    }
}

void Engine::tick(const std::stop_token &stop)
{
    const Handler *handler = Handler::find(QStringLiteral("watch.tick"));
    qint64 seen = -1;
    std::mutex mutex;
    std::condition_variable_any timer;
    while (!stop.stop_requested()) {
        {
            const std::lock_guard one(m_commandMutex);
            const auto told = handler->function(Call{m_house, m_scheduler, Actor::engine(), {}, stop, Progress::none()});
            if (!told && told.error().kind != ErrorKind::Cancelled && seen != qint64(qHash(told.error().code))) {
                seen = qint64(qHash(told.error().code)); // said once, not every two seconds
                qWarning("%s", qPrintable(told.error().message()));
            }
        }
        std::unique_lock lock(mutex);
        timer.wait_for(lock, stop, tickEvery, [] { return false; });
    }
}

void Engine::keepTickets(const std::stop_token &stop)
{
    TicketDesk desk(m_parts, m_lease);
    QString told;
    std::mutex mutex;
    std::condition_variable_any timer;
    while (!stop.stop_requested()) {
        const auto done = desk.step(stop);
        for (const auto &line : done ? *done : QStringList())
            qWarning("%s", qPrintable(line));
        if (!done && done.error().kind != ErrorKind::Cancelled && told != done.error().code) {
            told = done.error().code;
            qWarning("%s", qPrintable(done.error().message()));
        }
        std::unique_lock lock(mutex);
        timer.wait_for(lock, stop, tickEvery, [] { return false; });
    }
}

void Engine::keepHealth(const std::stop_token &stop)
{
    HealthKeeper keeper(m_parts);
    QString told;
    std::mutex mutex;
    std::condition_variable_any timer;
    while (!stop.stop_requested()) {
        const auto done = keeper.step(stop);
        if (!done && done.error().kind != ErrorKind::Cancelled && told != done.error().code) {
            told = done.error().code;
            qWarning("%s", qPrintable(done.error().message()));
        }
        std::unique_lock lock(mutex);
        timer.wait_for(lock, stop, 5s, [] { return false; });
    }
}

void Engine::keepBriefs(const std::stop_token &stop)
{
    BriefKeeper keeper(m_parts);
    QString told;
    std::mutex mutex;
    std::condition_variable_any timer;
    while (!stop.stop_requested()) {
        const auto done = keeper.step(stop);
        if (!done && done.error().kind != ErrorKind::Cancelled && told != done.error().code) {
            told = done.error().code;
            qWarning("%s", qPrintable(done.error().message()));
        }
        std::unique_lock lock(mutex);
        timer.wait_for(lock, stop, 5s, [] { return false; });
    }
}

Result<bool> Engine::carryNext(const Own *own)
{
    std::unique_lock one(m_commandMutex);
    COPPICE_TRY(const auto command, m_parts.commands.claim());
    if (!command)
        return false;
    if (const auto *handler = Handler::find(command->verb); handler && handler->beside == Handler::Beside::Others) {
        one.unlock();
        if (m_worker.joinable()) {
            carryOutBeside(*command);
            return true;
        }
    }
    COPPICE_CHECK(carryOut(*command, own && own->id == command->id ? own : nullptr));
    return true;
}

void Engine::carryOutBeside(const journal::Command &command)
{
    const std::lock_guard lock(m_besideMutex);
    m_beside.remove_if([](const Beside &one) { return one.ended.load(); });
    Beside &one = m_beside.emplace_back();
    one.thread = std::jthread([this, &one, command] {
        {
            const std::lock_guard turn(m_besideTurn);
            const auto now = m_parts.commands.get(command.id); // it may have been cancelled while it waited for its turn
            if (!m_hurry.stop_requested()) { // else left for the next engine
                if (const auto done = carryOut(now ? *now : command, nullptr); !done)
                    qWarning("%s: %s", qPrintable(command.verb), qPrintable(done.error().message()));
            }
        }
        one.ended = true;
    });
}

Result<> Engine::carryOut(const journal::Command &command, const Own *own)
{
    // Whoever asked was killed before anything was done: nobody expects it to be done any more, and a second asking
    // would do it twice. What had been begun has been set right by recover().
    const QString caller = command.args[callerKey].toString();
    if (command.cancelAsked || (!caller.isEmpty() && !isAlive(caller)))
        return m_parts.commands.finish(command.id, failCancelled());
    const Handler *handler = Handler::find(command.verb);
    if (!handler)
        return m_parts.commands.finish(command.id, fail(QStringLiteral("engine.unknown-verb"),
                                                        QStringLiteral("This version of Coppice has no command of this name"),
                                                        command.verb));
    std::stop_source source;
    std::atomic_bool asked = false;
    CommandProgress progress(m_parts.commands, command.id, own ? own->progress : nullptr);
    Result<QJsonObject> outcome;
    {
        // Sees Ctrl+C of the own command, a cancel request of any other process, and the engine's end.
        std::jthread watcher([&](const std::stop_token &done) {
            std::mutex mutex;
            std::condition_variable_any timer;
            std::unique_lock lock(mutex);
            while (!timer.wait_for(lock, done, 150ms, [] { return false; }) && !done.stop_requested()) {
                const auto now = m_parts.commands.get(command.id);
                if ((now && now->cancelAsked) || (own && own->stop.stop_requested())) {
                    asked = true;
                    source.request_stop();
                } else if (m_hurry.stop_requested()) {
                    source.request_stop();
                }
            }
        });
        outcome = handler->function(Call{m_house, m_scheduler, command.actor, command.args, source.get_token(), progress});
    }
    // Stopped because the engine ends, not because anybody asked: left as it is, for the next engine to go on with.
    if (!outcome && outcome.error().kind == ErrorKind::Cancelled && !asked && m_hurry.stop_requested())
        return {};
    return m_parts.commands.finish(command.id, outcome);
}

} // namespace coppice::engine

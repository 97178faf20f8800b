// SPDX-License-Identifier: GPL-3.0-or-later
#include "scheduler/scheduler.h"

#include "base/clock.h"

#include <QFile>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <set>
#include <thread>

using namespace std::chrono_literals;

namespace coppice::scheduler {

namespace {
/// Runs that died with their engine are started again by themselves this often; after that a person resumes them.
constexpr int attemptsByItself = 3;
/// What a run is planned to need: an agent and the tests that it runs.
constexpr qint64 memoryOfRun = 1LL << 30;
/// The queue is looked at again so often even when nothing has changed: limits pass, memory becomes free.
constexpr auto lookAgain = 5s;

struct Memory {
    qint64 total = 0;
    qint64 available = 0;
};
/// Of this machine, in bytes. Source: proc_meminfo(5).
Memory memoryHere()
{
    Memory memory;
    QFile file(QStringLiteral("/proc/meminfo"));
    if (!file.open(QIODevice::ReadOnly))
        return memory;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const qint64 bytes = line.mid(line.indexOf(':') + 1).trimmed().split(' ').first().toLongLong() << 10;
        if (line.startsWith("MemTotal:"))
            memory.total = bytes;
        else if (line.startsWith("MemAvailable:"))
            memory.available = bytes;
    }
    return memory;
}
} // namespace

struct Scheduler::Threads {
    struct Active {
        QString run;
        QString plugin;
        std::stop_source stop;
        bool ended = false;
        std::jthread thread;
    };

    Threads(runs::House lent, int most) : house(lent), store(lent.state), maxRuns(qMax(1, most)) { }

    runs::House house;
    runs::RunStore store;
    int maxRuns;
    Which which = Which::All;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::list<Active> active;
    std::set<QString> wanted;
    bool woken = false;
    bool draining = false;
    std::jthread dispatcher;

    void dispatch(const std::stop_token &stop);
    void reap();
    void seeCancels();
    bool startOne();
    [[nodiscard]] bool hasRoom();
    Result<std::optional<runs::Run>> next();
    [[nodiscard]] library::LibrarySettings settings();
    QString settingsOf; ///< head that `known` was read at
    library::LibrarySettings known;
};

Scheduler::Scheduler(runs::House house, int maxRuns) : m_threads(std::make_unique<Threads>(house, maxRuns)) { }

Scheduler::~Scheduler()
{
    stop(false);
}

void Scheduler::start(Which which)
{
    m_threads->which = which;
    m_threads->dispatcher = std::jthread([threads = m_threads.get()](const std::stop_token &stop) { threads->dispatch(stop); });
}

void Scheduler::wake()
{
    {
        const std::lock_guard lock(m_threads->mutex);
        m_threads->woken = true;
    }
    m_threads->changed.notify_all();
}

void Scheduler::want(const QString &runId)
{
    {
        const std::lock_guard lock(m_threads->mutex);
        if (!m_threads->wanted.insert(runId).second)
            return;
        m_threads->woken = true;
    }
    m_threads->changed.notify_all();
}

void Scheduler::drain()
{
    const std::lock_guard lock(m_threads->mutex);
    m_threads->draining = true;
}

void Scheduler::interrupt()
{
    const std::lock_guard lock(m_threads->mutex);
    m_threads->draining = true;
    for (auto &one : m_threads->active)
        one.stop.request_stop();
}

void Scheduler::stop(bool afterDraining)
{
    drain();
    auto &threads = *m_threads;
    if (afterDraining && threads.dispatcher.joinable()) {
        std::unique_lock lock(threads.mutex);
        threads.changed.wait(lock, [&] {
            return std::ranges::all_of(threads.active, [](const Threads::Active &one) { return one.ended; });
        });
    }
    interrupt();
    threads.dispatcher.request_stop();
    if (threads.dispatcher.joinable())
        threads.dispatcher.join();
    threads.active.clear(); // joins
}

int Scheduler::running() const
{
    const std::lock_guard lock(m_threads->mutex);
    return int(std::ranges::count_if(m_threads->active, [](const Threads::Active &one) { return !one.ended; }));
}

void Scheduler::Threads::dispatch(const std::stop_token &stop)
{
    qint64 seen = -1;
    auto looked = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
        reap();
        if (const auto now = std::chrono::steady_clock::now(); now - looked > lookAgain) {
            looked = now;
            seen = -1;
        }
        // Anything new in the database (a run, a cancel request) changes its version; an end of a run makes room.
        const qint64 version = house.state.dataVersion();
        if (version != seen) {
            seen = version;
            seeCancels();
            static_cast<void>(runs::withdrawOver(house.state, house.journal));
            static_cast<void>(store.queueAnswered()); // the next look sees what this one could not
            while (startOne()) { }
        }
        std::unique_lock lock(mutex);
        if (changed.wait_for(lock, stop, 200ms, [this] { return woken; }))
            seen = -1;
        woken = false;
    }
}

void Scheduler::Threads::reap()
{
    std::list<Active> over;
    const std::lock_guard lock(mutex);
    for (auto it = active.begin(); it != active.end();) {
        const auto here = it++;
        if (here->ended)
            over.splice(over.end(), active, here);
    }
} // `over` joins its threads, which have nothing left to do but return

void Scheduler::Threads::seeCancels()
{
    std::vector<std::pair<QString, std::stop_source>> looked;
    {
        const std::lock_guard lock(mutex);
        for (const auto &one : active)
            looked.emplace_back(one.run, one.stop);
    }
    for (auto &[run, source] : looked) {
        const auto asked = store.cancelAsked(run);
        if (asked && *asked)
            source.request_stop();
    }
}

/// The library's settings now, read when its head has moved.
library::LibrarySettings Scheduler::Threads::settings()
{
    const auto head = house.library.head();
    if (head && head->toString() != settingsOf) {
        const auto repository = house.library.repository();
        if (repository)
            known = head->isNull() ? library::LibrarySettings() : library::librarySettingsAt(*repository, *head);
        settingsOf = head->toString();
    }
    return known;
}

bool Scheduler::Threads::hasRoom()
{
    const library::LibrarySettings now = settings();
    const std::lock_guard lock(mutex);
    const auto runs = qint64(active.size());
    if (draining || runs >= (now.present ? now.maxRuns : maxRuns))
        return false;
    if (runs == 0)
        return true; // one run is always let try
    const Memory memory = memoryHere();
    const qint64 planned = qMin(memoryOfRun, now.maxRunMemory);
    const qint64 most = now.maxMemory > 0 ? now.maxMemory : memory.total / 4 * 3;
    return memory.total == 0 || ((runs + 1) * planned <= most && memory.available > planned);
}

Result<std::optional<runs::Run>> Scheduler::Threads::next()
{
    COPPICE_TRY(const auto queue, runs::queueState(house.state));
    if (queue.paused)
        return std::nullopt;
    std::set<QString> named;
    {
        const std::lock_guard lock(mutex);
        named = wanted;
    }
    for (const QString &id : named) {
        const auto run = store.get(id);
        if (!run || runs::isOver(run->state) || run->state == runs::Run::State::Waiting) {
            const std::lock_guard lock(mutex);
            wanted.erase(id);
            continue;
        }
        if (run->state != runs::Run::State::Queued && run->state != runs::Run::State::Interrupted)
            continue; // under way
        if (run->notBefore > nowMs())
            continue;
        COPPICE_TRY(const bool busy, store.isBusy(run->plugin));
        if (!busy || !run->writes)
            return *run;
    }
    if (which == Which::Wanted)
        return std::nullopt;
    COPPICE_TRY(const QStringList limited, runs::clientsAtLimit(house.state, settings()));
    return store.nextQueued(attemptsByItself, limited);
}

bool Scheduler::Threads::startOne()
{
    if (!hasRoom())
        return false;
    const auto found = next();
    if (!found || !*found)
        return false;
    // Claimed here, in one transaction, so that the next look at the queue does not find it again.
    const auto claimed = runs::Runner(house).claim((*found)->id.toString());
    if (!claimed) // taken or cancelled by somebody else just now: look for another one
        return claimed.error().code == QLatin1String("run.not-queued");
    const std::lock_guard lock(mutex);
    Active &one = active.emplace_back();
    one.run = claimed->id.toString();
    one.plugin = claimed->plugin;
    one.thread = std::jthread([this, &one, stop = one.stop.get_token(), run = *claimed] {
        const auto ended = runs::Runner(house).carryOutClaimed(run, stop);
        if (!ended)
            qWarning("run %s: %s", qPrintable(run.id.shown()), qPrintable(ended.error().message()));
        {
            const std::lock_guard inner(mutex);
            one.ended = true;
            woken = true;
        }
        changed.notify_all();
    });
    return true;
}

} // namespace coppice::scheduler

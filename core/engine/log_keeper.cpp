// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/log_keeper.h"

#include "base/clock.h"
#include "capture/group_rules.h"
#include "capture/retention.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace coppice::engine {

namespace {

constexpr qint64 fileEvery = 1'000;
constexpr qint64 journalEvery = 5'000;
constexpr qint64 hostEvery = 30'000;
constexpr qint64 retentionEvery = 3'600'000;
constexpr qint64 afterTrouble = 60'000;

} // namespace

void LogKeeper::tell(const QString &what, const Result<> &told)
{
    const QString now = told || told.error().kind == ErrorKind::Cancelled ? QString() : told.error().message();
    if (m_told.value(what) == now)
        return;
    m_told[what] = now;
    if (!now.isEmpty())
        qWarning("%s", qPrintable(now));
}

void LogKeeper::readSettings(const std::stop_token &stop)
{
    const auto head = m_library.head();
    if (!head || *head == m_seen)
        return;
    const auto repository = m_library.repository();
    const auto catalog = m_library.scan(m_state, stop);
    tell(QStringLiteral("settings"), catalog ? Result<>() : Result<>(std::unexpected(catalog.error())));
    if (!repository || !catalog)
        return; // tried again
    m_seen = *head;
    m_retention = library::retentionAt(*repository, *head);
    std::vector<text::Scrubber::Rule> rules;
    for (const auto &[name, pattern] : library::librarySettingsAt(*repository, *head).scrubRules)
        rules.push_back({name, pattern});
    const text::Scrubber scrubber(rules);
    std::map<QString, Follower> followers;
    for (const auto &entry : catalog->entries) {
        const QString plugin = entry.plugin.id;
        for (const auto &log : library::logSettingsAt(*repository, *head, plugin)) {
            Follower follower;
            QString name;
            if (log.host.isEmpty() && log.journal.isEmpty()) {
                auto reader = std::make_shared<capture::LogFollower>(m_events, capture::LogFollower::Source{plugin, log.file, log.release}, scrubber);
                follower = {[reader](std::stop_token asked) { return reader->step(std::move(asked)); }, fileEvery, 0};
                name = log.file;
            } else {
                const capture::LogPull::Source source{plugin, log.host, log.file, log.journal, log.release};
                auto reader = std::make_shared<capture::LogPull>(m_events, source, scrubber);
                follower = {[reader](std::stop_token asked) { return reader->step(std::move(asked)); }, log.host.isEmpty() ? journalEvery : hostEvery, 0};
                name = source.name();
            }
            followers[plugin + u'\n' + name] = std::move(follower);
        }
    }
    m_followers = std::move(followers);
}

bool LogKeeper::step(const std::stop_token &stop)
{
    readSettings(stop);
    tell(QStringLiteral("rules"), capture::GroupRules(m_state, m_events, m_journal).apply());
    bool more = false;
    for (auto &[name, follower] : m_followers) {
        if (stop.stop_requested())
            return false;
        if (nowMs() < follower.next)
            continue;
        const auto done = follower.step(stop);
        tell(name, done ? Result<>() : Result<>(std::unexpected(done.error())));
        follower.next = nowMs() + (!done ? afterTrouble : done->more ? 0 : follower.every);
        more = more || (done && done->more);
    }
    if (nowMs() >= m_nextRetention) {
        capture::Retention retention(m_events, {m_retention.bytes, m_retention.days, m_retention.samples});
        const auto done = retention.step(stop);
        tell(QStringLiteral("retention"), done ? Result<>() : Result<>(std::unexpected(done.error())));
        m_nextRetention = nowMs() + (done && done->more ? fileEvery : retentionEvery);
    }
    return more;
}

void LogKeeper::run(const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any timer;
    while (!stop.stop_requested()) {
        if (step(stop))
            continue;
        std::unique_lock lock(mutex);
        timer.wait_for(lock, stop, std::chrono::milliseconds(fileEvery), [] { return false; });
    }
}

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/spool_keeper.h"

#include "base/paths.h"
#include "receivers/drain.h"

#include <QFileInfo>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace coppice::engine {

namespace {

constexpr auto drainEvery = std::chrono::seconds(15);

/// By the library's rules, and those of every library.
Result<text::Scrubber> scrubberOf(const library::Library &library)
{
    std::vector<text::Scrubber::Rule> rules;
    COPPICE_TRY(const auto repository, library.repository());
    COPPICE_TRY(const auto head, library.head());
    if (!head.isNull()) {
        for (const auto &[name, pattern] : library::librarySettingsAt(repository, head).scrubRules)
            rules.push_back({name, pattern});
    }
    return text::Scrubber(rules);
}

} // namespace

QString receiversFolderOf(const library::Library &library)
{
    // The same name under which the library's runs are kept.
    return configHome() + QStringLiteral("/receivers/") + QFileInfo(QFileInfo(library.runsDir()).path()).fileName();
}

QString spoolsFileOf(const library::Library &library)
{
    return receiversFolderOf(library) + QStringLiteral("/spools.json");
}

void SpoolKeeper::tell(const QString &what, const QString &problem)
{
    if (m_told.value(what) == problem)
        return;
    m_told[what] = problem;
    if (!problem.isEmpty())
        qWarning("%s", qPrintable(problem));
}

qint64 SpoolKeeper::step(const std::stop_token &stop)
{
    const auto sources = receivers::readSpoolSources(spoolsFileOf(m_library));
    tell(QStringLiteral("\nlist"), sources ? QString() : sources.error().message());
    if (!sources || sources->empty())
        return 0;
    const auto scrubber = scrubberOf(m_library);
    tell(QStringLiteral("\nrules"), scrubber ? QString() : scrubber.error().message());
    qint64 events = 0;
    for (size_t i = 0; scrubber && i < sources->size() && !stop.stop_requested(); ++i) {
        const auto &source = (*sources)[i];
        const auto drained = receivers::drain(source, m_events, m_keeper, *scrubber, stop);
        tell(source.name, drained || drained.error().kind == ErrorKind::Cancelled ? QString() : drained.error().message());
        events += drained ? drained->events : 0;
    }
    return events;
}

void SpoolKeeper::run(const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any timer;
    while (!stop.stop_requested()) {
        step(stop);
        std::unique_lock lock(mutex);
        timer.wait_for(lock, stop, drainEvery, [] { return false; });
    }
}

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "log_import.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <capture/ingest.h>
#include <tickets/ticket.h>

#include <QDir>
#include <QFileInfo>

namespace coppice::ui {

namespace {
constexpr size_t BatchSize = 500;

Result<> storeBatch(capture::EventStore &store, std::vector<capture::Event> &batch, capture::EventStore::Added &total)
{
    if (batch.empty())
        return {};
    COPPICE_TRY(const auto added, store.add(std::move(batch)));
    batch.clear();
    total.events += added.events;
    total.known += added.known;
    total.below += added.below;
    for (const auto &group : added.groups) {
        if (!total.groups.contains(group))
            total.groups << group;
    }
    return {};
}
/// A ticket whose fix is watched hears of new events at once, not at the engine's next round.
Result<> tellWatches(engine::Session &session, const QStringList &groups, std::stop_token stop, Progress &progress)
{
    tickets::Tickets tickets(session.state(), session.journal());
    for (const auto &group : groups) {
        COPPICE_TRY(const auto ticket, tickets.ofGroup(group));
        if (ticket && ticket->state == tickets::Ticket::State::Watching) {
            COPPICE_CHECK(session.call(QStringLiteral("watch.tick"), {}, stop, progress));
            return {};
        }
    }
    return {};
}
} // namespace

Result<capture::EventStore::Added> importLogs(engine::Session &session, const std::vector<LogFile> &files,
                                              std::stop_token stop, Progress &progress)
{
    std::vector<text::Scrubber::Rule> rules;
    COPPICE_TRY(const auto snapshot, session.library().snapshot(session.state()));
    if (snapshot) {
        for (const auto &[name, pattern] : snapshot->settings.scrubRules)
            rules.push_back({name, pattern});
    }
    const text::Scrubber scrubber(rules);
    capture::EventStore store(session.events());
    capture::EventStore::Added total;
    for (const auto &file : files) {
        std::vector<capture::Event> batch;
        Result<> stored;
        std::stop_source broken; // ends the reading when storing fails
        const std::stop_callback asked(stop, [&] { broken.request_stop(); });
        const auto read = capture::readLog(
            file.path, scrubber, {},
            [&](capture::Event &&event) {
                event.plugin = file.plugin;
                batch.push_back(std::move(event));
                if (batch.size() < BatchSize || !stored)
                    return;
                stored = storeBatch(store, batch, total);
                if (!stored)
                    broken.request_stop();
            },
            broken.get_token(), progress);
        COPPICE_CHECK(std::move(stored));
        COPPICE_CHECK(Result<>(read));
        COPPICE_CHECK(storeBatch(store, batch, total));
    }
    COPPICE_CHECK(tellWatches(session, total.groups, stop, progress));
    return total;
}

LogImport::LogImport(QObject *parent) : QObject(parent) { }

void LogImport::importFile(const QString &plugin, const QString &path)
{
    AppSession::instance()->importLogFiles({{plugin, QDir::cleanPath(path)}});
}

int LogImport::guessPlugin(const QString &path, const QStringList &plugins) const
{
    const QString name = QFileInfo(path).fileName().toLower();
    int best = -1;
    for (qsizetype i = 0; i < plugins.size(); ++i) {
        const bool longer = best < 0 || plugins[i].size() > plugins[best].size();
        if (name.contains(plugins[i].toLower()) && longer)
            best = int(i);
    }
    return best;
}

} // namespace coppice::ui

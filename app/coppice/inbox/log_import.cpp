// SPDX-License-Identifier: GPL-3.0-or-later
#include "log_import.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <base/clock.h>
#include <capture/ingest.h>

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
    for (const auto &group : added.groups) {
        if (!total.groups.contains(group))
            total.groups << group;
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
        const auto take = [&](capture::Event &&event) {
            event.plugin = file.plugin;
            if (event.received == 0)
                event.received = nowMs();
            batch.push_back(std::move(event));
            if (batch.size() >= BatchSize && stored)
                stored = storeBatch(store, batch, total);
        };
        COPPICE_CHECK(capture::readLog(file.path, scrubber, {}, take, stop, progress));
        COPPICE_CHECK(stored);
        COPPICE_CHECK(storeBatch(store, batch, total));
    }
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

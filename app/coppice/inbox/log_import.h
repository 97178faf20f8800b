// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <capture/store.h>
#include <engine/session.h>

#include <QObject>
#include <QStringList>
#include <QtQmlIntegration/qqmlintegration.h>

namespace coppice::ui {

/// A log file, and the plugin that wrote it.
struct LogFile {
    QString plugin;
    QString path;
};
/// Reads logs into events.db, scrubbed by the built-in rules and the library's; what was there counts once.
[[nodiscard]] Result<capture::EventStore::Added> importLogs(engine::Session &session, const std::vector<LogFile> &files,
                                                            std::stop_token stop, Progress &progress);

/// The import sheet's way to it.
class LogImport : public QObject
{
    Q_OBJECT
    QML_ELEMENT
public:
    explicit LogImport(QObject *parent = nullptr);
    Q_INVOKABLE void importFile(const QString &plugin, const QString &path);
    /// The place of the plugin that a file's name speaks of, -1 for none.
    Q_INVOKABLE int guessPlugin(const QString &path, const QStringList &plugins) const;
};

} // namespace coppice::ui

// SPDX-License-Identifier: GPL-3.0-or-later
// Carrying things out for view models.
#include "app_session.h"

#include "inbox/log_import.h"
#include "tones.h"

#include <demo/demo.h>

namespace coppice::ui {

void AppSession::call(QObject *owner, const QString &title, const QString &verb, const QJsonObject &args,
                      std::function<void(Result<QJsonObject>)> done)
{
    longWork<QJsonObject>(
        owner, title,
        [verb, args](engine::Session &session, std::stop_token stop, Progress &progress) {
            return session.call(verb, args, stop, progress);
        },
        std::move(done));
}

void AppSession::change(QObject *owner, const QString &entity, const QString &told,
                        std::function<Result<>(engine::Session &)> work, std::function<void()> done)
{
    act<QString>(
        owner,
        [entity, work = std::move(work)](engine::Session &session) -> Result<QString> {
            COPPICE_CHECK(work(session));
            COPPICE_TRY(const auto newest, session.journal().recent(1, entity));
            return newest.empty() ? QString() : newest.front().id.toString();
        },
        [this, told, done = std::move(done)](Result<QString> operation) {
            if (!operation) {
                report(operation.error());
                return;
            }
            if (!told.isEmpty()) {
                m_toasts.tell(told, operation->isEmpty() ? std::function<void()>()
                                                         : [this, id = *operation, told] { undoOperation(id, told); });
            }
            if (done)
                done();
        });
}

void AppSession::undoOperation(const QString &operation, const QString &what)
{
    act<Id>(
        this, [operation](engine::Session &session) { return session.journal().undo(Actor::self(), operation); },
        [this, what](Result<Id> undone) {
            if (!undone)
                report(undone.error());
            else
                m_toasts.tell(what.isEmpty() ? tr("Undone.") : tr("Undone: %1").arg(what));
        });
}

void AppSession::makeDemo(const QString &dir, bool importLogs)
{
    const auto activity = m_activities.begin(tr("Making the demo library"));
    m_worker.run(
        Worker::Lane::Call, this,
        [dir, activity] { return demo::makeDemo(dir, activity.stop.get_token(), *activity.progress); },
        [this, key = activity.key, importLogs](Result<demo::Demo> made) {
            m_activities.end(key);
            if (!made) {
                report(made.error());
                return;
            }
            m_toasts.tell(tr("The demo library is ready in %1.").arg(made->library));
            std::vector<LogFile> logs;
            for (const auto &incident : made->incidents)
                logs.push_back({incident.plugin, incident.log});
            openLibrary(made->library);
            if (importLogs)
                m_importWhenOpen = std::move(logs);
        });
}

void AppSession::importLogFiles(const std::vector<LogFile> &files)
{
    using Added = capture::EventStore::Added;
    longWork<Added>(
        this, files.size() == 1 ? tr("Importing %1").arg(files.front().path) : tr("Importing %1 logs").arg(files.size()),
        [files](engine::Session &session, std::stop_token stop, Progress &progress) {
            return importLogs(session, files, stop, progress);
        },
        [this](Result<Added> added) {
            if (!added) {
                report(added.error());
                return;
            }
            QString known = added->known > 0 ? tr(" %L1 were known already.").arg(added->known) : QString();
            if (added->below > 0)
                known += tr(" %L1 are below level error.").arg(added->below);
            m_toasts.tell(QString(tr("Imported %1 in %2.")
                                      .arg(counted(added->events, tr("event"), tr("events")),
                                           counted(added->groups.size(), tr("error group"), tr("error groups"))) +
                                  known));
        });
}

} // namespace coppice::ui

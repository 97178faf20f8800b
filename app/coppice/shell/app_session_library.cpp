// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, hosting the engine, and noticing change.
#include "app_session.h"

#include "inbox/log_import.h"

#include <journal/lease.h>

#include <QDir>
#include <QElapsedTimer>

namespace coppice::ui {

struct AppSession::Opened {
    SessionPtr session;
    std::optional<library::Catalog> snapshot;
    StatePtr state;
};

void AppSession::setPhase(Phase phase, const ErrorInfo &error)
{
    m_phase = phase;
    m_error = error;
    Q_EMIT phaseChanged();
}

void AppSession::start()
{
    if (m_phase != Phase::Closed)
        return;
    if (!m_options.library.isEmpty())
        openLibrary(m_options.library);
    else if (!m_settings.recents.isEmpty())
        openLibrary(m_settings.recents.first());
}

void AppSession::drop()
{
    m_pollTimer.stop();
    ++m_opening;
    if (m_session) {
        // The last owner may be a job; whoever it is, the engine stops before the databases close.
        m_worker.run(
            Worker::Lane::Call, this,
            [session = std::move(m_session), here = m_engineHere] {
                if (here)
                    session->stopEngine(false);
                return true;
            },
            [](bool) {});
    }
    m_session.reset();
    m_catalog.reset();
    m_state.reset();
    m_engineHere = m_hosting = m_polling = m_scanning = false;
    m_engineText.clear();
}

void AppSession::closeLibrary()
{
    m_importWhenOpen.clear();
    drop();
    m_libraryPath.clear();
    setPhase(Phase::Closed);
    Q_EMIT catalogChanged();
    Q_EMIT stateChanged();
    Q_EMIT engineChanged();
    Q_EMIT scanningChanged();
}

void AppSession::openLibrary(const QString &path)
{
    closeLibrary();
    m_libraryPath = QDir::cleanPath(path);
    setPhase(Phase::Opening);
    m_worker.run(
        Worker::Lane::Call, this,
        [path = m_libraryPath]() -> Result<Opened> {
            Opened opened;
            COPPICE_TRY(auto session, engine::Session::open(path));
            opened.session = std::move(session);
            COPPICE_TRY(opened.snapshot, opened.session->library().snapshot(opened.session->state()));
            COPPICE_TRY(opened.state, readState(*opened.session, {}));
            return opened;
        },
        [this, mine = m_opening](Result<Opened> answer) {
            if (mine == m_opening)
                opened(std::move(answer));
        });
}

void AppSession::opened(Result<Opened> opened)
{
    if (!opened) {
        setPhase(Phase::Failed, ErrorInfo(opened.error()));
        return;
    }
    m_session = std::move(opened->session);
    m_state = std::move(opened->state);
    m_libraryPath = m_session->library().path();
    m_settings.opened(m_libraryPath);
    keepSettings();
    if (opened->snapshot)
        m_catalog = std::make_shared<library::Catalog>(std::move(*opened->snapshot));
    setPhase(Phase::Ready);
    Q_EMIT settingsChanged();
    Q_EMIT catalogChanged();
    Q_EMIT stateChanged();
    hostEngine();
    rescan();
    m_polls = 0;
    m_pollTimer.start();
    if (const auto logs = std::exchange(m_importWhenOpen, {}); !logs.empty())
        importLogFiles(logs);
}

void AppSession::hostEngine()
{
    if (m_hosting || m_quitting)
        return;
    m_hosting = true;
    struct Hosted {
        bool here = false;
        QString text;
        std::optional<Error> error;
    };
    m_worker.run(
        Worker::Lane::Call, this,
        [session = m_session]() -> Hosted {
            if (const auto taken = session->becomeEngine(); taken) {
                return {true, tr("This window is the engine"), {}};
            } else if (const auto holder = journal::Lease::holder(session->library().coppiceDir())) {
                return {false, tr("Attached to the engine, process %1").arg(holder->pid), {}};
            } else {
                return {false, tr("No engine"), taken.error()};
            }
        },
        [this, mine = m_opening](Hosted hosted) {
            if (mine != m_opening)
                return;
            m_hosting = false;
            m_engineHere = hosted.here;
            const bool news = m_engineText != hosted.text;
            m_engineText = hosted.text;
            Q_EMIT engineChanged();
            if (hosted.error && news)
                report(*hosted.error);
            refreshSoon();
        });
}

void AppSession::rescan()
{
    if (m_scanning || !m_session)
        return;
    m_scanning = true;
    Q_EMIT scanningChanged();
    const auto activity = m_activities.begin(tr("Reading the library"));
    m_worker.run(
        Worker::Lane::Call, this,
        [session = m_session, activity] {
            return session->library().scan(session->state(), activity.stop.get_token(), *activity.progress);
        },
        [this, mine = m_opening, key = activity.key](Result<library::Catalog> scanned) {
            m_activities.end(key);
            if (mine != m_opening)
                return;
            m_scanning = false;
            Q_EMIT scanningChanged();
            if (!scanned)
                report(scanned.error());
            else
                setCatalog(std::move(*scanned));
        });
}

void AppSession::setCatalog(library::Catalog catalog)
{
    m_catalog = std::make_shared<library::Catalog>(std::move(catalog));
    Q_EMIT catalogChanged();
}

void AppSession::refreshSoon()
{
    m_restUntil = {};
    if (m_phase == Phase::Ready)
        poll();
}

void AppSession::poll()
{
    if (m_polling || !m_session || !m_restUntil.hasExpired())
        return;
    m_polling = true;
    struct Seen {
        qint64 took = 0;
        Result<StatePtr> state;
        std::optional<git::Oid> head;
        bool engineFree = false;
    };
    // The branch is looked at less often than the databases: that opens a git handle.
    const bool lookAtHead = m_polls++ % 8 == 0;
    m_worker.read(
        this,
        [session = m_session, before = m_state, lookAtHead, here = m_engineHere]() -> Seen {
            QElapsedTimer clock;
            clock.start();
            Seen seen{0, readState(*session, before), {}, false};
            seen.took = clock.elapsed();
            if (lookAtHead) {
                if (const auto head = session->library().head())
                    seen.head = *head;
                seen.engineFree = !here && !journal::Lease::holder(session->library().coppiceDir());
            }
            return seen;
        },
        [this, mine = m_opening](Seen seen) {
            if (mine != m_opening)
                return;
            m_polling = false;
            // Reading thousands of runs takes a while: most of the time is left to those who change them.
            m_restUntil.setRemainingTime(4 * seen.took);
            if (!seen.state) {
                report(seen.state.error());
            } else if (*seen.state != m_state) {
                auto before = std::exchange(m_state, std::move(*seen.state));
                Q_EMIT stateChanged();
                // Thousands of tickets take their time to be forgotten, too.
                m_worker.read(this, [before = std::move(before)]() mutable { return before.reset(), true; }, [](bool) {});
            }
            if (seen.head && m_catalog && *seen.head != m_catalog->head)
                rescan();
            if (seen.engineFree)
                hostEngine();
        });
}

void AppSession::prepareToQuit(bool drain)
{
    m_quitting = true;
    if (!m_session || !m_engineHere) {
        Q_EMIT quitReady();
        return;
    }
    m_worker.run(
        Worker::Lane::Call, this,
        [session = m_session, drain] {
            session->stopEngine(drain);
            return true;
        },
        [this](bool) {
            m_engineHere = false;
            Q_EMIT quitReady();
        });
}

} // namespace coppice::ui

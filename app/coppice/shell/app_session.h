// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "activities.h"
#include "error_info.h"
#include "library_state.h"
#include "local_settings.h"
#include "options.h"
#include "system_theme.h"
#include "toasts.h"
#include "worker.h"

#include <QDeadlineTimer>
#include <QJSEngine>
#include <QQmlEngine>
#include <QTimer>
#include <QUrl>

namespace coppice::ui {

struct LogFile;

/// The library that the window has open, for all view models, and as `App` for QML. Lives on the GUI thread; whatever
/// waits is done by its Worker. The window hosts the engine, or attaches to the process that is it.
class AppSession : public QObject
{
    Q_OBJECT
    QML_NAMED_ELEMENT(App)
    QML_SINGLETON
    Q_PROPERTY(Phase phase READ phase NOTIFY phaseChanged)
    Q_PROPERTY(coppice::ui::ErrorInfo error READ error NOTIFY phaseChanged) ///< why opening failed
    Q_PROPERTY(QString libraryPath READ libraryPath NOTIFY phaseChanged)
    Q_PROPERTY(QString libraryName READ libraryName NOTIFY catalogChanged)
    Q_PROPERTY(QString branch READ branch NOTIFY phaseChanged)
    Q_PROPERTY(bool engineHere READ engineHere NOTIFY engineChanged)
    Q_PROPERTY(QString engineText READ engineText NOTIFY engineChanged) ///< who carries work out
    Q_PROPERTY(bool scanning READ scanning NOTIFY scanningChanged)
    Q_PROPERTY(double scannedAt READ scannedAt NOTIFY catalogChanged)
    Q_PROPERTY(int pluginCount READ pluginCount NOTIFY catalogChanged)
    Q_PROPERTY(QStringList pluginIds READ pluginIds NOTIFY catalogChanged)
    Q_PROPERTY(int runsUnderWay READ runsUnderWay NOTIFY stateChanged)
    Q_PROPERTY(double now READ now NOTIFY nowChanged) ///< ticks, so that ages in bindings grow
    Q_PROPERTY(QString screen READ screen NOTIFY screenChanged)
    Q_PROPERTY(QStringList recents READ recents NOTIFY settingsChanged)
    Q_PROPERTY(bool dark READ dark NOTIFY darkChanged)
    Q_PROPERTY(QString theme READ theme WRITE setTheme NOTIFY settingsChanged)
    Q_PROPERTY(coppice::ui::Activities *activities READ activities CONSTANT)
    Q_PROPERTY(coppice::ui::Toasts *toasts READ toasts CONSTANT)
public:
    enum class Phase { Closed, Opening, Ready, Failed };
    Q_ENUM(Phase)
    using SessionPtr = std::shared_ptr<engine::Session>;
    using CatalogPtr = std::shared_ptr<const library::Catalog>;

    explicit AppSession(const Options &options);
    ~AppSession() override;
    /// The one that main made; QML's engine does not own it.
    static AppSession *create(QQmlEngine *engine, QJSEngine *scripts);
    [[nodiscard]] static AppSession *instance();

    // For QML
    Q_INVOKABLE void start(); ///< opens what the options or the recents name; called when the first picture stands
    Q_INVOKABLE void openLibrary(const QString &path);
    Q_INVOKABLE void closeLibrary();
    Q_INVOKABLE void makeDemo(const QString &dir, bool importLogs);
    Q_INVOKABLE void rescan();
    Q_INVOKABLE void show(const QString &screen, const QString &id = {});
    Q_INVOKABLE void follow(const QString &entity); ///< "run:…", "ticket:…", "group:…", "review:…", "plugin:…"
    Q_INVOKABLE void undoOperation(const QString &operation, const QString &what);
    Q_INVOKABLE void tell(const QString &text);
    Q_INVOKABLE QString age(double ms, double at) const; ///< "5 min ago"; "never" for 0
    Q_INVOKABLE static QString localPath(const QUrl &url);
    Q_INVOKABLE static QString homePath();
    Q_INVOKABLE void copy(const QString &text);
    Q_INVOKABLE void rememberSize(int width, int height);
    /// Asks the engine hosted here to start no more runs; `quitReady` when it may end. Without `drain` at once.
    Q_INVOKABLE void prepareToQuit(bool drain);
    Q_INVOKABLE QStringList screenNames() const;
    Q_INVOKABLE QUrl screenSource(const QString &name) const;
    Q_INVOKABLE QString screenTitle(const QString &name) const;
    Q_INVOKABLE QString screenPurpose(const QString &name) const;

    // For view models
    [[nodiscard]] const SessionPtr &session() const { return m_session; }
    [[nodiscard]] const CatalogPtr &catalog() const { return m_catalog; }
    [[nodiscard]] const StatePtr &state() const { return m_state; }
    [[nodiscard]] Worker &worker() { return m_worker; }
    /// Carries out a verb of the engine, shown as an activity that can be stopped.
    void call(QObject *owner, const QString &title, const QString &verb, const QJsonObject &args,
              std::function<void(Result<QJsonObject>)> done);
    /// Any long work on the session, shown as an activity that can be stopped.
    template <class T>
    void longWork(QObject *owner, const QString &title,
                  std::function<Result<T>(engine::Session &, std::stop_token, Progress &)> work,
                  std::function<void(Result<T>)> done);
    /// A short change or read of the databases or the repository, on a worker; the state is read again after it.
    template <class T>
    void act(QObject *owner, std::function<Result<T>(engine::Session &)> work, std::function<void(Result<T>)> done);
    /// The same for an operation that can be undone: the newest on `entity` after `work` becomes the toast's way back.
    void change(QObject *owner, const QString &entity, const QString &told,
                std::function<Result<>(engine::Session &)> work, std::function<void()> done = {});
    void importLogFiles(const std::vector<LogFile> &files);
    void report(const Error &error); ///< a toast that stays
    void refreshSoon();

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] ErrorInfo error() const { return m_error; }
    [[nodiscard]] QString libraryPath() const { return m_libraryPath; }
    [[nodiscard]] QString libraryName() const;
    [[nodiscard]] QString branch() const;
    [[nodiscard]] bool engineHere() const { return m_engineHere; }
    [[nodiscard]] QString engineText() const { return m_engineText; }
    [[nodiscard]] bool scanning() const { return m_scanning; }
    [[nodiscard]] double scannedAt() const;
    [[nodiscard]] int pluginCount() const;
    [[nodiscard]] QStringList pluginIds() const;
    [[nodiscard]] int runsUnderWay() const;
    [[nodiscard]] double now() const;
    [[nodiscard]] QString screen() const { return m_screen; }
    [[nodiscard]] QStringList recents() const { return m_settings.recents; }
    [[nodiscard]] bool dark() const;
    [[nodiscard]] QString theme() const { return m_settings.theme; }
    void setTheme(const QString &theme);
    [[nodiscard]] Activities *activities() { return &m_activities; }
    [[nodiscard]] Toasts *toasts() { return &m_toasts; }
    [[nodiscard]] const LocalSettings &settings() const { return m_settings; }

Q_SIGNALS:
    void phaseChanged();
    void engineChanged();
    void catalogChanged();
    void stateChanged(); ///< groups, tickets, runs, patches or operations were read again
    void scanningChanged();
    void nowChanged();
    void screenChanged();
    void settingsChanged();
    void darkChanged();
    void shown(const QString &screen, const QString &id); ///< a screen was asked to show something
    void quitReady();

private:
    struct Opened;
    void setPhase(Phase phase, const ErrorInfo &error = {});
    void drop();
    void opened(Result<Opened> opened);
    void hostEngine();
    void poll();
    void setCatalog(library::Catalog catalog);
    void keepSettings();

    Options m_options;
    Worker m_worker;
    Activities m_activities;
    Toasts m_toasts;
    SystemTheme m_systemTheme;
    LocalSettings m_settings;
    SessionPtr m_session;
    CatalogPtr m_catalog;
    StatePtr m_state;
    Phase m_phase = Phase::Closed;
    ErrorInfo m_error;
    QString m_libraryPath, m_screen, m_engineText;
    bool m_engineHere = false, m_scanning = false, m_polling = false, m_hosting = false, m_quitting = false;
    int m_polls = 0;
    std::vector<LogFile> m_importWhenOpen; ///< of a demo that is being opened
    int m_opening = 0; ///< counts openings, so that a late answer of an earlier one is dropped
    QTimer m_pollTimer, m_clockTimer;
    QDeadlineTimer m_restUntil; ///< no look at the databases before, unless something was done here
};

template <class T>
void AppSession::longWork(QObject *owner, const QString &title,
                          std::function<Result<T>(engine::Session &, std::stop_token, Progress &)> work,
                          std::function<void(Result<T>)> done)
{
    if (!m_session)
        return;
    const auto activity = m_activities.begin(title);
    m_worker.run(
        Worker::Lane::Call, this,
        [session = m_session, activity, work = std::move(work)] {
            return work(*session, activity.stop.get_token(), *activity.progress);
        },
        [this, key = activity.key, guard = QPointer<QObject>(owner), done = std::move(done)](Result<T> answer) {
            m_activities.end(key);
            refreshSoon();
            if (guard && done)
                done(std::move(answer));
        });
}

template <class T>
void AppSession::act(QObject *owner, std::function<Result<T>(engine::Session &)> work, std::function<void(Result<T>)> done)
{
    if (!m_session)
        return;
    m_worker.run(
        Worker::Lane::Read, this, [session = m_session, work = std::move(work)] { return work(*session); },
        [this, guard = QPointer<QObject>(owner), done = std::move(done)](Result<T> answer) {
            refreshSoon();
            if (guard && done)
                done(std::move(answer));
        });
}

} // namespace coppice::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app_session.h"

#include "heap.h"
#include "inbox/log_import.h"
#include "screens.h"

#include <base/clock.h>

#include <QClipboard>
#include <QDir>
#include <QGuiApplication>
#include <QUrl>

namespace coppice::ui {

namespace {
AppSession *theInstance = nullptr;
} // namespace

AppSession::AppSession(const Options &options) : m_options(options), m_screen(options.screen)
{
    theInstance = this;
    if (m_screen.isEmpty())
        m_screen = QStringLiteral("overview");
    m_settings = LocalSettings::read(); // before the window stands: its size and theme come from here
    m_pollTimer.setInterval(250);
    connect(&m_pollTimer, &QTimer::timeout, this, &AppSession::poll);
    m_clockTimer.setInterval(10'000);
    connect(&m_clockTimer, &QTimer::timeout, this, &AppSession::nowChanged);
    m_clockTimer.start();
    connect(&m_systemTheme, &SystemTheme::changed, this, &AppSession::darkChanged);
    if (m_options.theme.isEmpty())
        m_systemTheme.start();
}

AppSession::~AppSession()
{
    m_activities.cancelAll();
    drop();
    theInstance = nullptr;
}

AppSession *AppSession::create(QQmlEngine *, QJSEngine *)
{
    QJSEngine::setObjectOwnership(theInstance, QJSEngine::CppOwnership);
    return theInstance;
}

AppSession *AppSession::instance()
{
    return theInstance;
}

QString AppSession::libraryName() const
{
    if (m_catalog && !m_catalog->settings.name.isEmpty())
        return m_catalog->settings.name;
    return m_session ? m_session->library().name() : QString();
}

QString AppSession::branch() const
{
    return m_session ? m_session->library().branchName() : QString();
}

double AppSession::scannedAt() const
{
    return m_catalog ? double(m_catalog->scannedAt) : 0;
}

int AppSession::pluginCount() const
{
    return m_catalog ? int(m_catalog->entries.size()) : 0;
}

QStringList AppSession::pluginIds() const
{
    QStringList ids;
    if (m_catalog) {
        for (const auto &entry : m_catalog->entries)
            ids << entry.plugin.id;
    }
    return ids;
}

int AppSession::runsUnderWay() const
{
    if (!m_state)
        return 0;
    int count = 0;
    for (const auto &run : m_state->runs) {
        // One that waits for a person, or for the next engine to carry it on, keeps nobody from leaving.
        using S = runs::Run::State;
        count += runs::isOver(run.state) || run.state == S::Waiting || run.state == S::Interrupted ? 0 : 1;
    }
    return count;
}

double AppSession::now() const
{
    return double(nowMs());
}

QString AppSession::age(double ms, double at) const
{
    return ms <= 0 ? tr("never") : ageText(qint64(ms), qint64(at));
}

bool AppSession::dark() const
{
    const QString &asked = m_options.theme.isEmpty() ? m_settings.theme : m_options.theme;
    return asked.isEmpty() ? m_systemTheme.dark() : asked == QLatin1String("dark");
}

void AppSession::setTheme(const QString &theme)
{
    m_options.theme.clear();
    m_settings.theme = theme;
    keepSettings();
    Q_EMIT settingsChanged();
    Q_EMIT darkChanged();
}

void AppSession::rememberSize(int width, int height)
{
    if (m_settings.width == width && m_settings.height == height)
        return;
    m_settings.width = width;
    m_settings.height = height;
    keepSettings();
}

void AppSession::keepSettings()
{
    m_worker.read(
        this, [settings = m_settings] { return settings.write(), true; }, [](bool) {});
}

void AppSession::show(const QString &screen, const QString &id)
{
    if (!Screen::find(screen))
        return;
    if (m_screen != screen) {
        m_screen = screen;
        Q_EMIT screenChanged();
    }
    if (!id.isEmpty())
        Q_EMIT shown(screen, id);
}

void AppSession::follow(const QString &entity)
{
    const QString kind = entity.section(u':', 0, 0);
    const QString id = entity.section(u':', 1);
    if (kind == QLatin1String("run"))
        show(QStringLiteral("runs"), id);
    else if (kind == QLatin1String("review"))
        show(QStringLiteral("review"), id);
    else if (kind == QLatin1String("ticket") || kind == QLatin1String("group"))
        show(QStringLiteral("inbox"), entity);
    else if (kind == QLatin1String("plugin"))
        show(QStringLiteral("catalog"), id);
    else if (kind == QLatin1String("health"))
        show(kind, id);
    else if (kind == QLatin1String("screen"))
        show(id);
}

void AppSession::tell(const QString &text)
{
    m_toasts.tell(text);
}

void AppSession::report(const Error &error)
{
    if (error.kind != ErrorKind::Cancelled)
        m_toasts.tellError(ErrorInfo(error));
    else
        m_toasts.tell(tr("Stopped. Nothing more was changed."));
}

QString AppSession::localPath(const QUrl &url)
{
    return url.isLocalFile() ? url.toLocalFile() : QString();
}

QString AppSession::homePath()
{
    return QDir::homePath();
}

void AppSession::copy(const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
    m_toasts.tell(tr("Copied."));
}

QStringList AppSession::screenNames() const
{
    QStringList names;
    for (const auto *screen : Screen::all())
        names << screen->name;
    return names;
}

QUrl AppSession::screenSource(const QString &name) const
{
    return QUrl(QStringLiteral("qrc:/qt/qml/Coppice/%1/%2Screen.qml").arg(name, screenTitle(name)));
}

QString AppSession::screenTitle(const QString &name) const
{
    const auto *screen = Screen::find(name);
    return screen ? screen->title : QString();
}

QString AppSession::screenPurpose(const QString &name) const
{
    const auto *screen = Screen::find(name);
    return screen ? screen->purpose : QString();
}

} // namespace coppice::ui

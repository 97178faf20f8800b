// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include "shell/plurals.h"

#include <inbox/log_import.h>
#include <shell/heap.h>
#include <shell/icons.h>

#include <QJsonObject>

#include <QElapsedTimer>
#include <QQuickItem>
#include <QQuickStyle>
#include <QTest>

#include <cstdio>
#include <cstdlib>

namespace coppice::test {

namespace {

QStringList *collecting = nullptr;
QtMessageHandler before = nullptr;

void collect(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    // What no window of ours causes: fonts, the offscreen platform, Qt's own clock of animations, which says so when its
    // driver ends between two frames, and its lists, which give up lines that are still being made when a list becomes
    // short (both Qt 6.4, on a busy machine).
    const bool ours = !message.startsWith(QLatin1String("This plugin does not support")) &&
                      !message.contains(QLatin1String("OpenType support missing")) &&
                      !message.startsWith(QLatin1String("QUnifiedTimer::stopAnimationDriver")) &&
                      !message.startsWith(QLatin1String("DelegateModel::cancel: index out range"));
    if (collecting && ours && (type == QtWarningMsg || type == QtCriticalMsg))
        collecting->append(message);
    before(type, context, message);
}

QTemporaryDir &home()
{
    static QTemporaryDir dir;
    return dir;
}

demo::Demo demoIn(const QString &path)
{
    auto made = demo::makeDemo(path);
    if (!made) {
        std::fprintf(stderr, "The demo library could not be made: %s\n", qPrintable(made.error().message()));
        std::abort();
    }
    return std::move(*made);
}

} // namespace

void prepareForWindows()
{
    ui::keepHeapSmall();
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("QT_QUICK_BACKEND", "software");
    qputenv("GIT_CONFIG_NOSYSTEM", "1");
    qputenv("GIT_CONFIG_GLOBAL", "/dev/null");
    qputenv("LC_ALL", "C.UTF-8");
    qputenv("TZ", "UTC");
    qputenv("QTEST_DISABLE_STACK_DUMP", "1");
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    for (const char *name : {"CONFIG", "STATE", "CACHE", "DATA"})
        qputenv(QByteArray(QByteArray("XDG_") + name + "_HOME").constData(), home().filePath(QString::fromLatin1(name).toLower()).toLocal8Bit());
    QCoreApplication::setApplicationName(QStringLiteral("coppice"));
    QQuickStyle::setStyle(QStringLiteral("Fusion"));
}

const demo::Demo &demoLibrary()
{
    static const demo::Demo made = demoIn(home().filePath(QStringLiteral("demo")));
    return made;
}

demo::Demo freshDemo(const QTemporaryDir &dir)
{
    return demoIn(dir.filePath(QStringLiteral("demo")));
}

int fillDemo(const demo::Demo &demo, bool withRuns)
{
    const auto need = [](const auto &result, const char *what) {
        if (!result) {
            std::fprintf(stderr, "%s: %s %s\n", what, qPrintable(result.error().message()), qPrintable(result.error().fix));
            std::abort();
        }
    };
    auto opened = engine::Session::open(demo.library);
    need(opened, "open");
    auto &session = **opened;
    need(session.library().scan(session.state()), "scan");
    std::vector<ui::LogFile> logs;
    for (const auto &incident : demo.incidents)
        logs.push_back({incident.plugin, incident.log});
    need(ui::importLogs(session, logs, {}, Progress::none()), "import");
    if (!withRuns)
        return 0;
    capture::EventStore events(session.events());
    tickets::Tickets tickets(session.state(), session.journal());
    const auto groups = events.groups();
    need(groups, "groups");
    for (const auto &incident : demo.incidents) {
        for (const auto &group : *groups) {
            if (group.plugin != incident.plugin || group.level < capture::Level::Error || !incident.recipe)
                continue;
            const auto ticket = tickets.fromGroup(Actor::self(), events, group.id.toString());
            need(ticket, "ticket");
            const auto started = session.call(QStringLiteral("run.start"), {{QStringLiteral("ticket"), ticket->id.toString()},
                                                                            {QStringLiteral("playbook"), incident.playbook},
                                                                            {QStringLiteral("client"), QStringLiteral("recipe")}});
            need(started, "run.start");
            need(session.awaitRun(started->value(QLatin1String("id")).toString()), "run");
        }
    }
    const auto patches = review::Reviews(session.state(), session.journal()).list(true);
    need(patches, "patches");
    return int(patches->size());
}

Window::Window(const ui::Options &options)
{
    collecting = &m_warnings;
    before = qInstallMessageHandler(collect);
    m_app = std::make_unique<ui::AppSession>(options);
    m_engine = std::make_unique<QQmlApplicationEngine>();
    m_engine->addImportPath(QStringLiteral(":/qt/qml"));
    m_engine->addImageProvider(QStringLiteral("icon"), new ui::IconProvider);
    m_engine->load(QUrl(QStringLiteral("qrc:/qt/qml/Coppice/shell/Main.qml")));
    if (!m_engine->rootObjects().isEmpty())
        m_window = qobject_cast<QQuickWindow *>(m_engine->rootObjects().first());
    if (m_window) {
        m_window->requestActivate();
        (void)QTest::qWaitForWindowExposed(m_window);
    }
}

Window::~Window()
{
    m_engine.reset();
    m_app.reset();
    collecting = nullptr;
    qInstallMessageHandler(before);
}

bool Window::waitFor(const std::function<bool()> &holds, int milliseconds) const
{
    return QTest::qWaitFor(holds, milliseconds);
}

bool Window::waitUntilReady()
{
    return waitFor(
        [this] {
            return m_app->phase() == ui::AppSession::Phase::Failed ||
                   (m_app->phase() == ui::AppSession::Phase::Ready && m_app->catalog() && !m_app->scanning() &&
                    m_app->engineHere());
        },
        60'000);
}

bool Window::waitUntilOpen()
{
    return waitFor([this] { return m_app->phase() == ui::AppSession::Phase::Ready && m_app->catalog() && !m_app->scanning(); }, 60'000);
}

void Window::key(Qt::Key key, Qt::KeyboardModifiers modifiers) const
{
    QTest::keyClick(m_window, key, modifiers);
    QTest::qWait(20);
}

void Window::type(const QString &text) const
{
    for (const QChar c : text)
        QTest::keyClick(m_window, c.toLatin1());
}

QObject *Window::find(const QString &typeName) const
{
    const auto all = findAll(typeName);
    return all.isEmpty() ? nullptr : all.first();
}

QObjectList Window::findAll(const QString &typeName) const
{
    QObjectList found;
    QObjectList open{m_window, m_window->contentItem()};
    QSet<QObject *> seen;
    while (!open.isEmpty()) {
        auto *object = open.takeFirst();
        if (!object || seen.contains(object))
            continue;
        seen.insert(object);
        if (QString::fromLatin1(object->metaObject()->className()).startsWith(typeName) || object->objectName() == typeName)
            found << object;
        open += object->children();
        if (const auto *item = qobject_cast<QQuickItem *>(object)) {
            for (auto *child : item->childItems())
                open << child;
        }
    }
    return found;
}

QImage Window::grab() const
{
    return m_window->grabWindow();
}

} // namespace coppice::test

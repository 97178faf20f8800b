// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/app_session.h"
#include "shell/heap.h"
#include "shell/icons.h"
#include "shell/plurals.h"
#include "shell/until.h"

#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickStyle>
#include <QQuickWindow>

#include <csignal>

int main(int argc, char **argv)
{
    using namespace coppice::ui;
    keepHeapSmall();
    std::signal(SIGPIPE, SIG_IGN); // a child that died early is told by its exit, not by ours
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationName(QStringLiteral("coppice"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Coppice"));
    QGuiApplication::setDesktopFileName(QStringLiteral("coppice"));

    EnglishPlurals plurals;
    QCoreApplication::installTranslator(&plurals);

    int exitCode = 0;
    const auto options = readOptions(QGuiApplication::arguments(), exitCode);
    if (!options)
        return exitCode;
    if (wantsSoftwareRenderer(*options))
        QQuickWindow::setGraphicsApi(QSGRendererInterface::Software);
    QQuickStyle::setStyle(QStringLiteral("Fusion"));

    AppSession session(*options);
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(":/qt/qml"));
    engine.addImageProvider(QStringLiteral("icon"), new IconProvider);
    QObject::connect(&engine, &QQmlApplicationEngine::objectCreationFailed, &application,
                     [] { QCoreApplication::exit(1); }, Qt::QueuedConnection);
    engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Coppice/shell/Main.qml")));
    if (!options->until.isEmpty() && !engine.rootObjects().isEmpty())
        endWhenShown(session, qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst()), options->until);
    return QGuiApplication::exec();
}

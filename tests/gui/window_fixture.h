// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <demo/demo.h>
#include <shell/app_session.h>

#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QTemporaryDir>

#include <functional>
#include <memory>

namespace coppice::test {

/// Sets platform, renderer and folders so that nothing of whoever runs the tests is read or written. Before the
/// application is made.
void prepareForWindows();

/// A demo library in a temporary folder, made once for the program.
[[nodiscard]] const demo::Demo &demoLibrary();
/// Another one, for a test that changes it.
[[nodiscard]] demo::Demo freshDemo(const QTemporaryDir &dir);

/// Fills a demo library as a morning's work would: logs imported, tickets of some groups, runs of the recipe where it
/// fits. Answers how many patches wait for review.
int fillDemo(const demo::Demo &demo, bool withRuns);

/// The real window on a library, offscreen. Every warning that QML gives while it stands is kept.
class Window
{
public:
    explicit Window(const ui::Options &options);
    ~Window();
    [[nodiscard]] ui::AppSession &app() { return *m_app; }
    [[nodiscard]] QQuickWindow *window() const { return m_window; }
    [[nodiscard]] const QStringList &warnings() const { return m_warnings; }
    /// Waits until the library is open and nothing is pending; false after 60 s.
    [[nodiscard]] bool waitUntilReady();
    /// The same where another process is the engine.
    [[nodiscard]] bool waitUntilOpen();
    /// Waits until something holds; false after the time given.
    [[nodiscard]] bool waitFor(const std::function<bool()> &holds, int milliseconds = 30'000) const;
    /// Types a key as a person would.
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const;
    void type(const QString &text) const;
    /// The first object below the window with this objectName or QML type name beginning; null when there is none.
    [[nodiscard]] QObject *find(const QString &typeName) const;
    [[nodiscard]] QObjectList findAll(const QString &typeName) const;
    /// Draws the window as it stands.
    [[nodiscard]] QImage grab() const;

private:
    std::unique_ptr<ui::AppSession> m_app;
    std::unique_ptr<QQmlApplicationEngine> m_engine;
    QQuickWindow *m_window = nullptr;
    QStringList m_warnings;
};

} // namespace coppice::test

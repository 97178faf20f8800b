// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace coppice::ui {

/// What the window was started with.
struct Options {
    QString library;  ///< --library; empty: the last one that was open
    QString screen;   ///< --screen; empty: the overview
    QString theme;    ///< --theme: light, dark, or empty to follow the system
    QString renderer; ///< --renderer: software, opengl, or empty to choose by the machine
    QString until;    ///< --until: frame, library or scan; empty: until it is closed
};

/// Reads the command line. None: what was asked has been answered or refused on the terminal, and `exitCode` is set.
[[nodiscard]] std::optional<Options> readOptions(const QStringList &arguments, int &exitCode);

/// True when Qt Quick should draw without OpenGL: asked for, or OpenGL is only emulated here. Called before the first
/// window, with a QGuiApplication.
[[nodiscard]] bool wantsSoftwareRenderer(const Options &options);

} // namespace coppice::ui

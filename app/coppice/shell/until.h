// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QQuickWindow;

namespace coppice::ui {

class AppSession;

/// Ends the program with 0 after the first picture that shows what `until` names (Options::until), with 1 when the
/// library cannot be opened.
void endWhenShown(AppSession &session, QQuickWindow *window, const QString &until);

} // namespace coppice::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace coppice::ui {

/// A screen of the window: defined at namespace scope beside its view model, so that it registers itself. Its QML is
/// qml/<name>/<Name>Screen.qml, its icon resources/icons/<name>.svg.
struct Screen {
    Screen(const char *name, int place, const char *title, const char *purpose);
    QString name;    ///< the rail's word in lower case
    int place;       ///< order on the rail
    QString title;   ///< the rail's word
    QString purpose; ///< a sentence for the palette and the tooltip

    /// All screens in the order of the rail.
    [[nodiscard]] static std::vector<const Screen *> all();
    [[nodiscard]] static const Screen *find(const QString &name);
};

} // namespace coppice::ui

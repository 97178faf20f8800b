// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace coppice::ui {

/// What the window keeps on this machine, in window.json of the configuration folder.
struct LocalSettings {
    QStringList recents; ///< libraries, the last opened first
    QString theme;       ///< light, dark, or empty to follow the system
    int width = 0;
    int height = 0;

    /// Defaults where the file is missing or cannot be read: nothing in it is worth an error.
    [[nodiscard]] static LocalSettings read();
    void write() const;
    void opened(const QString &library); ///< puts it first
};

} // namespace coppice::ui

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice::ui {

/// When a person looked at a library's inbox last, and how far its events went then. Kept on this machine, in inbox.json of
/// the configuration folder. From any thread but the GUI's.
struct Looked {
    qint64 at = 0;      ///< ms; 0: never
    qint64 events = -1; ///< as capture::EventNews counts
    QString order;      ///< that the list was in
};
[[nodiscard]] Looked readLooked(const QString &library);
void writeLooked(const QString &library, const Looked &looked);

} // namespace coppice::ui

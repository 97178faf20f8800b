// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"
#include "receivers/library_keeper.h"
#include "store/database.h"

#include <QMap>
#include <QString>

#include <stop_token>

namespace coppice::engine {

/// Where the keys of a library's plugins and the list of its spools lie: in the user's configuration folder.
[[nodiscard]] QString receiversFolderOf(const library::Library &library);
/// The list of the spools that the library's engine reads.
[[nodiscard]] QString spoolsFileOf(const library::Library &library);

/// Fetches what receivers on other hosts have spooled for the library, every 15 seconds. Runs in a thread of its own while a
/// process stays the engine; what goes wrong with one spool is told once and tried again, and the others go on.
class SpoolKeeper
{
public:
    SpoolKeeper(const library::Library &library, store::Database &events) : m_library(library), m_events(events), m_keeper(events) { }
    void run(const std::stop_token &stop);
    /// One round; answers how many events came.
    qint64 step(const std::stop_token &stop);

private:
    void tell(const QString &what, const QString &problem);
    const library::Library &m_library;
    store::Database &m_events;
    receivers::LibraryKeeper m_keeper;
    QMap<QString, QString> m_told; ///< the last problem of each
};

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "store/database.h"

#include <QHash>

namespace coppice::capture {

/// The same error told by a log and by a kit of the program (Sentry, OTLP), where nothing but its type, its message and the
/// time says that it is the same. Of n tellings by one and m by the other, as many are one as there are pairs; two
/// tellings by logs, or by kits, are two errors. Only for plugins whose logs are read. Within one transaction.
class Tellings
{
public:
    explicit Tellings(store::Connection &connection) : m_connection(connection) { }
    /// The other road has told it already: it is not to be counted again. `key`: what makes it the same one when it comes
    /// again, remembered.
    Result<bool> isTold(const Event &event, const QByteArray &key);
    /// It has been stored.
    Result<> remember(const Event &event);
    /// Forgets what is older than a day.
    static Result<> forget(store::Connection &connection);

private:
    Result<bool> matters(const Event &event);
    store::Connection &m_connection;
    QHash<QString, bool> m_hasLogs; ///< by plugin
};

} // namespace coppice::capture

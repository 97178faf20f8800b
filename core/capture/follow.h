// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/store.h"
#include "text/scrub.h"

#include <stop_token>

class QFile;

namespace coppice::capture {

struct LogPosition;

/// A log file of a plugin that is read as it grows. Each event is stored once: over restarts of this program, rotation by
/// rename and by copy and truncation, lines that are written in parts. How far it is read lies in events.db, in the
/// transaction of the events. One thread at a time.
class LogFollower
{
public:
    struct Source {
        QString plugin;
        QString path;
        QString release; ///< of what writes it, where the log does not say
        qint64 quiet = 2000; ///< ms without a write after which the last record is taken as whole
    };
    LogFollower(store::Database &events, Source source, text::Scrubber scrubber);

    struct Step {
        qint64 events = 0;  ///< stored
        QStringList groups; ///< touched
        bool more = false;  ///< there is more to read at once
    };
    /// Reads what is new, at most some megabytes. A file that is not there yet has nothing new.
    [[nodiscard]] Result<Step> step(std::stop_token stop = {});
    [[nodiscard]] const Source &source() const { return m_source; }

private:
    Result<Step> read(QFile &file, LogPosition &position, bool final, std::stop_token stop);
    [[nodiscard]] QString rotatedAway(const LogPosition &position) const;
    [[nodiscard]] QString begunAfter(const QString &read) const;
    store::Database &m_events;
    Source m_source;
    text::Scrubber m_scrubber;
};

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/follow.h"

namespace coppice::capture {

struct LogPosition;

/// A journal of systemd, on this machine or another, or a log file of another machine. Other machines are reached by the
/// user's own ssh (its settings, keys and agent), which is never let ask anything. What is asked for is what came since
/// the position in events.db; each event is stored once. One thread at a time.
class LogPull
{
public:
    struct Source {
        QString plugin;
        QString host;    ///< as ssh takes it; empty: this machine (of a journal only)
        QString file;    ///< absolute path there; or
        QString journal; ///< a unit of systemd
        QString release;
        [[nodiscard]] QString name() const; ///< "ssh:host:/path", "journal:unit", "ssh:host:journal:unit"
    };
    LogPull(store::Database &events, Source source, text::Scrubber scrubber);
    /// Asks once. Errors: the machine does not answer, or says why it cannot.
    [[nodiscard]] Result<LogFollower::Step> step(std::stop_token stop = {});
    [[nodiscard]] const Source &source() const { return m_source; }

private:
    [[nodiscard]] Result<QByteArray> ask(const QString &script, std::stop_token stop) const;
    Result<LogFollower::Step> journal(std::stop_token stop);
    Result<LogFollower::Step> file(std::stop_token stop);
    Result<LogFollower::Step> keep(QByteArray bytes, bool mayGrow, LogPosition &position, const std::function<QString(const LogPosition &)> &told,
                                   std::stop_token stop);
    store::Database &m_events;
    Source m_source;
    text::Scrubber m_scrubber;
};

} // namespace coppice::capture

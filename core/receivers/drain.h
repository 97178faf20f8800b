// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "receivers/intake.h"
#include "receivers/spool.h"
#include "store/database.h"
#include "text/scrub.h"

#include <QString>

#include <stop_token>
#include <vector>

namespace coppice::receivers {

/// A spool on another machine, and how to get at it: one of ssh and url is set.
struct SpoolSource {
    QString name;    ///< the user's own, unique
    QString ssh;     ///< "user@host", as for ssh; coppicectl has to be installed there
    QString folder;  ///< of the spool there, with ssh
    QString url;     ///< "https://host/…", the base that senders use
    QString token;   ///< a reference to the reading token, with url
};

/// The list of them: a file of the user, beside the keys.
[[nodiscard]] Result<std::vector<SpoolSource>> readSpoolSources(const QString &file);
[[nodiscard]] Result<> writeSpoolSources(const QString &file, const std::vector<SpoolSource> &sources);

/// How far a source has been read.
struct SpoolState {
    QString source;
    QString spool;
    qint64 cursor = 0;
    qint64 dropped = 0; ///< entries that were gone before they were read
    qint64 at = 0;      ///< when it was read last
};
[[nodiscard]] Result<std::vector<SpoolState>> spoolStates(store::Database &events);

struct Drained {
    qint64 entries = 0;
    qint64 events = 0;
    qint64 dropped = 0;
};
/// Fetches what is new in a source until there is no more, and keeps it. The cursor moves after the entries are on disk; an
/// entry that is therefore read twice is known by the identity of its events, and counts once. What comes is scrubbed and
/// bounded once more: it is text of another machine.
[[nodiscard]] Result<Drained> drain(const SpoolSource &source, store::Database &events, Keeper &keeper, const text::Scrubber &scrubber,
                                    std::stop_token stop = {});

} // namespace coppice::receivers

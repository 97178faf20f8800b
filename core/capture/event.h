// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"

#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::capture {

enum class Level { Trace, Debug, Info, Warning, Error, Fatal };
[[nodiscard]] QString nameOf(Level level); ///< lower case
[[nodiscard]] Level levelFrom(const QString &text); ///< any common spelling or number; Info when not known

struct Frame {
    QString function;
    QString file;
    int line = 0;
    bool inApp = true; ///< code of the plugin itself, not of its runtime or packages
    int column = 0;    ///< 0: not known
    QString code = {}; ///< what outlives shifted lines: the source line, scrubbed, or the instruction's offset; empty: not told
};
struct Cause {
    QString type;
    QString message;
};
/// One production error or log record, as received and scrubbed. All text is from outside.
struct Event {
    Id id;
    QString senderId; ///< the sender's own id; empty when it gave none
    QString plugin;
    qint64 received = 0;
    qint64 at = 0; ///< the sender's time; 0 when it gave none
    QString source; ///< "file:/path", "sentry", "otlp", …
    QString release;
    QString environment;
    Level level = Level::Info;
    QString type;    ///< of the exception that reached the top; empty for a plain record
    QString message; ///< scrubbed
    QString messageTemplate;
    std::vector<Frame> frames; ///< innermost (crash site) first
    std::vector<Cause> causes;
    QString trace; ///< the trace as text, scrubbed and capped
    QMap<QString, QString> tags;
    QByteArray identity; ///< tells this record of a file from every other; empty where there is no such thing
    QByteArray twin;  ///< equal for one error that is told on several roads (`source` names the road); empty: none
    int record = 0;   ///< number of the record in its file, from 1
    int scrubbed = 0; ///< secrets replaced
};

/// Events that have one cause.
struct Group {
    enum class State { New, Ticketed, Muted, Resolved, Regressed };
    Id id;
    QString plugin;
    QString title; ///< type and first line of the message
    QString why;   ///< a sentence: why an event is in this group
    QString fingerprint;
    Level level = Level::Error;
    qint64 count = 0;
    qint64 first = 0;
    qint64 last = 0;
    QStringList releases;
    State state = State::New;
};
[[nodiscard]] QString nameOf(Group::State state);

} // namespace coppice::capture

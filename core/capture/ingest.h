// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/progress.h"
#include "capture/event.h"
#include "text/scrub.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

class QIODevice;

namespace coppice::capture {

/// Reads a log file (JSON lines of pino, bunyan, winston, structlog; plain text with stack traces over many lines) and
/// answers scrubbed events in order. Bounded: a record over 256 KB is cut with a mark; bad UTF-8 is replaced.
/// `everyLine`: each line is one message, nothing is joined.
struct ReadOptions {
    bool everyLine = false;
    qint64 recordCap = 256 * 1024;
};
[[nodiscard]] Result<> readLog(const QString &path, const text::Scrubber &scrubber, const ReadOptions &options,
                               const std::function<void(Event &&)> &event, std::stop_token stop = {},
                               Progress &progress = Progress::none());

/// The same from any device that can be read; `source` names it in the events.
[[nodiscard]] Result<> readLog(QIODevice &device, const QString &source, const text::Scrubber &scrubber, const ReadOptions &options,
                               const std::function<void(Event &&)> &event, std::stop_token stop = {},
                               Progress &progress = Progress::none());

/// Where reading a log can begin again, with nothing told twice or left out.
struct ReadPoint {
    qint64 offset = 0;
    QByteArray chain; ///< identity of the last line before it
    int record = 0;
};
/// Reads from a device that stands at `from.offset`. With `mayGrow`, a record that the end of the log may have cut is left
/// for the next time. Answers the point behind the last event told. `most`: stops after so many bytes, at a point.
[[nodiscard]] Result<ReadPoint> readLogFrom(QIODevice &device, const QString &source, const text::Scrubber &scrubber, const ReadPoint &from,
                                            bool mayGrow, qint64 most, const std::function<void(Event &&)> &event, std::stop_token stop = {});

/// What decides the group: stack traces by exception type, in-app frames and message template; records without a
/// stack by templates learnt on the way; a fingerprint of the program's own (tag "fingerprint", a line each) before all. Deterministic for a given order of events.
class Grouper
{
public:
    Grouper();
    ~Grouper();
    struct Key {
        QString fingerprint;
        QString messageTemplate;
        QString why;
    };
    [[nodiscard]] Key keyOf(const Event &event);

    /// What was learnt, to be kept: a template within a scope (type and frames, or "message").
    struct Pattern {
        QString scope;
        QString fingerprint;
        QString text;
        QStringList places;
    };
    [[nodiscard]] const QString &scopeOf(const Event &event); ///< valid until the next call
    void learn(const Pattern &pattern); ///< in the order of their making
    [[nodiscard]] std::vector<Pattern> takeLearnt(); ///< new and changed ones since the last call

private:
    Key foundKeyOf(const Event &event);
    struct Templates;
    std::unique_ptr<Templates> m_templates;
};

} // namespace coppice::capture

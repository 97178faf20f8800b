// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <QJsonObject>
#include <QString>

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>

class QIODevice;

namespace coppice::capture {

/// What a logger wrote before its message.
struct Header {
    qint64 time = 0; ///< ms; 0: none
    std::optional<Level> level;
    qsizetype body = 0; ///< where the message starts in the text

    [[nodiscard]] bool isThere() const { return time != 0 || level.has_value(); }
};

/// One line of a log without what carried it here: container, syslog and journal prefixes, colours, line ends.
struct Line {
    QString text;
    QString stream; ///< of several that share the file: container, or program and process; empty: the file itself
    Header header;
    qint64 time = 0; ///< from the carrier; 0: none
    std::optional<Level> level; ///< from the carrier
    QString release;            ///< from the carrier
    QByteArray identity; ///< hash of the file up to the end of this line
    QByteArray before;   ///< the same up to its beginning
    qint64 begin = 0;
    qint64 end = 0;      ///< offset of the next line
    bool isJson = false; ///< a JSON object, in `json`
    QJsonObject json;
    bool timed = false;   ///< a time of someone else's stood in front of its own head
    bool partial = false; ///< the carrier says that the next line of the stream continues this one

    [[nodiscard]] QString body() const { return text.mid(header.body); }
    [[nodiscard]] bool isBlank() const { return QStringView(text).trimmed().isEmpty(); }
};

/// Splits a device into bounded, decoded lines: byte order mark, CRLF, NULs, bad UTF-8, no newline at the end.
class LineReader
{
public:
    /// The device stands at `offset`; `chain` is the identity of the line before.
    LineReader(QIODevice &device, qint64 cap, qint64 offset = 0, QByteArray chain = {});
    /// False at the end.
    bool next(Line &line);

private:
    bool rawLine();
    QIODevice &m_device;
    qint64 m_cap;
    QByteArray m_bytes; ///< of the line, kept for its room
    QByteArray m_buffer;
    qsizetype m_at = 0;
    qint64 m_consumed;
    bool m_atEnd = false;
    bool m_first;
    QCryptographicHash m_hash{QCryptographicHash::Sha1};
    QByteArray m_chain;
};

/// Takes the carrier's prefix off and reads the logger's header. For a line of any origin. `timed`: lines of this log have a
/// time in front that is not their logger's.
void dissect(Line &line, bool timed = false);
/// Milliseconds from the common spellings of a time; 0 when it is none.
[[nodiscard]] qint64 timeFrom(const QString &text);

/// Lines with look-ahead. Lines that a block left standing stay in order.
class Window
{
public:
    explicit Window(std::function<bool(Line &)> next) : m_next(std::move(next)) { }
    /// The line at a position after the front; null past the end.
    const Line *at(size_t index);
    void remove(const std::vector<size_t> &taken); ///< rising positions
    void dropFront()
    {
        m_takenTo = std::max(m_takenTo, m_lines.front().end);
        m_lines.pop_front();
    }
    /// Nothing behind the front has been taken: reading can begin there again.
    [[nodiscard]] bool isClean() const { return m_lines.empty() || m_lines.front().begin >= m_takenTo; }
    [[nodiscard]] const Line *front() const { return m_lines.empty() ? nullptr : &m_lines.front(); }
    /// The end was seen: what was decided since may be decided otherwise when the log has grown.
    [[nodiscard]] bool hasEnded() const { return m_ended; }
    /// Every ordinary record so far began with a logger's header: a line without one goes on with what stands above.
    bool everyRecordIsHeaded = false;

private:
    std::function<bool(Line &)> m_next;
    std::deque<Line> m_lines;
    qint64 m_takenTo = 0;
    bool m_ended = false;
};

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/line.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::capture {

/// An exception or panic as a runtime prints it.
struct Crash {
    QString type;
    QString message;
    std::vector<Frame> frames; ///< innermost first
    std::vector<Cause> causes;
    std::optional<Level> level; ///< where the text itself says one
    QString logged;             ///< what stood before the exception in its first line
    bool inAppKnown = false;    ///< the parser has set Frame::inApp itself
};

/// Walks over the lines that may belong to one block: of one stream, with lines of other loggers between them stepped
/// over. What was taken is remembered by position, the rest stays for the records that follow.
class Cursor
{
public:
    /// `indent`: blanks before the first line are not of the block, nor as many before the others.
    Cursor(Window &window, size_t start, bool indented = false);

    /// The first line, as the block sees it.
    [[nodiscard]] QString start() const { return m_start; }
    /// The line `ahead` after the last taken one; null at the end of what may belong to the block.
    const QString *peek(size_t ahead = 0);
    /// True when lines of others stand between the last taken line and the one at `ahead`.
    [[nodiscard]] bool crosses(size_t ahead = 0);
    void take(size_t count = 1);
    /// The block began behind a logger's header, on the same line or the one before.
    [[nodiscard]] bool isHeaded() const { return m_headed; }
    void setHeaded() { m_headed = true; }
    [[nodiscard]] const std::vector<size_t> &taken() const { return m_taken; }
    [[nodiscard]] const QStringList &text() const { return m_text; }

private:
    struct Seen {
        size_t index;
        QString text;
        bool crossed;
    };
    bool look(size_t ahead);
    Window &m_window;
    QString m_stream;
    QString m_start;
    [[nodiscard]] QString unindented(const QString &text) const;
    qsizetype m_indent = 0;
    bool m_headed = false;
    bool m_everyLineHeaded = false;
    size_t m_scan;
    bool m_crossing = false;
    int m_stepped = 0;
    std::deque<Seen> m_ahead;
    std::vector<size_t> m_taken;
    QStringList m_text;
};

/// Tries all languages at the cursor's first line. On success the cursor has taken the block's lines.
[[nodiscard]] std::optional<Crash> parseCrash(Cursor &cursor);
/// The same for a trace that is one string, as in a JSON record.
[[nodiscard]] std::optional<Crash> parseTrace(const QString &trace);

// One per language; the first line is not taken yet when they are called.
std::optional<Crash> parsePython(Cursor &cursor);
std::optional<Crash> parseV8(Cursor &cursor); ///< Node, Deno, Bun, Chrome
std::optional<Crash> parseJvm(Cursor &cursor);
std::optional<Crash> parseDotnet(Cursor &cursor);
std::optional<Crash> parseGo(Cursor &cursor);
std::optional<Crash> parseRust(Cursor &cursor);
std::optional<Crash> parsePhp(Cursor &cursor);
std::optional<Crash> parseRuby(Cursor &cursor);

/// True when the file (or, where there is none, the function) is the plugin's own and not a runtime's or a package's.
[[nodiscard]] bool isInApp(const Frame &frame);
/// "pkg.Error: message" → type and message; false when the text does not start with a type.
bool splitTitle(const QString &text, QString &type, QString &message);

} // namespace coppice::capture

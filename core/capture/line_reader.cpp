// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/line.h"

#include "text/hidden.h"

#include <QCryptographicHash>
#include <QIODevice>

namespace coppice::capture {

namespace {
constexpr qsizetype chunk = 64 * 1024;
constexpr qint64 jsonCap = 8 * 1024 * 1024; // a cut JSON line could not be read at all; its fields are capped instead
} // namespace

LineReader::LineReader(QIODevice &device, qint64 cap, qint64 offset, QByteArray chain)
    : m_device(device), m_cap(cap), m_consumed(offset), m_first(offset == 0), m_chain(std::move(chain))
{
}

bool LineReader::rawLine()
{
    QByteArray &bytes = m_bytes;
    if (bytes.capacity() > 16 * chunk)
        bytes.clear();
    bytes.resize(0);
    bool any = false;
    bool isCut = false;
    for (;;) {
        if (m_at >= m_buffer.size()) {
            if (m_atEnd)
                break;
            m_buffer = m_device.read(chunk);
            m_at = 0;
            if (m_buffer.isEmpty()) {
                m_atEnd = true;
                break;
            }
        }
        any = true;
        const qsizetype newline = m_buffer.indexOf('\n', m_at);
        const qsizetype end = newline < 0 ? m_buffer.size() : newline;
        const qint64 cap = bytes.startsWith('{') || (bytes.isEmpty() && m_at < end && m_buffer[m_at] == '{') ? jsonCap : m_cap;
        const qint64 room = cap - bytes.size();
        const qsizetype length = end - m_at;
        bytes.append(m_buffer.constData() + m_at, qsizetype(qMin<qint64>(length, qMax<qint64>(room, 0))));
        isCut = isCut || length > room;
        m_consumed += length;
        m_at = end;
        if (newline >= 0) {
            ++m_at;
            ++m_consumed;
            break;
        }
    }
    if (isCut)
        bytes += " \xE2\x80\xA6 [cut]";
    return any;
}

bool LineReader::next(Line &line)
{
    const qint64 begin = m_consumed;
    if (!rawLine())
        return false;
    QByteArray &bytes = m_bytes;
    line = Line();
    line.begin = begin;
    line.before = m_chain;
    if (m_first && bytes.startsWith("\xEF\xBB\xBF"))
        bytes.remove(0, 3);
    m_first = false;
    while (bytes.endsWith('\r'))
        bytes.chop(1);
    // Chained, so that equal records at different places differ, and a file that has grown keeps what it had.
    m_hash.reset();
    m_hash.addData(m_chain);
    m_hash.addData(bytes);
    m_chain = m_hash.result();
    line.identity = m_chain;
    line.end = m_consumed;
    if (bytes.contains('\0'))
        bytes.replace('\0', "");
    line.text = text::withoutTerminalCodes(QString::fromUtf8(bytes));
    return true;
}

const Line *Window::at(size_t index)
{
    while (!m_ended && m_lines.size() <= index) {
        Line line;
        if (m_next(line))
            m_lines.push_back(std::move(line));
        else
            m_ended = true;
    }
    return index < m_lines.size() ? &m_lines[index] : nullptr;
}

void Window::remove(const std::vector<size_t> &taken)
{
    for (auto it = taken.rbegin(); it != taken.rend(); ++it) {
        m_takenTo = std::max(m_takenTo, m_lines[*it].end);
        m_lines.erase(m_lines.begin() + std::ptrdiff_t(*it));
    }
}

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#include "story_reader.h"

namespace coppice::ui {

namespace {
constexpr qint64 MostAtOnce = 4 << 20;
constexpr qint64 PieceBytes = 256 << 10;
constexpr qsizetype LongestLine = 2 << 20;
} // namespace

void StoryReader::startOver()
{
    m_fold = StoryFold(m_bounds);
    m_rest.clear();
    m_skipping = false;
    m_offset = 0;
}

StoryChange StoryReader::look(const StorySource &source)
{
    QFile file(source.file);
    const bool there = !source.file.isEmpty() && file.open(QIODevice::ReadOnly);
    if (there && file.size() < m_offset)
        startOver(); // the run began again with an empty file
    m_fold.steps(source.journal, source.checks, source.state);
    m_behind = false;
    if (there && file.seek(m_offset)) {
        qint64 read = 0;
        while (read < MostAtOnce) {
            const QByteArray bytes = file.read(PieceBytes);
            if (bytes.isEmpty())
                break;
            read += bytes.size();
            feed(bytes);
        }
        m_offset += read;
        m_behind = m_offset < file.size();
    }
    if (!m_behind)
        m_fold.catchUp();
    return m_fold.take();
}

void StoryReader::feed(const QByteArray &bytes)
{
    qsizetype from = 0;
    while (from < bytes.size()) {
        const qsizetype end = bytes.indexOf('\n', from);
        if (end < 0) {
            if (!m_skipping)
                m_rest += bytes.mid(from);
            if (m_rest.size() > LongestLine) {
                m_rest.clear();
                m_skipping = true;
            }
            return;
        }
        if (m_skipping) {
            m_skipping = false;
            m_fold.line("too long to be read");
        } else if (m_rest.isEmpty()) {
            m_fold.line(QByteArrayView(bytes).sliced(from, end - from));
        } else {
            m_rest += bytes.mid(from, end - from);
            m_fold.line(m_rest);
            m_rest.clear();
        }
        from = end + 1;
    }
}

} // namespace coppice::ui

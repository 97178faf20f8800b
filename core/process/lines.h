// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <algorithm>
#include <utility>

namespace coppice::process {

/// Cuts a stream into lines as its pieces come; a line longer than `cap` bytes is left out whole. A line that lies in one
/// piece is not copied.
class LineSplitter
{
public:
    explicit LineSplitter(qsizetype cap) : m_cap(cap) { }

    /// Calls `line(QByteArrayView)` for each line that ends in this piece, without its end.
    template <class Take> void feed(QByteArrayView piece, Take &&line)
    {
        while (!piece.isEmpty()) {
            const qsizetype at = piece.indexOf('\n');
            const QByteArrayView part = at < 0 ? piece : piece.first(at);
            if (m_skipping || m_rest.size() + part.size() > m_cap) {
                m_skipping = true;
                m_rest = {};
            } else if (at < 0 || !m_rest.isEmpty()) {
                m_rest.append(part);
            }
            if (at < 0)
                return;
            if (!m_skipping)
                line(m_rest.isEmpty() ? part : QByteArrayView(m_rest));
            m_skipping = false;
            m_rest.resize(0);
            piece = piece.sliced(at + 1);
        }
    }
    /// What came after the last end of line; empty for one that is too long. The splitter begins anew.
    [[nodiscard]] QByteArray takeRest()
    {
        m_skipping = false;
        return std::exchange(m_rest, {});
    }

private:
    qsizetype m_cap;
    QByteArray m_rest;
    bool m_skipping = false;
};

} // namespace coppice::process

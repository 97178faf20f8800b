// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace coppice::gateway {

/// Reads the token counts out of one answer of a model service while it passes: streamed (server-sent events) or whole,
/// of any dialect. Bounded: an event or a whole answer over 4 MiB is passed on and not counted.
class UsageReader
{
public:
    explicit UsageReader(bool streamed) : m_streamed(streamed) { }
    void read(QByteArrayView piece);
    void finish();
    [[nodiscard]] qint64 inputTokens() const { return m_input; }
    [[nodiscard]] qint64 outputTokens() const { return m_output; }

private:
    void document(const QByteArray &json);
    bool m_streamed;
    QByteArray m_pending;
    bool m_tooLong = false;
    qint64 m_input = 0;
    qint64 m_output = 0;
};

} // namespace coppice::gateway

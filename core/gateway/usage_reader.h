// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace coppice::gateway {

/// Reads the token counts out of a model service's answer while it passes: a stream of server-sent events or one JSON
/// document. Bounded: a line or document that is too long is not read, and nothing of it is kept.
/// Sources: https://docs.anthropic.com/en/api/messages-streaming, https://platform.openai.com/docs/api-reference,
/// https://ai.google.dev/api/generate-content
class UsageReader
{
public:
    UsageReader(const QString &dialect, const QByteArray &contentType);
    void read(QByteArrayView piece);
    void end();
    [[nodiscard]] qint64 inputTokens() const { return m_input; }
    [[nodiscard]] qint64 outputTokens() const { return m_output; }

private:
    void line(const QByteArray &text);
    void document(const QJsonObject &object);
    void usage(const QJsonObject &counts);

    QString m_dialect;
    bool m_stream;
    bool m_skipping = false; ///< to the end of a line that is too long
    QByteArray m_buffer;
    qint64 m_input = 0;
    qint64 m_output = 0;
};

} // namespace coppice::gateway

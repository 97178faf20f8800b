// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/prices.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <memory>

namespace coppice::gateway {

/// Reads the token counts, and an error, out of a model service's answer while it passes: a stream of server-sent events
/// (however cut, with any of the three ends of line, comments, several data lines) or JSON documents, plain or compressed
/// by gzip or deflate. Bounded: an event or document that is too long is not read, and nothing of it is kept.
/// Sources: https://docs.anthropic.com/en/api/messages-streaming, https://platform.openai.com/docs/api-reference,
/// https://ai.google.dev/api/generate-content, https://html.spec.whatwg.org/multipage/server-sent-events.html
class UsageReader
{
public:
    UsageReader(const QString &dialect, const QByteArray &contentType, const QByteArray &contentEncoding = {});
    ~UsageReader();
    void read(QByteArrayView piece);
    void end();

    [[nodiscard]] const Tokens &tokens() const { return m_tokens; }
    [[nodiscard]] qint64 inputTokens() const { return m_tokens.allInput(); }
    [[nodiscard]] qint64 outputTokens() const { return m_tokens.output; }
    /// The service told counts, though perhaps not the last ones.
    [[nodiscard]] bool counted() const { return m_counted; }
    /// The stream came to the end that its dialect knows, with counts: nothing has to be guessed.
    [[nodiscard]] bool complete() const { return m_counted && m_final; }
    /// About how many tokens were answered, by the size of the events: for streams that were cut, or that tell no counts.
    [[nodiscard]] qint64 guessedOutput() const { return m_guess; }
    /// The error object that stood in the stream after its head; empty: none.
    [[nodiscard]] const QJsonObject &error() const { return m_error; }
    /// The model that answered; empty: it was not named.
    [[nodiscard]] const QString &model() const { return m_model; }

private:
    struct Inflater;
    enum class Form { Unknown, Events, Documents };
    void plain(QByteArrayView piece);
    void events(QByteArrayView piece);
    void line(QByteArrayView text);
    void event();
    void keep(QByteArrayView bytes, qsizetype most);
    void document(const QJsonObject &object);
    void usage(const QJsonObject &counts);
    void gemini(const QJsonObject &counts);

    QString m_dialect;
    Form m_form = Form::Unknown;
    std::unique_ptr<Inflater> m_inflater;
    bool m_unreadable = false; ///< compressed in a way that is not known here
    bool m_skipping = false;   ///< to the end of a line, event or document that is too long
    bool m_longLine = false;   ///< the line that is being read is too long
    bool m_afterReturn = false;
    QByteArray m_line;   ///< the beginning of one that is not all there
    QByteArray m_buffer; ///< data of the event, or the document so far
    bool m_hasData = false;
    Tokens m_tokens;
    bool m_counted = false;
    bool m_final = false;
    qint64 m_guess = 0;
    QString m_model;
    QJsonObject m_error;
};

} // namespace coppice::gateway

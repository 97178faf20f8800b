// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/settings.h"
#include "net/http.h"

#include <QString>
#include <QStringList>

namespace coppice::gateway {

/// anthropic, openai-responses, openai-chat, gemini
[[nodiscard]] QStringList dialectNames();

/// What a request asks of the service, as far as it bears on money.
struct Asked {
    bool costs = false;      ///< it makes a model work
    bool countless = false;  ///< it spends by a way that the answer does not tell: batches, training, stored jobs
    bool background = false; ///< answered before the work is done
    QString model;           ///< as the client spells it; empty: it names none
    qint64 inputTokens = 0;  ///< estimated from the request's size, rather too many
    qint64 outputTokens = 0; ///< the most that may be answered, over all choices; 0: the model's own bound
    double factor = 1;       ///< a faster service costs more
};
/// `path` without query. Sources: https://docs.anthropic.com/en/api/messages, https://platform.openai.com/docs/api-reference,
/// https://ai.google.dev/api/generate-content
[[nodiscard]] Asked readAsked(const QString &dialect, const QByteArray &method, const QByteArray &path, const QByteArray &body);

/// Headers that carry a key, in any dialect (lower case).
[[nodiscard]] bool carriesKey(const QByteArray &header);
/// Query parameters that carry a key.
[[nodiscard]] QStringList keyParameters();
void addKey(const library::ModelEndpoint &endpoint, const QByteArray &key, net::Headers &headers);

enum class Refusal {
    NotAllowed, ///< no token, no such address
    Budget,     ///< a cap would be passed
    Closed,     ///< stopped, or the service cannot be reached
};
/// An answer in the dialect's own shape of an error. Over budget is status 400, which no client tries again: 402 and 429
/// are tried again by some, for minutes.
[[nodiscard]] net::HttpResponse refusal(const QString &dialect, Refusal kind, int status, const QString &message);

} // namespace coppice::gateway

// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/model_errors.h"

#include <QRegularExpression>

namespace coppice::clients {

namespace {

bool holds(const QRegularExpression &form, const QString &text)
{
    return form.match(text).hasMatch();
}

QRegularExpression words(const char *pattern)
{
    return QRegularExpression(QString::fromLatin1(pattern), QRegularExpression::CaseInsensitiveOption);
}

/// A status of 4xx or 5xx that the text names as one.
int statusIn(const QString &text)
{
    static const auto form = words("(?:status(?:\\s*code)?|http(?:/[0-9.]+)?|api\\s*error|error|code|\"code\"|got status)\\\\?\"?\\s*[:=]?\\s*\\(?([45][0-9]{2})\\b");
    return form.match(text).captured(1).toInt();
}

} // namespace

AgentEnd::Outcome outcomeOfError(int status, const QString &whole)
{
    using Outcome = AgentEnd::Outcome;
    const QString text = whole.left(16 * 1024);
    static const auto limited = words(
        "rate.?limit|too many requests|quota|usage.limit|resource_?exhausted|\\boverloaded|insufficient_?quota|credit balance"
        "|(?:session|weekly|daily|hourly|hour|plan|spend(?:ing)?) limit (?:reached|hit|exceeded)|hit your [a-z0-9 ]*limit|limit reached");
    static const auto broken = words(
        "authenti|unauthori[sz]ed|invalid.{0,12}api.?key|api.?key.{0,20}(?:invalid|not valid|missing|expired)|invalid x-api-key|permission_error"
        "|api.?error|internal server error|server_error|service.?unavailable|bad gateway|gateway time-?out|\\bUNAVAILABLE\\b|\\bINTERNAL\\b"
        "|stream (?:disconnected|closed|error)|connection (?:error|refused|reset|failed)|error sending request|fetch failed|econn(?:refused|reset)"
        "|etimedout|socket hang up|please run /login|not logged in|model .{0,60}(?:not found|does not exist)|not_found_error|invalid_request_error"
        "|(?:high|heavy|unusual) (?:demand|load|traffic)|temporar(?:y|ily) (?:errors?|unavailable|failures?)|server (?:is )?(?:busy|overloaded)|at capacity");
    static const auto turns = words("max(?:imum)? (?:number of )?(?:session )?turns|turn limit|max_turns");
    static const auto budget = words("budget (?:exhausted|exceeded|reached|of)|max(?:imum)?[ _]budget|over budget");
    static const auto cancelled = words("^(?:the )?(?:operation|request|turn|task)? ?(?:was )?(?:cancell?ed|aborted|interrupted)|aborterror|interrupted by user|turn interrupted");
    if (!status)
        status = statusIn(text);
    if (holds(budget, text))
        return Outcome::Budget;
    if (status == 429 || status == 529 || status == 402)
        return Outcome::Limited;
    if (holds(limited, text))
        return Outcome::Limited;
    if (status >= 400 && status < 600)
        return Outcome::ModelError;
    if (holds(turns, text))
        return Outcome::Turns;
    if (holds(cancelled, text))
        return Outcome::Cancelled;
    return holds(broken, text) ? Outcome::ModelError : Outcome::Failed;
}

} // namespace coppice::clients

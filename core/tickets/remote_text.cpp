// SPDX-License-Identifier: GPL-3.0-or-later
// What a tracker is told of a ticket: our own sentences, with everything from outside as code.
#include "tickets/trackers.h"

#include "base/clock.h"

#include <QCryptographicHash>
#include <QJsonArray>

namespace coppice::tickets {

using namespace Qt::StringLiterals;
using namespace forges;

namespace {

constexpr qsizetype mostNames = 20;

Run own(const QString &text) { return {text, false}; }
Run outside(const QString &text) { return {text, true}; }

std::vector<Run> listed(const QString &intro, const QJsonArray &values)
{
    std::vector<Run> runs{own(intro)};
    for (const auto &value : values) {
        if (runs.size() <= mostNames)
            runs.push_back(outside(value.toString()));
    }
    return runs;
}

void addFacts(const Ticket &ticket, Document &document)
{
    const QJsonObject &facts = ticket.facts;
    const qint64 count = facts[u"count"].toInteger();
    document.push_back(paragraph({own(u"An error in production of"_s), outside(ticket.plugin),
                                  own(u"seen %1 between %2 and %3."_s.arg(count == 1 ? u"once"_s : u"%1 times"_s.arg(count), isoTime(facts[u"first"].toInteger()),
                                                                         isoTime(facts[u"last"].toInteger())))}));
    const QJsonArray releases = facts[u"releases"].toArray();
    if (!releases.isEmpty())
        document.push_back(item(listed(u"Releases:"_s, releases)));
    if (const QJsonArray tools = facts[u"tools"].toArray(); !tools.isEmpty())
        document.push_back(item(listed(u"Tools:"_s, tools)));
    if (const QJsonArray dependents = facts[u"dependents"].toArray(); !dependents.isEmpty())
        document.push_back(item(listed(u"Plugins that depend on it:"_s, dependents)));
    if (const QString why = facts[u"why"].toString(); !why.isEmpty())
        document.push_back(item({own(u"Grouped because:"_s), outside(why)}));
    const QString trace = facts[u"trace"].toString();
    const QString said = trace.isEmpty() ? facts[u"message"].toString() : trace;
    if (!said.isEmpty()) {
        document.push_back(heading(u"What the program said"_s));
        document.push_back(quote(said));
    }
}

void addGuesses(const QJsonObject &guesses, Document &document)
{
    const struct {
        const char *key;
        const char *word;
    } parts[] = {{"what", "What happens"},         {"cause", "Likely cause"},       {"suspect", "Where to begin"},
                 {"reproduce", "How to reproduce"}, {"severity", "Severity"},        {"owner", "Where it lies"},
                 {"playbook", "Suggested playbook"}};
    bool any = false;
    for (const auto &part : parts) {
        const QString text = guesses[QLatin1String(part.key)].toString();
        if (text.isEmpty())
            continue;
        if (!any)
            document.push_back(heading(u"Guesses of the plugin agent (not verified)"_s));
        any = true;
        if (text.contains(u'\n') || text.size() > 200) {
            document.push_back(paragraph({own(QLatin1String(part.word) + u":"_s)}));
            document.push_back(quote(text));
        } else {
            document.push_back(item({own(QLatin1String(part.word) + u":"_s), outside(text)}));
        }
    }
}

} // namespace

QString markerOf(const QString &id)
{
    return u"coppice-"_s + QString::fromLatin1(QCryptographicHash::hash(id.toUtf8(), QCryptographicHash::Sha256).toHex().left(12));
}

Document issueText(const Ticket &ticket, const QString &marker)
{
    Document document;
    if (ticket.kind == Ticket::Kind::Error) {
        addFacts(ticket, document);
    } else {
        document.push_back(paragraph({own(u"A ticket of plugin"_s), outside(ticket.plugin)}));
        const QString text = ticket.facts[u"text"].toString();
        const QStringList lines = text.split(u'\n', Qt::SkipEmptyParts);
        if (ticket.tainted && !text.isEmpty())
            document.push_back(quote(text));
        for (const QString &line : ticket.tainted ? QStringList() : lines)
            document.push_back(paragraph({own(line)}));
    }
    addGuesses(ticket.guesses, document);
    document.push_back(paragraph({own(u"Kept in step with Coppice's ticket %1."_s.arg(ticket.id.shown())), outside(marker)}));
    return document;
}

Document commentText(const Comment &comment, const QString &marker)
{
    Document document;
    document.push_back(paragraph({outside(comment.author), own(u"in Coppice:"_s)}));
    if (comment.outside) {
        document.push_back(quote(comment.text));
    } else {
        for (const QString &line : comment.text.split(u'\n', Qt::SkipEmptyParts))
            document.push_back(paragraph({own(line)}));
    }
    document.push_back(paragraph({outside(marker)}));
    return document;
}

} // namespace coppice::tickets

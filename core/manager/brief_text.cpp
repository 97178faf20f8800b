// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief.h"

#include "base/clock.h"
#include "manager/words.h"

#include <QDateTime>
#include <QHash>
#include <QJsonArray>

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

QJsonArray claims(QChar letter, const std::vector<Claim> &all)
{
    QJsonArray array;
    for (const auto &one : all)
        array.append(QJsonObject{{u"text"_s, one.text}, {u"link"_s, one.link}, {u"at"_s, one.at > 0 ? QJsonValue(isoTime(one.at)) : QJsonValue()}, {u"outside"_s, one.outside},
                                 {u"plugin"_s, one.plugin}, {u"id"_s, QString(letter + QString::number(array.size() + 1))}});
    return array;
}

qint64 timeOf(const QJsonValue &value)
{
    return value.isString() ? QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toMSecsSinceEpoch() : 0;
}

std::vector<Claim> claimsFrom(const QJsonArray &array)
{
    std::vector<Claim> all;
    for (const auto &value : array) {
        const auto one = value.toObject();
        all.push_back({one[u"text"].toString(), one[u"link"].toString(), timeOf(one[u"at"]), 0, one[u"outside"].toBool(), one[u"plugin"].toString()});
    }
    return all;
}

/// What a client made of it; the facts, which always follow, hold either way.
void worded(QStringList &lines, const Worded &told)
{
    lines << QString();
    if (!told.problem.isEmpty()) {
        lines << u"%1 did not word it: %2 The facts stand below."_s.arg(told.client, told.problem);
    } else {
        lines << u"In the words of %1, each sentence checked against the facts in brackets"_s.arg(told.client);
        for (const auto &paragraph : told.paragraphs) {
            QStringList sentences;
            for (const auto &one : paragraph)
                sentences << one.text + u" ["_s + one.facts.join(u", "_s) + u']';
            lines << sentences.join(u' ') << QString();
        }
        lines.removeLast();
        if (!told.untold.isEmpty())
            lines << u"Not told in these words: %1."_s.arg(told.untold.join(u", "_s));
    }
    if (const QString left = leftOutText(told); !left.isEmpty())
        lines << left;
    for (const QString &why : told.reasons.mid(0, 6))
        lines << u"- "_s + why;
}

void part(QStringList &lines, const QString &title, QChar letter, const std::vector<Claim> &all, int leftOut, const QString &none)
{
    lines << QString() << title;
    int n = 0;
    for (const auto &one : all)
        lines << u"- "_s + letter + QString::number(++n) + u"  "_s + one.text + u"  ["_s + commandFor(one.link) + u']';
    if (all.empty())
        lines << none;
    if (leftOut > 0)
        lines << u"- %1 are left out."_s.arg(counted(leftOut, u"thing"_s));
}

} // namespace

QString commandFor(const QString &link)
{
    const QString kind = link.section(u':', 0, 0);
    const QString id = link.section(u':', 1);
    static const QHash<QString, QString> commands{{u"plugin"_s, u"plugins show "_s}, {u"ticket"_s, u"tickets show "_s}, {u"group"_s, u"groups show "_s},
                                                  {u"run"_s, u"run show "_s},        {u"review"_s, u"review show "_s},  {u"health"_s, u"health show "_s}};
    static const QHash<QString, QString> screens{{u"catalog"_s, u"plugins list"_s}, {u"inbox"_s, u"inbox list"_s},   {u"runs"_s, u"run list"_s},
                                                 {u"review"_s, u"review list"_s},   {u"sync"_s, u"sync status"_s}, {u"health"_s, u"health show"_s},
                                                 {u"overview"_s, u"manager brief --last --json"_s}};
    return kind == u"screen" ? screens.value(id) : commands.contains(kind) ? QString(commands[kind] + id) : QString();
}

QJsonObject toJson(const Brief &brief)
{
    QJsonArray proposals;
    for (const auto &one : brief.proposals)
        proposals.append(QJsonObject{{u"key"_s, one.key}, {u"kind"_s, nameOf(one.kind)}, {u"plugin"_s, one.plugin}, {u"title"_s, one.title},
                                     {u"why"_s, one.why}, {u"link"_s, one.link}, {u"request"_s, one.request}, {u"tainted"_s, one.tainted}});
    return {{u"id"_s, brief.id.toString()},
            {u"at"_s, isoTime(brief.at)},
            {u"since"_s, brief.first ? QJsonValue() : QJsonValue(isoTime(brief.since))},
            {u"changed"_s, claims(u'c', brief.changed)},
            {u"changed_left_out"_s, brief.changedLeftOut},
            {u"risks"_s, claims(u'r', brief.risks)},
            {u"risks_left_out"_s, brief.risksLeftOut},
            {u"proposals"_s, proposals},
            {u"proposals_left_out"_s, brief.proposalsLeftOut},
            {u"unknown"_s, QJsonArray::fromStringList(brief.unknown)},
            {u"due"_s, brief.due > 0 ? QJsonValue(isoTime(brief.due)) : QJsonValue()},
            {u"worded"_s, brief.worded ? QJsonValue(toJson(*brief.worded)) : QJsonValue()}};
}

Brief briefFrom(const QJsonObject &object)
{
    Brief brief;
    if (const auto id = Id::parse(object[u"id"].toString()))
        brief.id = *id;
    brief.at = timeOf(object[u"at"]);
    brief.since = timeOf(object[u"since"]);
    brief.first = object[u"since"].isNull();
    brief.changed = claimsFrom(object[u"changed"].toArray());
    brief.changedLeftOut = object[u"changed_left_out"].toInt();
    brief.risks = claimsFrom(object[u"risks"].toArray());
    brief.risksLeftOut = object[u"risks_left_out"].toInt();
    for (const auto &value : object[u"proposals"].toArray()) {
        const auto said = value.toObject();
        Proposal one;
        one.key = said[u"key"].toString();
        for (const auto kind : {Proposal::Kind::Ticket, Proposal::Kind::Run, Proposal::Kind::Pull}) {
            if (nameOf(kind) == said[u"kind"].toString())
                one.kind = kind;
        }
        one.plugin = said[u"plugin"].toString();
        one.title = said[u"title"].toString();
        one.why = said[u"why"].toString();
        one.link = said[u"link"].toString();
        one.request = said[u"request"].toObject();
        one.tainted = said[u"tainted"].toBool();
        brief.proposals.push_back(std::move(one));
    }
    brief.proposalsLeftOut = object[u"proposals_left_out"].toInt();
    for (const auto &value : object[u"unknown"].toArray())
        brief.unknown << value.toString();
    brief.due = timeOf(object[u"due"]);
    if (object[u"worded"].isObject())
        brief.worded = wordedFrom(object[u"worded"].toObject());
    return brief;
}

QString textOf(const Brief &brief)
{
    QStringList lines{brief.first ? u"The first brief of this library."_s : u"Since the last brief, %1."_s.arg(ageText(brief.since, brief.at))};
    if (brief.worded)
        worded(lines, *brief.worded);
    part(lines, u"What changed"_s, u'c', brief.changed, brief.changedLeftOut, u"- Nothing."_s);
    part(lines, u"What is at risk"_s, u'r', brief.risks, brief.risksLeftOut, u"- Nothing that is known."_s);
    lines << QString() << u"What is proposed"_s;
    int proposal = 0;
    for (const auto &one : brief.proposals)
        lines << u"- p%1  "_s.arg(++proposal) + one.title + u". "_s + one.why + u"  ["_s + commandFor(one.link) + u']';
    if (brief.proposals.empty())
        lines << u"- Nothing."_s;
    else
        lines << u"Answer with: coppicectl approvals list, approvals answer ID \"do it\"."_s;
    if (brief.proposalsLeftOut > 0)
        lines << u"- %1 are left out."_s.arg(counted(brief.proposalsLeftOut, u"proposal"_s));
    if (!brief.unknown.isEmpty()) {
        lines << QString() << u"What could not be looked at"_s;
        int n = 0;
        for (const auto &one : brief.unknown)
            lines << u"- u%1  "_s.arg(++n) + one;
    }
    if (!brief.changed.empty() || !brief.risks.empty() || !brief.proposals.empty())
        lines << QString() << u"What a line rests on is shown by coppicectl and the words in its brackets."_s;
    return lines.join(u'\n');
}

} // namespace coppice::manager

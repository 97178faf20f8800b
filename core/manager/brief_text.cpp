// SPDX-License-Identifier: GPL-3.0-or-later
#include "brief.h"

#include "base/clock.h"
#include "manager/words.h"

#include <QDateTime>
#include <QJsonArray>

namespace coppice::manager {

using namespace Qt::StringLiterals;

namespace {

QJsonArray claims(const std::vector<Claim> &all)
{
    QJsonArray array;
    for (const auto &one : all)
        array.append(QJsonObject{{u"text"_s, one.text}, {u"link"_s, one.link}, {u"at"_s, one.at > 0 ? QJsonValue(isoTime(one.at)) : QJsonValue()}, {u"outside"_s, one.outside}});
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
        all.push_back({one[u"text"].toString(), one[u"link"].toString(), timeOf(one[u"at"]), 0, one[u"outside"].toBool()});
    }
    return all;
}

void part(QStringList &lines, const QString &title, const std::vector<Claim> &all, int leftOut, const QString &none)
{
    lines << QString() << title;
    for (const auto &one : all)
        lines << u"- "_s + one.text + u"  ["_s + one.link + u']';
    if (all.empty())
        lines << none;
    if (leftOut > 0)
        lines << u"- %1 are left out."_s.arg(counted(leftOut, u"thing"_s));
}

} // namespace

QJsonObject toJson(const Brief &brief)
{
    QJsonArray proposals;
    for (const auto &one : brief.proposals)
        proposals.append(QJsonObject{{u"key"_s, one.key}, {u"kind"_s, nameOf(one.kind)}, {u"plugin"_s, one.plugin}, {u"title"_s, one.title},
                                     {u"why"_s, one.why}, {u"link"_s, one.link}, {u"request"_s, one.request}, {u"tainted"_s, one.tainted}});
    return {{u"id"_s, brief.id.toString()},
            {u"at"_s, isoTime(brief.at)},
            {u"since"_s, brief.first ? QJsonValue() : QJsonValue(isoTime(brief.since))},
            {u"changed"_s, claims(brief.changed)},
            {u"changed_left_out"_s, brief.changedLeftOut},
            {u"risks"_s, claims(brief.risks)},
            {u"risks_left_out"_s, brief.risksLeftOut},
            {u"proposals"_s, proposals},
            {u"proposals_left_out"_s, brief.proposalsLeftOut},
            {u"unknown"_s, QJsonArray::fromStringList(brief.unknown)}};
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
    return brief;
}

QString textOf(const Brief &brief)
{
    QStringList lines{brief.first ? u"The first brief of this library."_s : u"Since the last brief, %1."_s.arg(ageText(brief.since, brief.at))};
    part(lines, u"What changed"_s, brief.changed, brief.changedLeftOut, u"- Nothing."_s);
    part(lines, u"What is at risk"_s, brief.risks, brief.risksLeftOut, u"- Nothing that is known."_s);
    lines << QString() << u"What is proposed"_s;
    for (const auto &one : brief.proposals)
        lines << u"- %1. %2  [%3]"_s.arg(one.title, one.why, one.link);
    if (brief.proposals.empty())
        lines << u"- Nothing."_s;
    else
        lines << u"Answer with: coppicectl approvals list, approvals answer ID \"do it\"."_s;
    if (brief.proposalsLeftOut > 0)
        lines << u"- %1 are left out."_s.arg(counted(brief.proposalsLeftOut, u"proposal"_s));
    if (!brief.unknown.isEmpty()) {
        lines << QString() << u"What could not be looked at"_s;
        for (const auto &one : brief.unknown)
            lines << u"- "_s + one;
    }
    return lines.join(u'\n');
}

} // namespace coppice::manager

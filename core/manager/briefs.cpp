// SPDX-License-Identifier: GPL-3.0-or-later
#include "briefs.h"

#include "journal/approval.h"

#include <QJsonDocument>
#include <QSet>

#include <algorithm>

namespace coppice::manager {

using namespace Qt::StringLiterals;
using journal::Approval;

namespace {

constexpr qint64 AskedAgainAfter = 14LL * 24 * 3'600'000;
constexpr int BriefsKept = 400;

QByteArray pluginsOf(const Facts &facts)
{
    QJsonObject all;
    for (const auto &entry : facts.catalog.entries)
        all[entry.plugin.id] = QJsonObject{{u"version"_s, entry.manifest.version.value}};
    for (const auto &health : facts.health) {
        QJsonObject one = all[health.plugin].toObject();
        one[u"tier"_s] = health.tier;
        all[health.plugin] = one;
    }
    return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

Briefs::Kept keptFrom(const QByteArray &body, const QByteArray &plugins)
{
    Briefs::Kept kept;
    kept.brief = briefFrom(QJsonDocument::fromJson(body).object());
    const auto all = QJsonDocument::fromJson(plugins).object();
    for (auto it = all.begin(); it != all.end(); ++it) {
        const auto one = it->toObject();
        kept.then.insert(it.key(), {one[u"version"].toString(), one[u"tier"].toString()});
    }
    return kept;
}

QString subjectOf(const Proposal &proposal)
{
    return u"proposal:"_s + proposal.key;
}

} // namespace

Result<std::optional<Briefs::Kept>> Briefs::lastBefore(qint64 at)
{
    return m_state.read<std::optional<Kept>>([at](store::Connection &connection) -> Result<std::optional<Kept>> {
        std::optional<Kept> kept;
        COPPICE_CHECK(connection.query(u"SELECT body, plugins FROM brief WHERE at <= ? ORDER BY at DESC, id DESC LIMIT 1"_s, {at},
                                       [&](const store::Row &row) { kept = keptFrom(row.bytes(0), row.bytes(1)); }));
        return kept;
    });
}

Result<std::optional<Briefs::Kept>> Briefs::last()
{
    return lastBefore(std::numeric_limits<qint64>::max());
}

Result<QString> Briefs::mark()
{
    return m_state.read<QString>([](store::Connection &connection) -> Result<QString> {
        QString mark;
        COPPICE_CHECK(connection.query(u"SELECT id, json_extract(body, '$.worded.at') FROM brief ORDER BY at DESC, id DESC LIMIT 1"_s, {},
                                       [&](const store::Row &row) { mark = row.text(0) + u'/' + row.text(1); }));
        return mark;
    });
}

Result<std::optional<Briefs::Kept>> Briefs::get(const QString &id)
{
    return m_state.read<std::optional<Kept>>([&id](store::Connection &connection) -> Result<std::optional<Kept>> {
        std::optional<Kept> kept;
        COPPICE_CHECK(connection.query(u"SELECT body, plugins FROM brief WHERE id = ?"_s, {id}, [&](const store::Row &row) { kept = keptFrom(row.bytes(0), row.bytes(1)); }));
        return kept;
    });
}

Result<> Briefs::setWorded(const QString &id, const Worded &worded)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const auto body, connection.value(u"SELECT body FROM brief WHERE id = ?"_s, {id}));
        if (!body.isValid())
            return failNotFound(u"brief.gone"_s, u"The brief is not kept any longer"_s, id);
        auto object = QJsonDocument::fromJson(body.toString().toUtf8()).object();
        object[u"worded"_s] = toJson(worded);
        COPPICE_CHECK(connection.exec(u"UPDATE brief SET body = ? WHERE id = ?"_s, {QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)), id}));
        return {};
    });
}

Result<qint64> Briefs::due(const QString &times, qint64 last, qint64 now)
{
    struct Look {
        QString times;
        qint64 since = 0;
        bool given = false;
    };
    COPPICE_TRY(const auto look, m_state.read<Look>([&](store::Connection &connection) -> Result<Look> {
        Look found;
        COPPICE_CHECK(connection.query(u"SELECT times, since FROM brief_schedule WHERE one = 1"_s, {}, [&](const store::Row &row) {
            found.times = row.text(0);
            found.since = row.number(1);
        }));
        // Whoever gave one after the due time has served it.
        COPPICE_TRY(const auto given, connection.value(u"SELECT 1 FROM brief WHERE at >= ? LIMIT 1"_s, {last}));
        found.given = given.isValid();
        return found;
    }));
    if (look.times != times) {
        COPPICE_CHECK(m_state.write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO brief_schedule (one, times, since) VALUES (1, ?, ?)"_s, {times.isNull() ? u""_s : times, now}));
            return {};
        }));
        return 0;
    }
    return times.isEmpty() || last <= look.since || look.given ? 0 : last;
}

Result<> Briefs::keep(const Brief &brief, const Facts &facts)
{
    const QByteArray body = QJsonDocument(toJson(brief)).toJson(QJsonDocument::Compact);
    COPPICE_CHECK(m_state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO brief (id, at, since, body, plugins) VALUES (?,?,?,?,?)"_s,
                                      {brief.id.toString(), brief.at, brief.since, QString::fromUtf8(body), QString::fromUtf8(pluginsOf(facts))}));
        COPPICE_CHECK(connection.exec(u"DELETE FROM brief WHERE id NOT IN (SELECT id FROM brief ORDER BY at DESC, id DESC LIMIT ?)"_s, {BriefsKept}));
        return true;
    }));
    return ask(Actor{Actor::Kind::Rule, u"brief"_s}, brief.proposals, propose(facts), brief.at);
}

Result<> Briefs::ask(const Actor &actor, const std::vector<Proposal> &proposals, const std::vector<Proposal> &all, qint64 now)
{
    journal::Approvals approvals(m_state, m_journal);
    QSet<QString> holding;
    for (const auto &one : all)
        holding.insert(subjectOf(one));
    COPPICE_TRY(const auto waiting, approvals.waiting());
    for (const auto &one : waiting) {
        if (one.kind == Approval::Kind::Proposal && one.subject.startsWith(u"proposal:") && !holding.contains(one.subject))
            COPPICE_CHECK(approvals.withdraw(actor, one.subject));
    }
    for (const auto &one : proposals) {
        COPPICE_TRY(const auto before, approvals.about(subjectOf(one)));
        const bool settled = std::ranges::any_of(before, [now](const Approval &earlier) {
            if (!earlier.answer)
                return true; // it waits
            return earlier.options.contains(*earlier.answer) && now - earlier.answeredAt < AskedAgainAfter; // by a person
        });
        if (settled)
            continue;
        Approval question;
        question.kind = Approval::Kind::Proposal;
        question.subject = subjectOf(one);
        question.plugin = one.plugin;
        question.title = one.title;
        question.detail = {{u"kind"_s, nameOf(one.kind)}, {u"question"_s, one.why}, {u"link"_s, one.link}, {u"request"_s, one.request}};
        question.options = proposalAnswers();
        question.tainted = one.tainted;
        COPPICE_CHECK(approvals.ask(actor, question));
    }
    return {};
}

Result<Brief> makeBrief(const Sources &sources, const BriefRequest &request, std::stop_token stop, Progress &progress)
{
    COPPICE_TRY(auto facts, gather(sources, stop, progress));
    facts.health = request.health;
    if (!request.healthUnknown.isEmpty())
        facts.unknown << u"Health: %1"_s.arg(request.healthUnknown);
    Briefs briefs(sources.state, sources.journal);
    COPPICE_TRY(const auto earlier, request.since > 0 ? briefs.lastBefore(request.since) : briefs.last());
    facts.first = !earlier;
    if (earlier)
        facts.then = earlier->then;
    facts.since = request.since > 0 ? request.since : earlier ? earlier->brief.at : 0;
    Brief brief = compose(facts);
    brief.id = Id::make();
    brief.due = request.due;
    if (request.keep)
        COPPICE_CHECK(briefs.keep(brief, facts));
    return brief;
}

} // namespace coppice::manager

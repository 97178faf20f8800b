// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/drafts.h"

#include "base/clock.h"
#include "base/json.h"
#include "library/json_schema.h"
#include "text/hidden.h"
#include "text/scrub.h"
#include "tickets/evidence.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::tickets {

extern const char *const draftSchemaText;

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 dayMs = 24LL * 3600 * 1000;
constexpr qsizetype mostTools = 20;

/// What of a draft does not follow the schema; empty when all does.
QString whyNot(const QJsonObject &draft)
{
    static const library::JsonSchema schema(QJsonDocument::fromJson(draftSchemaText).object());
    QStringList words;
    for (const auto &mistake : schema.check(draft)) {
        if (!mistake.what.startsWith("Failed to validate against schema"_L1) || words.isEmpty())
            words << QString(mistake.keys.join(u'.') + u' ' + mistake.what).simplified();
    }
    return text::plain(words.join(u"; "_s), 500);
}

Result<> remember(store::Connection &connection, const QString &ticket, const QString &run, const QString &state, const QString &problem)
{
    COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO ticket_draft_runs (run) VALUES (?)"_s, {run}));
    COPPICE_CHECK(connection.exec(u"INSERT INTO ticket_drafts (ticket, state, at, asked_at, run, problem) VALUES (?, ?, ?, ?, ?, ?) "
                                  "ON CONFLICT (ticket) DO UPDATE SET state = excluded.state, run = excluded.run, problem = excluded.problem"_s,
                                  {ticket, state, nowMs(), nowMs(), run, problem.isNull() ? u""_s : problem}));
    return {};
}

} // namespace

Result<TicketDraft> draftFrom(const QJsonObject &outputs, const QStringList &playbooks)
{
    static const QStringList keys{u"title"_s, u"summary"_s, u"owner"_s, u"severity"_s, u"suspect"_s, u"cause"_s, u"reproduce"_s, u"playbook"_s};
    const text::Scrubber scrubber;
    QJsonObject draft;
    for (const QString &key : keys) {
        if (outputs.contains(key)) // numbers and the like stay what they are, for the schema to refuse
            draft[key] = outputs[key].isString() ? QJsonValue(scrubber.scrub(text::plain(outputs[key].toString(), 8192)).text.trimmed()) : outputs[key];
    }
    if (const QString wrong = whyNot(draft); !wrong.isEmpty())
        return fail(u"draft.schema"_s, u"The draft does not follow its schema: %1"_s.arg(wrong), {}, u"See templates/schema/ticket-draft.schema.json."_s);
    const QString playbook = draft[u"playbook"].toString();
    if (!playbook.isEmpty() && !playbooks.contains(playbook))
        return fail(u"draft.playbook"_s, u"The draft suggests a playbook that the library does not have"_s, playbook,
                    u"It has: %1."_s.arg(playbooks.join(u", "_s)));
    TicketDraft made;
    made.suggestedPlaybook = playbook;
    for (auto it = draft.begin(); it != draft.end(); ++it) {
        if (!it->toString().isEmpty())
            made.guesses[it.key() == "summary"_L1 ? u"what"_s : it.key()] = *it;
    }
    return made;
}

QStringList toolsOf(const std::vector<capture::Event> &events)
{
    static const QStringList names{u"tool"_s, u"mcp.tool"_s, u"mcp.tool.name"_s, u"gen_ai.tool.name"_s, u"rpc.method"_s, u"transaction"_s};
    QStringList tools;
    for (const auto &event : events) {
        for (const QString &name : names) {
            const QString tool = text::plain(event.tags.value(name), 120).simplified();
            if (!tool.isEmpty() && !tools.contains(tool) && tools.size() < mostTools)
                tools << tool;
        }
    }
    return tools;
}

Result<> Drafts::want(const QString &ticket)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO ticket_drafts (ticket, state, at) VALUES (?, 'wanted', ?)"_s, {ticket, nowMs()}));
        return {};
    });
}

Result<QStringList> Drafts::ask(const library::TriagePolicy &policy, journal::CommandQueue &commands)
{
    if (policy.draftAccepted) {
        COPPICE_CHECK(m_state.write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(u"INSERT OR IGNORE INTO ticket_drafts (ticket, state, at) SELECT id, 'wanted', ? FROM tickets WHERE state = 'accepted' AND kind = 'error' "
                                          "AND NOT EXISTS (SELECT 1 FROM ticket_drafts WHERE ticket = tickets.id)"_s,
                                          {nowMs()}));
            return {};
        }));
    }
    struct Wanted {
        QStringList tickets;
        QSet<QString> queued; ///< whose run was queued, and not written down, by an engine that died
        int today = 0;
    };
    COPPICE_TRY(const auto wanted, m_state.read<Wanted>([&](store::Connection &connection) -> Result<Wanted> {
        Wanted found;
        // Only what is accepted by now: what was declined meanwhile is not drafted.
        COPPICE_CHECK(connection.query(u"SELECT d.ticket FROM ticket_drafts d JOIN tickets t ON t.id = d.ticket WHERE d.state = 'wanted' AND t.state = 'accepted' ORDER BY d.ticket"_s,
                                       {}, [&](const store::Row &row) { found.tickets << row.text(0); }));
        if (found.tickets.isEmpty())
            return found;
        COPPICE_TRY(const auto count, connection.value(u"SELECT count(*) FROM ticket_drafts WHERE asked_at > ?"_s, {nowMs() - dayMs}));
        found.today = count.toInt();
        COPPICE_CHECK(connection.query(u"SELECT args FROM command WHERE verb = 'run.start' AND args LIKE '%\"draft\":true%'"_s, {}, [&](const store::Row &row) {
            found.queued << QJsonDocument::fromJson(row.text(0).toUtf8()).object()[u"ticket"].toString();
        }));
        return found;
    }));
    QStringList asked;
    int left = policy.draftsPerDay - wanted.today;
    for (const QString &ticket : wanted.tickets) {
        if (left-- <= 0)
            break;
        if (!wanted.queued.contains(ticket))
            COPPICE_CHECK(commands.enqueue(Actor::engine(), u"run.start"_s, {{u"ticket"_s, ticket}, {u"playbook"_s, u"triage"_s}, {u"draft"_s, true}}));
        COPPICE_CHECK(m_state.write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(connection.exec(u"UPDATE ticket_drafts SET state = 'asked', asked_at = ? WHERE ticket = ?"_s, {nowMs(), ticket}));
            return {};
        }));
        asked << ticket;
    }
    return asked;
}

Result<bool> Drafts::isTaken(const QString &run)
{
    return m_state.read<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const auto there, connection.value(u"SELECT 1 FROM ticket_draft_runs WHERE run = ?"_s, {run}));
        return there.isValid();
    });
}

Result<bool> Drafts::take(const QString &run, const QString &ticketId, const QJsonObject &outputs, const DraftFacts &facts, const QStringList &playbooks,
                          capture::EventStore &events)
{
    const auto draft = draftFrom(outputs, playbooks);
    if (!draft) {
        COPPICE_CHECK(m_state.write<void>([&](store::Connection &connection) { return remember(connection, ticketId, run, u"refused"_s, draft.error().message()); }));
        return false;
    }
    COPPICE_TRY(const Ticket ticket, Tickets(m_state, m_journal).get(ticketId));
    QJsonObject known = ticket.facts;
    if (!ticket.groups.isEmpty()) {
        if (const auto group = events.group(ticket.groups.front())) {
            COPPICE_TRY(const auto samples, events.eventsOf(ticket.groups.front(), 50));
            known = factsOf(*group, samples);
            known[u"tools"_s] = QJsonArray::fromStringList(facts.tools + toolsOf(samples));
        }
    }
    known[u"dependents"_s] = QJsonArray::fromStringList(facts.dependents);
    QJsonObject guesses = draft->guesses;
    guesses[u"run"_s] = run;
    return m_state.write<bool>([&](store::Connection &connection) -> Result<bool> {
        COPPICE_TRY(const auto there, connection.value(u"SELECT 1 FROM ticket_draft_runs WHERE run = ?"_s, {run}));
        if (there.isValid())
            return false;
        COPPICE_CHECK(m_journal.appendWithin(connection, {Actor::Kind::Agent, ticket.plugin}, u"ticket:"_s + ticketId, u"draft"_s,
                                             {{u"run"_s, run}, {u"facts"_s, known}, {u"guesses"_s, guesses}}));
        COPPICE_CHECK(remember(connection, ticketId, run, u"drafted"_s, {}));
        return true;
    });
}

Result<Drafts::State> Drafts::of(const QString &ticket)
{
    return m_state.read<State>([&](store::Connection &connection) -> Result<State> {
        State found;
        COPPICE_CHECK(connection.query(u"SELECT state, run, problem FROM ticket_drafts WHERE ticket = ?"_s, {ticket},
                                       [&](const store::Row &row) { found = {row.text(0), row.text(1), row.text(2)}; }));
        return found;
    });
}

} // namespace coppice::tickets

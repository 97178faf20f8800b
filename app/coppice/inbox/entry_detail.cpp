// SPDX-License-Identifier: GPL-3.0-or-later
#include "entry_detail.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <base/clock.h>

#include <QDateTime>
#include <QJsonDocument>

namespace coppice::ui {

using namespace Qt::StringLiterals;
using S = tickets::Ticket::State;

namespace {

constexpr size_t EventsListed = 10;
constexpr size_t FramesListed = 12;
constexpr int QuietMs = 60; ///< a line is read closely when it has been current for so long

void add(std::vector<Record> &records, const QString &name, const QString &value, bool mono = false)
{
    if (!value.isEmpty())
        records.push_back({name, {name, value, mono}});
}

QString timeText(qint64 ms)
{
    return ms > 0 ? QString(ageText(ms) + u", "_s + QDateTime::fromMSecsSinceEpoch(ms).toString(u"d MMM yyyy, hh:mm"_s)) : QString();
}

} // namespace

EntryDetail::EntryDetail(QObject *parent)
    : QObject(parent), m_facts({"name", "value", "mono"}), m_way({"name", "value", "mono"}), m_releases({"name", "value", "mono"}), m_tags({"name", "value", "mono"}),
      m_guesses({"name", "value", "mono"}), m_events({"message", "at", "release", "place"}), m_frames({"function_", "place", "inApp"}),
      m_suspects({"commit", "subject", "author", "at", "why"}), m_similar({"text", "status", "tone", "icon", "why", "outcome"}),
      m_rules({"sentence", "operation"}), m_comments({"author", "text", "at", "outside"}), m_choices({"text", "note", "all"})
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(QuietMs);
    connect(&m_timer, &QTimer::timeout, this, &EntryDetail::read);
}

void EntryDetail::setActive(bool active)
{
    m_active = active;
    if (active && !m_entry.key.isEmpty())
        m_timer.start();
}

void EntryDetail::setEntry(const tickets::InboxEntry *entry)
{
    const bool other = !entry || entry->key != m_entry.key;
    if (other)
        forget();
    const auto &state = AppSession::instance()->state();
    const bool same = entry && !other && *entry == m_entry && m_state == state.get();
    if (same)
        return;
    m_entry = entry ? *entry : tickets::InboxEntry();
    m_item = entry ? inboxItem(*entry) : InboxItem();
    m_state = state.get();
    fillFromState();
    Q_EMIT changed();
    if (entry)
        m_timer.start();
}

void EntryDetail::forget()
{
    // Facts become those of the other line by what differs.
    for (auto *model : {&m_way, &m_releases, &m_tags, &m_guesses, &m_events, &m_frames, &m_suspects, &m_similar, &m_rules, &m_comments, &m_choices})
        model->setRecords({});
    m_by.clear();
    m_trace.clear();
    m_draft.clear();
    m_suspecting.clear();
    m_suspected.clear();
    m_moreFrames = 0;
    m_reading = true;
    Q_EMIT readChanged();
    Q_EMIT suspectsChanged();
}

/// What the list and the state that all screens share know.
void EntryDetail::fillFromState()
{
    m_may = {};
    m_answer.clear();
    m_text.clear();
    m_why.clear();
    const auto &state = AppSession::instance()->state();
    if (!state || m_entry.key.isEmpty()) {
        m_facts.setRecords({});
        return;
    }
    const auto *ticket = m_item.ticket ? state->ticket(ticketId()) : nullptr;
    if (const auto *group = m_entry.groups.isEmpty() ? nullptr : state->group(groupId()))
        m_why = group->why;
    if (ticket)
        fillTicket(*ticket);
    else
        m_may = {true, true, true, true, false, false};
    fillFacts(ticket);
}

void EntryDetail::fillTicket(const tickets::Ticket &ticket)
{
    const auto &state = AppSession::instance()->state();
    const auto may = [&](S to) { return ticket.state != to && tickets::mayMove(ticket.state, to).has_value(); };
    m_may.accept = may(S::Accepted) && (ticket.state == S::Inbox || ticket.state == S::Snoozed);
    m_may.snooze = ticket.state == S::Snoozed || may(S::Snoozed);
    m_may.decline = may(S::Declined);
    m_may.duplicate = may(S::Duplicate);
    m_may.reopen = may(S::Inbox) && ticket.state != S::Accepted;
    m_may.run = ticket.state == S::Accepted || m_may.accept || may(S::Running);
    const QString id = ticket.id.toString();
    if (const auto *patch = state->patchOf(id))
        m_answer = u"review:"_s + patch->id.toString();
    for (const auto &run : state->runs) {
        if (m_answer.isEmpty() && run.ticket == id)
            m_answer = u"run:"_s + run.id.toString();
    }
    if (ticket.groups.isEmpty())
        m_text = ticket.facts[u"text"].toString().left(4000);
    std::vector<Record> guesses;
    for (auto it = ticket.guesses.begin(); it != ticket.guesses.end(); ++it) {
        const QString value = it->isString() ? it->toString() : QString::fromUtf8(QJsonDocument(QJsonObject{{it.key(), *it}}).toJson(QJsonDocument::Compact));
        add(guesses, it.key().left(1).toUpper() + it.key().mid(1), value.left(2000));
    }
    m_guesses.setRecords(std::move(guesses));
}

void EntryDetail::fillFacts(const tickets::Ticket *ticket)
{
    std::vector<Record> facts;
    add(facts, tr("Plugin"), m_entry.plugin);
    if (m_entry.events > 0) {
        QString events = tr("%L1").arg(m_entry.events);
        if (m_entry.purged > 0)
            events += tr(", of which %L1 are no longer kept").arg(m_entry.purged);
        if (m_entry.groups.size() > 1)
            events += tr(", in %1 error groups").arg(m_entry.groups.size());
        add(facts, tr("Events"), events);
        add(facts, tr("Users"), m_entry.users > 0 ? tr("%L1").arg(m_entry.users) : tr("not named by its events"));
        add(facts, tr("First seen"), timeText(m_entry.first));
        add(facts, tr("Last seen"), timeText(m_entry.last));
        add(facts, tr("Environment"), m_entry.environments.join(u", "_s));
    }
    if (ticket) {
        add(facts, tr("Assignee"), ticket->assignee.isEmpty() ? tr("nobody") : ticket->assignee);
        add(facts, tr("Ticket made"), timeText(ticket->made));
        add(facts, ticket->state == S::Duplicate ? tr("Duplicate of") : tr("Reason"), ticket->state == S::Duplicate ? ticket->reason.right(6).toLower() : ticket->reason);
        add(facts, tr("Fix"), ticket->commit.left(12), true);
        add(facts, tr("Issue"), ticket->remote, true);
        if (ticket->state == S::Snoozed)
            add(facts, tr("Snoozed"), m_item.snoozed);
    }
    if (m_entry.regressed)
        add(facts, tr("Regression"), tr("It came back after a fix."));
    add(facts, tr("Id"), m_entry.id().right(6).toLower(), true);
    m_facts.setRecords(std::move(facts));
}

std::optional<tickets::Ticket> EntryDetail::ticket() const
{
    const auto &state = AppSession::instance()->state();
    const auto *known = m_item.ticket && state ? state->ticket(ticketId()) : nullptr;
    return known ? std::optional(*known) : std::nullopt;
}

/// What has to be read, on a worker, one line at a time: of those that were current meanwhile only the last is read.
void EntryDetail::read()
{
    auto *app = AppSession::instance();
    if (!m_active || !app->session() || m_entry.key.isEmpty())
        return;
    if (m_asked) {
        m_askAgain = true;
        return;
    }
    m_asked = true;
    app->worker().read(
        this, [session = app->session(), entry = m_entry, known = ticket()] { return readEntry(*session, entry, known); },
        [this, key = m_entry.key](Result<EntryReading> reading) {
            m_asked = false;
            if (key == m_entry.key) {
                m_reading = false;
                if (reading)
                    show(*reading);
                else
                    AppSession::instance()->report(reading.error());
                Q_EMIT readChanged();
            }
            if (std::exchange(m_askAgain, false))
                read();
        });
    readGuesses();
}

/// Compares tickets, blames lines and walks history: once for a line, however often its events change meanwhile.
void EntryDetail::readGuesses()
{
    auto *app = AppSession::instance();
    if (m_suspected == m_entry.key || m_entry.groups.isEmpty() || m_guessing)
        return;
    m_guessing = true;
    m_suspected = m_entry.key;
    m_suspecting = tr("Looking through the history…");
    Q_EMIT suspectsChanged();
    app->worker().run(
        Worker::Lane::Call, this, [session = app->session(), entry = m_entry, known = ticket()] { return ui::readGuesses(*session, entry, known); },
        [this, key = m_entry.key](Result<EntryGuesses> guesses) {
            m_guessing = false;
            if (key != m_entry.key) {
                m_timer.start();
                return;
            }
            if (guesses)
                showGuesses(*guesses);
            else
                m_suspecting = guesses.error().message();
            Q_EMIT suspectsChanged();
        });
}

void EntryDetail::showGuesses(const EntryGuesses &guesses)
{
    std::vector<Record> suspects, similar;
    for (const auto &suspect : guesses.suspects.value_or(std::vector<tickets::Suspect>()))
        suspects.push_back({suspect.commit.toString(), {suspect.commit.shown(), suspect.subject, suspect.author, double(suspect.at), suspect.why}});
    for (const auto &one : guesses.similar) {
        const auto look = lookOf(one.state);
        similar.push_back({u"ticket:"_s + one.ticket, {QString(one.plugin + u": "_s + one.title), nameOf(one.state), look.tone, look.icon, one.why, one.outcome.left(200)}});
    }
    m_suspecting = !guesses.suspects ? guesses.suspects.error().message() : suspects.empty() ? tr("No commit of the plugin touches where it happened.") : QString();
    m_suspects.setRecords(std::move(suspects));
    m_similar.setRecords(std::move(similar));
}

void EntryDetail::show(const EntryReading &reading)
{
    showEvents(reading);
    showChoices(reading);
    std::vector<Record> way, releases, rules, comments;
    for (const auto &step : reading.way)
        add(way, QString(step.name.left(1).toUpper() + step.name.mid(1)),
            step.after < 0 ? timeText(step.at) : tr("%1, after %2").arg(timeText(step.at), shipping::spanText(step.after)));
    m_way.setRecords(std::move(way));
    for (const auto &part : reading.spread.releases)
        add(releases, part.value, tr("since %1, %2").arg(ageText(part.first), counted(part.events, "event")));
    for (const auto &rule : reading.rules)
        rules.push_back({rule.id, {sentenceOf(rule), rule.operation}});
    for (const auto &comment : reading.comments)
        comments.push_back({comment.id, {comment.author, comment.text.left(2000), double(comment.at), comment.outside}});
    m_releases.setRecords(std::move(releases));
    m_rules.setRecords(std::move(rules));
    m_comments.setRecords(std::move(comments));
    m_draft.clear();
    if (reading.draft.state == u"wanted")
        m_draft = tr("A triage run by the plugin agent is wanted, and waits for the day's budget.");
    else if (reading.draft.state == u"asked")
        m_draft = tr("A triage run by the plugin agent is drafting it.");
    else if (reading.draft.state == u"refused")
        m_draft = tr("The draft of the plugin agent was refused: %1").arg(reading.draft.problem);
    else if (m_guesses.count() > 0)
        m_draft = tr("Guesses of the plugin agent, apart from the facts. Nobody has checked them.");
}

void EntryDetail::showEvents(const EntryReading &reading)
{
    std::vector<Record> events, frames, tags;
    for (size_t i = 0; i < std::min(reading.events.size(), EventsListed); ++i) {
        const auto &event = reading.events[i];
        events.push_back({event.id.toString(),
                          {event.message.left(400), double(event.at > 0 ? event.at : event.received), event.release,
                           event.environment.isEmpty() ? event.source : event.environment}});
    }
    m_trace.clear();
    if (!reading.events.empty()) {
        const auto &newest = reading.events.front();
        m_moreFrames = int(newest.frames.size()) - int(std::min(newest.frames.size(), FramesListed));
        int number = 0;
        for (const auto &frame : newest.frames) {
            if (frames.size() == FramesListed)
                break;
            frames.push_back({QString::number(++number),
                              {frame.function.isEmpty() ? tr("(no name)") : frame.function,
                               frame.line > 0 ? u"%1:%2"_s.arg(frame.file).arg(frame.line) : frame.file, frame.inApp}});
        }
        m_trace = newest.trace.isEmpty() ? newest.message : newest.trace;
        add(tags, tr("release"), newest.release);
        add(tags, tr("environment"), newest.environment);
        add(tags, tr("source"), newest.source);
        for (auto it = newest.tags.cbegin(); it != newest.tags.cend(); ++it)
            tags.push_back({u"tag:"_s + it.key(), {it.key(), it->left(300), false}});
    }
    m_events.setRecords(std::move(events));
    m_frames.setRecords(std::move(frames));
    m_tags.setRecords(std::move(tags));
}

/// What events can be muted or split by: what there is among them, all of them first.
void EntryDetail::showChoices(const EntryReading &reading)
{
    using What = capture::GroupRule::By::What;
    std::vector<Record> choices;
    m_by.clear();
    const auto choice = [&](What what, const QString &key, const QString &value, const QString &text, const QString &note, bool all) {
        choices.push_back({QString::number(m_by.size()), {text, note, all}});
        m_by.push_back({what, key, value.isEmpty() ? QStringList() : QStringList{value}});
    };
    choice(What::All, {}, {}, tr("All events of the group"), counted(m_entry.events, "event"), true);
    const qint64 looked = reading.spread.looked;
    const auto parts = [&](What what, const QString &name, const std::vector<capture::GroupSpread::Part> &values) {
        for (const auto &part : values)
            choice(what, {}, part.value, tr("%1 %2").arg(name, part.value.left(120)), counted(part.events, "event"), part.events >= looked);
    };
    parts(What::Environment, tr("environment"), reading.spread.environments);
    parts(What::Release, tr("release"), reading.spread.releases);
    parts(What::Source, tr("source"), reading.spread.sources);
    const qint64 tagged = std::min<qint64>(looked, 200);
    for (auto tag = reading.spread.tags.cbegin(); tag != reading.spread.tags.cend(); ++tag) {
        if (qint64(tag->size()) == tagged && tagged > 3)
            continue; // another value for each event: a trace, a request
        for (const auto &part : *tag)
            choice(What::Tag, tag.key(), part.value, tr("%1 = %2").arg(tag.key(), part.value.left(120)), tr("%1 of the newest %2").arg(part.events).arg(tagged),
                   part.events >= tagged);
    }
    m_choices.setRecords(std::move(choices));
}

capture::GroupRule::By EntryDetail::choiceAt(int row) const
{
    return row >= 0 && size_t(row) < m_by.size() ? m_by[size_t(row)] : capture::GroupRule::By();
}

} // namespace coppice::ui

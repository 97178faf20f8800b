// SPDX-License-Identifier: GPL-3.0-or-later
#include "overview_view.h"

#include "shell/app_session.h"
#include "shell/screens.h"
#include "shell/tones.h"

#include <QSet>

namespace coppice::ui {

static const Screen screen("overview", 10, "Overview", "What broke, what waits for you, what was done");

namespace {

constexpr size_t MostAttention = 200;

/// One line of what waits, and how urgent it is: the lower, the sooner.
struct Waiting {
    int rank = 0;
    qint64 at = 0;
    Record record;
};

/// "ticket:01J…" as people say it.
QString subjectOf(const journal::Operation &operation, const LibraryState &state)
{
    const QString id = operation.entity.section(u':', 1);
    const QString kind = operation.entity.section(u':', 0, 0);
    if (const auto *ticket = state.ticket(id))
        return QString(ticket->plugin + QStringLiteral(": ") + ticket->title);
    if (const auto *patch = state.patch(id))
        return QString(patch->plugin + QStringLiteral(": ") + patch->title);
    if (const auto *group = state.group(id))
        return QString(group->plugin + QStringLiteral(": ") + group->title);
    for (const auto &approval : state.approvals) {
        if (kind == u"approval" && approval.id.toString() == id)
            return QString(approval.plugin + QStringLiteral(": ") + approval.title);
    }
    return QString(kind + u' ' + id.right(6).toLower());
}

} // namespace

OverviewView::OverviewView(QObject *parent)
    : QObject(parent), m_numbers({"title", "value", "note", "tone", "icon", "target"}),
      m_attention({"text", "plugin", "kind", "action", "tone", "icon", "at"}),
      m_activity({"what", "subject", "who", "at", "canUndo", "undone", "entity"})
{
    const auto *app = AppSession::instance();
    connect(app, &AppSession::stateChanged, this, &OverviewView::fill);
    connect(app, &AppSession::catalogChanged, this, &OverviewView::fill);
    fill();
}

void OverviewView::fill()
{
    fillNumbers();
    fillAttention();
    fillActivity();
    Q_EMIT changed();
}

void OverviewView::fillNumbers()
{
    const auto *app = AppSession::instance();
    const auto &state = app->state();
    int fresh = 0, came = 0, inbox = 0, open = 0, waiting = 0, patches = 0, toShip = 0, watching = 0;
    qint64 events = 0;
    if (state) {
        for (const auto &group : state->groups) {
            fresh += group.state == capture::Group::State::New ? 1 : 0;
            came += group.state == capture::Group::State::Regressed ? 1 : 0;
            events += group.count;
        }
        for (const auto &ticket : state->tickets) {
            inbox += ticket.state == tickets::Ticket::State::Inbox ? 1 : 0;
            open += isOpen(ticket) ? 1 : 0;
            watching += ticket.state == tickets::Ticket::State::Watching ? 1 : 0;
        }
        for (const auto &run : state->runs)
            waiting += run.state == runs::Run::State::Waiting ? 1 : 0;
        for (const auto &patch : state->patches) {
            patches += patch.state == review::Patch::State::Open ? 1 : 0;
            toShip += patch.state == review::Patch::State::Applied ? 1 : 0;
        }
    }
    const auto problems = app->catalog() ? int(app->catalog()->problems.size()) : 0;
    std::vector<Record> numbers;
    const auto number = [&](const char *key, const QString &title, int value, const QString &note, const char *tone,
                            const char *icon, const char *target) {
        numbers.push_back({QString::fromLatin1(key),
                           {title, value, note, value > 0 ? QString::fromLatin1(tone) : QStringLiteral("neutral"),
                            QString::fromLatin1(icon), QString::fromLatin1(target)}});
    };
    number("groups", tr("New error groups"), fresh + came,
           came > 0 ? tr("%1 came back").arg(came) : tr("%L1 events in all").arg(events), "danger", "bug", "inbox");
    number("tickets", tr("Tickets to triage"), inbox, tr("%1 open in all").arg(open), "warning", "ticket", "inbox");
    number("runs", tr("Runs under way"), app->runsUnderWay(),
           waiting > 0 ? tr("%1 waiting for a person").arg(waiting) : tr("none waiting"), "info", "runs", "runs");
    number("patches", tr("Patches to review"), patches, tr("%1 applied, to ship").arg(toShip), "warning", "review", "review");
    number("watching", tr("Fixes watched"), watching, tr("until production is silent"), "ok", "eye", "inbox");
    number("plugins", tr("Plugins"), app->pluginCount(),
           problems > 0 ? counted(problems, tr("settings problem"), tr("settings problems")) : tr("settings are fine"), "neutral",
           "catalog", "catalog");
    m_numbers.setRecords(std::move(numbers));
}

void OverviewView::fillAttention()
{
    const auto &state = AppSession::instance()->state();
    std::vector<Waiting> waiting;
    const auto wait = [&](int rank, qint64 at, const QString &key, const QString &text, const QString &plugin,
                          const QString &kind, const QString &action, const Look &look) {
        waiting.push_back({rank, at, {key, {text, plugin, kind, action, look.tone, look.icon, double(at)}}});
    };
    if (state) {
        using G = capture::Group::State;
        for (const auto &group : state->groups) {
            if (group.state == G::New || group.state == G::Regressed)
                wait(group.state == G::Regressed ? 0 : 2, group.last, QStringLiteral("group:") + group.id.toString(), group.title,
                     group.plugin, group.state == G::Regressed ? tr("regression") : nameOf(group.level), tr("Make a ticket"),
                     lookOf(group.state));
        }
        for (const auto &ticket : state->tickets) {
            if (ticket.state == tickets::Ticket::State::Inbox)
                wait(ticket.regressed ? 0 : 3, ticket.changed, QStringLiteral("ticket:") + ticket.id.toString(), ticket.title,
                     ticket.plugin, tr("ticket"), tr("Triage"), lookOf(ticket.state));
            if (ticket.state == tickets::Ticket::State::Accepted)
                wait(5, ticket.changed, QStringLiteral("ticket:") + ticket.id.toString(), ticket.title, ticket.plugin,
                     tr("accepted"), tr("Start a run"), lookOf(ticket.state));
        }
        QSet<QString> answered; // tickets with a later run: an earlier failure is history
        for (const auto &run : state->runs) {
            const QString what = QString(run.playbook + QStringLiteral(" by ") + run.client);
            const bool later = !run.ticket.isEmpty() && answered.contains(run.ticket);
            answered.insert(run.ticket);
            if (run.state == runs::Run::State::Waiting)
                wait(1, run.queued, QStringLiteral("run:") + run.id.toString(), what, run.plugin, tr("waits"), tr("Look"),
                     lookOf(run.state));
            else if (run.state == runs::Run::State::Failed && !later)
                wait(4, run.ended, QStringLiteral("run:") + run.id.toString(), run.reason.isEmpty() ? what : run.reason,
                     run.plugin, tr("failed run"), tr("Look"), lookOf(run.state));
        }
        for (const auto &patch : state->patches) {
            if (patch.state == review::Patch::State::Open)
                wait(1, patch.made, QStringLiteral("review:") + patch.id.toString(), patch.title, patch.plugin, tr("patch"),
                     tr("Review"), lookOf(patch.state));
            else if (patch.state == review::Patch::State::Applied)
                wait(2, patch.made, QStringLiteral("review:") + patch.id.toString(), patch.title, patch.plugin, tr("applied"),
                     tr("Ship"), lookOf(patch.state));
        }
    }
    std::stable_sort(waiting.begin(), waiting.end(),
                     [](auto &a, auto &b) { return a.rank != b.rank ? a.rank < b.rank : a.at > b.at; });
    // The screens below have all of them; here nobody reads thousands.
    if (waiting.size() > MostAttention)
        waiting.resize(MostAttention);
    std::vector<Record> records;
    for (auto &one : waiting)
        records.push_back(std::move(one.record));
    m_attention.setRecords(std::move(records));
    if (m_attention.indexOf(m_current) < 0)
        m_current = m_attention.keyAt(0);
}

void OverviewView::fillActivity()
{
    const auto &state = AppSession::instance()->state();
    std::vector<Record> records;
    if (state) {
        QSet<QString> undone;
        for (const auto &operation : state->operations) {
            if (operation.undoes)
                undone.insert(operation.undoes->toString());
        }
        for (const auto &operation : state->operations) {
            const bool isUndone = undone.contains(operation.id.toString());
            // An answer is acted on at once.
            const bool byPerson = operation.actor.kind == Actor::Kind::Person && !operation.entity.startsWith(u"approval:");
            records.push_back({operation.id.toString(),
                               {operation.undoes ? tr("undid %1").arg(operation.verb) : operation.verb,
                                subjectOf(operation, *state), operation.actor.name, double(operation.at),
                                byPerson && !isUndone && !operation.undoes, isUndone, operation.entity}});
        }
    }
    m_activity.setRecords(std::move(records));
}

int OverviewView::attentionIndex() const
{
    return m_attention.indexOf(m_current);
}

void OverviewView::pick(int row)
{
    m_current = m_attention.keyAt(row);
    Q_EMIT changed();
}

void OverviewView::open(int row)
{
    AppSession::instance()->follow(m_attention.keyAt(row));
}

void OverviewView::undo(const QString &operation, const QString &text)
{
    AppSession::instance()->undoOperation(operation, text);
}

} // namespace coppice::ui

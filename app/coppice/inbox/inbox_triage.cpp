// SPDX-License-Identifier: GPL-3.0-or-later
// What a person decides in the inbox, about one line or many. Each decision has one way back.
#include "inbox_view.h"

#include "shell/app_session.h"
#include "shell/tones.h"

#include <base/clock.h>
#include <capture/group_rules.h>

namespace coppice::ui {

using namespace Qt::StringLiterals;
using tickets::InboxActs;
using tickets::InboxDeed;
using tickets::InboxWay;
using State = tickets::Ticket::State;

namespace {

/// With more lines than this a decision is shown as work that can be stopped.
constexpr qsizetype QuickLines = 5;
constexpr qsizetype TitleShown = 80;

} // namespace

void InboxView::perform(const QString &title, const Work &work, const Told &told)
{
    const QStringList keys = targetKeys();
    if (keys.isEmpty())
        return;
    ++m_working;
    Q_EMIT workingChanged();
    const auto done = [this, told](Result<InboxDeed> deed) {
        --m_working;
        Q_EMIT workingChanged();
        if (deed)
            performed(*deed, told);
        else
            AppSession::instance()->report(deed.error());
    };
    auto *app = AppSession::instance();
    if (keys.size() > QuickLines) {
        app->longWork<InboxDeed>(
            this, title,
            [keys, work](engine::Session &session, std::stop_token stop, Progress &progress) {
                InboxActs acts(session.state(), session.events(), session.journal());
                return work(acts, keys, {std::move(stop), progress});
            },
            done);
    } else {
        app->act<InboxDeed>(
            this,
            [keys, work](engine::Session &session) {
                InboxActs acts(session.state(), session.events(), session.journal());
                return work(acts, keys, {});
            },
            done);
    }
}

void InboxView::performed(const InboxDeed &deed, const Told &told)
{
    auto *toasts = AppSession::instance()->toasts();
    m_list.clearMarks();
    QString text = told(deed);
    if (deed.skipped > 0)
        text += tr(" %1 were so already.").arg(deed.skipped);
    if (deed.stopped)
        text += tr(" Stopped before the rest.");
    if (deed.done > 0 || deed.canUndo())
        toasts->tell(text, deed.canUndo() ? std::function<void()>([this, deed, text] { takeBack(deed, text); }) : std::function<void()>());
    else if (deed.skipped > 0)
        toasts->tell(tr("Nothing to do: %1 were so already.").arg(deed.skipped));
    if (!deed.problems.isEmpty())
        toasts->tellError(ErrorInfo(Error{ErrorKind::Failed, u"inbox.some"_s, tr("%1 could not be done.").arg(counted(deed.problems.size(), tr("line"), tr("lines"))),
                                          deed.problems.front(), {}, {}, {}}));
}

void InboxView::takeBack(const InboxDeed &deed, const QString &what)
{
    const auto done = [what](Result<InboxDeed> back) {
        auto *app = AppSession::instance();
        if (!back) {
            app->report(back.error());
            return;
        }
        app->toasts()->tell(tr("Undone: %1").arg(what));
        if (!back->problems.isEmpty())
            app->toasts()->tellError(ErrorInfo(Error{ErrorKind::Failed, u"inbox.some"_s, tr("Some of it could not be undone."), back->problems.front(), {}, {}, {}}));
    };
    auto *app = AppSession::instance();
    if (deed.operations.size() > QuickLines) {
        app->longWork<InboxDeed>(
            this, tr("Undoing: %1").arg(what),
            [deed](engine::Session &session, std::stop_token stop, Progress &progress) {
                return InboxActs(session.state(), session.events(), session.journal()).undo(Actor::self(), deed, {std::move(stop), progress});
            },
            done);
    } else {
        app->act<InboxDeed>(
            this, [deed](engine::Session &session) { return InboxActs(session.state(), session.events(), session.journal()).undo(Actor::self(), deed); }, done);
    }
}

QString InboxView::named(const QString &one, const QString &many, const InboxDeed &deed) const
{
    return deed.done == 1 ? one : many.arg(deed.done);
}

void InboxView::makeTicket()
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Making tickets"), [](InboxActs &acts, const QStringList &keys, const InboxWay &way) { return acts.makeTickets(Actor::self(), keys, way); },
        [this, title](const InboxDeed &deed) { return named(tr("Ticket for %1").arg(title), tr("%1 lines have tickets."), deed); });
}

void InboxView::accept()
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Accepting"), [](InboxActs &acts, const QStringList &keys, const InboxWay &way) { return acts.move(Actor::self(), keys, State::Accepted, {}, way); },
        [this, title](const InboxDeed &deed) { return named(tr("Accepted: %1").arg(title), tr("%1 accepted."), deed); });
}

void InboxView::decline(const QString &reason)
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Declining"),
        [reason](InboxActs &acts, const QStringList &keys, const InboxWay &way) {
            return acts.move(Actor::self(), keys, State::Declined, {{u"reason"_s, reason}}, way);
        },
        [this, title](const InboxDeed &deed) { return named(tr("Declined: %1").arg(title), tr("%1 declined."), deed); });
}

void InboxView::duplicate(const QString &of)
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Marking duplicates"),
        [of](InboxActs &acts, const QStringList &keys, const InboxWay &way) {
            QStringList others = keys;
            others.removeAll(u"ticket:"_s + of); // among the marked, it is the one that stays
            return acts.move(Actor::self(), others, State::Duplicate, {{u"of"_s, of}}, way);
        },
        [this, title, of](const InboxDeed &deed) {
            return named(tr("Duplicate of %1: %2").arg(of.right(6).toLower(), title), tr("%1 are duplicates now."), deed);
        });
}

void InboxView::snooze(double until, int events, bool nextRelease)
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Snoozing"),
        [end = tickets::SnoozeEnd{qint64(until), events, nextRelease}](InboxActs &acts, const QStringList &keys, const InboxWay &way) {
            return acts.snooze(Actor::self(), keys, end, way);
        },
        [this, title](const InboxDeed &deed) { return named(tr("Snoozed: %1").arg(title), tr("%1 snoozed."), deed); });
}

void InboxView::reopen()
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Putting back"), [](InboxActs &acts, const QStringList &keys, const InboxWay &way) { return acts.move(Actor::self(), keys, State::Inbox, {}, way); },
        [this, title](const InboxDeed &deed) { return named(tr("Back in the inbox: %1").arg(title), tr("%1 are back in the inbox."), deed); });
}

void InboxView::assign(const QString &who)
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Assigning"), [who](InboxActs &acts, const QStringList &keys, const InboxWay &way) { return acts.assign(Actor::self(), keys, who, way); },
        [this, title, who](const InboxDeed &deed) {
            return who.isEmpty() ? named(tr("Nobody's: %1").arg(title), tr("%1 are nobody's now."), deed)
                                 : named(tr("Assigned to %1: %2").arg(who, title), tr("%1 assigned to ") + who + u'.', deed);
        });
}

void InboxView::mute(int row, int hours, int events)
{
    const auto by = m_detail.choiceAt(row);
    const qint64 until = hours > 0 ? nowMs() + qint64(hours) * 3'600'000 : 0;
    const QString title = by.sentence().isEmpty() ? targetsText().left(TitleShown) : tr("events %1").arg(by.sentence());
    perform(
        tr("Muting"),
        [by, until, events](InboxActs &acts, const QStringList &keys, const InboxWay &way) { return acts.mute(Actor::self(), keys, by, until, events, way); },
        [this, title](const InboxDeed &deed) { return named(tr("Muted: %1").arg(title), tr("%1 muted."), deed); });
}

void InboxView::unmute()
{
    const QString title = targetsText().left(TitleShown);
    perform(
        tr("Taking mutes back"), [](InboxActs &acts, const QStringList &keys, const InboxWay &way) { return acts.unmute(Actor::self(), keys, way); },
        [this, title](const InboxDeed &deed) { return named(tr("Heard again: %1").arg(title), tr("%1 are heard again."), deed); });
}

void InboxView::merge()
{
    const int number = targets();
    perform(
        tr("Merging error groups"), [](InboxActs &acts, const QStringList &keys, const InboxWay &) { return acts.merge(Actor::self(), keys); },
        [number](const InboxDeed &) { return tr("%1 lines are one error group now, for events to come too.").arg(number); });
}

void InboxView::split(int row)
{
    const auto by = m_detail.choiceAt(row);
    const QString group = m_detail.groupId();
    if (group.isEmpty() || by.what == capture::GroupRule::By::What::All)
        return;
    m_list.clearMarks();
    perform(
        tr("Splitting an error group"), [group, by](InboxActs &acts, const QStringList &, const InboxWay &) { return acts.split(Actor::self(), group, by); },
        [by](const InboxDeed &) { return tr("Events %1 have a group of their own, those to come too.").arg(by.sentence()); });
}

void InboxView::comment(const QString &text)
{
    const QString id = m_detail.ticketId();
    if (id.isEmpty())
        return;
    AppSession::instance()->change(this, u"ticket:"_s + id, tr("Said: %1").arg(text.simplified().left(TitleShown)), [id, text](engine::Session &session) -> Result<> {
        COPPICE_CHECK(tickets::Tickets(session.state(), session.journal()).comment(Actor::self(), id, text));
        return {};
    });
}

void InboxView::newTicket(const QString &plugin, const QString &title, const QString &text)
{
    AppSession::instance()->act<tickets::Ticket>(
        this,
        [plugin, title, text](engine::Session &session) {
            return tickets::Tickets(session.state(), session.journal()).create(Actor::self(), plugin, title, text);
        },
        [this](Result<tickets::Ticket> made) {
            if (!made) {
                AppSession::instance()->report(made.error());
                return;
            }
            m_wanted = u"ticket:"_s + made->id.toString();
            AppSession::instance()->toasts()->tell(tr("Ticket %1 for %2.").arg(made->id.shown(), made->plugin));
        });
}

void InboxView::undoRule(const QString &operation, const QString &what)
{
    InboxDeed deed;
    deed.operations << operation;
    takeBack(deed, what);
}

void InboxView::useSearch(int row)
{
    setFilter(m_searches.value(row, "query").toString());
}

void InboxView::saveSearch(const QString &name)
{
    AppSession::instance()->change(this, u"search:"_s + name.simplified().left(TitleShown), tr("Kept as %1.").arg(name), [name, query = m_filter.trimmed()](engine::Session &session) {
        return tickets::SavedSearches(session.state(), session.journal()).save(Actor::self(), name, query);
    });
}

void InboxView::renameSearch(const QString &before, const QString &name)
{
    const QString query = m_searches.value(m_searches.indexOf(before), "query").toString();
    if (query.isEmpty() || before == name)
        return;
    AppSession::instance()->act<bool>(
        this,
        [before, name, query](engine::Session &session) -> Result<bool> {
            tickets::SavedSearches searches(session.state(), session.journal());
            COPPICE_CHECK(searches.save(Actor::self(), name, query)); // first, so that it is never lost
            COPPICE_CHECK(searches.remove(Actor::self(), before));
            return true;
        },
        [name](Result<bool> done) {
            if (!done)
                AppSession::instance()->report(done.error());
            else
                AppSession::instance()->toasts()->tell(tr("Kept as %1.").arg(name));
        });
}

void InboxView::removeSearch(const QString &name)
{
    AppSession::instance()->change(this, u"search:"_s + name, tr("No longer kept: %1").arg(name), [name](engine::Session &session) {
        return tickets::SavedSearches(session.state(), session.journal()).remove(Actor::self(), name);
    });
}

} // namespace coppice::ui

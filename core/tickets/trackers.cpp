// SPDX-License-Identifier: GPL-3.0-or-later
#include "tickets/trackers.h"

#include "base/clock.h"
#include "tickets/row.h"
#include "tickets/tracker_plan.h"

#include <QJsonArray>
#include <QSet>

#include <mutex>

namespace coppice::tickets {

using namespace Qt::StringLiterals;
using forges::Forge;
using forges::RemoteChange;
using forges::RemoteIssue;

namespace {

constexpr qint64 hourMs = 3600'000;
constexpr int mostPages = 10;
/// A tracker's clock may be behind ours.
constexpr qint64 clockSlack = hourMs;

/// Rounds of one process take turns.
std::mutex &turn()
{
    static std::mutex mutex;
    return mutex;
}

QString stateName(RemoteIssue::State state)
{
    return state == RemoteIssue::State::Open ? u"open"_s : state == RemoteIssue::State::Closed ? u"closed"_s : u"declined"_s;
}

RemoteIssue::State stateFromName(const QString &name)
{
    return name == "closed"_L1 ? RemoteIssue::State::Closed : name == "declined"_L1 ? RemoteIssue::State::Declined : RemoteIssue::State::Open;
}

struct Poll {
    QString cursor;
    qint64 polledAt = 0;
    qint64 notBefore = 0;
    QString error;
};

Result<Poll> readPoll(store::Database &state, const QString &place)
{
    return state.read<Poll>([&](store::Connection &connection) -> Result<Poll> {
        Poll poll;
        COPPICE_CHECK(connection.query(u"SELECT cursor, polled_at, not_before, error FROM tracker_polls WHERE place = ?"_s, {place}, [&](const store::Row &row) {
            poll = {row.text(0), row.number(1), row.number(2), row.text(3)};
        }));
        return poll;
    });
}

Result<> writePoll(store::Database &state, const QString &place, const Poll &poll)
{
    return state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO tracker_polls (place, cursor, polled_at, not_before, error) VALUES (?, ?, ?, ?, ?)"_s,
                                      {place, poll.cursor.isNull() ? u""_s : poll.cursor, poll.polledAt, poll.notBefore,
                                       poll.error.isNull() ? u""_s : poll.error}));
        return {};
    });
}

} // namespace

/// One round: what it holds open, and what it did.
struct TrackerSync::Round {
    TrackerSync &sync;
    const TrackerPlaces &places;
    bool hurry;
    std::stop_token stop;
    Progress &progress;
    TrackerReport report{};
    QHash<QString, std::shared_ptr<Forge>> open{};
    QSet<QString> down{}; ///< places that are left alone for the rest of the round

    store::Database &state() const { return sync.m_state; }

    [[nodiscard]] const forges::Place *placeNamed(const QString &name) const
    {
        for (const auto &place : places.ofPlugin) {
            if (place.name() == name)
                return &place;
        }
        return nullptr;
    }
    void problem(const QString &text)
    {
        if (!report.problems.contains(text))
            report.problems << text;
    }

    /// A place that does not answer, or asked to be left alone, is told once and waits.
    Result<> rest(const QString &place, const Error &error, qint64 until)
    {
        down << place;
        problem(u"%1 It is asked again after %2."_s.arg(error.message() + u'.', isoTime(until)));
        COPPICE_TRY(auto poll, readPoll(state(), place));
        poll.notBefore = until;
        poll.error = error.code + u' ' + error.message();
        return writePoll(state(), place, poll);
    }
    static qint64 waitAfter(const Error &error, const Forge *forge, int attempts)
    {
        const qint64 now = nowMs();
        if (forge && forge->pausedUntil() > now)
            return forge->pausedUntil();
        return now + (error.code == "forge.auth"_L1 || error.code.startsWith("secret."_L1) ? 600'000 : forges::backoffMs(attempts));
    }

    /// None: the place is left alone in this round.
    Result<std::shared_ptr<Forge>> forgeOf(const QString &name)
    {
        if (down.contains(name))
            return std::shared_ptr<Forge>();
        if (open.contains(name))
            return open[name];
        const forges::Place *place = placeNamed(name);
        if (!place) {
            down << name;
            problem(u"No plugin's settings name the tracker %1 any more; what waits for it stays."_s.arg(name));
            return std::shared_ptr<Forge>();
        }
        COPPICE_TRY(const auto poll, readPoll(state(), name));
        // Asking by hand tries again at once what failed, but not what asked to be left alone.
        if (poll.notBefore > nowMs() && (!hurry || poll.error.startsWith("forge.limited"_L1))) {
            down << name;
            return std::shared_ptr<Forge>();
        }
        auto made = sync.m_open(*place, stop);
        if (!made) {
            COPPICE_CHECK(rest(name, made.error(), waitAfter(made.error(), nullptr, 1)));
            return std::shared_ptr<Forge>();
        }
        open[name] = std::move(*made);
        return open[name];
    }

    Result<> queueAll()
    {
        return state().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_TRY(const auto changes, changesToTell(connection, places));
            for (const auto &change : changes)
                COPPICE_CHECK(forges::Outbox::queueWithin(connection, change));
            return {};
        });
    }

    Result<> drain()
    {
        COPPICE_TRY(const auto due, sync.m_outbox.due(nowMs(), hurry));
        for (const auto &change : due) {
            if (stop.stop_requested())
                return failCancelled();
            COPPICE_TRY(const auto forge, forgeOf(change.place));
            if (!forge)
                continue;
            COPPICE_TRY(const bool wanted, isStillWanted(change));
            if (!wanted) {
                COPPICE_CHECK(sync.m_outbox.dropped(change));
                continue;
            }
            if (change.kind == RemoteChange::Kind::Create && change.firstSent == 0) {
                COPPICE_TRY(const int made, sync.m_outbox.createdSince(nowMs() - hourMs));
                if (made >= places.policy.newPerHour) {
                    ++report.overLimit;
                    continue;
                }
            }
            COPPICE_TRY(const bool mine, sync.m_outbox.claim(change, forge->settleMs()));
            if (!mine)
                continue;
            progress.report(0, 0, u"%1: %2"_s.arg(change.place, nameOf(change.kind)));
            COPPICE_CHECK(settle(change, *forge, send(change, *forge)));
        }
        return {};
    }

    /// What was never sent, and is about a ticket that nobody wants mirrored any more, is not sent.
    Result<bool> isStillWanted(const RemoteChange &change)
    {
        if (change.attempts > 0)
            return true;
        return state().read<bool>([&](store::Connection &connection) -> Result<bool> {
            COPPICE_TRY(const auto stored, readTicket(connection, change.ticket));
            if (!stored)
                return false;
            if (change.kind == RemoteChange::Kind::Create)
                return isWanted(stored->ticket.state) || change.payload[u"by_hand"].toBool();
            if (change.kind == RemoteChange::Kind::State)
                return isOver(stored->ticket.state) == (change.payload[u"state"].toString() != "open"_L1);
            return true;
        });
    }

    /// Sends one change; what may have arrived before is looked for first. Does nothing to our own state but by `finish`.
    Result<> send(const RemoteChange &change, Forge &forge)
    {
        const qint64 since = change.firstSent - clockSlack;
        if (change.kind == RemoteChange::Kind::State) {
            COPPICE_TRY(const auto issue, forge.setState(change.key, stateFromName(change.payload[u"state"].toString())));
            return finishState(change, issue);
        }
        const auto body = forges::documentFrom(change.payload[u"body"].toArray());
        if (change.kind == RemoteChange::Kind::Comment) {
            if (change.unsure) {
                COPPICE_TRY(const auto there, forge.comments(change.key, since));
                for (const auto &comment : there) {
                    if (comment.text.contains(change.marker))
                        return finishComment(change, comment.id);
                }
            }
            COPPICE_TRY(const QString id, forge.comment(change.key, body));
            return finishComment(change, id);
        }
        if (change.unsure) {
            COPPICE_TRY(const auto there, forge.findByMarker(change.marker, since));
            if (there)
                return finishCreate(change, *there);
        }
        COPPICE_TRY(const auto made, forge.create({change.payload[u"title"].toString(), body, change.marker}));
        return finishCreate(change, made);
    }

    Result<> settle(const RemoteChange &change, Forge &forge, const Result<> &outcome)
    {
        if (outcome)
            return {};
        const Error &error = outcome.error();
        if (error.kind == ErrorKind::Cancelled) {
            COPPICE_CHECK(sync.m_outbox.later(change, error, nowMs() + forge.settleMs(), false));
            return failCancelled();
        }
        if (!error.code.startsWith("forge."_L1) && !error.code.startsWith("net."_L1))
            return outcome; // our own database: the row stays as sent, and is looked for when it works again
        if (!forges::isPassing(error)) {
            problem(error.message() + (error.fix.isEmpty() ? QString() : u". "_s + error.fix));
            return sync.m_outbox.failed(change, error);
        }
        const qint64 again = qMax(waitAfter(error, &forge, change.attempts + 1), nowMs() + forge.settleMs());
        COPPICE_CHECK(sync.m_outbox.later(change, error, again, !forges::mayBeDone(error) && !change.unsure));
        return rest(change.place, error, waitAfter(error, &forge, 1));
    }

    Result<> finishCreate(const RemoteChange &change, const RemoteIssue &issue)
    {
        COPPICE_CHECK(state().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(forges::Outbox::doneWithin(connection, change, issue.key));
            COPPICE_CHECK(sync.m_journal.appendWithin(connection, Actor::engine(), u"ticket:"_s + change.ticket, u"mirror"_s,
                                                      {{u"place"_s, change.place}, {u"key"_s, issue.key}, {u"url"_s, issue.url}}));
            return {};
        }));
        report.created << change.place + u' ' + issue.key;
        return {};
    }

    Result<> finishComment(const RemoteChange &change, const QString &id)
    {
        ++report.sent;
        return state().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(forges::Outbox::doneWithin(connection, change, id));
            COPPICE_CHECK(connection.exec(u"UPDATE ticket_comments SET remote_id = ? WHERE id = ?"_s,
                                          {id.isEmpty() ? change.marker : id, change.payload[u"comment"].toString()}));
            return {};
        });
    }

    Result<> finishState(const RemoteChange &change, const RemoteIssue &issue)
    {
        ++report.sent;
        return state().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_CHECK(forges::Outbox::doneWithin(connection, change, issue.status));
            COPPICE_TRY(auto links, readLinks(connection, change.ticket));
            if (links.empty())
                return {};
            RemoteLink &link = links.front();
            link.sharedOpen = change.payload[u"state"].toString() == "open"_L1;
            link.remoteState = stateName(issue.state);
            link.status = issue.status;
            return writeLink(connection, link);
        });
    }

    Result<> pollAll()
    {
        COPPICE_TRY(const auto links, state().read<std::vector<RemoteLink>>([](store::Connection &connection) { return readLinks(connection); }));
        QSet<QString> names;
        for (const auto &link : links)
            names << link.place;
        for (const QString &name : names) {
            COPPICE_TRY(const auto poll, readPoll(state(), name));
            if (!hurry && nowMs() - poll.polledAt < places.policy.pollSeconds * 1000LL)
                continue;
            COPPICE_TRY(const auto forge, forgeOf(name));
            if (!forge)
                continue;
            const auto asked = ask(name, *forge, poll.cursor);
            if (!asked && asked.error().kind == ErrorKind::Cancelled)
                return asked;
            if (!asked && !asked.error().code.startsWith("forge."_L1))
                return asked;
            if (!asked)
                COPPICE_CHECK(rest(name, asked.error(), waitAfter(asked.error(), forge.get(), 2)));
        }
        return {};
    }

    Result<> ask(const QString &name, Forge &forge, QString cursor)
    {
        progress.report(0, 0, name + u": asked for changes"_s);
        for (int page = 0; page < mostPages; ++page) {
            COPPICE_TRY(const auto changes, forge.changedSince(cursor));
            for (const auto &issue : changes.issues)
                COPPICE_CHECK(take(name, forge, issue));
            cursor = changes.cursor;
            COPPICE_CHECK(writePoll(state(), name, {cursor, nowMs(), 0, {}}));
            if (!changes.more)
                break;
        }
        return {};
    }

    /// One changed issue: its state and assignee, and what was said there.
    Result<> take(const QString &place, Forge &forge, const RemoteIssue &issue)
    {
        COPPICE_TRY(const auto links, state().read<std::vector<RemoteLink>>([](store::Connection &connection) { return readLinks(connection); }));
        const auto found = std::find_if(links.begin(), links.end(), [&](const RemoteLink &link) { return link.place == place && link.key == issue.key; });
        // Trackers that count in seconds may tell two changes by one time: the last one is looked at again.
        if (found == links.end() || (issue.updated != 0 && issue.updated < found->updated))
            return {};
        RemoteLink link = *found;
        COPPICE_TRY(const auto comments, forge.comments(link.key, link.commentsSeen));
        const Actor tracker{Actor::Kind::Engine, place};
        return state().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_TRY(const auto stored, readTicket(connection, link.ticket));
            if (!stored)
                return {};
            COPPICE_CHECK(takeComments(connection, tracker, link, comments));
            const QString local = stored->ticket.assignee;
            if (issue.assignee != link.assignee && local != issue.assignee && (!issue.assignee.isEmpty() || local == link.assignee)) {
                COPPICE_CHECK(sync.m_journal.appendWithin(connection, tracker, u"ticket:"_s + link.ticket, u"assign"_s, {{u"assignee"_s, issue.assignee}}));
                ++report.taken;
            }
            link.assignee = issue.assignee;
            if (link.status != issue.status || link.remoteState != stateName(issue.state))
                link.toldAt = nowMs();
            link.remoteState = stateName(issue.state);
            link.status = issue.status;
            link.updated = issue.updated;
            return writeLink(connection, link);
        });
    }

    Result<> takeComments(store::Connection &connection, const Actor &tracker, RemoteLink &link, const std::vector<forges::RemoteComment> &comments)
    {
        COPPICE_TRY(const auto known, readComments(connection, link.ticket));
        QSet<QString> ids;
        for (const auto &comment : known)
            ids << comment.remoteId;
        QStringList markers;
        COPPICE_CHECK(connection.query(u"SELECT marker, result FROM outbox WHERE ticket = ? AND kind = 'comment'"_s, {link.ticket}, [&](const store::Row &row) {
            markers << row.text(0);
            ids << row.text(1);
        }));
        for (const auto &comment : comments) {
            link.commentsSeen = qMax(link.commentsSeen, comment.at);
            const bool ours = std::any_of(markers.begin(), markers.end(), [&](const QString &marker) { return comment.text.contains(marker); });
            if (comment.id.isEmpty() || ids.contains(comment.id) || ours || comment.text.isEmpty())
                continue;
            COPPICE_CHECK(sync.m_journal.appendWithin(connection, tracker, u"ticket:"_s + link.ticket, u"comment"_s,
                                                      {{u"id"_s, Id::make().toString()},
                                                       {u"text"_s, comment.text},
                                                       {u"author"_s, comment.author},
                                                       {u"at"_s, comment.at},
                                                       {u"outside"_s, true},
                                                       {u"remote"_s, comment.id}}));
            ++report.taken;
        }
        return {};
    }

    Result<> takeStates()
    {
        return state().write<void>([&](store::Connection &connection) -> Result<> {
            COPPICE_TRY(auto all, statesToTake(connection));
            for (auto &taken : all) {
                if (taken.state) {
                    const Actor tracker{Actor::Kind::Engine, taken.link.place};
                    COPPICE_CHECK(sync.m_journal.appendWithin(connection, tracker, u"ticket:"_s + taken.link.ticket, verbFor(*taken.state),
                                                              {{u"reason"_s, taken.reason}}));
                    ++report.taken;
                }
                taken.link.sharedOpen = taken.link.remoteOpen();
                COPPICE_CHECK(writeLink(connection, taken.link));
            }
            return {};
        });
    }
};

Result<TrackerReport> TrackerSync::step(const TrackerPlaces &places, bool now, std::stop_token stop, Progress &progress)
{
    const std::lock_guard one(turn());
    Round round{*this, places, now, std::move(stop), progress};
    round.report.problems = places.problems;
    // What changed there is taken before anything is told: a ticket that was closed there is not closed there again.
    COPPICE_CHECK(round.pollAll());
    COPPICE_CHECK(round.takeStates());
    COPPICE_CHECK(round.queueAll());
    COPPICE_CHECK(round.drain());
    COPPICE_TRY(const auto waiting, m_outbox.waiting());
    for (const auto &each : waiting)
        round.report.waiting += each.state == "failed"_L1 ? 0 : 1;
    return round.report;
}

Result<QStringList> TrackerSync::dryRun(const TrackerPlaces &places)
{
    return m_state.read<QStringList>([&](store::Connection &connection) -> Result<QStringList> {
        QStringList lines = places.problems;
        COPPICE_TRY(const auto changes, changesToTell(connection, places));
        const auto line = [&](const QString &ticket, const QString &place, const QString &kind, const QString &more) {
            return u"%1: %2 in %3%4"_s.arg(ticket.right(6).toLower(), kind, place, more);
        };
        for (const auto &change : changes)
            lines << line(change.ticket, change.place, nameOf(change.kind), change.payload.contains(u"state") ? u" ("_s + change.payload[u"state"].toString() + u')' : QString());
        COPPICE_CHECK(connection.query(u"SELECT ticket, place, kind, state FROM outbox WHERE state IN ('queued', 'sent') ORDER BY id"_s, {}, [&](const store::Row &row) {
            lines << line(row.text(0), row.text(1), row.text(2), u" (waiting)"_s);
        }));
        return lines;
    });
}

Result<> TrackerSync::push(const TrackerPlaces &places, const QString &ticketId)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_TRY(const auto stored, readTicket(connection, ticketId));
        if (!stored)
            return failNotFound(u"ticket.missing"_s, u"There is no such ticket"_s, ticketId);
        const Ticket &ticket = stored->ticket;
        COPPICE_TRY(const qint64 retried, connection.exec(u"UPDATE outbox SET state = 'queued', not_before = 0, queued_at = ? WHERE ticket = ? AND state = 'failed'"_s,
                                                          {nowMs(), ticketId}));
        COPPICE_TRY(const auto there, connection.value(u"SELECT 1 FROM outbox WHERE ticket = ? AND kind = 'create' AND state <> 'dropped'"_s, {ticketId}));
        if (retried > 0 || there.isValid() || !ticket.remote.isEmpty())
            return {};
        const auto place = places.ofPlugin.constFind(ticket.plugin);
        if (place == places.ofPlugin.cend())
            return failUsage(u"tracker.none"_s, u"The ticket's plugin has no tracker that can be reached"_s, ticket.plugin,
                             places.problems.isEmpty() ? u"Add tracker: {kind: …, project: …} to .coppice/plugins/%1.yaml."_s.arg(ticket.plugin) : places.problems.join(u' '));
        return forges::Outbox::queueWithin(connection, creationOf(ticket, *place, true));
    });
}

TrackerPlaces placesOf(const library::LibrarySettings &settings, const std::vector<library::PluginSettings> &plugins)
{
    TrackerPlaces places;
    places.policy = settings.trackers;
    for (const auto &plugin : plugins) {
        auto place = forges::placeOf(settings, plugin);
        if (!place)
            places.problems << (place.error().fix.isEmpty() ? place.error().message() : QString(place.error().message() + u". "_s + place.error().fix));
        else if (*place)
            places.ofPlugin.insert(plugin.id, std::move(**place));
    }
    places.problems.removeDuplicates();
    return places;
}

QJsonObject toJson(const TrackerReport &report)
{
    return {{u"created"_s, QJsonArray::fromStringList(report.created)},
            {u"sent"_s, report.sent},
            {u"taken"_s, report.taken},
            {u"waiting"_s, report.waiting},
            {u"over_limit"_s, report.overLimit},
            {u"problems"_s, QJsonArray::fromStringList(report.problems)}};
}

} // namespace coppice::tickets

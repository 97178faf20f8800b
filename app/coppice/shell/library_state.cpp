// SPDX-License-Identifier: GPL-3.0-or-later
#include "library_state.h"

#include <algorithm>

namespace coppice::ui {

namespace {

template <class T> const T *find(const std::vector<T> &all, const QString &id)
{
    for (const auto &one : all) {
        if (one.id.toString() == id)
            return &one;
    }
    return nullptr;
}

Result<> readWork(engine::Session &session, LibraryState &state)
{
    tickets::Tickets tickets(session.state(), session.journal());
    COPPICE_TRY(state.tickets, tickets.list());
    std::sort(state.tickets.begin(), state.tickets.end(), [](auto &a, auto &b) { return a.changed > b.changed; });
    COPPICE_TRY(state.runs, runs::RunStore(session.state()).list());
    std::sort(state.runs.begin(), state.runs.end(), [](auto &a, auto &b) { return a.id > b.id; });
    COPPICE_TRY(state.patches, review::Reviews(session.state(), session.journal()).list());
    std::sort(state.patches.begin(), state.patches.end(), [](auto &a, auto &b) { return a.id > b.id; });
    COPPICE_TRY(state.approvals, journal::Approvals(session.state(), session.journal()).waiting());
    COPPICE_TRY(state.queue, runs::queueState(session.state()));
    COPPICE_TRY(state.operations, session.journal().recent(100));
    return {};
}

Result<> readEvents(engine::Session &session, LibraryState &state)
{
    COPPICE_TRY(state.groups, capture::EventStore(session.events()).groups());
    std::sort(state.groups.begin(), state.groups.end(), [](auto &a, auto &b) { return a.last > b.last; });
    return {};
}

} // namespace

const capture::Group *LibraryState::group(const QString &id) const
{
    return find(groups, id);
}

const tickets::Ticket *LibraryState::ticket(const QString &id) const
{
    return find(tickets, id);
}

const runs::Run *LibraryState::run(const QString &id) const
{
    return find(runs, id);
}

const review::Patch *LibraryState::patch(const QString &id) const
{
    return find(patches, id);
}

const review::Patch *LibraryState::patchOf(const QString &ticket) const
{
    for (const auto &patch : patches) {
        if (!ticket.isEmpty() && patch.ticket == ticket)
            return &patch;
    }
    return nullptr;
}

Result<StatePtr> readState(engine::Session &session, StatePtr before)
{
    // The versions are taken first: what is committed while we read is seen again by the next look.
    const qint64 stateVersion = session.state().dataVersion();
    const qint64 eventsVersion = session.events().dataVersion();
    if (before && before->stateVersion == stateVersion && before->eventsVersion == eventsVersion)
        return before;
    auto now = before ? std::make_shared<LibraryState>(*before) : std::make_shared<LibraryState>();
    if (!before || before->stateVersion != stateVersion)
        COPPICE_CHECK(readWork(session, *now));
    if (!before || before->eventsVersion != eventsVersion)
        COPPICE_CHECK(readEvents(session, *now));
    now->stateVersion = stateVersion;
    now->eventsVersion = eventsVersion;
    return StatePtr(std::move(now));
}

bool isOpen(const tickets::Ticket &ticket)
{
    using S = tickets::Ticket::State;
    return ticket.state != S::Closed && ticket.state != S::Declined && ticket.state != S::Duplicate;
}

} // namespace coppice::ui

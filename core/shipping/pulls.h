// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "forges/pulls.h"
#include "runs/runner.h"

namespace coppice::shipping {

/// A pull request of a plugin, as it is written down before anything is sent.
struct PullRow {
    enum class State {
        Queued,  ///< written down
        Sent,    ///< a request left, and no answer is written down: looked for before it is sent again
        Open,    ///< there
        Merged,  ///< there, as its forge says; what follows is still to be done
        Closed,  ///< over without a merge, as its forge says; what follows is still to be done
        Settled, ///< what follows is done: `outcome` is merged, landed (as other commits, although it was closed) or closed
        Failed,  ///< never opened
    };
    Id id;
    QString plugin;
    forges::Place place;
    forges::NewPull words;
    QString version;
    git::Oid split;    ///< what its branch was pushed at
    git::Oid upstream; ///< where the base stood then
    git::Oid library;  ///< and the library; null of older ones
    State state = State::Queued;
    QString outcome, number, url;
    git::Oid mergeCommit; ///< what it became, where that is known
    qint64 made = 0, polled = 0, notBefore = 0;
    QString error;
};
[[nodiscard]] QString nameOf(PullRow::State state);
[[nodiscard]] QJsonObject toJson(const PullRow &row);

/// The rows in state.db. Safe from any thread.
class Pulls
{
public:
    explicit Pulls(store::Database &state) : m_state(state) { }
    /// The one that is not settled and has not failed; a plugin has one at most.
    Result<std::optional<PullRow>> current(const QString &plugin);
    Result<std::optional<PullRow>> last(const QString &plugin); ///< whatever its state
    Result<std::vector<PullRow>> in(PullRow::State state);
    Result<> save(const PullRow &row); ///< inserts or replaces

private:
    store::Database &m_state;
};

/// Opens what is written down, or gives it its new words: found by its branch and mark first where a request may have been
/// carried out. Afterwards it is open, or has failed, or (no answer) is still sent.
[[nodiscard]] Result<> carryPull(const runs::House &house, PullRow &row, std::stop_token stop, QStringList *notes);
/// Asks the forges what became of open ones (each at most once in `everyMs`; 0: now) and writes it down. Needs the network
/// and moves nothing. Answers sentences about what does not work.
[[nodiscard]] Result<QStringList> pollPulls(const runs::House &house, qint64 everyMs, std::stop_token stop);
/// Whether what a pull request changed stands in a later state of its base, also where it was squashed, rebased or picked:
/// each path that it changed is there as it made it, in one of the commits since.
[[nodiscard]] Result<std::optional<git::Oid>> landedAs(const git::Repository &repository, const PullRow &row, const git::Oid &tip);

} // namespace coppice::shipping

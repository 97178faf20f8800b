// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: a ship that is under way.

#include "journal/command.h"
#include "shipping/pulls.h"
#include "shipping/shipping.h"
#include "shipping/tags.h"

namespace coppice::shipping {

/// How far a ship has come. Each is written before what follows it is done.
enum class Phase { Push, Pull, Tag, Library, Deploying, Deployed };
[[nodiscard]] QString nameOf(Phase phase);

/// What is journaled of a ship that is under way.
struct Ship {
    Id intent;
    QString plugin;
    Actor actor;
    Phase phase = Phase::Push;
    qint64 deployAt = 0; ///< ms; the deploy run is queued after this
    Release release;
    Tag tag; ///< made, to be pushed
    bool told = true; ///< whoever asked for it gets the answer

    [[nodiscard]] QJsonObject json() const;
    [[nodiscard]] static Ship from(const journal::Intent &intent);
};

/// Tickets of a plugin that wait for what is shipped.
[[nodiscard]] std::vector<tickets::Ticket> shippingTickets(const runs::House &house, const QString &plugin);
/// What shipping would send and run, from local data.
[[nodiscard]] Result<Release> summarize(const runs::House &house, const QString &plugin, std::stop_token stop, Progress &progress,
                                        const QString &version = {});
/// Writes the ship's end into shipping_releases: "done", "failed", "pull", "rolled-back".
[[nodiscard]] Result<> record(const runs::House &house, const Ship &ship, const QString &state, const QString &reason, const QString &run);
/// Everything is out: tickets are watched, patches shipped. `libraryHead`: where the library stood when it was sent; what
/// landed later is not in it. Null: all of it is.
[[nodiscard]] Result<> beginWatch(const runs::House &house, const Actor &actor, Release &release, const git::Oid &libraryHead = {});
/// What became of the plugin's pull request: asks, settles, and takes a merged one into the library, so that what follows
/// can be done. Answers what it did, as sentences.
[[nodiscard]] Result<QStringList> followPull(const runs::House &house, const QString &plugin, std::stop_token stop, Progress &progress);
/// The words of a pull request: what, why, checks, trailers.
[[nodiscard]] Result<forges::NewPull> pullWords(const runs::House &house, const Release &release);
/// Pushes the pull request's branch and opens or changes the pull request.
[[nodiscard]] Result<> pushPullBranch(const runs::House &house, Ship &ship, PullRow &row, std::stop_token stop, Progress &progress);
[[nodiscard]] Result<PullRow> preparePull(const runs::House &house, Ship &ship);

} // namespace coppice::shipping

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/id.h"
#include "base/money.h"
#include "store/database.h"

#include <QString>

#include <vector>

namespace coppice::journal {

/// What a model request cost, and who says so.
struct Charge {
    enum class By { Client, Estimate };
    Id id;
    QString run;
    QString plugin;
    QString ticket; ///< may be empty
    qint64 at = 0;
    QString model;
    qint64 inputTokens = 0; ///< all of it, with what the cache gave
    qint64 outputTokens = 0;
    qint64 cachedTokens = 0; ///< of the input, read from the cache
    Money money;
    By by = By::Estimate;
    QString priceDate; ///< of the price list used, yyyy-mm-dd; empty: no price is known
};
/// Whom a request is charged to.
struct Account {
    QString run;
    QString plugin;
    QString ticket;
};
/// The most that may be spent, in millionths of a US dollar; 0: no limit.
struct Caps {
    qint64 run = 0, ticket = 0, pluginDay = 0, day = 0;
};
/// What was spent and is reserved.
struct Spent {
    qint64 inputTokens = 0, outputTokens = 0, cachedTokens = 0;
    qint64 micros = 0;
    qint64 reserved = 0;
    bool estimated = false; ///< some of it is our figure by a price list that was older than 90 days, or by none
    bool unpriced = false;  ///< some of it is of a model that the price list does not know
};

/// What one run spent on one day.
struct RunSpent {
    Account account;
    Spent spent;
    QString priceDate; ///< the newest price list that was used; empty: none
};

/// The budget ledger, in state.db. A day is a day of UTC. Safe from any thread, and from several processes.
class Ledger
{
public:
    explicit Ledger(store::Database &state) : m_state(state) { }
    /// Sets `most` aside before a request; error "budget.exceeded" (which names the cap and what is spent) when that would
    /// pass a cap, in the same transaction, so that two runs cannot both take the last dollar.
    Result<Id> reserve(const Account &account, qint64 most, const Caps &caps);
    /// What it came to, in place of what was set aside.
    Result<> settle(const Id &reservation, const Charge &charge);
    Result<> drop(const Id &reservation);
    /// Reservations that a dead process left; to be called when nothing runs.
    Result<> dropAll();
    /// The client's own figure takes the place of the estimates made for the run from `since` on (their sum becomes this);
    /// what was said before stays beside it. The tokens count only where none were metered. To be called once for each
    /// time that a client was started, with what that one cost and when it began.
    Result<> clientSays(const Account &account, qint64 micros, qint64 inputTokens, qint64 outputTokens, qint64 cachedTokens,
                        qint64 since = 0);
    Result<Spent> ofRun(const QString &run);
    Result<Spent> ofTicket(const QString &ticket);
    Result<Spent> ofPlugin(const QString &plugin, const QString &day = {}); ///< day yyyy-mm-dd; empty: ever
    Result<Spent> ofDay(const QString &day);
    Result<std::vector<RunSpent>> runsOfDay(const QString &day, const QString &plugin = {}); ///< empty: of all plugins
    Result<std::vector<Charge>> charges(const QString &run);
    [[nodiscard]] static QString today();

private:
    store::Database &m_state;
};

} // namespace coppice::journal

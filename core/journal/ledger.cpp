// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/ledger.h"

#include "base/clock.h"

#include <QDateTime>

namespace coppice::journal {

using namespace Qt::StringLiterals;

namespace {

QString dayOf(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(u"yyyy-MM-dd"_s);
}

QString dollars(qint64 micros)
{
    return Money{micros}.toString();
}

constexpr QLatin1String sums("COALESCE(SUM(input),0), COALESCE(SUM(output),0), COALESCE(SUM(cached),0), COALESCE(SUM(micros),0), "
                             "COALESCE(SUM(reserved),0), COALESCE(MAX(reserved = 0 AND said_by = 'estimate' AND micros + input + output > 0 AND "
                             "(price_date = '' OR julianday(day) - julianday(price_date) > 90)),0), "
                             "COALESCE(MAX(reserved = 0 AND said_by = 'estimate' AND price_date = '' AND input + output > 0),0)");

Spent spentFrom(const store::Row &row, int first = 0)
{
    Spent spent;
    spent.inputTokens = row.number(first);
    spent.outputTokens = row.number(first + 1);
    spent.cachedTokens = row.number(first + 2);
    spent.micros = row.number(first + 3);
    spent.reserved = row.number(first + 4);
    spent.estimated = row.number(first + 5) != 0;
    spent.unpriced = row.number(first + 6) != 0;
    return spent;
}

Result<Spent> sumOf(store::Connection &connection, const QString &where, const QVariantList &values)
{
    Spent spent;
    COPPICE_CHECK(connection.query(u"SELECT "_s + sums + u" FROM charge WHERE "_s + where, values,
                                   [&](const store::Row &row) { spent = spentFrom(row); }));
    return spent;
}

/// One of the bounds that a request is held against.
struct Bound {
    qint64 cap;
    QString name;  ///< "the run's budget"
    QString where; ///< whose
    QString fix;
    QString condition;
    QVariantList values;
};

std::vector<Bound> boundsOf(const Account &account, const Caps &caps, const QString &day)
{
    std::vector<Bound> bounds;
    bounds.push_back({caps.run, u"the run's budget"_s, account.run, u"Raise budgets.usd_run in coppice.yaml, or agent.budget_usd_run of the plugin, then resume the run."_s,
                      u"run = ?"_s, {account.run}});
    if (!account.ticket.isEmpty())
        bounds.push_back({caps.ticket, u"the ticket's budget"_s, account.ticket, u"Raise budgets.usd_ticket in coppice.yaml."_s,
                          u"ticket = ? AND ticket <> ''"_s, {account.ticket}});
    bounds.push_back({caps.pluginDay, u"the plugin's budget of the day"_s, account.plugin,
                      u"Raise agent.budget_usd_day of the plugin or budgets.usd_plugin_day, or go on tomorrow (UTC)."_s,
                      u"plugin = ? AND day = ?"_s, {account.plugin, day}});
    bounds.push_back({caps.day, u"the library's budget of the day"_s, day, u"Raise budgets.usd_day in coppice.yaml, or go on tomorrow (UTC)."_s,
                      u"day = ?"_s, {day}});
    return bounds;
}

Result<> changeOne(store::Connection &connection, const Id &id, const QString &sql, const QVariantList &values)
{
    COPPICE_TRY(const qint64 changed, connection.exec(sql, values));
    if (changed != 1)
        return failNotFound(u"budget.reservation"_s, u"There is no such open reservation"_s, id.toString());
    return {};
}

} // namespace

QString Ledger::today()
{
    return dayOf(nowMs());
}

Result<Id> Ledger::reserve(const Account &account, qint64 most, const Caps &caps)
{
    const qint64 wanted = std::max<qint64>(most, 1); // an open reservation is known by its amount
    return m_state.write<Id>([&](store::Connection &connection) -> Result<Id> {
        const qint64 now = nowMs();
        const QString day = dayOf(now);
        for (const auto &bound : boundsOf(account, caps, day)) {
            if (bound.cap <= 0)
                continue;
            COPPICE_TRY(const Spent spent, sumOf(connection, bound.condition, bound.values));
            // Written so that no sum can overflow.
            if (wanted > bound.cap || spent.micros + spent.reserved > bound.cap - wanted)
                return fail(u"budget.exceeded"_s,
                            u"This request may cost up to %1, and %2 allows %3, of which %4 is spent and %5 set aside for open requests"_s
                                .arg(dollars(wanted), bound.name, dollars(bound.cap), dollars(spent.micros), dollars(spent.reserved)),
                            bound.where, bound.fix);
        }
        const Id id = Id::make();
        COPPICE_CHECK(connection.exec(u"INSERT INTO charge (id, run, plugin, ticket, day, at, reserved) VALUES (?,?,?,?,?,?,?)"_s,
                                      {id.toString(), account.run, account.plugin, account.ticket, day, now, wanted}));
        return id;
    });
}

Result<> Ledger::settle(const Id &reservation, const Charge &charge)
{
    if (charge.money.currency != u"USD")
        return failUsage(u"budget.currency"_s, u"The ledger is kept in US dollars"_s, charge.money.currency);
    const auto plain = [](qint64 value) { return std::max<qint64>(value, 0); };
    QVariantList values{charge.model.left(200), plain(charge.inputTokens), plain(charge.outputTokens), plain(charge.cachedTokens),
                        plain(charge.money.micros), charge.by == Charge::By::Client ? u"client"_s : u"estimate"_s, charge.priceDate,
                        reservation.toString()};
    const auto done = m_state.write<int>([&](store::Connection &connection) -> Result<int> {
        COPPICE_CHECK(changeOne(connection, reservation,
                                u"UPDATE charge SET reserved = 0, model = ?, input = ?, output = ?, cached = ?, micros = ?, said_by = ?, "
                                "price_date = ? WHERE id = ? AND reserved > 0"_s,
                                values));
        return 0;
    });
    COPPICE_CHECK(done);
    return {};
}

Result<> Ledger::drop(const Id &reservation)
{
    const auto done = m_state.write<int>([&](store::Connection &connection) -> Result<int> {
        COPPICE_CHECK(changeOne(connection, reservation, u"DELETE FROM charge WHERE id = ? AND reserved > 0"_s, {reservation.toString()}));
        return 0;
    });
    COPPICE_CHECK(done);
    return {};
}

Result<> Ledger::dropAll()
{
    const auto done = m_state.write<qint64>(
        [](store::Connection &connection) { return connection.exec(u"DELETE FROM charge WHERE reserved > 0"_s); });
    COPPICE_CHECK(done);
    return {};
}

Result<> Ledger::clientSays(const Account &account, qint64 micros, qint64 inputTokens, qint64 outputTokens, qint64 cachedTokens, qint64 since)
{
    struct Estimate {
        QString id;
        qint64 micros, tokens;
    };
    const auto done = m_state.write<int>([&](store::Connection &connection) -> Result<int> {
        std::vector<Estimate> estimates;
        qint64 sum = 0, tokens = 0;
        COPPICE_CHECK(connection.query(u"SELECT id, micros, input + output FROM charge WHERE run = ? AND said_by = 'estimate' AND reserved = 0 "
                                       "AND at >= ? ORDER BY id"_s,
                                       {account.run, since}, [&](const store::Row &row) {
                                           estimates.push_back({row.text(0), row.number(1), row.number(2)});
                                           sum += row.number(1);
                                           tokens += row.number(2);
                                       }));
        const qint64 said = std::max<qint64>(micros, 0);
        // What was counted on the way stays with its model and day; only the money becomes the client's.
        if (!estimates.empty() && tokens > 0) {
            qint64 left = said;
            for (size_t i = 0; i < estimates.size(); ++i) {
                const auto &one = estimates[i];
                const double share = sum > 0 ? double(one.micros) / double(sum) : double(one.tokens) / double(tokens);
                const qint64 part = i + 1 == estimates.size() ? left : std::min(left, qint64(double(said) * share));
                left -= part;
                COPPICE_CHECK(connection.exec(u"UPDATE charge SET micros = ?, said_by = 'client' WHERE id = ?"_s, {part, one.id}));
            }
            return 0;
        }
        for (const auto &one : estimates)
            COPPICE_CHECK(connection.exec(u"DELETE FROM charge WHERE id = ?"_s, {one.id}));
        const qint64 now = nowMs();
        COPPICE_CHECK(connection.exec(u"INSERT INTO charge (id, run, plugin, ticket, day, at, reserved, input, output, cached, micros, said_by) "
                                      "VALUES (?,?,?,?,?,?,0,?,?,?,?,'client')"_s,
                                      {Id::make().toString(), account.run, account.plugin, account.ticket, dayOf(now), now,
                                       std::max<qint64>(inputTokens, 0), std::max<qint64>(outputTokens, 0), std::max<qint64>(cachedTokens, 0), said}));
        return 0;
    });
    COPPICE_CHECK(done);
    return {};
}

Result<Spent> Ledger::ofRun(const QString &run)
{
    return m_state.read<Spent>([&](store::Connection &connection) { return sumOf(connection, u"run = ?"_s, {run}); });
}

Result<Spent> Ledger::ofTicket(const QString &ticket)
{
    return m_state.read<Spent>(
        [&](store::Connection &connection) { return sumOf(connection, u"ticket = ? AND ticket <> ''"_s, {ticket}); });
}

Result<Spent> Ledger::ofPlugin(const QString &plugin, const QString &day)
{
    return m_state.read<Spent>([&](store::Connection &connection) {
        return day.isEmpty() ? sumOf(connection, u"plugin = ?"_s, {plugin})
                             : sumOf(connection, u"plugin = ? AND day = ?"_s, {plugin, day});
    });
}

Result<Spent> Ledger::ofDay(const QString &day)
{
    return m_state.read<Spent>([&](store::Connection &connection) { return sumOf(connection, u"day = ?"_s, {day}); });
}

Result<std::vector<RunSpent>> Ledger::runsOfDay(const QString &day, const QString &plugin)
{
    return m_state.read<std::vector<RunSpent>>([&](store::Connection &connection) -> Result<std::vector<RunSpent>> {
        std::vector<RunSpent> runs;
        const QString where = plugin.isEmpty() ? u"day = ?"_s : u"day = ? AND plugin = ?"_s;
        QVariantList values{day};
        if (!plugin.isEmpty())
            values << plugin;
        COPPICE_CHECK(connection.query(u"SELECT run, plugin, ticket, MAX(price_date), "_s + sums + u" FROM charge WHERE "_s + where
                                           + u" GROUP BY run, plugin, ticket ORDER BY plugin, run, ticket"_s,
                                       values, [&](const store::Row &row) {
                                           runs.push_back({{row.text(0), row.text(1), row.text(2)}, spentFrom(row, 4), row.text(3)});
                                       }));
        return runs;
    });
}

Result<std::vector<Charge>> Ledger::charges(const QString &run)
{
    return m_state.read<std::vector<Charge>>([&](store::Connection &connection) -> Result<std::vector<Charge>> {
        std::vector<Charge> charges;
        Result<> bad;
        COPPICE_CHECK(connection.query(u"SELECT id, run, plugin, ticket, at, model, input, output, cached, micros, said_by, price_date FROM charge "
                                       "WHERE run = ? AND reserved = 0 ORDER BY at, id"_s,
                                       {run}, [&](const store::Row &row) {
                                           const auto id = Id::parse(row.text(0));
                                           if (!id) {
                                               bad = std::unexpected(id.error());
                                               return;
                                           }
                                           charges.push_back({*id, row.text(1), row.text(2), row.text(3), row.number(4), row.text(5),
                                                              row.number(6), row.number(7), row.number(8), {row.number(9)},
                                                              row.text(10) == u"client" ? Charge::By::Client : Charge::By::Estimate,
                                                              row.text(11)});
                                       }));
        COPPICE_CHECK(bad);
        return charges;
    });
}

} // namespace coppice::journal

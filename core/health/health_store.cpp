// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/health_store.h"

#include "health/probe.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t rowsAtOnce = 400;
constexpr qint64 dayMs = 24LL * 3600 * 1000;

QString line(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}
QString line(const QJsonArray &array)
{
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

void append(QByteArray &json, const char *key, const QString &text)
{
    json += key;
    json += '"';
    for (const char c : text.toUtf8()) {
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (uchar(c) < 0x20) {
            json += "\\u00" + QByteArray::number(uchar(c), 16).rightJustified(2, '0');
        } else {
            json += c;
        }
    }
    json += '"';
}

/// What signalFrom() reads, as toJson() of each signal has it: a round writes tens of thousands of them.
QString line(const std::vector<Signal> &signals_)
{
    QByteArray json = "[";
    json.reserve(qsizetype(signals_.size()) * 360);
    const auto tenths = [&](const char *key, int value) { json += key + QByteArray::number(value / 10.0); };
    for (const auto &signal : signals_) {
        append(json, json.size() > 1 ? R"(,{"signal":)" : R"({"signal":)", signal.name);
        append(json, R"(,"title":)", signal.title);
        append(json, R"(,"probe":)", signal.probe);
        append(json, R"(,"verdict":)", nameOf(signal.verdict));
        append(json, R"(,"reason":)", signal.reason);
        append(json, R"(,"next":)", signal.next);
        append(json, R"(,"exemption":)", signal.exemption);
        tenths(R"(,"worth":)", signal.worth);
        tenths(R"(,"points":)", signal.points);
        tenths(R"(,"gain":)", signal.gain);
        append(json, R"(,"then":)", signal.then);
        json += R"(,"at":)" + QByteArray::number(signal.at) + '}';
    }
    return QString::fromUtf8(json + ']');
}

/// Calls `work` for parts of a list, each in a transaction of its own.
Result<> inParts(store::Database &state, size_t count, const std::function<Result<>(store::Connection &, size_t)> &work)
{
    for (size_t from = 0; from < count; from += rowsAtOnce) {
        COPPICE_CHECK(state.write<void>([&](store::Connection &connection) -> Result<> {
            for (size_t i = from; i < qMin(count, from + rowsAtOnce); ++i)
                COPPICE_CHECK(work(connection, i));
            return {};
        }));
    }
    return {};
}

} // namespace

namespace {

/// Who looked where, for people.
QString sourceOf(const QString &probe)
{
    static const QHash<QString, QString> sources = [] {
        QHash<QString, QString> all;
        for (const auto &each : makeProbes())
            all.insert(each->name(), each->source());
        return all;
    }();
    return sources.value(probe);
}

} // namespace

Result<HealthStore::AllFacts> HealthStore::facts(const QString &plugin)
{
    return m_state.read<AllFacts>([&](store::Connection &connection) -> Result<AllFacts> {
        AllFacts all;
        const QString where = plugin.isEmpty() ? QString() : u" WHERE f.plugin = ?"_s;
        COPPICE_CHECK(connection.query(QString(u"SELECT f.plugin, f.probe, f.follows, f.value, f.at, f.problem, p.seen, p.problem FROM health_facts f LEFT JOIN health_probes p ON p.probe = f.probe"_s + where),
                                       plugin.isEmpty() ? QVariantList() : QVariantList{plugin}, [&](const store::Row &row) {
                                           StoredFact stored;
                                           stored.fact.plugin = row.text(0);
                                           stored.fact.probe = row.text(1);
                                           stored.fact.source = sourceOf(stored.fact.probe);
                                           stored.follows = row.bytes(2);
                                           stored.fact.value = QJsonDocument::fromJson(row.bytes(3)).object();
                                           stored.fact.at = row.number(4);
                                           stored.fact.seen = qMax(stored.fact.at, row.number(6));
                                           stored.fact.problem = row.text(5).isEmpty() ? row.text(7) : row.text(5);
                                           stored.fact.probeOk = stored.fact.problem.isEmpty();
                                           all[stored.fact.plugin].insert(stored.fact.probe, std::move(stored));
                                       }));
        return all;
    });
}

Result<QHash<QString, StoredProbe>> HealthStore::probes()
{
    return m_state.read<QHash<QString, StoredProbe>>([](store::Connection &connection) -> Result<QHash<QString, StoredProbe>> {
        QHash<QString, StoredProbe> all;
        COPPICE_CHECK(connection.query(u"SELECT probe, version, seen, follows, problem FROM health_probes"_s, {}, [&](const store::Row &row) {
            all.insert(row.text(0), {int(row.number(1)), row.number(2), row.bytes(3), row.text(4)});
        }));
        return all;
    });
}

Result<> HealthStore::saveFacts(const std::vector<StoredFact> &facts)
{
    return inParts(m_state, facts.size(), [&](store::Connection &connection, size_t i) -> Result<> {
        const auto &stored = facts[i];
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO health_facts (plugin, probe, follows, value, at, problem) VALUES (?, ?, ?, ?, ?, ?)"_s,
                                      {stored.fact.plugin, stored.fact.probe, stored.follows, line(stored.fact.value), stored.fact.at, stored.fact.problem}));
        return {};
    });
}

Result<> HealthStore::saveProbe(const QString &probe, const StoredProbe &stored)
{
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO health_probes (probe, version, seen, follows, problem) VALUES (?, ?, ?, ?, ?)"_s,
                                      {probe, stored.version, stored.seen, stored.follows, stored.problem}));
        return {};
    });
}

Result<QHash<QString, HealthStore::StoredScore>> HealthStore::scores(const QString &plugin)
{
    using All = QHash<QString, StoredScore>;
    return m_state.read<All>([&](store::Connection &connection) -> Result<All> {
        All all;
        const QString where = plugin.isEmpty() ? QString() : u" WHERE plugin = ?"_s;
        COPPICE_CHECK(connection.query(QString(u"SELECT plugin, at, tenths, unknown, tier, why, kind, policy, reasons FROM health_scores"_s + where),
                                       plugin.isEmpty() ? QVariantList() : QVariantList{plugin}, [&](const store::Row &row) {
                                           StoredScore stored;
                                           auto &score = stored.score;
                                           score.plugin = row.text(0);
                                           score.at = row.number(1);
                                           score.tenths = int(row.number(2));
                                           score.unknown = int(row.number(3));
                                           score.tier = row.text(4);
                                           score.why = row.text(5);
                                           score.kind = row.text(6);
                                           stored.policy = row.text(7);
                                           for (const auto &reason : QJsonDocument::fromJson(row.bytes(8)).array()) {
                                               score.reasons.push_back(signalFrom(reason.toObject()));
                                               score.reasons.back().plugin = score.plugin;
                                           }
                                           all.insert(score.plugin, std::move(stored));
                                       }));
        return all;
    });
}

Result<QHash<QString, QString>> HealthStore::tiers()
{
    using All = QHash<QString, QString>;
    return m_state.read<All>([&](store::Connection &connection) -> Result<All> {
        All all;
        COPPICE_CHECK(connection.query(u"SELECT plugin, tier FROM health_scores"_s, {}, [&](const store::Row &row) { all.insert(row.text(0), row.text(1)); }));
        return all;
    });
}

Result<> HealthStore::saveScores(const std::vector<Update> &updates)
{
    return inParts(m_state, updates.size(), [&](store::Connection &connection, size_t i) -> Result<> {
        const auto &score = updates[i].score.score;
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO health_scores (plugin, at, tenths, unknown, tier, why, kind, policy, reasons) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
                                      {score.plugin, score.at, score.tenths, score.unknown, score.tier, score.why, score.kind, updates[i].score.policy, line(score.reasons)}));
        if (!updates[i].movement)
            return {};
        const auto &movement = *updates[i].movement;
        COPPICE_CHECK(connection.exec(u"INSERT INTO health_movements (plugin, at, before_tenths, after_tenths, tier_before, tier_after, causes) VALUES (?, ?, ?, ?, ?, ?, ?)"_s,
                                      {movement.plugin, movement.at, movement.before, movement.after, movement.tierBefore, movement.tierAfter, line(toJson(movement.causes))}));
        COPPICE_CHECK(connection.exec(u"DELETE FROM health_movements WHERE plugin = ? AND seq NOT IN (SELECT seq FROM health_movements WHERE plugin = ? ORDER BY seq DESC LIMIT ?)"_s,
                                      {movement.plugin, movement.plugin, mostMovements}));
        return {};
    });
}

Result<> HealthStore::forget(const QStringList &plugins)
{
    return inParts(m_state, size_t(plugins.size()), [&](store::Connection &connection, size_t i) -> Result<> {
        for (const char *table : {"health_facts", "health_scores", "health_checks"})
            COPPICE_CHECK(connection.exec(u"DELETE FROM %1 WHERE plugin = ?"_s.arg(QLatin1String(table)), {plugins[qsizetype(i)]}));
        return {};
    });
}

Result<std::vector<Movement>> HealthStore::movements(const QString &plugin, qint64 since, int limit)
{
    return m_state.read<std::vector<Movement>>([&](store::Connection &connection) -> Result<std::vector<Movement>> {
        std::vector<Movement> all;
        QVariantList values{since};
        QString where;
        if (!plugin.isEmpty()) {
            where = u" AND plugin = ?"_s;
            values << plugin;
        }
        values << limit;
        COPPICE_CHECK(connection.query(QString(u"SELECT * FROM (SELECT seq, plugin, at, before_tenths, after_tenths, tier_before, tier_after, causes FROM health_movements WHERE at >= ?"_s + where
                                               + u" ORDER BY seq DESC LIMIT ?) ORDER BY seq"_s),
                                       values, [&](const store::Row &row) {
                                           all.push_back({row.text(1), row.number(2), int(row.number(3)), int(row.number(4)), row.text(5), row.text(6),
                                                          causesFrom(QJsonDocument::fromJson(row.bytes(7)).array())});
                                       }));
        return all;
    });
}

Result<QHash<QString, HealthStore::Stood>> HealthStore::stoodAt(qint64 at)
{
    using All = QHash<QString, Stood>;
    return m_state.read<All>([&](store::Connection &connection) -> Result<All> {
        All all;
        COPPICE_CHECK(connection.query(u"SELECT plugin, after_tenths, tier_after FROM health_movements WHERE at <= ? ORDER BY seq"_s, {at},
                                       [&](const store::Row &row) { all.insert(row.text(0), {int(row.number(1)), row.text(2)}); }));
        // Older movements may be gone: what the first one that is left began with stood then.
        COPPICE_CHECK(connection.query(u"SELECT plugin, before_tenths, tier_before, MIN(seq) FROM health_movements WHERE at > ? GROUP BY plugin"_s, {at}, [&](const store::Row &row) {
            if (row.number(1) >= 0 && !all.contains(row.text(0)))
                all.insert(row.text(0), {int(row.number(1)), row.text(2)});
        }));
        return all;
    });
}

Result<> HealthStore::saveDay(const Day &day)
{
    QJsonObject tiers;
    for (auto it = day.tiers.cbegin(); it != day.tiers.cend(); ++it)
        tiers[it.key()] = *it;
    return m_state.write<void>([&](store::Connection &connection) -> Result<> {
        COPPICE_CHECK(connection.exec(u"INSERT OR REPLACE INTO health_days (day, at, plugins, tiers, median) VALUES (?, ?, ?, ?, ?)"_s,
                                      {day.at / dayMs, day.at, day.plugins, line(tiers), day.median}));
        COPPICE_CHECK(connection.exec(u"DELETE FROM health_days WHERE day NOT IN (SELECT day FROM health_days ORDER BY day DESC LIMIT ?)"_s, {mostDays}));
        return {};
    });
}

Result<std::vector<Day>> HealthStore::days(qint64 since)
{
    return m_state.read<std::vector<Day>>([&](store::Connection &connection) -> Result<std::vector<Day>> {
        std::vector<Day> all;
        COPPICE_CHECK(connection.query(u"SELECT at, plugins, tiers, median FROM health_days WHERE at >= ? ORDER BY day"_s, {since}, [&](const store::Row &row) {
            Day day{row.number(0), int(row.number(1)), {}, int(row.number(3))};
            const auto tiers = QJsonDocument::fromJson(row.bytes(2)).object();
            for (auto it = tiers.begin(); it != tiers.end(); ++it)
                day.tiers.insert(it.key(), it->toInt());
            all.push_back(day);
        }));
        return all;
    });
}

} // namespace coppice::health

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "health/signals.h"
#include "store/database.h"

#include <QMap>

#include <optional>

namespace coppice::health {

/// A fact with what it follows from.
struct StoredFact {
    Fact fact;
    QByteArray follows;
};
struct StoredProbe {
    int version = 0;
    qint64 seen = 0;
    QByteArray follows;
    QString problem;
};
/// A day of the whole library.
struct Day {
    qint64 at = 0;
    int plugins = 0;
    QMap<QString, int> tiers;
    int median = 0; ///< tenths
};

/// Facts, scores and their history in state.db. Safe from any thread.
class HealthStore
{
public:
    explicit HealthStore(store::Database &state) : m_state(state) { }

    using AllFacts = QHash<QString, QHash<QString, StoredFact>>; ///< plugin → probe
    [[nodiscard]] Result<AllFacts> facts(const QString &plugin = {});
    [[nodiscard]] Result<QHash<QString, StoredProbe>> probes();
    [[nodiscard]] Result<> saveFacts(const std::vector<StoredFact> &facts); ///< in short transactions
    [[nodiscard]] Result<> saveProbe(const QString &probe, const StoredProbe &stored);

    struct StoredScore {
        Score score;
        QString policy; ///< hash of the policy that it was judged by
    };
    [[nodiscard]] Result<QHash<QString, StoredScore>> scores(const QString &plugin = {});
    /// The tier of each plugin that was measured, without its reasons: for lists.
    [[nodiscard]] Result<QHash<QString, QString>> tiers();
    /// Scores with the movements that led to them, in one transaction for each few hundred.
    struct Update {
        StoredScore score;
        std::optional<Movement> movement;
    };
    [[nodiscard]] Result<> saveScores(const std::vector<Update> &updates);
    [[nodiscard]] Result<> forget(const QStringList &plugins); ///< that the library has no more; their movements stay

    /// The oldest first; `plugin` empty: all.
    [[nodiscard]] Result<std::vector<Movement>> movements(const QString &plugin, qint64 since, int limit = 100'000);
    /// Where each plugin's score stood at a time; one that was not measured by then is left out.
    struct Stood {
        int tenths = 0;
        QString tier;
    };
    [[nodiscard]] Result<QHash<QString, Stood>> stoodAt(qint64 at);
    [[nodiscard]] Result<> saveDay(const Day &day);
    [[nodiscard]] Result<std::vector<Day>> days(qint64 since);

    static constexpr int mostMovements = 200; ///< kept of one plugin
    static constexpr int mostDays = 3660;

private:
    store::Database &m_state;
};

} // namespace coppice::health

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "git/oid.h"
#include "store/database.h"

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace coppice::shipping {

/// A release of a plugin as it is written down when its ship, or its roll-back, is over.
struct ReleaseRow {
    QString id; ///< of the ship's intent; later ones sort after earlier ones
    QString plugin, version;
    git::Oid split;
    QString state; ///< done, failed, pull, rolled-back
    QString run;   ///< that deployed it; empty: none did
    qint64 at = 0; ///< ms
    bool told = true;
    bool tagged = false;
    [[nodiscard]] bool isSame(const ReleaseRow &other) const { return split == other.split && version == other.version; }
};

/// What of a plugin went out and came back.
struct ReleaseHistory {
    std::vector<ReleaseRow> out;        ///< shipped and not rolled back, the one that is out now last
    std::vector<ReleaseRow> rolledBack; ///< and not shipped again since; `at` is when they were rolled back
    [[nodiscard]] const ReleaseRow *current() const { return out.empty() ? nullptr : &out.back(); }
};
/// `without`: the id of a row that is left out, of a roll-back that is being finished once more.
[[nodiscard]] Result<ReleaseHistory> releaseHistory(store::Database &state, const QString &plugin, const QString &without = {});
/// How the plugin's last ship, or roll-back, ended.
[[nodiscard]] Result<std::optional<ReleaseRow>> lastRelease(store::Database &state, const QString &plugin);
[[nodiscard]] Result<std::optional<ReleaseRow>> untoldRelease(store::Database &state, const QString &plugin);
/// At engine start, while the commands that a dead engine carried out are still marked so: whoever waited for one has had no
/// answer, although what was asked for may be done.
[[nodiscard]] Result<> markUntold(store::Database &state);
[[nodiscard]] Result<> markTold(store::Database &state, const QString &plugin);
[[nodiscard]] QJsonObject toJson(const ReleaseRow &row);

} // namespace coppice::shipping

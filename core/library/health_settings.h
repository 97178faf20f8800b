// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/library.h"

namespace coppice::library {

/// `health` of coppice.yaml, as it is written there; what the words mean is the health room's business.
struct HealthSettings {
    struct Rules {
        QMap<QString, double> weights; ///< by signal; 0: it is not asked
        QMap<QString, double> limits;  ///< by name
    };
    Rules rules;
    QMap<QString, Rules> kinds;    ///< for plugins of one kind; stand before `rules`
    QMap<QString, int> tiers;      ///< tier → points from which on it is reached
    QMap<QString, QString> atMost; ///< signal → the best tier of a plugin where it is bad; empty: any
    QStringList licencesAllowed;   ///< empty: all that are known
    QStringList licencesDenied;
    QStringList variablesKnown;    ///< of the environment, that nobody has to declare; * for any text
    double checksEveryDays = 0;    ///< set-up and tests are run by themselves so often; 0: only when asked
    std::vector<Problem> problems;
};
/// What stands at a commit.
[[nodiscard]] HealthSettings healthSettingsAt(const git::Repository &repository, const git::Oid &commit);
[[nodiscard]] HealthSettings parseHealthSettings(const QByteArray &yaml, const QString &file);

} // namespace coppice::library

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library/health_settings.h"

#include <QSet>

namespace coppice::health {

/// The best first.
[[nodiscard]] const QStringList &tierNames(); ///< excellent, good, fair, poor; "unknown" beside them

/// Limits that signals judge by, with what holds where coppice.yaml says nothing.
namespace limit {
constexpr QLatin1String humanDays("human_days");           ///< 365: so long ago may the last human commit be
constexpr QLatin1String ticketDays("ticket_days");         ///< 30: so old may an open ticket be
constexpr QLatin1String unreleasedDays("unreleased_days"); ///< 30: so long may a change wait for its release
constexpr QLatin1String errorsWeek("errors_week");         ///< 0: so many errors may a week have
constexpr QLatin1String errorPercent("error_percent");     ///< 0.1: of the requests, where they are counted
constexpr QLatin1String fetchDays("fetch_days");           ///< 30: so old may be what is known of an upstream
} // namespace limit

/// The policy as it holds for plugins of one kind.
class Policy
{
public:
    Policy(const library::HealthSettings &settings, const QString &kind);
    [[nodiscard]] double weight(const QString &signal, double otherwise) const;
    [[nodiscard]] double limit(QLatin1String name) const;
    /// The tier that so many points reach, by points alone.
    [[nodiscard]] QString tierFor(int tenths) const;
    /// The best tier of a plugin where this signal is bad; empty: it does not matter.
    [[nodiscard]] QString atMost(const QString &signal) const;
    [[nodiscard]] const library::HealthSettings &settings() const { return m_settings; }

private:
    const library::HealthSettings &m_settings;
    library::HealthSettings::Rules m_kind;
};
/// Changes when anything in the policy does.
[[nodiscard]] QByteArray hashOf(const library::HealthSettings &settings);
/// What coppice.yaml says of health and nobody understands: unknown signals, limits, tiers, kinds.
[[nodiscard]] std::vector<library::Problem> problemsOf(const library::HealthSettings &settings);

/// mcp-server: it says so, or stands on an SDK of the protocol; service: it is started or deployed; else library.
[[nodiscard]] QString kindOf(const library::CatalogEntry &entry);

/// The better of two tiers comes first: negative where `a` is better.
[[nodiscard]] int compareTiers(const QString &a, const QString &b);

} // namespace coppice::health

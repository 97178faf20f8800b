// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QDate>
#include <QMap>
#include <QString>

#include <optional>
#include <vector>

namespace coppice::gateway {

/// Tokens of one request, each counted once: what is cached or written to the cache is not in `input`.
struct Tokens {
    qint64 input = 0;
    qint64 cached = 0;         ///< read from the cache
    qint64 cacheWrite = 0;     ///< written to the cache for minutes
    qint64 cacheWriteHour = 0; ///< written to it for an hour
    qint64 output = 0;         ///< with what the model thought
    [[nodiscard]] qint64 allInput() const { return input + cached + cacheWrite + cacheWriteHour; }
    friend bool operator==(const Tokens &, const Tokens &) = default;
};

/// US dollars per million tokens, which are millionths of a dollar per token.
struct Rates {
    double input = 0, cached = 0, cacheWrite = 0, cacheWriteHour = 0, output = 0;
};
struct Price {
    QString name;
    Rates rates;
    qint64 longOver = 0; ///< requests with more input than this have the other rates; 0: there are none
    Rates longRates;
    qint64 context = 0;   ///< the most input that the model takes; 0: not known
    qint64 maxOutput = 0; ///< of one answer; 0: not known
    /// Millionths of a dollar, rounded up.
    [[nodiscard]] qint64 cost(const Tokens &tokens, double factor = 1) const;
    /// The most that a request can cost: none of its input from the cache, all of it written there.
    [[nodiscard]] qint64 most(qint64 inputTokens, qint64 outputTokens, double factor = 1) const;
};

/// A price list: templates/prices.yaml documents its form. Immutable.
class PriceList
{
public:
    /// An error names the line that is wrong. An empty text is the list that Coppice came with.
    [[nodiscard]] static Result<PriceList> parse(const QByteArray &yaml);
    [[nodiscard]] QDate date() const { return m_date; }
    /// Older than 90 days at that time (milliseconds since 1970).
    [[nodiscard]] bool isOld(qint64 at) const;
    /// By the longest name that fits, first among the service's own models. `dialect` as in coppice.yaml.
    [[nodiscard]] std::optional<Price> find(const QString &dialect, const QString &model) const;
    /// The dearest figure of each kind: what bounds a model that is not listed.
    [[nodiscard]] Price dearest(const QString &dialect) const;

private:
    QDate m_date;
    QMap<QString, std::vector<Price>> m_models;
};

} // namespace coppice::gateway

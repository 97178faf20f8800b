// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice {

/// An amount in millionths of a currency's unit: 1,500,000 USD-micros are 1.50 USD.
struct Money {
    qint64 micros = 0;
    QString currency = QStringLiteral("USD");

    /// "1.50 USD", "0.0042 USD": two decimals, four below one cent.
    [[nodiscard]] QString toString() const
    {
        const double units = double(micros) / 1e6;
        return QString::number(units, 'f', micros != 0 && qAbs(micros) < 10'000 ? 4 : 2) + u' ' + currency;
    }
    friend bool operator==(const Money &, const Money &) = default;
};

} // namespace coppice

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QString>

#include <compare>
#include <vector>

namespace coppice {

/// A ULID: 48 bits of milliseconds and 80 random bits in 26 characters of Crockford's base 32, sortable by time.
/// Ids made by one process rise strictly. Source: https://github.com/ulid/spec
class Id
{
public:
    Id() = default;
    /// A new id for now. Safe from any thread.
    [[nodiscard]] static Id make();
    /// Reads the 26-character form, in either case.
    [[nodiscard]] static Result<Id> parse(QStringView text);

    [[nodiscard]] bool isNull() const { return m_text.isEmpty(); }
    /// The whole id, upper case; empty when null.
    [[nodiscard]] const QString &toString() const { return m_text; }
    /// How people see it: the last six characters, lower case.
    [[nodiscard]] QString shown() const;
    /// Milliseconds since 1970 UTC at which it was made.
    [[nodiscard]] qint64 time() const;

    friend bool operator==(const Id &, const Id &) = default;
    friend std::strong_ordering operator<=>(const Id &a, const Id &b)
    {
        return QString::compare(a.m_text, b.m_text) <=> 0;
    }

private:
    QString m_text;
};

/// Finds the one id that `typed` (at least 4 characters of its beginning or end, any case) names. `noun` is for the
/// error text, for example "ticket". Errors: NotFound, or Usage when it fits several.
[[nodiscard]] Result<QString> matchId(const QString &typed, const std::vector<QString> &ids, const QString &noun);

} // namespace coppice

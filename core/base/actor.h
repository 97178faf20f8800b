// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace coppice {

/// Who did something: written into every operation.
struct Actor {
    enum class Kind { Person, Agent, Rule, Engine };
    Kind kind = Kind::Person;
    QString name; ///< the login for a person, the plugin's id for its agent, the rule's or engine's name otherwise

    /// The person whose account this process runs under.
    [[nodiscard]] static Actor self();
    [[nodiscard]] static Actor engine();
    /// "person:ann"; the stored form.
    [[nodiscard]] QString toString() const;
    [[nodiscard]] static Actor fromString(const QString &text);
    friend bool operator==(const Actor &, const Actor &) = default;
};

} // namespace coppice

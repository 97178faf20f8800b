// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace coppice::shipping {

/// How much of a version changes. Source: https://semver.org, 2.0.0
enum class Bump { None, Patch, Minor, Major };
[[nodiscard]] QString nameOf(Bump bump);

/// What a commit says of itself. Source: https://www.conventionalcommits.org/en/v1.0.0/. All of it is text from outside:
/// plain, one line, capped.
struct ToldCommit {
    QString type;  ///< lower case; empty: it does not say
    QString scope;
    QString what;  ///< the subject without its type, or the whole subject
    bool breaking = false;
    QString breakingWhat; ///< of the footer BREAKING CHANGE
    [[nodiscard]] Bump bump() const;
};
[[nodiscard]] ToldCommit tellCommit(const QByteArray &message);
/// None for commits that change nothing for users (docs, tests, …). `atLeast`: what an interface's comparison found.
[[nodiscard]] Bump bumpOf(const std::vector<ToldCommit> &commits, Bump atLeast = Bump::None);
/// The version after "1.2.3", "v1.2.3" or "1.2.3-rc.1" (whose end is dropped first: it becomes 1.2.3 where that is enough).
/// Before 1.0.0 a breaking change raises the middle number. None where it is no such version.
[[nodiscard]] std::optional<QString> bumped(const QString &version, Bump bump);

} // namespace coppice::shipping

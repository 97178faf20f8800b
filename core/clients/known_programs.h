// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::clients {

/// An agent program that Coppice knows how to drive, as it is found on this machine. Asking for versions starts programs,
/// each for a few seconds at most. What logs in is named, never shown.
struct KnownProgram {
    QString name;    ///< claude, gemini, codex, …
    QString program; ///< full path; empty: not installed
    QString version; ///< as it says itself; empty: it does not
    QString login;   ///< key (a variable is set), file (it has logged in), none
    QString loginBy; ///< the variable's name, or the file below HOME
    QStringList missing; ///< sentences: what has to be done before it can work
    QString entry;   ///< what to put below `clients:` in coppice.yaml; empty: nothing is needed
};
/// All that are known; with `only`, that one; without a program where it is not installed.
[[nodiscard]] std::vector<KnownProgram> knownPrograms(const QString &only = {});
[[nodiscard]] QJsonObject toJson(const KnownProgram &program);

/// The first line that `program --version` prints within a few seconds, plain and short.
[[nodiscard]] QString versionOf(const QString &program);

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::manifest {

/// One requirement of Python: "Name[extra]>=1.0; marker" or "Name @ address" (PEP 508).
struct Requirement {
    QString name; ///< as written; empty when the text is none
    QString range;
    QString pin;     ///< of "==1.2" and "===1.2"
    QString address; ///< after '@', or of a line that is nothing but one: "-e ../sibling", "git+https://…"
    QStringList hashes; ///< "sha256:…", of a requirements file
    int line = 0;       ///< from 1, of a requirements file
};
[[nodiscard]] Requirement requirementOf(const QString &text);

/// The lines of a requirements file: continued lines joined, comments and options left out but -e and --hash.
[[nodiscard]] std::vector<Requirement> requirementsIn(const QByteArray &bytes);
/// The files that it names by -r and -c, as written.
[[nodiscard]] QStringList includesIn(const QByteArray &bytes);

} // namespace coppice::manifest

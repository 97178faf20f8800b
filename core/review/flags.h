// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "review/lines.h"
#include "review/patch.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace coppice::review {

/// A line of one side of the diff, as text.
struct SideLine {
    int line = 0;
    QString text;
};
/// What a flag rule looks at.
struct FlagInput {
    const FilePatch &file;
    QString path; ///< shown
    std::vector<SideLine> added, removed;
    QByteArray before, after; ///< empty for binary and too large files
};
/// Flags of one kind of concern; each rule bounds how many it adds for a file.
void flagPath(const FlagInput &input, std::vector<Flag> &flags);
void flagHidden(const FlagInput &input, std::vector<Flag> &flags);
void flagSecrets(const FlagInput &input, std::vector<Flag> &flags);
void flagReach(const FlagInput &input, std::vector<Flag> &flags); ///< network, processes, evaluated code
void flagTests(const FlagInput &input, std::vector<Flag> &flags);
void flagDependencies(const FlagInput &input, std::vector<Flag> &flags);

[[nodiscard]] bool isTestPath(const QString &path);
/// The last part of a path.
[[nodiscard]] QString fileName(const QString &path);

} // namespace coppice::review

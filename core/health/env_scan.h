// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only.

#include <QByteArray>
#include <QByteArrayView>
#include <QSet>
#include <QString>

#include <vector>

namespace coppice::health {

/// A place where code reads a variable of the environment.
struct EnvUse {
    QByteArray name;
    int line = 0; ///< from 1
};
struct EnvScan {
    std::vector<EnvUse> uses;
    bool dynamic = false; ///< reads variables whose names are put together while it runs
};
/// Whether a file is source code that is read for uses, by its path; tests, examples and minified files are not.
[[nodiscard]] bool isScannedSource(QByteArrayView path);
/// What a file of source code reads from its environment, in JavaScript, TypeScript, Python, Go, Rust, Java, Kotlin, C#, Ruby
/// and PHP: by their own functions and objects, by helpers whose names speak of the environment, and by the settings classes
/// and tags of common packages. Comments do not count, nor does what is only written to.
[[nodiscard]] EnvScan scanEnvironment(QByteArrayView path, const QByteArray &text);

/// Adds the words of a text that are among `wanted` to `found`.
void findWords(QByteArrayView text, const QSet<QByteArray> &wanted, QSet<QByteArray> &found);

} // namespace coppice::health

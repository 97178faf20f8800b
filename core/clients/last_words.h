// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace coppice::clients {

/// The last bytes that a program printed, as the end of a sentence on how it failed: " It printed last: …", that it
/// was no text, or nothing where it printed nothing.
[[nodiscard]] QString lastWords(const QByteArray &tail);
/// Keeps the end of what a program prints in `tail`.
void keepTail(QByteArray &tail, QByteArrayView piece);

} // namespace coppice::clients

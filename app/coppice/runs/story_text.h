// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>
#include <QStringList>

namespace coppice::ui {

/// Text from outside in one line, plain and cut.
[[nodiscard]] QString plainLine(const QString &text, qsizetype cap);
/// The same, with its lines.
[[nodiscard]] QString plainText(const QString &text, qsizetype cap);
/// The last line that is not blank, short.
[[nodiscard]] QString lastLine(const QString &text);
/// Adds a piece to a text that comes in pieces. `printed`: as on a terminal, where a carriage return draws the line anew.
void appendPiece(QString &text, const QString &piece, bool printed);
/// What a tool was given or gave back, for people: a text as it is, an object as its lines.
[[nodiscard]] QString shownValue(const QJsonValue &value);

struct UnifiedLines {
    QStringList lines; ///< each with ' ', '-', '+' or '@' in front
    int added = 0, removed = 0;
    QString note; ///< why there are none, or not all
};
/// The lines of a small unified diff between two texts, at most `most`.
[[nodiscard]] UnifiedLines unifiedLines(const QString &before, const QString &after, qsizetype most = 240);

} // namespace coppice::ui

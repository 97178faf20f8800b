// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QString>

#include <optional>

namespace coppice::clients {

/// A count that a program tells: never negative, never beyond what a sum of many still holds; 0 for anything else.
[[nodiscard]] qint64 countOf(const QJsonValue &value);
/// a + b, held at the largest count.
[[nodiscard]] qint64 plus(qint64 a, qint64 b);
/// An amount of money as millionths; none for anything that is no sensible amount.
[[nodiscard]] std::optional<qint64> microsOf(const QJsonValue &value);
/// A text for people: plain, cut.
[[nodiscard]] QString clip(const QString &text, qsizetype cap);
/// What a tool was given, with long texts cut and too much left out: at most some `cap` characters altogether.
[[nodiscard]] QJsonObject clipped(const QJsonObject &object, qsizetype cap);
/// A text, or the texts of a list of blocks {type: text, text}, one below the other.
[[nodiscard]] QString textOf(const QJsonValue &content);

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QJsonObject>
#include <QJsonValue>

namespace coppice {

/// One line, keys sorted (QJsonObject keeps them so), no spaces: equal values give equal bytes.
[[nodiscard]] QByteArray toJsonLine(const QJsonObject &object);
[[nodiscard]] Result<QJsonObject> parseJsonObject(const QByteArray &bytes, const QString &where);
/// {"code","message","hint","needs"?} as the terminal contract has it; kind and cause are kept for fromJson.
[[nodiscard]] QJsonObject errorToJson(const Error &error);
[[nodiscard]] Error errorFromJson(const QJsonObject &object);

} // namespace coppice

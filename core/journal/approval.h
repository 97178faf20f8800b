// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/money.h"

#include <QStringList>

#include <optional>

namespace coppice::journal {

/// Something that waits for a person's answer.
struct Approval {
    enum class Kind { Permission, Step, Ship, Proposal };
    Id id;
    Kind kind = Kind::Permission;
    QString subject; ///< entity it is about
    QStringList options;
    QString askedBy; ///< Actor::toString()
    qint64 expires = 0;
    std::optional<QString> answer;
};

/// What a model request cost, and who says so.
struct Charge {
    enum class By { Client, Estimate };
    Id run;
    QString plugin;
    qint64 at = 0;
    qint64 inputTokens = 0;
    qint64 outputTokens = 0;
    Money money;
    By by = By::Estimate;
    QString priceDate; ///< of the price list used, yyyy-mm-dd
};

} // namespace coppice::journal

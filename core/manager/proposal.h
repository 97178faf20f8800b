// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"

#include <QJsonObject>

namespace coppice::manager {

/// Something the manager agent proposes; waits for a person's answer.
struct Proposal {
    Id id;
    QString kind; ///< ticket, run, campaign, template
    QString title;
    QString why;
    QJsonObject request;
    bool tainted = false; ///< inherited from what it read
};

} // namespace coppice::manager

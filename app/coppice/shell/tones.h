// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "library_state.h"

#include <base/counted.h>

#include <QString>

namespace coppice::ui {

/// How a state looks: the tone that the theme has a colour for, and an icon, so that colour never stands alone.
struct Look {
    QString tone;
    QString icon;
};
[[nodiscard]] Look lookOf(capture::Group::State state);
[[nodiscard]] Look lookOf(capture::Level level);
[[nodiscard]] Look lookOf(tickets::Ticket::State state);
[[nodiscard]] Look lookOf(runs::Run::State state);
[[nodiscard]] Look lookOf(review::Patch::State state);
/// Of a tier of health, by its word: anything else is unknown, which never looks good.
[[nodiscard]] Look tierLook(const QString &tier);

/// "4 s", "3 min 20 s", "2 h 5 min"
[[nodiscard]] QString durationText(qint64 ms);

} // namespace coppice::ui

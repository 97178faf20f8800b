// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/crash.h"

#include <QJsonObject>

namespace coppice::capture {

/// Fills an event from a JSON record of pino, bunyan, winston, structlog, zap, Serilog, ECS and their like.
void readJsonRecord(const QJsonObject &record, Event &event);
/// Puts a crash into an event: type, message, frames, causes.
void putCrash(const Crash &crash, Event &event);
/// `release=1.2.3` or `version=1.2.3` as words of a line; empty when there is none.
[[nodiscard]] QString releaseIn(const QString &line);

} // namespace coppice::capture

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "receivers/lean_json.h"

#include <QString>

namespace coppice::receivers {

/// One event of Sentry's protocol, in any of its generations: exceptions as a list or alone, messages with and without a
/// template, threads, stack traces without a type. Nothing is scrubbed or bounded yet but what is left out.
/// Sources: https://develop.sentry.dev/sdk/data-model/event-payloads/, captures of real kits.
[[nodiscard]] capture::Event sentryEvent(LeanValue payload);

/// One record of an item of type `log`. Source: https://develop.sentry.dev/sdk/telemetry/logs/
[[nodiscard]] capture::Event sentryLog(LeanValue record);

/// The sender's id as all kits write it: 32 hexadecimal digits, without dashes, in lower case; empty when it is none.
[[nodiscard]] QString sentryId(const QString &text);

} // namespace coppice::receivers

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

namespace coppice::clients {

/// What a failure of the model service is, by its HTTP status (0: not told) and what the client says of it: Limited for
/// rate limits, quotas and overload, ModelError for other failures of the service, Turns, Budget and Cancelled where the
/// text says so, and Failed for anything else.
[[nodiscard]] AgentEnd::Outcome outcomeOfError(int status, const QString &text);

} // namespace coppice::clients

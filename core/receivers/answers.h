// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "net/http.h"
#include "receivers/door.h"

namespace coppice::receivers {

/// The status for an error of ours, or of theirs: 413 too large, 400 malformed, 503 to be sent again.
[[nodiscard]] int statusOf(const Error &error);
/// An error as the sender's protocol has it: JSON with a detail, or a google.rpc.Status in the request's own encoding.
[[nodiscard]] net::HttpResponse answerTo(const Error &error, Road road, bool isJson);
/// Too many: both ways in which kits of Sentry learn of it, one of which every other sender knows, too.
[[nodiscard]] net::HttpResponse slowDown(int seconds);
/// ExportLogsServiceResponse and its like; `rejected` of the records were not taken.
[[nodiscard]] net::HttpResponse otlpSuccess(Road road, bool isJson, qint64 rejected);

} // namespace coppice::receivers

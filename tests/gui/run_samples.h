// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <demo/demo.h>
#include <engine/session.h>
#include <journal/lease.h>

namespace coppice::test {

/// Runs as an engine would leave them, made of streams that real clients printed (NAME.jsonl of a folder, the dialect
/// being the word before the first dash): some over, some under way, one that asks, and `queued` in the queue.
struct RunSamples {
    std::unique_ptr<engine::Session> session;
    std::optional<journal::Lease> lease; ///< while it is held no window sets these runs right
    QStringList runs;                    ///< ids, in the order of the files
};
[[nodiscard]] RunSamples addRunSamples(const QString &library, const QStringList &plugins, const QString &streams, int queued);

} // namespace coppice::test

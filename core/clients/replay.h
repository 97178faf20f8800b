// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

namespace coppice::clients {

/// A recorded raw stream, played back through what judges live ones. It changes no files and asks nobody.
class ReplayClient final : public Client
{
public:
    [[nodiscard]] QString name() const override { return QStringLiteral("replay"); }
    [[nodiscard]] QString kind() const override { return QStringLiteral("replay"); }
    [[nodiscard]] bool replays() const override { return true; }
    Result<AgentEnd> work(const Job &job, std::stop_token stop) override;
};

/// The last line of the raw stream of a command that speaks no dialect: how it ended, since nothing else in it says so.
[[nodiscard]] QByteArray endLine(const AgentEnd &end);

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

namespace coppice::clients {

/// Any command that edits files in the plugin's folder.
class ExecClient final : public Client
{
public:
    explicit ExecClient(library::ClientSettings settings);
    [[nodiscard]] QString name() const override { return m_settings.name; }
    [[nodiscard]] QString kind() const override { return QStringLiteral("exec"); }
    [[nodiscard]] std::optional<library::ModelEndpoint> model() const override { return m_settings.model; }
    [[nodiscard]] bool needsCommand() const override { return m_settings.command.isEmpty(); }
    Result<AgentEnd> work(const Job &job, std::stop_token stop) override;

private:
    [[nodiscard]] Result<QStringList> argvFor(const Job &job, const QString &promptInside) const;
    library::ClientSettings m_settings;
};

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

namespace coppice::clients {

/// Any program that speaks the Agent Client Protocol, version 1, on its stdio.
class AcpClient final : public Client
{
public:
    explicit AcpClient(library::ClientSettings settings) : m_settings(std::move(settings)) { }
    [[nodiscard]] QString name() const override { return m_settings.name; }
    [[nodiscard]] QString kind() const override { return QStringLiteral("acp"); }
    [[nodiscard]] std::optional<library::ModelEndpoint> model() const override { return m_settings.model; }
    [[nodiscard]] bool resumes() const override { return true; }
    [[nodiscard]] QStringList loginHosts() const override { return m_settings.loginHosts; }
    [[nodiscard]] QStringList loginFiles() const override { return m_settings.loginFiles; }
    Result<AgentEnd> work(const Job &job, std::stop_token stop) override;

private:
    library::ClientSettings m_settings;
};

} // namespace coppice::clients

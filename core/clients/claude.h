// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

namespace coppice::clients {

/// Claude Code by its own stream and control protocol: cost, budget, denials, questions, interrupts, several turns.
/// Configuration of the repository (settings, hooks, MCP servers) is not loaded.
class ClaudeClient final : public Client
{
public:
    /// Without a model of its own it takes ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY of this environment, or the login of this
    /// user's Claude Code.
    explicit ClaudeClient(library::ClientSettings settings);
    [[nodiscard]] QString name() const override { return m_settings.name; }
    [[nodiscard]] QString kind() const override { return QStringLiteral("claude"); }
    [[nodiscard]] std::optional<library::ModelEndpoint> model() const override { return m_settings.model; }
    [[nodiscard]] bool resumes() const override { return true; }
    [[nodiscard]] QStringList loginHosts() const override { return m_settings.loginHosts; }
    [[nodiscard]] QStringList loginFiles() const override { return m_settings.loginFiles; }
    Result<AgentEnd> work(const Job &job, std::stop_token stop) override;

    /// The command line that is started.
    [[nodiscard]] QStringList argvFor(const Job &job, const QString &resume) const;

private:
    Result<AgentEnd> start(const Job &job, const QString &resume, std::stop_token stop, bool *noSuchSession);
    library::ClientSettings m_settings;
};

} // namespace coppice::clients

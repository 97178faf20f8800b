// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "clients/client.h"

namespace coppice::clients {

/// One recipe of the library, or all of them: a script that turns a tree into a tree, with no model behind it.
class RecipeClient final : public Client
{
public:
    explicit RecipeClient(QString recipe) : m_recipe(std::move(recipe)) { }
    [[nodiscard]] QString name() const override;
    [[nodiscard]] QString kind() const override { return QStringLiteral("recipe"); }
    [[nodiscard]] QString recipe() const override { return m_recipe; }
    Result<AgentEnd> work(const Job &job, std::stop_token stop) override;

private:
    QString m_recipe;
};

} // namespace coppice::clients

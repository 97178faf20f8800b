// SPDX-License-Identifier: GPL-3.0-or-later
#include "clients/recipe.h"

#include "base/paths.h"
#include "clients/agent_log.h"

#include <QDir>
#include <QFile>

#include <yaml-cpp/yaml.h>

namespace coppice::clients {

namespace {

constexpr QLatin1String fileName("recipe.yaml");
const QString insideFolder = QStringLiteral("/opt/recipe");

Result<Recipe> readRecipe(const QString &folder, const QString &name)
{
    const QString file = folder + u'/' + fileName;
    if (!QFile::exists(file))
        return failNotFound(QStringLiteral("recipe.missing"), QStringLiteral("The library has no recipe of this name"), name,
                            QStringLiteral("A recipe is a folder templates/recipes/NAME with recipe.yaml, committed."));
    COPPICE_TRY(const QByteArray yaml, readFile(file, 64 * 1024));
    return parseRecipe(name, yaml);
}

} // namespace

Result<Recipe> parseRecipe(const QString &name, const QByteArray &yaml)
{
    const QString where = QStringLiteral("templates/recipes/%1/%2").arg(name, fileName);
    const auto bad = [&where](int line, const QString &what) {
        return fail(QStringLiteral("recipe.bad"), what, QStringLiteral("%1:%2").arg(where).arg(line + 1));
    };
    Recipe recipe{name, {}, {}};
    try {
        const YAML::Node root = YAML::Load(yaml.toStdString());
        if (!root.IsMap())
            return bad(0, QStringLiteral("The file is not a list of keys and values"));
        for (const auto &pair : root) {
            const QString key = QString::fromStdString(pair.first.IsScalar() ? pair.first.Scalar() : std::string());
            if (key != QLatin1String("description") && key != QLatin1String("run"))
                return bad(pair.first.Mark().line, QStringLiteral("A recipe has no key '%1'; it has description and run").arg(key));
            if (!pair.second.IsScalar())
                return bad(pair.second.Mark().line, QStringLiteral("'%1' is not a text").arg(key));
            (key == QLatin1String("run") ? recipe.run : recipe.description) = QString::fromStdString(pair.second.Scalar());
        }
    } catch (const YAML::Exception &error) {
        return bad(qMax(0, error.mark.line), QStringLiteral("The file is not YAML: %1").arg(QString::fromStdString(error.msg)));
    }
    if (recipe.run.trimmed().isEmpty())
        return bad(0, QStringLiteral("The recipe does not say what to run"));
    return recipe;
}

QString RecipeClient::name() const
{
    return m_recipe.isEmpty() ? QStringLiteral("recipe") : QString(QStringLiteral("recipe:") + m_recipe);
}

Result<AgentEnd> RecipeClient::work(const Job &job, std::stop_token stop)
{
    std::vector<std::pair<QString, Recipe>> recipes; // folder, recipe
    if (!m_recipe.isEmpty()) {
        COPPICE_TRY(auto recipe, readRecipe(job.recipeFolder, m_recipe));
        recipes.emplace_back(job.recipeFolder, std::move(recipe));
    } else {
        const QDir all(job.recipeFolder);
        for (const QString &name : all.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
            if (!QFile::exists(all.filePath(name + u'/' + fileName)))
                continue;
            COPPICE_TRY(auto recipe, readRecipe(all.filePath(name), name));
            recipes.emplace_back(all.filePath(name), std::move(recipe));
        }
        if (recipes.empty())
            return failNotFound(QStringLiteral("recipe.none"), QStringLiteral("The library has no recipes"),
                                QStringLiteral("templates/recipes"));
    }
    Launch launch(job, stop);
    COPPICE_CHECK(launch.open());
    AgentEnd end;
    for (const auto &[folder, recipe] : recipes) {
        auto profile = job.sandbox;
        profile.binds.push_back({folder, insideFolder, false});
        profile.env[QStringLiteral("RECIPE")] = insideFolder;
        COPPICE_TRY(end, launch.run(profile, {QStringLiteral("bash"), QStringLiteral("-c"), recipe.run},
                                    QStringLiteral("The recipe %1").arg(recipe.name)));
        if (end.outcome != AgentEnd::Outcome::Completed)
            return end;
    }
    return end;
}

} // namespace coppice::clients

// SPDX-License-Identifier: GPL-3.0-or-later
// What runs without being called, where a file's name alone does not say so: scripts of package managers, tasks of editors,
// settings of git.
#include "review/flags.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace coppice::review {

namespace {

using R = QRegularExpression;

void add(const FlagInput &input, int line, const QString &why, std::vector<Flag> &flags)
{
    flags.push_back({QStringLiteral("hooks"), input.file.path, line, why, {}});
}

int lineOf(const FlagInput &input, const QString &text)
{
    for (const auto &line : input.added) {
        if (line.text.contains(text))
            return line.line;
    }
    return 0;
}

QJsonObject parsed(const QByteArray &bytes)
{
    return QJsonDocument::fromJson(bytes).object();
}

/// package.json and composer.json: scripts that a package manager runs by itself, and hooks that are set there.
void flagManifestScripts(const FlagInput &input, const QStringList &unasked, std::vector<Flag> &flags)
{
    const auto before = parsed(input.before), after = parsed(input.after);
    const auto was = before[QLatin1String("scripts")].toObject(), is = after[QLatin1String("scripts")].toObject();
    for (auto it = is.begin(); it != is.end(); ++it) {
        if (!unasked.contains(it.key()) || was[it.key()] == it.value())
            continue;
        const QString command = it.value().isString() ? it.value().toString() : QString::fromUtf8(QJsonDocument(it.value().toArray()).toJson(QJsonDocument::Compact));
        add(input, lineOf(input, u'"' + it.key() + u'"'), QStringLiteral("The script \"%1\" runs by itself: %2").arg(it.key(), command.left(200)), flags);
    }
    for (const auto &name : {QStringLiteral("husky"), QStringLiteral("simple-git-hooks"), QStringLiteral("pre-commit"), QStringLiteral("gitHooks"), QStringLiteral("lint-staged")}) {
        if (after.contains(name) && before[name] != after[name] && name != u"lint-staged")
            add(input, lineOf(input, name), QStringLiteral("Git hooks are set under \"%1\".").arg(name), flags);
    }
}

} // namespace

void flagUnasked(const FlagInput &input, std::vector<Flag> &flags)
{
    if (input.added.empty())
        return;
    const QString name = fileName(input.path);
    if (name == u"package.json") {
        static const QStringList unasked{
            QStringLiteral("preinstall"), QStringLiteral("install"), QStringLiteral("postinstall"), QStringLiteral("preprepare"), QStringLiteral("prepare"),
            QStringLiteral("postprepare"), QStringLiteral("prepublish"), QStringLiteral("prepublishOnly"), QStringLiteral("prepack"), QStringLiteral("postpack"), QStringLiteral("publish"),
            QStringLiteral("postpublish"), QStringLiteral("dependencies"), QStringLiteral("preversion"), QStringLiteral("version"), QStringLiteral("postversion"),
            QStringLiteral("preuninstall"), QStringLiteral("uninstall"), QStringLiteral("postuninstall"), QStringLiteral("pnpm:devPreinstall")};
        flagManifestScripts(input, unasked, flags);
    } else if (name == u"composer.json") {
        QStringList unasked;
        for (const auto *when : {"pre", "post"}) {
            for (const auto *what : {"install-cmd", "update-cmd", "status-cmd", "archive-cmd", "autoload-dump", "root-package-install", "create-project-cmd", "operations-exec",
                                     "package-install", "package-update", "package-uninstall", "dependencies-solving", "file-download", "command-run"})
                unasked << QStringLiteral("%1-%2").arg(QLatin1String(when), QLatin1String(what));
        }
        flagManifestScripts(input, unasked, flags);
    }
    struct Rule {
        R path, line;
        QString why;
    };
    const auto rule = [](const char *path, const char *line, const char *why) {
        return Rule{R(QStringLiteral("(^|/)(%1)$").arg(QLatin1String(path)), R::CaseInsensitiveOption), R(QString::fromLatin1(line)), QString::fromLatin1(why)};
    };
    static const std::vector<Rule> rules{
        rule("setup\\.py", "^\\s*(?!#)(?!(?:name|version|author|author_email|description|url|license|keywords|long_description\\w*|python_requires|maintainer\\w*|packages|package_data|include_package_data|classifiers|zip_safe|project_urls|install_requires|extras_require|tests_require)\\s*=)"
                            "(?:(?:import|from|def|class|if|for|while|with|try|subprocess|os|exec|eval|open|shutil|urllib|requests)\\b|.*\\bcmdclass\\b|.*\\w\\()", "setup.py is run by who installs the package."),
        rule("\\.npmrc|\\.yarnrc(\\.ya?ml)?", "(script-shell|node-options|onload-script|init-module|yarnPath|plugins:|enableScripts\\s*:\\s*true|ignore-scripts\\s*=\\s*false|unsafe-perm|git\\s*=)", "Decides what a package manager runs."),
        rule("\\.gitattributes", "\\b(filter|merge|diff)=(?!lfs\\b|union\\b|binary\\b|text\\b|cpp\\b|python\\b|markdown\\b|java\\b|csharp\\b|rust\\b|golang\\b|php\\b|ruby\\b|html\\b|css\\b)\\w", "Names a filter that git runs on files."),
        rule("\\.gitmodules", "\\bupdate\\s*=\\s*!", "A command that git runs to update a submodule."),
        rule("\\.gitconfig|[^/]*gitconfig", "\\b(hooksPath|fsmonitor|sshCommand|pager|editor|textconv|clean|smudge|process|helper|insteadOf)\\b", "Settings by which git runs programs."),
        rule("\\.vscode/tasks\\.json|[^/]*\\.code-workspace", "\"runOn\"\\s*:\\s*\"folderOpen\"", "A task that runs when the folder is opened."),
        rule("\\.vscode/settings\\.json", "allowAutomaticTasks|terminal\\.integrated\\.(profiles|env|automationProfile|shell)|[pP]ath\"\\s*:|interpreter|[eE]xecutable|[cC]ommand\"\\s*:|runOnSave", "A setting by which the editor runs programs."),
        rule("\\.vscode/launch\\.json", "preLaunchTask", "A task that runs before debugging."),
        rule("pyproject\\.toml", "^\\s*(\\[tool\\.(hatch\\.build\\.hooks|hatch\\.build\\.targets\\.\\w+\\.hooks|poetry\\.build|pdm\\.build|setuptools\\.cmdclass)|backend-path\\s*=|build-backend\\s*=\\s*\"(?!setuptools|hatchling|flit|poetry|pdm|maturin|scikit|mesonpy|uv_build))|\\bcustom\\s*=.*\\.py\\b|^script\\s*=\\s*\"[^\"]*\\.py\"", "A build hook is run by who installs the package."),
        rule("setup\\.cfg", "^\\s*cmdclass\\b", "A build hook is run by who installs the package."),
        rule("Cargo\\.toml", "^\\s*build\\s*=\\s*(?!false)", "A build script is run by who builds the package."),
        rule("[^/]*\\.gemspec", "\\bextensions\\b", "An extension is built, by a script, by who installs the gem."),
        rule("[^/]*\\.(csproj|vbproj|fsproj|targets|props)", "<Exec\\b|\\b(PreBuildEvent|PostBuildEvent)\\b|\\bInitialTargets\\b", "A command that runs with each build."),
        rule("pom\\.xml", "exec-maven-plugin|maven-antrun-plugin|gmavenplus|groovy-maven-plugin|git-build-hook", "A plugin that runs commands with each build."),
        rule("Makefile|GNUmakefile|justfile|[^/]*\\.(sh|bash|mk|ya?ml|json|toml|js|mjs|cjs|py|rb)", "core\\.hooksPath|\\.git/hooks/|init\\.templateDir|pre-commit\\s+install\\b|husky\\s+install\\b|lefthook\\s+install\\b", "Installs git hooks."),
    };
    for (const auto &one : rules) {
        if (!one.path.match(input.path).hasMatch())
            continue;
        const auto in = [&](const std::vector<SideLine> &lines) {
            QStringList all;
            for (const auto &line : lines) {
                if (line.text.size() < 4000 && one.line.match(line.text).hasMatch())
                    all << line.text.trimmed();
            }
            return all;
        };
        auto gone = in(input.removed);
        for (const auto &line : input.added) {
            if (line.text.size() >= 4000 || !one.line.match(line.text).hasMatch() || gone.removeOne(line.text.trimmed()))
                continue;
            const QString code = input.codeAfter.line(input.codeAfter.bare, line.line).trimmed().toString();
            if (!input.codeAfter.bare.isEmpty() && code.isEmpty()) // a comment
                continue;
            add(input, line.line, one.why, flags);
            break;
        }
    }
}

} // namespace coppice::review

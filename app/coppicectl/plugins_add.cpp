// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <QDir>
#include <QFileInfo>

namespace coppice::ctl {

namespace {

/// A path is meant from where the command is typed; the library may lie elsewhere.
QString located(const QString &url)
{
    const QFileInfo file(url);
    return !url.contains(QStringLiteral("://")) && file.exists() ? file.absoluteFilePath() : url;
}

/// "https://host/team/weather.git" is "weather" where no name is given.
QString nameOf(QString url)
{
    while (url.endsWith(u'/'))
        url.chop(1);
    if (url.endsWith(QStringLiteral(".git")))
        url.chop(url.endsWith(QStringLiteral("/.git")) ? 5 : 4);
    return url.mid(std::max(url.lastIndexOf(u'/'), url.lastIndexOf(u':')) + 1);
}

const Definition add([](Verb &root, Context &context) {
    auto *command = group(root, "plugins", "The library's plugins")
                        ->addSubcommand("add", "Add a plugin from its own repository, as a subtree at plugins/ID");
    struct Options {
        std::string url, name, branch;
        bool squash = false;
    };
    const auto options = std::make_shared<Options>();
    command->addOption("url", options->url, "Address or path of the plugin's repository")->required();
    command->addOption("--name", options->name, "The plugin's id; otherwise the last part of the address");
    command->addOption("--branch", options->branch, "The branch to follow; otherwise the one of its HEAD");
    command->addFlag("--squash", options->squash, "Without its history: one commit stands for it");
    command->callback([&context, options] {
        context.setAction([options](Context &run) -> Result<int> {
            const QString url = located(q(options->url));
            const QString name = options->name.empty() ? nameOf(url) : q(options->name);
            COPPICE_TRY(const auto answer, run.call(QStringLiteral("plugins.add"), {{QStringLiteral("url"), url},
                                                                                  {QStringLiteral("name"), name},
                                                                                  {QStringLiteral("branch"), q(options->branch)},
                                                                                  {QStringLiteral("squash"), options->squash}}));
            run.answer(answer, QStringLiteral("Added %1 at %2, branch %3.")
                                   .arg(answer.value(QStringLiteral("name")).toString(), answer.value(QStringLiteral("prefix")).toString(),
                                        answer.value(QStringLiteral("branch")).toString()));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

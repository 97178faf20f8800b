// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/counted.h>

#include <QJsonArray>

namespace coppice::ctl {

namespace {

QString summary(const QJsonObject &release, bool dryRun)
{
    const auto text = [&](const char *key) { return release[QLatin1String(key)].toString(); };
    QStringList lines;
    lines << QStringLiteral("%1 %2, commit %3").arg(text("plugin"), text("version"), text("commit").left(8)).simplified();
    lines << QStringLiteral("%1 %2 %3").arg(dryRun ? QStringLiteral("Would push to") : QStringLiteral("Pushed to"), text("remote"), text("ref"));
    for (const auto &subject : release[QLatin1String("commits")].toArray())
        lines << QStringLiteral("  ") + subject.toString();
    if (!text("deploy_command").isEmpty())
        lines << QStringLiteral("%1: %2").arg(dryRun ? QStringLiteral("Would deploy by") : QStringLiteral("Deployed by"), text("deploy_command"));
    if (!text("log").isEmpty())
        lines << QStringLiteral("Log: ") + text("log");
    const auto tickets = release[QLatin1String("tickets")].toArray().size();
    if (tickets > 0)
        lines << QStringLiteral("%1 %2").arg(counted(tickets, "ticket"),
                                             dryRun ? QStringLiteral("would be watched.") : QStringLiteral("watched now."));
    for (const auto &note : release[QLatin1String("notes")].toArray())
        lines << note.toString();
    return lines.join(u'\n');
}

struct Options {
    std::string plugin;
    bool dryRun = false;
};

const Definition definition([](CLI::App &root, Context &context) {
    const auto options = std::make_shared<Options>();
    auto *command = root.add_subcommand("ship", "Pushes a plugin to its upstream, pushes the library, deploys, and watches");
    command->add_option("plugin", options->plugin, "The plugin")->required();
    command->add_flag("--dry-run", options->dryRun, "Only says what would be sent and run");
    command->callback([&context, options] {
        context.setAction([options](Context &c) -> Result<int> {
            COPPICE_TRY(const auto release, c.call(QStringLiteral("ship"), {{QStringLiteral("plugin"), q(options->plugin)},
                                                                             {QStringLiteral("dry_run"), options->dryRun}}));
            c.answer(release, summary(release, options->dryRun));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

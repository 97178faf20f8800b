// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <demo/demo.h>

namespace coppice::ctl {

namespace {

Result<int> makeDemo(Context &context, const QString &dir)
{
    COPPICE_TRY(const auto made, demo::makeDemo(dir, context.stop(), context.progress()));
    QJsonObject upstreams;
    for (auto it = made.upstreams.begin(); it != made.upstreams.end(); ++it)
        upstreams[it.key()] = it.value();
    QJsonArray incidents;
    QStringList lines{QStringLiteral("The demo library is in %1").arg(made.library), QString(),
                      QStringLiteral("Errors recorded in production, ready to be read:")};
    for (const auto &incident : made.incidents) {
        incidents << QJsonObject{{QStringLiteral("plugin"), incident.plugin},
                                 {QStringLiteral("log"), incident.log},
                                 {QStringLiteral("playbook"), incident.playbook},
                                 {QStringLiteral("recipe"), incident.recipe},
                                 {QStringLiteral("production"), incident.production}};
        lines << QStringLiteral("  coppicectl --library %1 ingest --plugin %2 %3").arg(made.library, incident.plugin, incident.log);
    }
    context.answer({{QStringLiteral("library"), made.library},
                    {QStringLiteral("upstreams"), upstreams},
                    {QStringLiteral("incidents"), incidents}},
                   lines.join(u'\n'));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *command = root.addSubcommand("demo", "Make the demo library, with upstreams and recorded errors");
    auto dir = std::make_shared<std::string>();
    command->addOption("dir", *dir, "A folder that is empty or does not exist")->required();
    command->callback([&context, dir] {
        context.setAction([dir](Context &c) { return makeDemo(c, q(*dir)); });
    });
});

} // namespace

} // namespace coppice::ctl

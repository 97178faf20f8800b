// SPDX-License-Identifier: GPL-3.0-or-later
// A template's change on its way: staged for pilots, promoted to all; copies brought up to date.
#include "command.h"

#include <QFileInfo>
#include <QJsonArray>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::string name, from;
    std::vector<std::string> plugins;
    bool withdraw = false, ungated = false;
};

QJsonArray listOf(const std::vector<std::string> &plugins)
{
    QJsonArray list;
    for (const auto &plugin : plugins)
        list.append(q(plugin));
    return list;
}

QString commitText(const QJsonObject &answer)
{
    return answer[u"changed"_s].toBool() ? u" (commit %1)."_s.arg(answer[u"commit"_s].toString().left(8)) : u"; it was so already."_s;
}

const Definition stage([](Verb &root, Context &context) {
    auto *command = group(root, "templates", "Shared files of the library and their links in plugins")
                        ->addSubcommand("stage", "Put a template's change under templates/next/, and lead pilot plugins' links there");
    const auto options = std::make_shared<Options>();
    command->addOption("TEMPLATE", options->name, "Path below templates/")->required();
    auto *from = command->addOption("--from", options->from, "File with the new content; otherwise the template as it is");
    auto *pilots = command->addOption("--pilot", options->plugins, "A plugin that shall have it first; may be repeated")->oneEach();
    command->addFlag("--withdraw", options->withdraw, "Take it back: the pilots link to the template again")->excludes(from)->excludes(pilots);
    command->callback([&context, options] {
        context.setAction([options](Context &run) -> Result<int> {
            const QString file = options->from.empty() ? QString() : QFileInfo(q(options->from)).absoluteFilePath();
            COPPICE_TRY(const auto answer, run.call(u"templates.stage"_s, {{u"template"_s, q(options->name)}, {u"from"_s, file},
                                                                           {u"pilots"_s, listOf(options->plugins)}, {u"withdraw"_s, options->withdraw}}));
            run.answer(answer, q(options->name) + (options->withdraw ? u" is withdrawn"_s : u" is staged"_s) + commitText(answer));
            return 0;
        });
    });
});

const Definition promote([](Verb &root, Context &context) {
    auto *command = group(root, "templates", "Shared files of the library and their links in plugins")
                        ->addSubcommand("promote", "Move a staged change into its template, for all plugins");
    const auto options = std::make_shared<Options>();
    command->addOption("TEMPLATE", options->name, "Path below templates/, without next/")->required();
    command->addFlag("--ungated", options->ungated, "Although it is not what coppice.yaml asks for with template_gate");
    command->callback([&context, options] {
        context.setAction([options](Context &run) -> Result<int> {
            COPPICE_TRY(const auto answer, run.call(u"templates.promote"_s, {{u"template"_s, q(options->name)}, {u"ungated"_s, options->ungated}}));
            run.answer(answer, u"%1 is promoted, for %2 plugins"_s.arg(q(options->name)).arg(answer[u"plugins"_s].toArray().size()) + commitText(answer)
                           + (answer[u"gate"_s] == u"ungated"_s ? u" It was not reviewed here, and shows as ungated."_s : QString()));
            return 0;
        });
    });
});

const Definition refresh([](Verb &root, Context &context) {
    auto *command = group(root, "templates", "Shared files of the library and their links in plugins")
                        ->addSubcommand("refresh", "Bring copies that are missing or an earlier state of their template up to date, in one commit");
    const auto options = std::make_shared<Options>();
    command->addOption("plugins", options->plugins, "Ids; otherwise all");
    command->callback([&context, options] {
        context.setAction([options](Context &run) -> Result<int> {
            COPPICE_TRY(const auto answer, run.call(u"templates.refresh"_s, {{u"plugins"_s, listOf(options->plugins)}}));
            const auto copies = answer[u"copies"_s].toArray();
            run.answer(answer, copies.isEmpty() ? u"Every copy is what its template is, or was edited."_s
                                                : u"%1 copies are up to date"_s.arg(copies.size()) + commitText(answer));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

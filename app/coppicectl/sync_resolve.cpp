// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <QJsonArray>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::string plugin;
    std::vector<std::string> library, upstream;
    bool done = false, drop = false;
};

QString textOf(const QJsonObject &answer)
{
    if (!answer.contains(u"folder"_s))
        return answer[u"what"_s].toString();
    QList<QStringList> rows{{u"PATH"_s, u"KIND"_s, u"STATE"_s}};
    for (const auto &value : answer[u"conflicts"_s].toArray())
        rows << QStringList{value[u"path"].toString(), value[u"kind"].toString(), value[u"open"].toBool() ? u"open"_s : u"resolved"_s};
    const QString plugin = answer[u"plugin"_s].toString();
    const QString next = answer[u"open"_s].toInt() > 0
        ? u"Bring both sides together in %1, then: coppicectl sync resolve %2 --done"_s.arg(answer[u"folder"_s].toString(), plugin)
        : u"Nothing is open any more. Take it up: coppicectl sync resolve %1 --done"_s.arg(plugin);
    return table(rows) + u'\n' + next;
}

QJsonObject call(const Options &options, const QString &action, const std::vector<std::string> &paths = {})
{
    QJsonArray list;
    for (const auto &path : paths)
        list.append(q(path));
    return {{u"plugin"_s, q(options.plugin)}, {u"action"_s, action}, {u"paths"_s, list}};
}

Result<int> resolve(Context &run, const Options &options)
{
    QJsonObject answer;
    if (options.drop) {
        COPPICE_TRY(answer, run.call(u"sync.resolve"_s, call(options, u"drop"_s)));
    } else {
        const bool sides = !options.library.empty() || !options.upstream.empty();
        if (!sides && !options.done) {
            COPPICE_TRY(answer, run.call(u"sync.resolve"_s, call(options, {})));
        }
        if (!options.library.empty()) {
            COPPICE_TRY(answer, run.call(u"sync.resolve"_s, call(options, u"library"_s, options.library)));
        }
        if (!options.upstream.empty()) {
            COPPICE_TRY(answer, run.call(u"sync.resolve"_s, call(options, u"upstream"_s, options.upstream)));
        }
        if (options.done) {
            COPPICE_TRY(answer, run.call(u"sync.resolve"_s, call(options, u"done"_s)));
        }
    }
    run.answer(answer, textOf(answer));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *command = group(root, "sync", "Plugins and their upstreams")
                        ->addSubcommand("resolve", "Bring a conflicting pull to its end: lays the plugin out in a folder, and takes that up");
    const auto options = std::make_shared<Options>();
    command->addOption("plugin", options->plugin, "The plugin's id")->required();
    command->addOption("--ours", options->library, "Take the library's side at this path")->oneEach();
    command->addOption("--theirs", options->upstream, "Take the upstream's side at this path")->oneEach();
    auto *done = command->addFlag("--done", options->done, "Take the folder up: one merge commit");
    command->addFlag("--drop", options->drop, "Throw the folder away")->excludes(done);
    command->callback([&context, options] { context.setAction([options](Context &run) { return resolve(run, *options); }); });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
// Linked paths that an upstream changed: what becomes of them.
#include "command.h"

#include <engine/session.h>
#include <sync/answers.h>
#include <templates/copies.h>

#include <QJsonArray>

#include <algorithm>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::string plugin, path, choice;
};

/// Copies of templates that were edited in their plugins.
Result<std::vector<templates::CopyState>> editedCopies(Context &context, const QString &plugin)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    COPPICE_TRY(auto repository, session->library().repository());
    COPPICE_TRY(auto copies, templates::copyStates(repository, catalog));
    std::erase_if(copies, [&](const auto &one) {
        return one.state != templates::CopyState::State::Edited || (!plugin.isEmpty() && one.plugin != plugin);
    });
    return copies;
}

/// What waits, and what was decided but not yet carried out by a pull.
Result<int> list(Context &context, const QString &plugin)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto decisions, sync::linkDecisions(session->state(), plugin));
    COPPICE_TRY(const auto copies, editedCopies(context, plugin));
    QJsonArray array;
    QList<QStringList> rows{{u"PLUGIN"_s, u"PATH"_s, u"TEMPLATE"_s, u"DECIDED"_s}};
    int open = int(copies.size());
    for (const auto &one : copies) {
        const QString target = QString::fromUtf8("templates/" + one.name);
        array.append(QJsonObject{{u"kind"_s, u"copy"_s}, {u"plugin"_s, one.plugin}, {u"path"_s, QString::fromUtf8(one.path)},
                                 {u"template"_s, target}, {u"choice"_s, QJsonValue(QJsonValue::Null)}});
        rows << QStringList{one.plugin, QString::fromUtf8(one.path), target, u"- (an edited copy)"_s};
    }
    for (const auto &one : decisions) {
        array.append(sync::toJson(one));
        open += one.choice ? 0 : 1;
        rows << QStringList{one.plugin, QString::fromUtf8(one.path), QString::fromUtf8(one.target), one.choice ? sync::nameOf(*one.choice) : u"-"_s};
    }
    context.answer({{u"decisions"_s, array}, {u"open"_s, open}},
                   array.isEmpty() ? u"Nothing waits. A pull finds out where an upstream changed what is a link here."_s : table(rows));
    return 0;
}

Result<int> decide(Context &context, const Options &options)
{
    const auto choice = sync::linkChoiceOf(q(options.choice));
    if (!choice)
        return failUsage(u"link.choice"_s, u"A choice is adopt, keep or discard"_s, q(options.choice));
    COPPICE_TRY(auto *session, context.session());
    QByteArray path = QByteArray::fromStdString(options.path);
    COPPICE_TRY(const auto snapshot, session->library().snapshot(session->state()));
    if (const auto *entry = snapshot ? snapshot->find(q(options.plugin)) : nullptr; entry && path.startsWith(QByteArray(entry->plugin.prefix + '/')))
        path.remove(0, entry->plugin.prefix.size() + 1);
    COPPICE_TRY(const auto waiting, sync::linkDecisions(session->state(), q(options.plugin)));
    if (std::ranges::find(waiting, path, &sync::LinkDecision::path) == waiting.end()) { // an edited copy: done at once
        COPPICE_TRY(const auto settled, context.call(u"templates.settle"_s, {{u"plugin"_s, q(options.plugin)}, {u"path"_s, QString::fromUtf8(path)},
                                                                             {u"choice"_s, q(options.choice)}}));
        context.answer(settled, u"Done (commit %1)."_s.arg(settled[u"commit"_s].toString().left(8)));
        return 0;
    }
    COPPICE_TRY(const auto operation,
                sync::decideLink(session->state(), session->journal(), Actor::self(), q(options.plugin), path, *choice));
    COPPICE_TRY(const auto decisions, sync::linkDecisions(session->state(), q(options.plugin)));
    QJsonObject answer;
    int open = 0;
    for (const auto &one : decisions) {
        if (one.path == path)
            answer = sync::toJson(one);
        open += one.choice ? 0 : 1;
    }
    answer[u"operation"_s] = operation.toString();
    answer[u"open"_s] = open;
    context.answer(answer, open > 0 ? u"Decided; %1 more wait for this plugin."_s.arg(open)
                                    : u"Decided. coppicectl sync pull %1 carries it out."_s.arg(q(options.plugin)));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *command = group(root, "templates", "Shared files of the library and their links in plugins")
                        ->addSubcommand("decide", "Say what becomes of a linked path that the upstream changed; without arguments: what waits");
    const auto options = std::make_shared<Options>();
    auto *plugin = command->addOption("plugin", options->plugin, "The plugin's id");
    auto *path = command->addOption("path", options->path, "The linked path, in the plugin or from the library's root")->needs(plugin);
    auto *choice = command->addOption("choice", options->choice,
                                       "adopt (into the template), keep (as the plugin's own) or discard (the link stays)");
    path->needs(choice);
    command->callback([&context, options] {
        context.setAction([options](Context &run) { return options->path.empty() ? list(run, q(options->plugin)) : decide(run, *options); });
    });
});

} // namespace

} // namespace coppice::ctl

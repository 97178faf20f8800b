// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does to a patch beside verdicts: edits it, sends it back, says that they have read hunks.
#include "command.h"
#include "run_answer.h"

#include <base/counted.h>
#include <engine/session.h>
#include <review/reviews.h>

#include <QDir>

namespace coppice::ctl {

namespace {

struct Options {
    std::string id, path, hunk, file, message, client, playbook, command;
    std::vector<std::string> hunks;
    bool wait = false, all = false, undo = false;
};

Result<int> edit(Context &context, const Options &options)
{
    if (options.path.empty() == options.hunk.empty())
        return failUsage(QStringLiteral("usage"), QStringLiteral("Name a file of the patch, or give --hunk"));
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(q(options.id)));
    QString hunk = q(options.hunk);
    if (!hunk.isEmpty()) {
        COPPICE_TRY(const auto repository, session->library().repository());
        COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
        std::vector<QString> ids;
        for (const auto &file : files) {
            for (const auto &one : file.hunks)
                ids.push_back(one.id);
        }
        COPPICE_TRY(hunk, matchId(hunk, ids, QStringLiteral("hunk")));
    }
    COPPICE_TRY(const auto answer, context.call(QStringLiteral("review.edit"),
                                                {{QStringLiteral("id"), patch.id.toString()},
                                                 {QStringLiteral("revision"), patch.last().number},
                                                 {QStringLiteral("path"), q(options.path)},
                                                 {QStringLiteral("hunk"), hunk},
                                                 {QStringLiteral("file"), QDir::current().absoluteFilePath(q(options.file))}}));
    context.answer(answer, QStringLiteral("%1 has revision %2 now.").arg(patch.id.shown()).arg(answer[u"revision"].toInt()));
    return 0;
}

Result<int> sendBack(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto patch, review::Reviews(session->state(), session->journal()).get(q(options.id)));
    COPPICE_TRY(const auto answer, context.call(QStringLiteral("review.send-back"),
                                                {{QStringLiteral("id"), patch.id.toString()},
                                                 {QStringLiteral("run"), Id::make().toString()},
                                                 {QStringLiteral("message"), q(options.message)},
                                                 {QStringLiteral("client"), q(options.client)},
                                                 {QStringLiteral("playbook"), q(options.playbook)},
                                                 {QStringLiteral("command"), q(options.command)}}));
    return follow(context, answer[u"id"].toString(), options.wait);
}

Result<int> viewed(Context &context, const Options &options)
{
    if (options.all == !options.hunks.empty())
        return failUsage(QStringLiteral("usage"), QStringLiteral("Name hunks, or give --all"));
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(q(options.id)));
    COPPICE_TRY(const auto repository, session->library().repository());
    COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
    QStringList hunks;
    for (const auto &typed : options.hunks)
        hunks << q(typed);
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks) {
            if (options.all)
                hunks << hunk.id;
        }
    }
    COPPICE_TRY(const auto operation, reviews.setViewed(Actor::self(), patch, files, hunks, !options.undo));
    context.answer({{QStringLiteral("id"), patch.id.toString()}, {QStringLiteral("operation"), operation.toString()}},
                   QStringLiteral("%1 of %2: %3.").arg(counted(hunks.size(), "hunk"), patch.id.shown(),
                                                      options.undo ? QStringLiteral("not viewed") : QStringLiteral("viewed")));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *review = group(root, "review", "Patches and what people say of them");
    const auto options = std::make_shared<Options>();

    auto *editing = review->addSubcommand("edit", "Gives a file or hunk of a patch your text, as a further revision");
    editing->addOption("id", options->id, "The patch")->required();
    editing->addOption("path", options->path, "The file, its path from the library's root");
    editing->addOption("--hunk", options->hunk, "Only the new side of this hunk, context lines among them");
    editing->addOption("--with", options->file, "A file with the new text")->required();
    editing->callback([&context, options] { context.setAction([options](Context &c) { return edit(c, *options); }); });

    auto *sending = review->addSubcommand("send-back", "Gives the agent what is rejected, with reasons and open comments; its answer is the next revision");
    sending->addOption("id", options->id, "The patch")->required();
    sending->addOption("--message", options->message, "What else the agent is to be told");
    sending->addOption("--client", options->client, "Another client than that of the patch's run");
    sending->addOption("--playbook", options->playbook, "Another playbook");
    sending->addOption("--command", options->command, "Of exec: another command");
    sending->addFlag("--wait", options->wait, "Wait until the run is over");
    sending->callback([&context, options] { context.setAction([options](Context &c) { return sendBack(c, *options); }); });

    auto *viewing = review->addSubcommand("viewed", "Says that you have read hunks; no verdict");
    viewing->addOption("id", options->id, "The patch")->required();
    viewing->addOption("hunks", options->hunks, "Hunks, as review show names them");
    viewing->addFlag("--all", options->all, "Every hunk of the patch");
    viewing->addFlag("--not", options->undo, "Takes the marks away");
    viewing->callback([&context, options] { context.setAction([options](Context &c) { return viewed(c, *options); }); });
});

} // namespace

} // namespace coppice::ctl

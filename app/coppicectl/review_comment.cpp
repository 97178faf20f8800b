// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <engine/session.h>
#include <review/threads.h>

namespace coppice::ctl {

namespace {

struct Options {
    std::string id, text, hunk, file, reply, edit, resolve, reopen;
    int line = 0;
    bool oldSide = false;
};

Result<int> comment(Context &context, const Options &options)
{
    const QString text = q(options.text);
    const bool closes = !options.resolve.empty(), opens = !options.reopen.empty();
    if (int(closes) + int(opens) + int(!options.reply.empty()) + int(!options.edit.empty()) > 1)
        return failUsage(QStringLiteral("usage"), QStringLiteral("Give one of --reply, --edit, --resolve and --reopen"));
    if (text.isEmpty() != (closes || opens))
        return failUsage(QStringLiteral("usage"), closes || opens ? QStringLiteral("Closing or opening a thread takes no text")
                                                                  : QStringLiteral("A comment needs text"));
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(q(options.id)));
    const auto actor = Actor::self();
    Id made;
    QString told = QStringLiteral("Commented on %1.");
    if (!options.reply.empty()) {
        COPPICE_TRY(made, reviews.reply(actor, patch, q(options.reply), text));
    } else if (!options.edit.empty()) {
        COPPICE_TRY(made, reviews.editComment(actor, patch, q(options.edit), text));
        told = QStringLiteral("Changed a comment on %1.");
    } else if (closes || opens) {
        COPPICE_TRY(made, reviews.resolve(actor, patch, q(closes ? options.resolve : options.reopen), closes));
        told = closes ? QStringLiteral("Resolved a thread of %1.") : QStringLiteral("Opened a thread of %1 again.");
    } else {
        COPPICE_TRY(const auto repository, session->library().repository());
        COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
        COPPICE_TRY(const auto spot, review::spotOf(repository, files, q(options.hunk), QByteArray::fromStdString(options.file),
                                                    options.line, options.oldSide));
        COPPICE_TRY(made, reviews.comment(actor, patch, spot, text));
    }
    context.answer({{QStringLiteral("id"), made.toString()}}, told.arg(patch.id.shown()));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    auto *review = group(root, "review", "Patches and what people say of them");
    const auto options = std::make_shared<Options>();
    auto *command = review->addSubcommand("comment", "Says something on a patch, a file, a hunk or a line; answers and closes threads");
    command->addOption("id", options->id, "The patch")->required();
    command->addOption("text", options->text, "The comment");
    command->addOption("--hunk", options->hunk, "The hunk that it is on");
    command->addOption("--file", options->file, "The file that it is on, its path from the library's root");
    command->addOption("--line", options->line, "The line of the new file that it is on");
    command->addFlag("--old", options->oldSide, "--line counts in the old file");
    command->addOption("--reply", options->reply, "Answers in the thread of this comment");
    command->addOption("--edit", options->edit, "Gives your own comment this text");
    command->addOption("--resolve", options->resolve, "Closes the thread of this comment");
    command->addOption("--reopen", options->reopen, "Opens the thread of this comment again");
    command->callback([&context, options] { context.setAction([options](Context &c) { return comment(c, *options); }); });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "review_text.h"

#include <base/counted.h>
#include <engine/session.h>
#include <review/reviews.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryFile>

#include <cstdio>

namespace coppice::ctl {

namespace {

using review::Decision;

QStringList hunkIds(const std::vector<review::FilePatch> &files)
{
    QStringList ids;
    for (const auto &file : files) {
        for (const auto &hunk : file.hunks)
            ids << hunk.id;
    }
    return ids;
}

Result<int> list(Context &context, bool all)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto patches, review::Reviews(session->state(), session->journal()).list(!all));
    QJsonArray array;
    QList<QStringList> rows;
    for (const auto &patch : patches) {
        array << patchJson(patch);
        rows << QStringList{patch.id.shown(), patch.plugin, review::nameOf(patch.state), patch.title};
    }
    context.answer({{QStringLiteral("reviews"), array}}, rows.isEmpty() ? QStringLiteral("No patch waits for review.") : table(rows));
    return 0;
}

Result<int> show(Context &context, const QString &id)
{
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(id));
    COPPICE_TRY(const auto repository, session->library().repository());
    Shown shown{patch, {}, {}, {}, {}, {}};
    COPPICE_TRY(shown.files, review::filesOf(repository, patch.last()));
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop()));
    const auto *entry = catalog.find(patch.plugin);
    COPPICE_TRY(shown.flags, review::flagsOf(repository, patch, entry ? entry->plugin.prefix : QByteArray(), shown.files));
    const QString whole = patch.id.toString();
    COPPICE_TRY(shown.decisions, reviews.decisions(whole));
    COPPICE_TRY(shown.comments, reviews.comments(whole));
    COPPICE_TRY(shown.evidence, reviews.evidence(whole));
    QString text;
    if (!context.json) {
        COPPICE_TRY(text, textOf(repository, shown));
    }
    COPPICE_CHECK(reviews.markShown(whole, hunkIds(shown.files)));
    context.answer(jsonOf(shown), text);
    return 0;
}

Result<int> decide(Context &context, const QString &id, QStringList hunks, bool all, Decision::Verdict verdict, const QString &reason)
{
    if (all == !hunks.isEmpty())
        return failUsage(QStringLiteral("usage"), QStringLiteral("Name hunks, or give --all"), {},
                         QStringLiteral("coppicectl review show names the hunks."));
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(id));
    COPPICE_TRY(const auto repository, session->library().repository());
    COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
    if (all)
        hunks = hunkIds(files);
    COPPICE_TRY(const auto operation, reviews.decide(Actor::self(), patch, files, hunks, verdict, reason));
    const bool accepted = verdict == Decision::Verdict::Accepted;
    context.answer({{QStringLiteral("id"), patch.id.toString()},
                    {QStringLiteral("operation"), operation.toString()},
                    {QStringLiteral("hunks"), hunks.size()},
                    {QStringLiteral("verdict"), accepted ? QStringLiteral("accepted") : QStringLiteral("rejected")}},
                   QStringLiteral("%1 %2 of %3.").arg(accepted ? QStringLiteral("Accepted") : QStringLiteral("Rejected"),
                                                      counted(hunks.size(), "hunk"),
                                                      patch.id.shown()));
    return 0;
}

Result<int> comment(Context &context, const QString &id, const QString &text, const QString &hunk, int line)
{
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(id));
    QString whole;
    if (!hunk.isEmpty()) {
        COPPICE_TRY(const auto repository, session->library().repository());
        COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
        for (const auto &known : hunkIds(files)) {
            if (hunk.size() >= 4 && known.startsWith(hunk, Qt::CaseInsensitive))
                whole = known;
        }
        if (whole.isEmpty())
            return failNotFound(QStringLiteral("review.no-such-hunk"), QStringLiteral("The patch has no hunk %1").arg(hunk), patch.id.shown());
    }
    COPPICE_TRY(const auto made, reviews.comment(Actor::self(), patch, whole, line, text));
    context.answer({{QStringLiteral("id"), made.toString()}}, QStringLiteral("Commented on %1.").arg(patch.id.shown()));
    return 0;
}

Result<int> open(Context &context, const QString &plugin, const QString &file, const QString &title)
{
    // The engine reads the file, so it is named by its whole path; a diff on stdin becomes one first.
    QTemporaryFile piped;
    QString path = QDir::current().absoluteFilePath(file);
    if (file == u"-") {
        QFile in;
        if (!in.open(stdin, QIODevice::ReadOnly) || !piped.open() || piped.write(in.readAll()) < 0 || !piped.flush())
            return fail(QStringLiteral("review.stdin"), QStringLiteral("The diff cannot be read from standard input"));
        path = piped.fileName();
    }
    COPPICE_TRY(const auto answer, context.call(QStringLiteral("review.open"), {{QStringLiteral("plugin"), plugin},
                                                                                 {QStringLiteral("file"), path},
                                                                                 {QStringLiteral("title"), title}}));
    const auto id = Id::parse(answer[QLatin1String("id")].toString());
    context.answer(answer, QStringLiteral("Opened %1.").arg(id ? id->shown() : QString()));
    return 0;
}

Result<int> apply(Context &context, const QString &id)
{
    COPPICE_TRY(const auto answer, context.call(QStringLiteral("review.apply"), {{QStringLiteral("id"), id}}));
    for (const auto &note : answer[QLatin1String("notes")].toArray())
        context.note(note.toString());
    context.answer(answer, QStringLiteral("Applied as %1.").arg(answer[QLatin1String("commit")].toString().left(8)));
    return 0;
}

/// The options of all subcommands; they live as long as the program reads its line.
struct Options {
    std::string id, plugin, file, title, reason, text, hunk;
    std::vector<std::string> hunks;
    int line = 0;
    bool all = false;
};

QStringList listOf(const std::vector<std::string> &texts)
{
    QStringList list;
    for (const auto &text : texts)
        list << q(text);
    return list;
}

void defineVerdict(CLI::App &review, Context &context, const std::shared_ptr<Options> &options, const char *name,
                   const char *description, Decision::Verdict verdict)
{
    auto *command = review.add_subcommand(name, description);
    command->add_option("id", options->id, "The patch")->required();
    command->add_option("hunks", options->hunks, "Hunks, as review show names them");
    command->add_flag("--all", options->all, "Every hunk of the patch");
    command->add_option("--reason", options->reason, "Why; kept with the verdict");
    command->callback([&context, options, verdict] {
        context.setAction([options, verdict](Context &c) {
            return decide(c, q(options->id), listOf(options->hunks), options->all, verdict, q(options->reason));
        });
    });
}

const Definition definition([](CLI::App &root, Context &context) {
    auto *review = group(root, "review", "Patches and what people say of them");
    const auto options = std::make_shared<Options>();

    auto *listing = review->add_subcommand("list", "Patches that wait for review");
    listing->add_flag("--all", options->all, "Also those that have landed or are closed");
    listing->callback([&context, options] { context.setAction([options](Context &c) { return list(c, options->all); }); });

    auto *opening = review->add_subcommand("open", "Takes a git diff as a patch to review");
    opening->add_option("--plugin", options->plugin, "The plugin that it is for")->required();
    opening->add_option("--patch", options->file, "A file with the diff, paths from the library's root; - reads standard input")->required();
    opening->add_option("--title", options->title, "What it does, in a line");
    opening->callback([&context, options] {
        context.setAction([options](Context &c) { return open(c, q(options->plugin), q(options->file), q(options->title)); });
    });

    auto *showing = review->add_subcommand("show", "Files, hunks, verdicts, risk flags and evidence of a patch");
    showing->add_option("id", options->id, "The patch")->required();
    showing->callback([&context, options] { context.setAction([options](Context &c) { return show(c, q(options->id)); }); });

    auto *commenting = review->add_subcommand("comment", "Says something on a patch or a hunk");
    commenting->add_option("id", options->id, "The patch")->required();
    commenting->add_option("text", options->text, "The comment")->required();
    commenting->add_option("--hunk", options->hunk, "The hunk that it is on");
    commenting->add_option("--line", options->line, "The line of the new file");
    commenting->callback([&context, options] {
        context.setAction([options](Context &c) { return comment(c, q(options->id), q(options->text), q(options->hunk), options->line); });
    });

    defineVerdict(*review, context, options, "accept", "Accepts hunks", Decision::Verdict::Accepted);
    defineVerdict(*review, context, options, "reject", "Rejects hunks", Decision::Verdict::Rejected);

    auto *applying = review->add_subcommand("apply", "Lands the accepted hunks as one commit");
    applying->add_option("id", options->id, "The patch")->required();
    applying->callback([&context, options] { context.setAction([options](Context &c) { return apply(c, q(options->id)); }); });
});

} // namespace

} // namespace coppice::ctl

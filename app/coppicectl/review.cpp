// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "review_sweeps.h"
#include "review_text.h"

#include <base/clock.h>
#include <base/counted.h>
#include <engine/session.h>
#include <graph/dependents.h>
#include <review/reviews.h>
#include <review/risks.h>
#include <review/threads.h>
#include <shipping/patch_policy.h>
#include <tickets/ticket.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryFile>

#include <algorithm>
#include <functional>
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

struct Ranked {
    review::Patch patch;
    review::Rank rank; ///< of open ones
};

/// Open patches by their points, then the rest; equals stay as they were, the newest first.
Result<std::vector<Ranked>> ranked(engine::Session &session, const std::vector<review::Patch> &patches, std::stop_token stop)
{
    COPPICE_TRY(const auto catalog, session.library().scan(session.state(), stop));
    const graph::Dependents dependents(catalog);
    tickets::Tickets tickets(session.state(), session.journal());
    std::vector<review::Placed> open;
    for (const auto &patch : patches) {
        const auto *entry = catalog.find(patch.plugin);
        if (patch.state == review::Patch::State::Open)
            open.push_back({&patch, entry ? entry->plugin.prefix : QByteArray()});
    }
    review::Risks risks(session.state());
    COPPICE_TRY(const auto kept, risks.kept(open));
    QHash<QString, review::Rank> ranks;
    for (const auto &[patch, prefix] : open) {
        if (stop.stop_requested())
            return failCancelled();
        review::Waiting waiting{nowMs() - patch->made, 0, dependents.count(patch->plugin), false};
        if (const auto ticket = tickets.get(patch->ticket); !patch->ticket.isEmpty() && ticket) {
            waiting.events = ticket->facts[QLatin1String("count")].toInteger();
            waiting.regressed = ticket->regressed;
        }
        const QString id = patch->id.toString();
        if (const auto kinds = kept.constFind(id); kinds != kept.cend()) {
            ranks.insert(id, review::rankOf(*kinds, waiting));
            continue;
        }
        COPPICE_TRY(const auto repository, session.library().repository());
        const auto found = risks.kindsOf(repository, *patch, prefix);
        ranks.insert(id, found ? review::rankOf(*found, waiting) : review::rankOfUnreadable(found.error(), waiting));
    }
    std::vector<Ranked> all;
    for (const auto &patch : patches)
        all.push_back({patch, ranks.value(patch.id.toString())});
    std::ranges::stable_sort(all, std::greater(), [](const Ranked &one) {
        return one.patch.state == review::Patch::State::Open ? one.rank.points() : -1;
    });
    return all;
}

Result<int> list(Context &context, bool all)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto patches, review::Reviews(session->state(), session->journal()).list(!all));
    COPPICE_TRY(const auto order, ranked(*session, patches, context.stop()));
    QJsonArray array;
    QList<QStringList> rows;
    for (const auto &[patch, rank] : order) {
        auto object = patchJson(patch);
        object[QStringLiteral("risk")] = rank.risk;
        object[QStringLiteral("waits")] = rank.waits;
        object[QStringLiteral("why")] = QJsonArray::fromStringList(rank.reasons);
        array << object;
        rows << QStringList{patch.id.shown(), patch.plugin, review::nameOf(patch.state), patch.title,
                            rank.reasons.mid(0, 3).join(QStringLiteral(", "))};
    }
    context.answer({{QStringLiteral("reviews"), array}}, rows.isEmpty() ? QStringLiteral("No patch waits for review.") : table(rows));
    return 0;
}

/// What git_policy says of a patch, a line a finding.
QString policyText(const shipping::PatchPolicy &policy)
{
    QString text;
    for (const auto &finding : policy.applying)
        text += QStringLiteral("\n! It cannot be applied as it is: ") + finding.told();
    for (const auto &finding : policy.shipping)
        text += QStringLiteral("\n! ") + (finding.refuses ? QStringLiteral("Shipping it will be refused: ") : QString()) + finding.told();
    return text;
}

Result<int> show(Context &context, const QString &id, int since)
{
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(id));
    COPPICE_TRY(auto repository, session->library().repository());
    Shown shown;
    shown.patch = patch;
    COPPICE_TRY(shown.files, review::filesOf(repository, patch.last()));
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop()));
    const auto *entry = catalog.find(patch.plugin);
    COPPICE_TRY(shown.flags, review::Risks(session->state()).of(repository, patch, entry ? entry->plugin.prefix : QByteArray(), &shown.files));
    const QString whole = patch.id.toString();
    COPPICE_TRY(shown.decisions, reviews.decisions(whole));
    COPPICE_TRY(const auto comments, reviews.comments(whole));
    COPPICE_TRY(shown.threads, review::placeThreads(repository, shown.files, comments));
    COPPICE_TRY(shown.evidence, reviews.evidence(whole));
    COPPICE_TRY(shown.viewed, reviews.viewed(whole));
    COPPICE_TRY(shown.shown, reviews.shown(whole));
    if (since > 0) {
        const auto earlier = std::ranges::find(patch.revisions, since, &review::Revision::number);
        if (earlier == patch.revisions.end())
            return failNotFound(QStringLiteral("review.no-such-revision"), QStringLiteral("The patch has no revision %1").arg(since),
                                patch.id.shown(), QStringLiteral("It has revisions 1 to %1.").arg(patch.last().number));
        COPPICE_TRY(shown.since, review::interdiff(repository, *earlier, patch.last()));
        shown.sinceNumber = since;
        COPPICE_TRY(shown.newFiles, review::filesOf(repository, shown.since->difference));
    }
    QString text;
    if (!context.json) {
        COPPICE_TRY(text, textOf(repository, shown));
    }
    COPPICE_TRY(const auto policy, shipping::policyOfPatch(session->library(), session->state(), session->journal(), patch, {}, context.stop()));
    if (!context.json)
        text += policyText(policy);
    // What an interdiff leaves out has not been on anybody's screen.
    if (!shown.since)
        COPPICE_CHECK(reviews.markShown(whole, hunkIds(shown.files)));
    auto object = jsonOf(shown);
    object[QStringLiteral("git_policy")] = shipping::toJson(policy);
    context.answer(object, text);
    return 0;
}

Result<int> decide(Context &context, const QString &id, QStringList hunks, bool all, const QString &file,
                   Decision::Verdict verdict, const QString &reason, const QString &lines)
{
    if (int(all) + int(!hunks.isEmpty()) + int(!file.isEmpty()) != 1)
        return failUsage(QStringLiteral("usage"), QStringLiteral("Name hunks, or give --file or --all"), {},
                         QStringLiteral("coppicectl review show names the hunks."));
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(id));
    COPPICE_TRY(const auto repository, session->library().repository());
    COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
    if (all)
        hunks = hunkIds(files);
    for (const auto &one : files) {
        if (!file.isEmpty() && one.path == file.toUtf8())
            hunks << hunkIds({one});
    }
    if (hunks.isEmpty())
        return failNotFound(QStringLiteral("review.no-such-file"), QStringLiteral("The patch has no such file"), file,
                            QStringLiteral("coppicectl review show names its files."));
    COPPICE_TRY(const auto operation, reviews.decide(Actor::self(), patch, files, hunks, verdict, reason, lines));
    const QString done = verdict == Decision::Verdict::Accepted ? QStringLiteral("accepted")
        : verdict == Decision::Verdict::Rejected                ? QStringLiteral("rejected")
                                                                : QStringLiteral("undecided");
    context.answer({{QStringLiteral("id"), patch.id.toString()},
                    {QStringLiteral("operation"), operation.toString()},
                    {QStringLiteral("hunks"), hunks.size()},
                    {QStringLiteral("verdict"), done}},
                   QStringLiteral("Now %1: %2 of %3.").arg(done,
                                                      lines.isEmpty() ? counted(hunks.size(), "hunk")
                                                                      : QStringLiteral("lines %1 of a hunk").arg(lines),
                                                      patch.id.shown()));
    return 0;
}

Result<int> open(Context &context, const QString &plugin, const QString &file, const QString &title, const QString &ticket)
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
                                                                                 {QStringLiteral("title"), title},
                                                                                 {QStringLiteral("ticket"), ticket}}));
    const auto id = Id::parse(answer[QLatin1String("id")].toString());
    context.answer(answer, QStringLiteral("Opened %1.").arg(id ? id->shown() : QString()));
    return 0;
}

Result<int> apply(Context &context, const QString &id, const QString &message)
{
    COPPICE_TRY(const auto answer, context.call(QStringLiteral("review.apply"), {{QStringLiteral("id"), id}, {QStringLiteral("message"), message}}));
    for (const auto &note : answer[QLatin1String("notes")].toArray())
        context.note(note.toString());
    context.answer(answer, QStringLiteral("Applied as %1.").arg(answer[QLatin1String("commit")].toString().left(8)));
    return 0;
}

/// The options of all subcommands; they live as long as the program reads its line.
struct Options {
    std::string id, plugin, file, title, ticket, message, reason, lines, sweep;
    std::vector<std::string> hunks;
    int since = 0;
    bool all = false;
};

QStringList listOf(const std::vector<std::string> &texts)
{
    QStringList list;
    for (const auto &text : texts)
        list << q(text);
    return list;
}

void defineVerdict(Verb &review, Context &context, const std::shared_ptr<Options> &options, const char *name,
                   const char *description, Decision::Verdict verdict)
{
    auto *command = review.addSubcommand(name, description);
    auto *patch = command->addOption("id", options->id, "The patch");
    command->addOption("hunks", options->hunks, "Hunks, as review show names them");
    command->addFlag("--all", options->all, "Every hunk of the patch");
    command->addOption("--sweep", options->sweep, "Every place of a sweep, as review sweeps names them; instead of a patch")->excludes(patch);
    command->addOption("--file", options->file, "Every hunk of this file, its path from the library's root");
    command->addOption("--lines", options->lines, "Only these changed lines of the one hunk, counted from 1 as review show numbers them: 1-3,5");
    command->addOption("--reason", options->reason, "Why; kept with the verdict");
    command->callback([&context, options, verdict] {
        context.setAction([options, verdict](Context &c) -> Result<int> {
            if (!options->sweep.empty())
                return decideSweep(c, q(options->sweep), verdict, q(options->reason));
            if (options->id.empty())
                return failUsage(QStringLiteral("usage"), QStringLiteral("Name a patch, or give --sweep"));
            return decide(c, q(options->id), listOf(options->hunks), options->all, q(options->file), verdict, q(options->reason),
                          q(options->lines));
        });
    });
}

const Definition definition([](Verb &root, Context &context) {
    auto *review = group(root, "review", "Patches and what people say of them");
    const auto options = std::make_shared<Options>();

    auto *listing = review->addSubcommand("list", "Patches that wait for review");
    listing->addFlag("--all", options->all, "Also those that have landed or are closed");
    listing->callback([&context, options] { context.setAction([options](Context &c) { return list(c, options->all); }); });

    auto *opening = review->addSubcommand("open", "Takes a git diff as a patch to review");
    opening->addOption("--plugin", options->plugin, "The plugin that it is for")->required();
    opening->addOption("--patch", options->file, "A file with the diff, paths from the library's root; - reads standard input")->required();
    opening->addOption("--title", options->title, "What it does, in a line");
    opening->addOption("--ticket", options->ticket, "The ticket that it answers");
    opening->callback([&context, options] {
        context.setAction([options](Context &c) { return open(c, q(options->plugin), q(options->file), q(options->title), q(options->ticket)); });
    });

    auto *showing = review->addSubcommand("show", "Files, hunks, verdicts, risk flags and evidence of a patch");
    showing->addOption("id", options->id, "The patch")->required();
    showing->addOption("--since-revision", options->since, "Only what is new since this revision")->between(1, std::numeric_limits<int>::max());
    showing->callback([&context, options] {
        context.setAction([options](Context &c) { return show(c, q(options->id), options->since); });
    });

    defineVerdict(*review, context, options, "accept", "Accepts hunks", Decision::Verdict::Accepted);
    defineVerdict(*review, context, options, "reject", "Rejects hunks", Decision::Verdict::Rejected);
    defineVerdict(*review, context, options, "reconsider", "Takes the verdict on hunks back", Decision::Verdict::Undecided);

    auto *applying = review->addSubcommand("apply", "Lands the accepted hunks as one commit");
    applying->addOption("id", options->id, "The patch")->required();
    applying->addOption("--message", options->message, "The commit's message, in the place of the ticket's or patch's title");
    applying->callback([&context, options] { context.setAction([options](Context &c) { return apply(c, q(options->id), q(options->message)); }); });
});

} // namespace

} // namespace coppice::ctl

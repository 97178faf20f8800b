// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <library/library.h>
#include <shipping/times.h>
#include <tickets/drafts.h>
#include <tickets/similar.h>
#include <tickets/suspect.h>

#include <QDateTime>
#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::ctl {

namespace {

using tickets::Ticket;
using tickets::Tickets;

struct Options {
    std::string id;
    std::string plugin;
    std::string group;
    std::string title;
    std::string text;
    std::string verdict;
    std::string reason;
    std::string of;
    std::string assignee;
    std::string until;
    std::string duration;
    qint64 more = 0;
    bool nextRelease = false;
    bool dryRun = false;
};

QString lineOf(const Ticket &ticket)
{
    return QStringLiteral("%1  %2  %3  %4").arg(ticket.id.shown(), ticket.plugin, nameOf(ticket.state), ticket.title);
}

int answer(Context &context, const Ticket &ticket)
{
    context.answer(toJson(ticket), lineOf(ticket));
    return 0;
}

Result<int> list(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto all, Tickets(session->state(), session->journal()).list(q(options.plugin)));
    QJsonArray array;
    QList<QStringList> rows{{QStringLiteral("TICKET"), QStringLiteral("PLUGIN"), QStringLiteral("STATE"), QStringLiteral("ASSIGNEE"),
                             QStringLiteral("CHANGED"), QStringLiteral("TITLE")}};
    for (const auto &ticket : all) {
        QJsonObject object = toJson(ticket);
        object.remove(QStringLiteral("facts"));
        object.remove(QStringLiteral("guesses"));
        array.append(object);
        rows << QStringList{ticket.id.shown(), ticket.plugin, QString(nameOf(ticket.state) + (ticket.regressed ? QStringLiteral(" (regressed)") : QString())),
                            ticket.assignee.isEmpty() ? QStringLiteral("-") : ticket.assignee, ageText(ticket.changed), ticket.title};
    }
    context.answer({{QStringLiteral("tickets"), array}},
                   all.empty() ? QStringLiteral("The inbox is empty. Make a ticket from an error group: coppicectl tickets new --group ID") : table(rows));
    return 0;
}

/// What is known beside the ticket itself: what was said, how its draft stands, who may have brought it, what was like it.
Result<> addAround(Context &context, const Ticket &ticket, QJsonObject &object, QStringList &lines)
{
    COPPICE_TRY(auto *session, context.session());
    const QString id = ticket.id.toString();
    COPPICE_TRY(const auto comments, Tickets(session->state(), session->journal()).comments(id));
    COPPICE_TRY(const auto draft, tickets::Drafts(session->state(), session->journal()).of(id));
    capture::EventStore events(session->events());
    // A history that cannot be read (a shallow clone, a broken object) hides no ticket.
    const auto guessed = tickets::suspectsOf(session->library(), session->state(), events, ticket, context.stop());
    if (!guessed)
        context.note(guessed.error().message());
    const auto suspects = guessed.value_or(std::vector<tickets::Suspect>());
    COPPICE_TRY(const auto alike, tickets::similarTo(session->state(), ticket));
    QJsonArray said, brought, similar;
    for (const auto &each : suspects) {
        brought.append(toJson(each));
        lines << (brought.size() == 1 ? QStringLiteral("\nCommits that may have brought it:") : QString()) << QStringLiteral("%1  %2  (%3)").arg(each.commit.shown(), each.subject, each.why);
    }
    for (const auto &each : alike) {
        similar.append(toJson(each));
        lines << (similar.size() == 1 ? QStringLiteral("\nTickets like it:") : QString()) << QStringLiteral("%1  %2  %3  (%4)").arg(each.ticket.right(6).toLower(), nameOf(each.state), each.title, each.why);
    }
    for (const auto &each : comments) {
        said.append(toJson(each));
        lines << QString() << QStringLiteral("%1, %2%3:").arg(each.author, ageText(each.at), each.outside ? QStringLiteral(", from outside") : QString()) << each.text;
    }
    lines.removeAll(QString());
    object[QStringLiteral("comments")] = said;
    object[QStringLiteral("suspects")] = brought;
    object[QStringLiteral("similar")] = similar;
    if (!draft.state.isEmpty())
        object[QStringLiteral("draft")] = QJsonObject{{QStringLiteral("state"), draft.state}, {QStringLiteral("run"), draft.run}, {QStringLiteral("problem"), draft.problem}};
    return {};
}

Result<int> show(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto ticket, Tickets(session->state(), session->journal()).get(q(options.id)));
    QStringList lines{lineOf(ticket)};
    if (!ticket.remote.isEmpty())
        lines << ticket.remote;
    if (!ticket.assignee.isEmpty())
        lines << QStringLiteral("Assigned to %1.").arg(ticket.assignee);
    if (!ticket.reason.isEmpty())
        lines << ticket.reason;
    if (!ticket.commit.isEmpty())
        lines << QStringLiteral("Fixed by %1.").arg(ticket.commit);
    if (const QString text = ticket.facts[u"text"].toString(); !text.isEmpty())
        lines << QString() << text;
    if (!ticket.guesses.isEmpty()) {
        lines << QString() << QStringLiteral("Guesses of the plugin agent:");
        for (auto it = ticket.guesses.begin(); it != ticket.guesses.end(); ++it)
            lines << QStringLiteral("%1: %2").arg(it.key(), it->toString());
    }
    QJsonObject object = toJson(ticket);
    COPPICE_TRY(const auto way, shipping::wayOf(session->state(), session->events(), ticket));
    object[QStringLiteral("times")] = shipping::toJson(way);
    QStringList steps;
    for (const auto &step : shipping::stepsOf(way))
        steps << (step.after < 0 ? QStringLiteral("%1 %2").arg(step.name, isoTime(step.at).left(16).replace(u'T', u' '))
                                 : QStringLiteral("%1 after %2").arg(step.name, shipping::spanText(step.after)));
    if (!steps.isEmpty())
        lines << QStringLiteral("Way: ") + steps.join(QStringLiteral(", "));
    QStringList around;
    COPPICE_CHECK(addAround(context, ticket, object, around));
    context.answer(object, (lines + around).join(u'\n'));
    return 0;
}

Result<int> make(Context &context, const Options &options)
{
    if (options.group.empty() == (options.plugin.empty() || options.title.empty()))
        return failUsage(QStringLiteral("ticket.new"), QStringLiteral("A ticket is made from an error group, or for a plugin with a title"), {},
                         QStringLiteral("Give --group ID, or --plugin ID --title TEXT."));
    COPPICE_TRY(auto *session, context.session());
    Tickets tickets(session->state(), session->journal());
    if (!options.group.empty()) {
        capture::EventStore events(session->events());
        COPPICE_TRY(const auto ticket, tickets.fromGroup(Actor::self(), events, q(options.group)));
        return answer(context, ticket);
    }
    COPPICE_TRY(const auto catalog, session->library().scan(session->state(), context.stop(), context.progress()));
    if (!catalog.find(q(options.plugin)))
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), q(options.plugin),
                            QStringLiteral("See coppicectl plugins list."));
    COPPICE_TRY(const auto ticket, tickets.create(Actor::self(), q(options.plugin), q(options.title), q(options.text)));
    return answer(context, ticket);
}

Result<int> triage(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    Tickets tickets(session->state(), session->journal());
    auto state = Ticket::State::Accepted;
    QJsonObject more;
    if (options.verdict == "decline")
        state = Ticket::State::Declined;
    else if (options.verdict == "duplicate")
        state = Ticket::State::Duplicate;
    else if (options.verdict == "reopen")
        state = Ticket::State::Inbox;
    if (!options.reason.empty())
        more[QStringLiteral("reason")] = q(options.reason);
    if (!options.of.empty())
        more[QStringLiteral("of")] = q(options.of);
    COPPICE_TRY(const auto ticket, tickets.move(Actor::self(), q(options.id), state, more));
    return answer(context, ticket);
}

Result<int> assign(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto ticket, Tickets(session->state(), session->journal()).assign(Actor::self(), q(options.id), q(options.assignee)));
    return answer(context, ticket);
}

/// "3d", "12h", "2w", "30m"
qint64 durationMs(const QString &text)
{
    static const QRegularExpression shape(QStringLiteral("^([1-9][0-9]{0,4})([mhdw])$"));
    const auto match = shape.match(text);
    if (!match.hasMatch())
        return 0;
    const QChar unit = match.capturedView(2)[0];
    const qint64 minutes = unit == u'm' ? 1 : unit == u'h' ? 60 : unit == u'd' ? 1440 : 7 * 1440;
    return match.captured(1).toLongLong() * minutes * 60'000;
}

/// When a snooze ends by the clock; 0 where it does not.
Result<qint64> snoozeTime(const Options &options)
{
    if (!options.until.empty() && !options.duration.empty())
        return failUsage(QStringLiteral("ticket.snooze"), QStringLiteral("A snooze ends at one time"), {},
                         QStringLiteral("Give --for 3d (m, h, d, w) or --until 2030-01-31."));
    if (options.until.empty() && options.duration.empty()) {
        if (options.more > 0 || options.nextRelease)
            return 0;
        return failUsage(QStringLiteral("ticket.snooze"), QStringLiteral("A snooze has an end"), {},
                         QStringLiteral("Give --for 3d (m, h, d, w), --until 2030-01-31, --events 100 or --next-release."));
    }
    qint64 until = 0;
    if (!options.duration.empty()) {
        const qint64 length = durationMs(q(options.duration));
        until = length ? nowMs() + length : 0;
    } else {
        const auto time = QDateTime::fromString(q(options.until), Qt::ISODate);
        until = time.isValid() ? time.toMSecsSinceEpoch() : 0;
    }
    if (until == 0)
        return failUsage(QStringLiteral("ticket.snooze"), QStringLiteral("This is no time"),
                         q(options.duration.empty() ? options.until : options.duration),
                         QStringLiteral("Write --for 30m, 12h, 3d or 2w, or --until 2030-01-31 or 2030-01-31T08:00."));
    return until;
}

Result<int> snooze(Context &context, const Options &options)
{
    COPPICE_TRY(const qint64 until, snoozeTime(options));
    COPPICE_TRY(auto *session, context.session());
    capture::EventStore events(session->events());
    COPPICE_TRY(const auto ticket, Tickets(session->state(), session->journal())
                                       .snooze(Actor::self(), events, q(options.id), {until, options.more, options.nextRelease}));
    return answer(context, ticket);
}

Result<int> comment(Context &context, const Options &options)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto ticket, Tickets(session->state(), session->journal()).comment(Actor::self(), q(options.id), q(options.text)));
    return answer(context, ticket);
}

/// What a round with the trackers did, in words.
QString wordsOf(const QJsonObject &report)
{
    QStringList lines;
    for (const auto &made : report[u"created"].toArray())
        lines << QStringLiteral("Made %1.").arg(made.toString());
    lines << QStringLiteral("%1 told, %2 taken, %3 waiting.").arg(report[u"sent"].toInt()).arg(report[u"taken"].toInt()).arg(report[u"waiting"].toInt());
    if (const int held = report[u"over_limit"].toInt(); held > 0)
        lines << QStringLiteral("%1 new issues wait: trackers.new_per_hour allows no more now.").arg(held);
    for (const auto &problem : report[u"problems"].toArray())
        lines << problem.toString();
    return lines.join(u'\n');
}

Result<int> sync(Context &context, const Options &options)
{
    COPPICE_TRY(const auto report, context.call(QStringLiteral("tickets.sync"), {{QStringLiteral("dry_run"), options.dryRun}}));
    if (options.dryRun) {
        QStringList lines;
        for (const auto &line : report[u"plan"].toArray())
            lines << line.toString();
        context.answer(report, lines.isEmpty() ? QStringLiteral("There is nothing to tell.") : lines.join(u'\n'));
        return 0;
    }
    context.answer(report, wordsOf(report));
    return report[u"problems"].toArray().isEmpty() ? 0 : 1;
}

Result<int> push(Context &context, const Options &options)
{
    COPPICE_TRY(const auto report, context.call(QStringLiteral("tickets.push"), {{QStringLiteral("ticket"), q(options.id)}}));
    const QString remote = report[u"remote"].toString();
    context.answer(report, remote.isEmpty() ? wordsOf(report) : remote);
    return remote.isEmpty() ? 1 : 0;
}

using Act = Result<int> (*)(Context &, const Options &);

Verb *add(Verb *parent, Context &context, const std::shared_ptr<Options> &options, const char *name, const char *description, Act act)
{
    auto *command = parent->addSubcommand(name, description);
    command->callback([options, &context, act] { context.setAction([options, act](Context &here) { return act(here, *options); }); });
    return command;
}

const Definition definition([](Verb &root, Context &context) {
    auto *parent = group(root, "tickets", "The inbox: units of maintenance work");
    auto options = std::make_shared<Options>();
    add(parent, context, options, "list", "All tickets, the newest first", list)->addOption("--plugin", options->plugin, "Only those of one plugin");
    add(parent, context, options, "show", "One ticket with its evidence", show)->addOption("ID", options->id)->required();

    auto *making = add(parent, context, options, "new", "Make a ticket; of a group that has one, that one is answered", make);
    making->addOption("--group", options->group, "The error group that it is about");
    making->addOption("--plugin", options->plugin, "The plugin that it is about");
    making->addOption("--title", options->title, "One line");
    making->addOption("--text", options->text, "What is to be done");

    auto *triaging = add(parent, context, options, "triage", "Accept, decline, mark as duplicate, or open again", triage);
    triaging->addOption("ID", options->id)->required();
    triaging->addOption("VERDICT", options->verdict, "accept, decline, duplicate or reopen")
        ->required()
        ->among({"accept", "decline", "duplicate", "reopen"});
    triaging->addOption("--reason", options->reason, "Why; asked for when declining");
    triaging->addOption("--of", options->of, "The ticket that it doubles");

    auto *assigning = add(parent, context, options, "assign", "Give a ticket to a person or agent", assign);
    assigning->addOption("ID", options->id)->required();
    assigning->addOption("NAME", options->assignee, "Empty takes it back")->required();

    auto *snoozing = add(parent, context, options, "snooze", "Out of the inbox until a time", snooze);
    snoozing->addOption("ID", options->id)->required();
    snoozing->addOption("--until", options->until, "A date or time, 2030-01-31 or 2030-01-31T08:00");
    snoozing->addOption("--for", options->duration, "30m, 12h, 3d, 2w");
    snoozing->addOption("--events", options->more, "Until so many more events came")->between(1, 1'000'000'000);
    snoozing->addFlag("--next-release", options->nextRelease, "Until it comes from a release that had none before");

    auto *saying = add(parent, context, options, "comment", "Say something about a ticket, in its tracker, too", comment);
    saying->addOption("ID", options->id)->required();
    saying->addOption("TEXT", options->text)->required();

    add(parent, context, options, "sync", "Keep tickets and the trackers' issues in step", sync)
        ->addFlag("--dry-run", options->dryRun, "Only say what would be told");
    add(parent, context, options, "push", "Make a ticket's issue in its plugin's tracker now, or try again what failed", push)
        ->addOption("ID", options->id)
        ->required();
});

} // namespace

} // namespace coppice::ctl

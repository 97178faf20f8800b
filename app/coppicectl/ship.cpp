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
    const bool pull = text("policy") == u"pr";
    if (!release[QLatin1String("nothing_to_send")].toBool())
        lines << QStringLiteral("%1 %2 %3").arg(pull ? (dryRun ? QStringLiteral("Would open a pull request at") : QStringLiteral("Pull request at"))
                                                     : (dryRun ? QStringLiteral("Would push to") : QStringLiteral("Pushed to")),
                                                text("remote"), text("ref"));
    for (const auto &subject : release[QLatin1String("commits")].toArray())
        lines << QStringLiteral("  ") + subject.toString();
    if (!text("tag").isEmpty())
        lines << QStringLiteral("%1 %2").arg(dryRun ? QStringLiteral("Would tag") : release[QLatin1String("tagged")].toBool() ? QStringLiteral("Tagged")
                                                                                                                       : QStringLiteral("Not tagged:"), text("tag"));
    if (!text("changelog").isEmpty())
        lines << QStringLiteral("Changelog:") << text("changelog");
    if (!text("deploy_command").isEmpty() && (dryRun || release[QLatin1String("deployed")].toBool()))
        lines << QStringLiteral("%1: %2").arg(!text("deployed_by").isEmpty() ? QStringLiteral("Deployed already by") : dryRun ? QStringLiteral("Would deploy by") : QStringLiteral("Deployed by"),
                                             text("deploy_command"));
    QStringList secrets;
    for (const auto &name : release[QLatin1String("secrets")].toArray())
        secrets << name.toString();
    if (!secrets.isEmpty())
        lines << QStringLiteral("With the secrets: %1").arg(secrets.join(QStringLiteral(", ")));
    for (const auto &reason : release[QLatin1String("refused")].toArray())
        lines << QStringLiteral("Refused: %1").arg(reason.toString());
    const auto last = release[QLatin1String("pull")].toObject();
    if (!last.isEmpty())
        lines << QStringLiteral("Last pull request: %1 %2").arg(last[QLatin1String("state")].toString(), last[QLatin1String("url")].toString());
    if (!text("log").isEmpty())
        lines << QStringLiteral("Log: ") + text("log");
    const auto tickets = release[QLatin1String("tickets")].toArray().size();
    if (tickets > 0)
        lines << QStringLiteral("%1 %2").arg(counted(tickets, "ticket"),
                                             dryRun ? QStringLiteral("would be watched.") : QStringLiteral("watched now."));
    for (const auto &patch : release[QLatin1String("unapproved")].toArray()) {
        QStringList missing;
        for (const auto &what : patch[QLatin1String("missing")].toArray())
            missing << what.toString();
        lines << QStringLiteral("Not in it: \"%1\": %2. %3").arg(patch[QLatin1String("title")].toString(), missing.join(QStringLiteral("; ")), patch[QLatin1String("what_to_do")].toString());
    }
    for (const auto &note : release[QLatin1String("notes")].toArray())
        lines << note.toString();
    if (!text("next").isEmpty())
        lines << QStringLiteral("Next: ") + text("next");
    return lines.join(u'\n');
}

QString rollBackText(const QJsonObject &release, bool dryRun)
{
    const auto text = [&](const char *key) { return release[QLatin1String(key)].toString(); };
    QStringList lines{QStringLiteral("%1 %2 by: %3").arg(dryRun ? QStringLiteral("Would roll back") : QStringLiteral("Rolled back"), text("plugin"), text("deploy_command"))};
    if (!text("log").isEmpty())
        lines << QStringLiteral("Log: ") + text("log");
    for (const auto &note : release[QLatin1String("notes")].toArray())
        lines << note.toString();
    return lines.join(u'\n');
}

/// Pull requests, and what is watched.
QString stateText(const QJsonObject &state)
{
    QStringList lines;
    const auto text = [](const QJsonValue &object, const char *key) { return object[QLatin1String(key)].toString(); };
    for (const auto &pull : state[QLatin1String("pulls")].toArray())
        lines << QStringLiteral("%1: pull request %2 %3 %4 %5").arg(text(pull, "plugin"), text(pull, "number"), text(pull, "state"), text(pull, "url"), text(pull, "error")).simplified();
    for (const auto &release : state[QLatin1String("releases")].toArray()) {
        QStringList gone;
        for (const auto &one : release[QLatin1String("rolled_back")].toArray())
            gone << (text(one, "version").isEmpty() ? text(one, "commit").left(8) : text(one, "version"));
        lines << QStringLiteral("%1: %2 is out, shipped %3%4").arg(text(release, "plugin"), text(release, "version").isEmpty() ? text(release, "commit").left(8) : text(release, "version"),
                                                                   text(release, "at"), gone.isEmpty() ? QString() : QStringLiteral("; rolled back: %1").arg(gone.join(QStringLiteral(", "))));
    }
    for (const auto &watch : state[QLatin1String("watches")].toArray()) {
        const auto requests = watch[QLatin1String("requests")];
        lines << QStringLiteral("%1: %2 is watched since %3 for ticket %4%5; waits for %6")
                     .arg(text(watch, "plugin"), text(watch, "release").isEmpty() ? text(watch, "commit").left(8) : text(watch, "release"), text(watch, "since"),
                          text(watch, "ticket").right(6).toLower(), requests.isNull() ? QString() : QStringLiteral(", %1 seen").arg(counted(requests.toInteger(), "request")),
                          text(watch, "waits_for").isEmpty() ? QStringLiteral("the next look") : text(watch, "waits_for"));
    }
    for (const auto &problem : state[QLatin1String("problems")].toArray())
        lines << problem.toString();
    return lines.isEmpty() ? QStringLiteral("Nothing is under way.") : lines.join(u'\n');
}

/// How long each ticket took from step to step.
QString timesText(const QJsonObject &state)
{
    QList<QStringList> rows{{QStringLiteral("ticket"), QStringLiteral("plugin"), QStringLiteral("first event"), QStringLiteral("accepted"), QStringLiteral("patch"),
                             QStringLiteral("approved"), QStringLiteral("applied"), QStringLiteral("shipped"), QStringLiteral("verified")}};
    for (const auto &times : state[QLatin1String("times")].toArray()) {
        const auto at = [&](const char *key) {
            const QString text = times[QLatin1String(key)].toString();
            return text.isEmpty() ? QStringLiteral("-") : QString(text.left(16)).replace(u'T', u' ');
        };
        rows << QStringList{times[QLatin1String("ticket")].toString().right(6).toLower(), times[QLatin1String("plugin")].toString(), at("first_event"), at("accepted"),
                            at("first_patch"), at("approved"), at("applied"), at("shipped"), at("verified")};
    }
    return rows.size() == 1 ? QStringLiteral("No ticket has come as far as an approved patch.") : table(rows);
}

QString proposalText(const QJsonObject &proposal)
{
    const auto text = [&](const char *key) { return proposal[QLatin1String(key)].toString(); };
    QStringList lines{QStringLiteral("%1 %2 (%3; was %4)").arg(text("plugin"), text("version"), text("bump"), text("from").isEmpty() ? text("since") : text("from"))};
    for (const auto &reason : proposal[QLatin1String("because")].toArray())
        lines << QStringLiteral("  ") + reason.toString();
    QStringList files;
    for (const auto &file : proposal[QLatin1String("files")].toArray())
        files << file.toString();
    if (!files.isEmpty())
        lines << QStringLiteral("Changes: ") + files.join(QStringLiteral(", "));
    if (!text("review").isEmpty())
        lines << QStringLiteral("To review: coppicectl review show %1").arg(text("review").right(6).toLower());
    for (const auto &note : proposal[QLatin1String("notes")].toArray())
        lines << note.toString();
    return lines.join(u'\n');
}

struct Options {
    std::string plugin, version;
    bool propose = false, dryRun = false, again = false, rollBack = false, state = false, times = false, poll = false;
};

Result<int> act(Context &c, const Options &options)
{
    const QString plugin = q(options.plugin);
    if (options.state || options.times || options.poll) {
        COPPICE_TRY(const auto state, c.call(QStringLiteral("ship.state"), {{QStringLiteral("plugin"), plugin}, {QStringLiteral("poll"), options.poll}}));
        c.answer(state, options.times ? timesText(state) : stateText(state));
        return 0;
    }
    if (plugin.isEmpty())
        return failUsage(QStringLiteral("usage"), QStringLiteral("Name the plugin"), {}, QStringLiteral("coppicectl plugins list names them."));
    if (options.propose) {
        COPPICE_TRY(const auto proposal, c.call(QStringLiteral("ship.propose-version"), {{QStringLiteral("plugin"), plugin}, {QStringLiteral("dry_run"), options.dryRun}}));
        c.answer(proposal, proposalText(proposal));
        return 0;
    }
    const QString verb = options.rollBack ? QStringLiteral("ship.roll-back") : QStringLiteral("ship");
    COPPICE_TRY(const auto release, c.call(verb, {{QStringLiteral("plugin"), plugin},
                                               {QStringLiteral("dry_run"), options.dryRun},
                                               {QStringLiteral("again"), options.again},
                                               {QStringLiteral("version"), q(options.version)}}));
    c.answer(release, options.rollBack ? rollBackText(release, options.dryRun) : summary(release, options.dryRun));
    return 0;
}

const Definition definition([](Verb &root, Context &context) {
    const auto options = std::make_shared<Options>();
    auto *command = root.addSubcommand("ship", "Sends a plugin to its upstream (by push or pull request), pushes the library, deploys, and watches");
    command->addOption("plugin", options->plugin, "The plugin");
    command->addFlag("--dry-run", options->dryRun, "Only says what would be sent and run");
    command->addFlag("--again", options->again, "Deploys again what is out already, as it is");
    command->addFlag("--roll-back", options->rollBack, "Runs the plugin's roll-back command; its watched tickets come back");
    command->addFlag("--propose-version", options->propose, "The next version and its changelog, from the commits, as a patch to review");
    command->addOption("--as-version", options->version, "The version, where the plugin's files say none (a Go module)");
    command->addFlag("--state", options->state, "Pull requests, and what releases are watched for; of all plugins where none is named");
    command->addFlag("--poll", options->poll, "The same, asking the forges and looking at new events first");
    command->addFlag("--times", options->times, "When each ticket reached each step from error to verified fix");
    command->callback([&context, options] { context.setAction([options](Context &c) { return act(c, *options); }); });
});

} // namespace

} // namespace coppice::ctl

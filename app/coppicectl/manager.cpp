// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <base/paths.h>
#include <engine/give_brief.h>

#include <QDateTime>
#include <QDir>
#include <QRegularExpression>

#include <memory>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

/// "2026-11-20", "2026-11-20T08:00:00Z", or a span back from now: "36h", "7d".
Result<qint64> timeFrom(const QString &text)
{
    static const QRegularExpression span(u"^(\\d{1,5})([mhdw])$"_s);
    if (const auto match = span.match(text); match.hasMatch()) {
        const qint64 minutes = match.captured(2) == u"m" ? 1 : match.captured(2) == u"h" ? 60 : match.captured(2) == u"d" ? 1440 : 10'080;
        return nowMs() - match.captured(1).toLongLong() * minutes * 60'000;
    }
    const auto at = QDateTime::fromString(text, Qt::ISODate);
    if (!at.isValid() || at.toMSecsSinceEpoch() >= nowMs())
        return failUsage(u"brief.since"_s, u"This is no time in the past"_s, text, u"Give a date such as 2026-11-20, or a span back such as 36h or 7d."_s);
    return at.toMSecsSinceEpoch();
}

const Definition giving([](Verb &root, Context &context) {
    struct Options {
        std::string since, client, command, html;
        qint64 timeout = 0;
        bool look = false, last = false;
    };
    auto options = std::make_shared<Options>();
    auto *command = group(root, "manager", "The manager of the whole library")
                        ->addSubcommand("brief", "What changed since the last brief, what is at risk, and what is proposed");
    auto *since = command->addOption("--since", options->since, "Compare with a time instead: 2026-11-20, 36h, 7d");
    auto *look = command->addFlag("--look", options->look, "Only look: nothing is kept and nothing is asked");
    command->addFlag("--last", options->last, "The last brief again, as it was given")->excludes(since)->excludes(look);
    auto *client = command->addOption("--client", options->client, "Have this client tell it in words too; what no fact supports is left out");
    command->addOption("--command", options->command, "What to run, of a client of kind exec")->needs(client);
    command->addOption("--timeout", options->timeout, "Seconds that the client may take; 600 where this is missing")->needs(client);
    client->excludes(look);
    command->addOption("--html", options->html, "Also write it as one page");
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            manager::Brief brief;
            QString before;
            if (options->last) {
                COPPICE_TRY(const auto kept, manager::Briefs(session->state(), session->journal()).last());
                if (!kept)
                    return failNotFound(u"brief.none"_s, u"No brief was given yet"_s, session->library().path(), u"coppicectl manager brief gives one."_s);
                brief = kept->brief;
                before = u"Given %1.\n"_s.arg(ageText(brief.at));
            } else {
                manager::BriefRequest request;
                COPPICE_TRY(request.since, options->since.empty() ? Result<qint64>(0) : timeFrom(q(options->since)));
                request.keep = !options->look;
                COPPICE_TRY(brief, engine::giveBrief(*session, request, here.stop(), here.progress()));
            }
            if (!options->client.empty()) {
                COPPICE_TRY(const auto told, here.call(u"manager.word"_s, {{u"brief"_s, brief.id.toString()}, {u"client"_s, q(options->client)},
                                                                           {u"command"_s, q(options->command)}, {u"timeout"_s, options->timeout}}));
                brief = manager::briefFrom(told);
            }
            if (!options->html.empty())
                COPPICE_CHECK(writeFileAtomically(QDir::current().absoluteFilePath(q(options->html)), manager::htmlOf(brief, session->library().name()).toUtf8()));
            here.answer(manager::toJson(brief), before + manager::textOf(brief));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

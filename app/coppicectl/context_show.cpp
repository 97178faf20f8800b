// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <context/context.h>
#include <engine/session.h>

#include <QJsonArray>

#include <algorithm>
#include <memory>

namespace coppice::ctl {

namespace {

constexpr int eventsGiven = 3;

struct Options {
    std::string ticket, plugin, playbook, step;
};

Result<context::Context> composeFor(engine::Session &session, const Options &options, Context &here)
{
    const QString plugin = q(options.plugin);
    const QString ticketId = q(options.ticket);
    COPPICE_TRY(const auto repository, session.library().repository());
    COPPICE_TRY(const auto catalog, session.library().scan(session.state(), here.stop(), here.progress()));
    context::ContextRequest request;
    QString id = plugin;
    if (!ticketId.isEmpty()) {
        COPPICE_TRY(request.ticket, tickets::Tickets(session.state(), session.journal()).get(ticketId));
        id = request.ticket->plugin;
        if (!plugin.isEmpty() && plugin != id)
            return failUsage(QStringLiteral("usage"), QStringLiteral("The ticket is about another plugin"), id);
        capture::EventStore events(session.events());
        for (const QString &group : request.ticket->groups) {
            COPPICE_TRY(auto some, events.eventsOf(group, eventsGiven));
            for (auto &event : some)
                request.events.push_back(std::move(event));
        }
    }
    const auto *entry = catalog.find(id);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), id);
    request.plugin = *entry;
    COPPICE_TRY(request.playbook, context::findPlaybook(repository, catalog.head, q(options.playbook)));
    request.step = q(options.step);
    const bool known = std::ranges::any_of(request.playbook.steps, [&](const auto &step) { return step.id == request.step; });
    if (!request.step.isEmpty() && !known)
        return failNotFound(QStringLiteral("playbook.step"), QStringLiteral("The playbook has no such step"), request.step);
    return context::compose(repository, catalog.head, request);
}

/// "templates/playbooks/fix/SKILL.md:10-37"
QString whereOf(const context::Part &part)
{
    if (part.firstLine == 0)
        return part.source;
    return part.lastLine > part.firstLine ? QStringLiteral("%1:%2-%3").arg(part.source).arg(part.firstLine).arg(part.lastLine)
                                          : QStringLiteral("%1:%2").arg(part.source).arg(part.firstLine);
}

const Definition show([](Verb &root, Context &context) {
    auto options = std::make_shared<Options>();
    auto *command = group(root, "context", "What an agent is given")->addSubcommand("show", "Compose it, without running anything");
    command->addOption("--ticket", options->ticket, "The ticket to be answered");
    command->addOption("--plugin", options->plugin, "The plugin; the ticket's own where one is named");
    command->addOption("--playbook", options->playbook, "The playbook")->byDefault("fix");
    command->addOption("--step", options->step, "As this step of the playbook is given it; all steps' jobs otherwise");
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            if (options->ticket.empty() && options->plugin.empty())
                return failUsage(QStringLiteral("usage"), QStringLiteral("Name a ticket or a plugin"));
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto composed, composeFor(*session, *options, here));
            QJsonArray parts;
            QList<QStringList> rows;
            for (const auto &part : composed.parts) {
                parts.append(QJsonObject{{QStringLiteral("title"), part.title},
                                         {QStringLiteral("source"), part.source},
                                         {QStringLiteral("first_line"), part.firstLine},
                                         {QStringLiteral("last_line"), part.lastLine},
                                         {QStringLiteral("tokens"), part.tokens},
                                         {QStringLiteral("untrusted"), part.untrusted}});
                rows << QStringList{QString::number(part.tokens), whereOf(part), part.title,
                                    part.untrusted ? QStringLiteral("from outside") : QString()};
            }
            here.answer({{QStringLiteral("text"), composed.text},
                         {QStringLiteral("hash"), QString::fromLatin1(composed.hash)},
                         {QStringLiteral("tokens"), composed.tokens},
                         {QStringLiteral("tainted"), composed.tainted},
                         {QStringLiteral("parts"), parts}},
                        composed.text);
            here.note(QStringLiteral("About %1 tokens, hash %2%3:\n%4")
                          .arg(composed.tokens)
                          .arg(QString::fromLatin1(composed.hash.left(12)),
                               composed.tainted ? QStringLiteral("; with text from outside: the run is tainted") : QString(), table(rows)));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

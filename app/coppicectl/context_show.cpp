// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <context/context.h>
#include <engine/session.h>

#include <QJsonArray>

#include <memory>

namespace coppice::ctl {

namespace {

constexpr int eventsGiven = 3;

Result<context::Context> composeFor(engine::Session &session, const QString &plugin, const QString &ticketId, const QString &playbook,
                                    Context &here)
{
    COPPICE_TRY(const auto repository, session.library().repository());
    COPPICE_TRY(const auto catalog, session.library().scan(session.state(), here.stop(), here.progress()));
    context::ContextRequest request;
    QString id = plugin;
    if (!ticketId.isEmpty()) {
        COPPICE_TRY(request.ticket, tickets::Tickets(session.state(), session.journal()).get(ticketId));
        id = request.ticket->plugin;
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
    COPPICE_TRY(request.playbook, context::findPlaybook(repository, catalog.head, playbook));
    return context::compose(repository, catalog.head, request);
}

const Definition show([](CLI::App &root, Context &context) {
    struct Options {
        std::string ticket, plugin, playbook;
    };
    auto options = std::make_shared<Options>();
    auto *command = group(root, "context", "What an agent is given")->add_subcommand("show", "Compose it, without running anything");
    command->add_option("--ticket", options->ticket, "The ticket to be answered");
    command->add_option("--plugin", options->plugin, "The plugin, where there is no ticket");
    command->add_option("--playbook", options->playbook, "The playbook")->default_val("fix");
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            if (options->ticket.empty() == options->plugin.empty())
                return failUsage(QStringLiteral("usage"), QStringLiteral("Name either a ticket or a plugin"));
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto composed, composeFor(*session, q(options->plugin), q(options->ticket), q(options->playbook), here));
            QJsonArray parts;
            for (const auto &part : composed.parts)
                parts.append(QJsonObject{{QStringLiteral("title"), part.title},
                                         {QStringLiteral("source"), part.source},
                                         {QStringLiteral("untrusted"), part.untrusted}});
            here.answer({{QStringLiteral("text"), composed.text},
                         {QStringLiteral("hash"), QString::fromLatin1(composed.hash)},
                         {QStringLiteral("tokens"), composed.tokens},
                         {QStringLiteral("tainted"), composed.tainted},
                         {QStringLiteral("parts"), parts}},
                        composed.text);
            here.note(QStringLiteral("About %1 tokens%2.").arg(composed.tokens).arg(
                composed.tainted ? QStringLiteral("; with text from outside: the run is tainted") : QString()));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

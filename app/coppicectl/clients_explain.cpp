// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <clients/stream_reader.h>

namespace coppice::ctl {

namespace {

QString told(const clients::AgentEnd &end)
{
    QString text = QStringLiteral("%1 · %2 turns · %3 tokens in, %4 out, %5 from the cache")
                       .arg(clients::nameOf(end.outcome))
                       .arg(end.turns)
                       .arg(end.inputTokens)
                       .arg(end.outputTokens)
                       .arg(end.cachedTokens);
    if (end.cost)
        text += QStringLiteral(" · ") + end.cost->toString();
    if (!end.reason.isEmpty())
        text += u'\n' + end.reason;
    for (const QString &denial : end.denials)
        text += QStringLiteral("\ndenied: ") + denial;
    for (const QString &error : end.errors)
        text += QStringLiteral("\nerror: ") + error;
    return text;
}

const Definition explain([](Verb &root, Context &context) {
    struct Options {
        std::string client;
        std::string file;
    };
    const auto options = std::make_shared<Options>();
    auto *command = group(root, "clients", "Agent programs that Coppice can drive")
                        ->addSubcommand("explain", "How a recorded raw stream of a client ended; needs no library");
    command->addOption("--client", options->client, "acp, claude, codex or gemini")->required();
    command->addOption("FILE", options->file, "the stream, as the client printed it")->required();
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            COPPICE_TRY(const auto end, clients::explainFile(q(options->client), q(options->file)));
            here.answer(clients::toJson(end), told(end));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

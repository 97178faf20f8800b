// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <clients/client.h>
#include <engine/session.h>

#include <QJsonArray>

namespace coppice::ctl {

namespace {

const Definition list([](Verb &root, Context &context) {
    auto *command = group(root, "clients", "Agent programs that Coppice can drive")
                        ->addSubcommand("list", "What can be named with --client, and what it is missing");
    command->callback([&context] {
        context.setAction([](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto repository, session->library().repository());
            COPPICE_TRY(const auto head, session->library().head());
            const auto settings = head.isNull() ? library::LibrarySettings() : library::librarySettingsAt(repository, head);
            QJsonArray entries;
            QList<QStringList> rows;
            for (const auto &found : clients::findClients(settings)) {
                entries.append(QJsonObject{{QStringLiteral("name"), found.name},
                                           {QStringLiteral("kind"), found.kind},
                                           {QStringLiteral("program"), found.program},
                                           {QStringLiteral("version"), found.version},
                                           {QStringLiteral("ready"), found.missing.isEmpty()},
                                           {QStringLiteral("missing"), found.missing}});
                rows << QStringList{found.name, found.kind, found.program, found.version,
                                    found.missing.isEmpty() ? QStringLiteral("ready") : found.missing};
            }
            here.answer({{QStringLiteral("clients"), entries}}, table(rows));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

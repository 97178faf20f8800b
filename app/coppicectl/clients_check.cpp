// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <clients/known_programs.h>

#include <QJsonArray>

namespace coppice::ctl {

namespace {

QString told(const clients::KnownProgram &program)
{
    if (program.program.isEmpty())
        return QStringLiteral("%1: not installed\n").arg(program.name);
    QString text = QStringLiteral("%1: %2\n  %3\n").arg(program.name, program.missing.isEmpty() ? QStringLiteral("ready") : QStringLiteral("not ready"), program.program);
    if (!program.version.isEmpty())
        text += QStringLiteral("  version %1\n").arg(program.version);
    if (program.login == QLatin1String("key"))
        text += QStringLiteral("  its key is in %1\n").arg(program.loginBy);
    else if (program.login == QLatin1String("file"))
        text += QStringLiteral("  logged in (~/%1)\n").arg(program.loginBy);
    for (const QString &missing : program.missing)
        text += QStringLiteral("  missing: %1\n").arg(missing);
    if (program.entry.isEmpty())
        text += QStringLiteral("  use it with --client %1\n").arg(program.name);
    else
        text += QStringLiteral("  in coppice.yaml, below clients:\n") + program.entry;
    return text;
}

const Definition check([](Verb &root, Context &context) {
    const auto name = std::make_shared<std::string>();
    auto *command = group(root, "clients", "Agent programs that Coppice can drive")
                        ->addSubcommand("check", "Agent programs on this machine: version, login, what is missing; needs no library");
    command->addOption("NAME", *name, "one of them; it fails when that is not ready");
    command->callback([name, &context] {
        context.setAction([name](Context &here) -> Result<int> {
            const auto programs = clients::knownPrograms(q(*name));
            if (programs.empty())
                return failNotFound(QStringLiteral("clients.unknown"), QStringLiteral("No agent program of this name is known"), q(*name),
                                    QStringLiteral("Any program that speaks the Agent Client Protocol can be named in coppice.yaml with kind: acp."));
            QJsonArray entries;
            QString text;
            for (const auto &program : programs) {
                entries.append(clients::toJson(program));
                text += told(program);
            }
            here.answer({{QStringLiteral("programs"), entries}}, text.trimmed());
            return name->empty() || programs.front().missing.isEmpty() ? 0 : 1;
        });
    });
});

} // namespace

} // namespace coppice::ctl

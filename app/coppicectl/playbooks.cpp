// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <context/context.h>
#include <engine/session.h>
#include <playbooks/values.h>

#include <QJsonArray>

#include <memory>

namespace coppice::ctl {

namespace {

/// Every playbook of the library's head (and the shipped ones), read or with its error.
Result<std::vector<std::pair<QString, Result<playbooks::Playbook>>>> readAll(Context &context, const QStringList &only)
{
    COPPICE_TRY(auto *session, context.session());
    COPPICE_TRY(const auto repository, session->library().repository());
    COPPICE_TRY(const auto head, session->library().head());
    COPPICE_TRY(const QStringList known, context::playbookNames(repository, head));
    std::vector<std::pair<QString, Result<playbooks::Playbook>>> all;
    for (const QString &name : only.isEmpty() ? known : only)
        all.emplace_back(name, context::findPlaybook(repository, head, name));
    return all;
}

const Definition list([](Verb &root, Context &context) {
    auto *command = group(root, "playbooks", "Maintenance procedures")->addSubcommand("list", "Name, steps, and what they are for");
    command->callback([&context] {
        context.setAction([](Context &here) -> Result<int> {
            COPPICE_TRY(const auto all, readAll(here, {}));
            QJsonArray entries;
            QList<QStringList> rows;
            for (const auto &[name, playbook] : all) {
                QStringList steps;
                QJsonArray stepEntries;
                if (playbook) {
                    for (const auto &step : playbook->steps) {
                        steps << QStringLiteral("%1 (%2)").arg(step.id, playbooks::nameOf(step.kind));
                        stepEntries.append(QJsonObject{{QStringLiteral("id"), step.id},
                                                       {QStringLiteral("kind"), playbooks::nameOf(step.kind)},
                                                       {QStringLiteral("run"), step.run},
                                                       {QStringLiteral("needs"), QJsonArray::fromStringList(step.needs)},
                                                       {QStringLiteral("if"), step.when},
                                                       {QStringLiteral("outputs"), QJsonArray::fromStringList(playbooks::outputNames(step))},
                                                       {QStringLiteral("timeout_seconds"), qint64(step.timeout.count())},
                                                       {QStringLiteral("retries"), step.retries}});
                    }
                }
                entries.append(QJsonObject{{QStringLiteral("name"), name},
                                           {QStringLiteral("description"), playbook ? playbook->description : QString()},
                                           {QStringLiteral("needs_ticket"), playbook && playbook->needsTicket},
                                           {QStringLiteral("changes"), playbook ? playbook->allowsChanges : QString()},
                                           {QStringLiteral("steps"), stepEntries},
                                           {QStringLiteral("problem"), playbook ? QString() : playbook.error().message()}});
                rows << QStringList{name, playbook ? steps.join(QStringLiteral(", ")) : QStringLiteral("cannot be read"),
                                    playbook ? playbook->description : playbook.error().message()};
            }
            here.answer({{QStringLiteral("playbooks"), entries}}, table(rows));
            return 0;
        });
    });
});

const Definition check([](Verb &root, Context &context) {
    auto names = std::make_shared<std::vector<std::string>>();
    auto *command = group(root, "playbooks", "Maintenance procedures")->addSubcommand("check", "Read them all; say what is wrong and where");
    command->addOption("NAME", *names, "Only these");
    command->callback([names, &context] {
        context.setAction([names](Context &here) -> Result<int> {
            QStringList only;
            for (const auto &name : *names)
                only << q(name);
            COPPICE_TRY(const auto all, readAll(here, only));
            QJsonArray problems;
            QStringList lines;
            for (const auto &[name, playbook] : all) {
                if (playbook)
                    continue;
                if (playbook.error().kind == ErrorKind::NotFound && !only.isEmpty() && playbook.error().code == QLatin1String("playbook.unknown"))
                    return std::unexpected(playbook.error());
                problems.append(QJsonObject{{QStringLiteral("playbook"), name},
                                            {QStringLiteral("text"), playbook.error().what},
                                            {QStringLiteral("where"), playbook.error().where}});
                lines << playbook.error().where + QStringLiteral(": ") + playbook.error().what;
            }
            here.answer({{QStringLiteral("checked"), qint64(all.size())}, {QStringLiteral("problems"), problems}},
                        lines.isEmpty() ? QStringLiteral("%1 playbooks are good.").arg(all.size()) : lines.join(u'\n'));
            return problems.isEmpty() ? 0 : 1;
        });
    });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <sync/answers.h>

#include <QDateTime>
#include <QJsonArray>

namespace coppice::ctl {

namespace {

QJsonArray namesOf(const std::vector<std::string> &plugins)
{
    QJsonArray names;
    for (const auto &plugin : plugins)
        names.append(q(plugin));
    return names;
}

QString statesText(const QJsonArray &plugins)
{
    if (plugins.isEmpty())
        return QStringLiteral("The library has no plugins yet; coppicectl plugins add brings one in.");
    QList<QStringList> rows{{QStringLiteral("PLUGIN"), QStringLiteral("STATE"), QStringLiteral("AHEAD"), QStringLiteral("BEHIND"),
                             QStringLiteral("FETCHED"), QString()}};
    for (const auto &value : plugins) {
        const QJsonObject plugin = value.toObject();
        const QString fetched = plugin.value(QStringLiteral("upstream")).toObject().value(QStringLiteral("fetched")).toString();
        rows << QStringList{plugin.value(QStringLiteral("plugin")).toString(), plugin.value(QStringLiteral("state")).toString(),
                            QString::number(plugin.value(QStringLiteral("ahead")).toInteger()),
                            QString::number(plugin.value(QStringLiteral("behind")).toInteger()),
                            fetched.isEmpty() ? QStringLiteral("-") : ageText(QDateTime::fromString(fetched, Qt::ISODateWithMs).toMSecsSinceEpoch()),
                            plugin.value(QStringLiteral("why")).toString()};
    }
    return table(rows);
}

/// "940 clean, 12 ahead, 3 behind"
QString countsText(const QJsonObject &counts)
{
    QStringList parts;
    for (const char *name : {"clean", "ahead", "behind", "diverged", "blocked", "unknown", "no-upstream"}) {
        if (const int count = counts.value(QLatin1String(name)).toInt())
            parts << QStringLiteral("%1 %2").arg(count).arg(QLatin1String(name));
    }
    return parts.join(QStringLiteral(", ")) + u'.';
}

/// What a forced push takes off upstreams' branches, a line a commit.
QString lostText(const QJsonArray &plugins)
{
    QString text;
    for (const auto &value : plugins) {
        const auto lost = value.toObject().value(QStringLiteral("lost")).toObject();
        const auto commits = lost.value(QStringLiteral("commits")).toArray();
        for (const auto &one : commits) {
            const auto commit = one.toObject();
            text += QStringLiteral("\n  %1  %2  %3").arg(commit.value(QStringLiteral("commit")).toString().left(10),
                                                        commit.value(QStringLiteral("author")).toString(),
                                                        commit.value(QStringLiteral("subject")).toString());
        }
        if (const auto more = lost.value(QStringLiteral("count")).toInteger() - commits.size(); more > 0)
            text += QStringLiteral("\n  and %1 more").arg(more);
    }
    return text.isEmpty() ? text : QStringLiteral("\nOff the upstream's branch:") + text;
}

/// Ids, or --all; both at once is a mistake.
void addPlugins(Verb *command, std::vector<std::string> &plugins)
{
    auto *names = command->addOption("plugins,--plugin", plugins, "Ids; otherwise all");
    command->addFlag("--all", "All plugins, which is what naming none says")->excludes(names);
}

/// What git_policy says of commits, a line a commit.
QString policyText(const QString &plugin, const QJsonArray &findings)
{
    QString text;
    for (const auto &finding : findings) {
        text += QStringLiteral("\n%1: %2 %3").arg(plugin, finding[QLatin1String("what")].toString(), finding[QLatin1String("fix")].toString());
        const auto commits = finding[QLatin1String("commits")].toArray();
        for (const auto &commit : commits)
            text += QStringLiteral("\n  %1  %2").arg(commit[QLatin1String("commit")].toString().left(10), commit[QLatin1String("subject")].toString());
        if (const auto more = finding[QLatin1String("count")].toInteger() - commits.size(); more > 0)
            text += QStringLiteral("\n  and %1 more").arg(more);
    }
    return text;
}

QString policyText(const QJsonArray &plugins)
{
    QString text;
    for (const auto &value : plugins) {
        const QString name = value[QLatin1String("plugin")].toString();
        const auto policy = value[QLatin1String("policy")];
        text += policyText(name, policy.toArray()) + policyText(name, policy[QLatin1String("incoming")].toArray()) + policyText(name, policy[QLatin1String("outgoing")].toArray());
    }
    return text;
}

QString outcomesText(const QJsonArray &plugins)
{
    QList<QStringList> rows;
    for (const auto &value : plugins) {
        const QJsonObject plugin = value.toObject();
        rows << QStringList{plugin.value(QStringLiteral("plugin")).toString(), plugin.value(QStringLiteral("what")).toString()};
    }
    return rows.isEmpty() ? QStringLiteral("The library has no plugins.") : table(rows);
}

const Definition status([](Verb &root, Context &context) {
    auto *command = group(root, "sync", "Plugins and their upstreams")
                        ->addSubcommand("status", "Where each plugin stands against its upstream, as fetched last");
    const auto plugins = std::make_shared<std::vector<std::string>>();
    const auto fetch = std::make_shared<bool>(false);
    addPlugins(command, *plugins);
    command->addFlag("--fetch", *fetch, "Ask the upstreams first");
    command->callback([&context, plugins, fetch] {
        context.setAction([plugins, fetch](Context &run) -> Result<int> {
            QJsonObject answer;
            if (*fetch) {
                COPPICE_TRY(answer, run.call(QStringLiteral("sync.fetch"), {{QStringLiteral("plugins"), namesOf(*plugins)}}));
            } else {
                COPPICE_TRY(auto *session, run.session());
                QStringList ids;
                for (const auto &plugin : *plugins)
                    ids << q(plugin);
                COPPICE_TRY(const auto states, sync::status({session->library(), session->state()}, ids, run.stop(), run.progress()));
                answer = sync::answerOf(states);
            }
            const auto all = answer.value(QStringLiteral("plugins")).toArray();
            run.answer(answer, (all.size() < 2 ? statesText(all)
                                               : QString(statesText(all) + u'\n' + countsText(answer.value(QStringLiteral("counts")).toObject()))) + policyText(all));
            return 0;
        });
    });
});

void addVerb(Verb &root, Context &context, const std::string &name, const std::string &description)
{
    auto *command = group(root, "sync", "Plugins and their upstreams")->addSubcommand(name, description);
    const auto plugins = std::make_shared<std::vector<std::string>>();
    struct Flags {
        bool cut = false, force = false, dryRun = false;
    };
    const auto flags = std::make_shared<Flags>();
    addPlugins(command, *plugins);
    if (name == "push") {
        command->addFlag("--cut", flags->cut, "Leave out commits of the library that the plugin's history runs into; for one plugin");
        command->addFlag("--force", flags->force,
                          "Overwrite what the upstreams of the named plugins have, if that is still what was fetched last");
        command->addFlag("--dry-run", flags->dryRun, "Say what would be pushed, and lost; push nothing");
    }
    command->callback([&context, plugins, name, flags] {
        context.setAction([plugins, name, flags](Context &run) -> Result<int> {
            COPPICE_TRY(const auto answer, run.call(QStringLiteral("sync.") + q(name), {{QStringLiteral("plugins"), namesOf(*plugins)},
                                                                                        {QStringLiteral("cut"), flags->cut},
                                                                                        {QStringLiteral("force"), flags->force},
                                                                                        {QStringLiteral("dry_run"), flags->dryRun}}));
            const auto all = answer.value(QStringLiteral("plugins")).toArray();
            run.answer(answer, outcomesText(all) + lostText(all) + policyText(all));
            if (!run.json && answer.contains(QStringLiteral("error")))
                run.note(answer.value(QStringLiteral("error")).toObject().value(QStringLiteral("hint")).toString());
            return sync::exitCodeOf(answer);
        });
    });
}

const Definition verbs([](Verb &root, Context &context) {
    addVerb(root, context, "pull", "Fetch upstreams and merge each into its prefix, one commit a plugin");
    addVerb(root, context, "push", "Split plugins and push each to its upstream, fast-forward unless --force is given");
});

} // namespace

} // namespace coppice::ctl

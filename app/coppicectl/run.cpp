// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <journal/lease.h>
#include <runs/run.h>
#include <text/hidden.h>
#include <text/scrub.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

namespace coppice::ctl {

namespace {

QString folderOf(const engine::Session &session, const runs::Run &run)
{
    return session.library().runsDir() + u'/' + run.id.toString();
}

QJsonArray needsOf(const engine::Session &session, const runs::Run &run)
{
    if (!run.approval.isEmpty())
        return {QJsonObject{{QStringLiteral("kind"), QStringLiteral("approval")},
                            {QStringLiteral("run"), run.id.toString()},
                            {QStringLiteral("plugin"), run.plugin},
                            {QStringLiteral("approval"), run.approval}}};
    return {QJsonObject{{QStringLiteral("kind"), QStringLiteral("hand")},
                        {QStringLiteral("run"), run.id.toString()},
                        {QStringLiteral("plugin"), run.plugin},
                        {QStringLiteral("paths"), QJsonArray{QString(folderOf(session, run) + QStringLiteral("/hand"))}}}};
}

QString textOf(const runs::Run &run)
{
    QStringList lines{QStringLiteral("run %1: %2, %3 by %4: %5")
                          .arg(run.id.shown(), run.plugin, run.playbook, run.client, runs::nameOf(run.state))};
    if (!run.reason.isEmpty())
        lines << QStringLiteral("  ") + text::plain(run.reason, 2000);
    for (const auto &check : run.checks) {
        const auto word = [](const std::optional<bool> &passed) {
            return !passed ? QStringLiteral("not run") : *passed ? QStringLiteral("passed") : QStringLiteral("failed");
        };
        lines << QStringLiteral("  check %1: %2 before, %3 after").arg(check.command, word(check.before), word(check.after));
    }
    if (run.inputTokens || run.outputTokens)
        lines << QStringLiteral("  %1 tokens in, %2 out").arg(run.inputTokens).arg(run.outputTokens);
    if (run.cost.micros)
        lines << QStringLiteral("  cost %1").arg(run.cost.toString());
    if (run.tainted)
        lines << QStringLiteral("  has read text from outside (tainted)");
    if (!run.approval.isEmpty())
        lines << QStringLiteral("  coppicectl approvals answer %1 …").arg(run.approval.right(6).toLower());
    if (!run.review.isEmpty())
        lines << QStringLiteral("  patch to review: %1").arg(run.review.right(6).toLower());
    return lines.join(u'\n');
}

/// Answers a run as `run show` does. Exit status 1 when it failed, 130 when it was cancelled, 4 while it waits.
int answerRun(Context &context, const engine::Session &session, const runs::Run &run, bool statusByState)
{
    QJsonObject document = runs::toJson(run);
    document[QStringLiteral("folder")] = folderOf(session, run);
    const bool waits = run.state == runs::Run::State::Waiting;
    if (waits)
        document[QStringLiteral("needs")] = needsOf(session, run);
    context.answer(document, textOf(run));
    if (!statusByState)
        return 0;
    switch (run.state) {
    case runs::Run::State::Failed:
        return 1;
    case runs::Run::State::Cancelled:
    case runs::Run::State::Interrupted:
        return 130;
    case runs::Run::State::Waiting:
        return 4;
    default:
        return 0;
    }
}

/// What follows a queued run: with --wait its end, else its state now.
Result<int> follow(Context &context, const QString &id, bool wait)
{
    COPPICE_TRY(auto *session, context.session());
    if (wait) {
        COPPICE_TRY(const auto run, session->awaitRun(id, context.stop(), context.progress()));
        return answerRun(context, *session, run, true);
    }
    if (!journal::Lease::holder(session->library().coppiceDir()))
        context.note(QStringLiteral("The run is queued. It starts when the window or coppicectl serve runs, or with: "
                                    "coppicectl run resume %1 --wait")
                         .arg(id.right(6).toLower()));
    COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(id));
    return answerRun(context, *session, run, false);
}

const Definition start([](CLI::App &root, Context &context) {
    struct Options {
        std::string ticket, plugin, playbook, client, command, model;
        qint64 timeout = 0;
        std::optional<int> priority;
        bool wait = false;
    };
    auto options = std::make_shared<Options>();
    auto *command = group(root, "run", "Runs of plugin agents")->add_subcommand("start", "Start a run");
    command->add_option("--ticket", options->ticket, "The ticket that it answers");
    command->add_option("--plugin", options->plugin, "The plugin, for a playbook that needs no ticket");
    command->add_option("--playbook", options->playbook, "What to do")->required();
    command->add_option("--client", options->client, "claude, exec, recipe, recipe:NAME, hand, or one of coppice.yaml; the plugin agent's own where nothing is said");
    command->add_option("--command", options->command, "Of exec: run by bash -c in the plugin's folder");
    command->add_option("--timeout", options->timeout, "Seconds that the client may take")->check(CLI::Range(1, 86400));
    command->add_option("--model", options->model, "The model to ask for, as its service spells it");
    command->add_option("--priority", options->priority, "Larger is earlier; 10 for production errors where nothing is said")
        ->check(CLI::Range(-1000, 1000));
    command->add_flag("--wait", options->wait, "Wait until it is over");
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            if (options->ticket.empty() && options->plugin.empty())
                return failUsage(QStringLiteral("usage"), QStringLiteral("Name a ticket or a plugin"), {},
                                 QStringLiteral("coppicectl run start --ticket T --playbook fix --client recipe --wait"));
            QJsonObject asked{{QStringLiteral("ticket"), q(options->ticket)},     {QStringLiteral("plugin"), q(options->plugin)},
                              {QStringLiteral("playbook"), q(options->playbook)}, {QStringLiteral("client"), q(options->client)},
                              {QStringLiteral("command"), q(options->command)},   {QStringLiteral("timeout"), options->timeout},
                              {QStringLiteral("model"), q(options->model)}};
            if (options->priority)
                asked[QStringLiteral("priority")] = *options->priority;
            COPPICE_TRY(const QJsonObject queued, here.call(QStringLiteral("run.start"), asked));
            return follow(here, queued[u"id"].toString(), options->wait);
        });
    });
});

const Definition list([](CLI::App &root, Context &context) {
    auto plugin = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->add_subcommand("list", "All runs, the newest first");
    command->add_option("--plugin", *plugin, "Of one plugin only");
    command->callback([plugin, &context] {
        context.setAction([plugin](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto all, runs::RunStore(session->state()).list(q(*plugin)));
            QJsonArray entries;
            QList<QStringList> rows;
            for (const auto &run : all) {
                entries.append(runs::toJson(run));
                rows << QStringList{run.id.shown(), run.plugin, run.playbook, run.client, runs::nameOf(run.state),
                                    ageText(run.queued), text::plain(run.reason, 200).simplified()};
            }
            here.answer({{QStringLiteral("runs"), entries}},
                        rows.isEmpty() ? QStringLiteral("No runs yet. Start one: coppicectl run start --ticket T --playbook fix "
                                                        "--client recipe --wait")
                                       : table(rows));
            return 0;
        });
    });
});

const Definition show([](CLI::App &root, Context &context) {
    auto id = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->add_subcommand("show", "One run");
    command->add_option("ID", *id, "The run")->required();
    command->callback([id, &context] {
        context.setAction([id](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(q(*id)));
            return answerRun(here, *session, run, false);
        });
    });
});

/// What the client printed in all its attempts, secrets scrubbed; for a terminal, without anything that could steer it.
const Definition logs([](CLI::App &root, Context &context) {
    auto id = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->add_subcommand("logs", "What the client printed");
    command->add_option("ID", *id, "The run")->required();
    command->callback([id, &context] {
        context.setAction([id](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(q(*id)));
            const QDir folder(folderOf(*session, run) + QStringLiteral("/logs"));
            QStringList names;
            for (const char *kind : {"agent-*.log", "step-*.log"}) { // what clients printed, then commands of the playbook
                QStringList some = folder.entryList({QString::fromLatin1(kind)}, QDir::Files);
                std::ranges::sort(some, [](const QString &a, const QString &b) {
                    return std::pair(a.size(), a) < std::pair(b.size(), b); // agent-10 after agent-9
                });
                names += some;
            }
            const text::Scrubber scrubber;
            QString whole;
            for (const QString &name : names) {
                QFile file(folder.filePath(name));
                if (!file.open(QIODevice::ReadOnly))
                    return fail(QStringLiteral("run.log"), QStringLiteral("The log cannot be read (%1)").arg(file.errorString()), file.fileName());
                // Whole lines, many at once: a secret is found over line ends, and a flood of short lines is read quickly.
                while (!file.atEnd()) {
                    QByteArray lines = file.read(256 * 1024);
                    lines += file.readLine(64 * 1024);
                    const QString text = scrubber.scrub(text::plain(QString::fromUtf8(lines), 2 * lines.size())).text;
                    if (here.json) {
                        whole += text;
                    } else {
                        const QByteArray out = text.toUtf8();
                        std::fwrite(out.constData(), 1, size_t(out.size()), stdout);
                    }
                }
            }
            if (here.json)
                here.answer({{QStringLiteral("id"), run.id.toString()}, {QStringLiteral("text"), whole}}, {});
            return 0;
        });
    });
});

const Definition cancel([](CLI::App &root, Context &context) {
    auto id = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->add_subcommand("cancel", "Stop a run; its folder stays");
    command->add_option("ID", *id, "The run")->required();
    command->callback([id, &context] {
        context.setAction([id](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            runs::RunStore store(session->state());
            COPPICE_TRY(auto run, store.get(q(*id)));
            COPPICE_CHECK(store.askCancel(run.id.toString()));
            // Somebody carries it out: the answer is that it has stopped, not that it was asked to.
            COPPICE_TRY(run, session->awaitRun(run.id.toString(), here.stop(), here.progress()));
            COPPICE_CHECK(runs::withdrawOver(session->state(), session->journal()));
            return answerRun(here, *session, run, false);
        });
    });
});

void goOn(CLI::App &root, Context &context, const char *name, const char *description, const char *verb)
{
    struct Options {
        std::string id;
        bool wait = false;
    };
    auto options = std::make_shared<Options>();
    auto *command = group(root, "run", "Runs of plugin agents")->add_subcommand(name, description);
    command->add_option("ID", options->id, "The run")->required();
    command->add_flag("--wait", options->wait, "Wait until it is over");
    command->callback([options, &context, verb] {
        context.setAction([options, verb](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(q(options->id)));
            COPPICE_TRY(const QJsonObject queued, here.call(QString::fromLatin1(verb), {{QStringLiteral("run"), run.id.toString()}}));
            return follow(here, queued[u"id"].toString(), options->wait);
        });
    });
}

const Definition resume([](CLI::App &root, Context &context) {
    goOn(root, context, "resume", "Go on with a run that was interrupted or cancelled", "run.resume");
});

const Definition byHand([](CLI::App &root, Context &context) {
    goOn(root, context, "by-hand", "Take a run over: its client stops, and you go on in a copy of the folder", "run.by-hand");
});

const Definition replay([](CLI::App &root, Context &context) {
    goOn(root, context, "replay", "Play a run's recording back as a run of its own, labelled as such", "run.replay");
});

const Definition take([](CLI::App &root, Context &context) {
    goOn(root, context, "take", "Take a person's work in a hand run's folder", "run.take");
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "run_answer.h"

#include <base/clock.h>
#include <runs/check_log.h>
#include <text/hidden.h>
#include <text/scrub.h>

#include <QDir>
#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace coppice::ctl {

namespace {

const Definition list([](Verb &root, Context &context) {
    auto plugin = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->addSubcommand("list", "All runs, the newest first");
    command->addOption("--plugin", *plugin, "Of one plugin only");
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

const Definition show([](Verb &root, Context &context) {
    auto id = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->addSubcommand("show", "One run");
    command->addOption("ID", *id, "The run")->required();
    command->callback([id, &context] {
        context.setAction([id](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(q(*id)));
            return answerRun(here, *session, run, false);
        });
    });
});

/// What one check printed; the same that the window shows beside the patch.
Result<int> answerCheckLog(Context &here, const runs::Run &run, const QString &check, bool before)
{
    COPPICE_TRY(const auto log, runs::readCheckLog(run, check, before ? runs::CheckSide::Before : runs::CheckSide::After));
    here.answer({{QStringLiteral("id"), run.id.toString()},
                 {QStringLiteral("check"), check},
                 {QStringLiteral("side"), before ? QStringLiteral("before") : QStringLiteral("after")},
                 {QStringLiteral("left_out"), log.leftOut},
                 {QStringLiteral("text"), log.text}},
                log.text.endsWith(u'\n') ? log.text.chopped(1) : log.text);
    return 0;
}

/// What the client printed in all its attempts, secrets scrubbed; for a terminal, without anything that could steer it.
const Definition logs([](Verb &root, Context &context) {
    auto id = std::make_shared<std::string>();
    auto check = std::make_shared<std::string>();
    auto before = std::make_shared<bool>(false);
    auto *command = group(root, "run", "Runs of plugin agents")->addSubcommand("logs", "What the client or a check printed");
    command->addOption("ID", *id, "The run")->required();
    auto *of = command->addOption("--check", *check, "What this check printed on the result: its name or its command");
    command->addFlag("--before", *before, "What the check printed on the base, before the change")->needs(of);
    command->callback([id, check, before, &context] {
        context.setAction([id, check, before](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(q(*id)));
            if (!check->empty())
                return answerCheckLog(here, run, q(*check), *before);
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

const Definition cancel([](Verb &root, Context &context) {
    auto id = std::make_shared<std::string>();
    auto *command = group(root, "run", "Runs of plugin agents")->addSubcommand("cancel", "Stop a run; its folder stays");
    command->addOption("ID", *id, "The run")->required();
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

void goOn(Verb &root, Context &context, const char *name, const char *description, const char *verb)
{
    struct Options {
        std::string id;
        bool wait = false;
    };
    auto options = std::make_shared<Options>();
    auto *command = group(root, "run", "Runs of plugin agents")->addSubcommand(name, description);
    command->addOption("ID", options->id, "The run")->required();
    command->addFlag("--wait", options->wait, "Wait until it is over");
    command->callback([options, &context, verb] {
        context.setAction([options, verb](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            COPPICE_TRY(const auto run, runs::RunStore(session->state()).get(q(options->id)));
            COPPICE_TRY(const QJsonObject queued, here.call(QString::fromLatin1(verb), {{QStringLiteral("run"), run.id.toString()}}));
            return follow(here, queued[u"id"].toString(), options->wait);
        });
    });
}

const Definition resume([](Verb &root, Context &context) {
    goOn(root, context, "resume", "Go on with a run that was interrupted or cancelled", "run.resume");
});

const Definition byHand([](Verb &root, Context &context) {
    goOn(root, context, "by-hand", "Take a run over: its client stops, and you go on in a copy of the folder", "run.by-hand");
});

const Definition replay([](Verb &root, Context &context) {
    goOn(root, context, "replay", "Play a run's recording back as a run of its own, labelled as such", "run.replay");
});

const Definition take([](Verb &root, Context &context) {
    goOn(root, context, "take", "Take a person's work in a hand run's folder", "run.take");
});

} // namespace

} // namespace coppice::ctl

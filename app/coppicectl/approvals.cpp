// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/clock.h>
#include <engine/session.h>
#include <journal/approval.h>
#include <journal/lease.h>
#include <text/hidden.h>

#include <QJsonArray>

#include <memory>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

QString textOf(const journal::Approval &one)
{
    QStringList lines{u"%1  %2  %3"_s.arg(one.id.shown(), one.plugin, text::plain(one.title, 300))};
    if (one.tainted)
        lines << (one.kind == journal::Approval::Kind::Proposal ? u"  quotes text from outside"_s : u"  asked by a run that has read text from outside"_s);
    if (const QString command = one.detail[u"command"].toString(); !command.isEmpty())
        lines << u"  command: "_s + text::plain(command, 2000);
    for (const auto &path : one.detail[u"paths"].toArray())
        lines << u"  path: "_s + text::plain(path.toString(), 500);
    if (const QString question = one.detail[u"question"].toString(); !question.isEmpty() && question != one.title)
        lines << u"  "_s + text::plain(question, 8000);
    lines << (one.answer ? u"  answered: %1 by %2"_s.arg(*one.answer, one.answeredBy) : u"  answers: "_s + one.options.join(u", "_s));
    return lines.join(u'\n');
}

const Definition list([](Verb &root, Context &context) {
    auto run = std::make_shared<std::string>();
    auto *command = group(root, "approvals", "What waits for a person's answer")->addSubcommand("list", "Open questions, the oldest first");
    command->addOption("--run", *run, "All questions of one run, answered ones too; a whole id");
    command->callback([run, &context] {
        context.setAction([run](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            journal::Approvals approvals(session->state(), session->journal());
            COPPICE_TRY(const auto all, run->empty() ? approvals.waiting() : approvals.about(u"run:"_s + q(*run).toUpper()));
            QJsonArray entries;
            QStringList texts;
            for (const auto &one : all) {
                entries.append(journal::toJson(one));
                texts << textOf(one);
            }
            here.answer({{u"approvals"_s, entries}}, texts.isEmpty() ? u"Nothing waits for an answer."_s : texts.join(u'\n'));
            return 0;
        });
    });
});

const Definition answer([](Verb &root, Context &context) {
    struct Options {
        std::string id, option, message;
    };
    auto options = std::make_shared<Options>();
    auto *command = group(root, "approvals", "What waits for a person's answer")->addSubcommand("answer", "Answer a question");
    command->addOption("ID", options->id, "The question")->required();
    command->addOption("ANSWER", options->option, "One of its answers, as approvals list shows them")->required();
    command->addOption("--message", options->message, "Told to the agent with the answer");
    command->callback([options, &context] {
        context.setAction([options](Context &here) -> Result<int> {
            COPPICE_TRY(auto *session, here.session());
            journal::Approvals approvals(session->state(), session->journal());
            COPPICE_CHECK(approvals.answer(Actor::self(), q(options->id), q(options->option), q(options->message)));
            COPPICE_TRY(const auto now, approvals.get(q(options->id)));
            if (now.kind == journal::Approval::Kind::Step && !journal::Lease::holder(session->library().coppiceDir()))
                here.note(u"The run goes on when the window or coppicectl serve runs, or with: coppicectl run resume %1 --wait"_s
                              .arg(now.subject.right(6).toLower()));
            here.answer(journal::toJson(now), textOf(now));
            return 0;
        });
    });
});

} // namespace

} // namespace coppice::ctl

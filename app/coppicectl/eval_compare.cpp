// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "eval_arms.h"

#include <base/clock.h>
#include <engine/session.h>
#include <evals/comparison.h>
#include <review/reviews.h>

#include <memory>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::string first, second, review;
    double margin = 0.1, least = 0;
    int fewest = 10;
};

QString percent(double share)
{
    return u"%1 %"_s.arg(share * 100, 0, 'f', 1);
}

QString textOf(const evals::Comparison &comparison)
{
    QList<QStringList> rows;
    for (const auto &pair : comparison.pairs) {
        if (pair.difference() != 0)
            rows << QStringList{pair.task, pair.level, u"%1/%2"_s.arg(pair.passedFirst).arg(pair.trialsFirst), u"%1/%2"_s.arg(pair.passedSecond).arg(pair.trialsSecond)};
    }
    QString text = u"%1\nagainst %2, on %3 tasks: %4 (%5 to %6, 95 %), p = %7\n"_s.arg(comparison.second.toString(), comparison.first.toString())
                       .arg(comparison.pairs.size())
                       .arg(percent(comparison.difference), percent(comparison.interval.low), percent(comparison.interval.high))
                       .arg(comparison.p, 0, 'g', 3);
    text += u"%1 tasks better, %2 worse\n"_s.arg(comparison.better).arg(comparison.worse) + (rows.isEmpty() ? QString() : QString(table(rows) + u'\n'));
    if (!comparison.changed.isEmpty())
        text += u"Left out, because the task has changed between: %1\n"_s.arg(comparison.changed.join(u", "_s));
    if (!comparison.missing.isEmpty())
        text += u"Left out, because one side has no trial that counts: %1\n"_s.arg(comparison.missing.join(u", "_s));
    if (comparison.uncounted > 0)
        text += u"Not counted: %1 trials that the machine or a provider's limit broke\n"_s.arg(comparison.uncounted);
    return text;
}

Result<evals::Comparison> compared(const Options &options)
{
    COPPICE_TRY(const auto first, evalArm(q(options.first)));
    COPPICE_TRY(const auto second, evalArm(q(options.second)));
    auto comparison = evals::compare(first.first, first.second, second.first, second.second);
    if (comparison.pairs.empty())
        return failUsage(u"eval.compare"_s, u"No task was tried on both sides as it stands"_s, q(options.first) + u" and "_s + q(options.second),
                         u"Try both on the same suite."_s);
    return comparison;
}

/// The verdict as evidence of a patch that changes templates: only where exactly these templates were tried.
Result<> keepOn(Context &context, const QString &id, const evals::Comparison &comparison, const evals::Gate &gate)
{
    COPPICE_TRY(auto *session, context.session());
    review::Reviews reviews(session->state(), session->journal());
    COPPICE_TRY(const auto patch, reviews.get(id));
    COPPICE_TRY(auto repository, session->library().repository());
    COPPICE_TRY(const git::Oid head, session->library().head());
    COPPICE_TRY(const git::Oid templates, evals::templatesWith(repository, head, patch.last()));
    if (templates.toString() != comparison.second.instructions)
        return failUsage(u"eval.other-templates"_s, u"The second side was tried with other templates than the library would have with this patch"_s, patch.id.shown(),
                         u"Make its trials with --instructions review:%1."_s.arg(patch.id.shown()));
    using Verdict = review::Evidence::Verdict;
    const Verdict verdict = gate.verdict == evals::Gate::Verdict::Pass ? Verdict::Good : gate.verdict == evals::Gate::Verdict::Fail ? Verdict::Bad : Verdict::Neutral;
    return reviews.addEvidence(patch.id.toString(), {u"eval"_s, u"%1 tasks, %2"_s.arg(comparison.pairs.size()).arg(comparison.second.client), verdict, gate.why, {}, nowMs()});
}

Result<int> gate(Context &context, const Options &options)
{
    COPPICE_TRY(const auto comparison, compared(options));
    const auto verdict = evals::gateOf(comparison, {options.margin, options.least, options.fewest});
    if (!options.review.empty())
        COPPICE_CHECK(keepOn(context, q(options.review), comparison, verdict));
    context.answer({{u"verdict"_s, evals::nameOf(verdict.verdict)}, {u"why"_s, verdict.why}, {u"comparison"_s, evals::toJson(comparison)}},
                   evals::nameOf(verdict.verdict) + u": "_s + verdict.why + u'\n' + textOf(comparison));
    return verdict.verdict == evals::Gate::Verdict::Pass ? 0 : 1;
}

Verb *pair(Verb &root, const char *name, const char *description, const std::shared_ptr<Options> &options)
{
    auto *sub = group(root, "eval", "How well clients and instructions do on maintenance tasks")->addSubcommand(name, description);
    sub->addOption("first", options->first, "Trials of what there is: FOLDER, FOLDER@ARM or FOLDER@CLIENT/ARM")->required();
    sub->addOption("second", options->second, "Trials of what may take its place")->required();
    return sub;
}

const Definition commands([](Verb &root, Context &context) {
    const auto options = std::make_shared<Options>();
    pair(root, "compare", "Two arms on the same tasks, paired: difference with its interval, and how likely it is chance", options)
        ->callback([&context, options] {
            context.setAction([options](Context &here) -> Result<int> {
                COPPICE_TRY(const auto comparison, compared(*options));
                here.answer(evals::toJson(comparison), textOf(comparison));
                return 0;
            });
        });
    auto *sub = pair(root, "gate", "Whether the second may take the first's place: exit status 0 when it may", options);
    sub->addOption("--margin", options->margin, "So much worse is still taken, as a share of 1");
    sub->addOption("--least", options->least, "Its own rate has to reach this, as a share of 1");
    sub->addOption("--fewest", options->fewest, "Tasks on both sides, below which nothing is decided")->between(1, 100'000);
    sub->addOption("--review", options->review, "Keep the verdict as evidence of this patch of templates");
    sub->callback([&context, options] {
        context.setAction([options](Context &here) { return gate(here, *options); });
    });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "eval_text.h"

#include <evals/summary.h>
#include <evals/trial_store.h>

#include <QJsonArray>

#include <memory>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

Result<int> report(Context &context, const QString &folder)
{
    COPPICE_TRY(const auto trials, evals::TrialStore::read(folder));
    QJsonArray arms;
    QString text;
    for (const auto &[arm, own] : evals::byArm(trials)) {
        const auto sum = evals::sumOf(own);
        QJsonObject document = evals::toJson(arm);
        QJsonObject levels;
        QList<QStringList> rows{evalSumHeader(), evalSumRow(u"all"_s, sum)};
        for (const auto &[level, some] : evals::byLevel(own).asKeyValueRange()) {
            const auto part = evals::sumOf(some);
            levels[level] = evals::toJson(part);
            rows << evalSumRow(level, part);
        }
        document[u"all"_s] = evals::toJson(sum);
        document[u"levels"_s] = levels;
        arms.append(document);
        text += arm.toString() + u'\n' + table(rows) + u'\n' + evalSumNotes(sum) + u'\n';
    }
    context.answer({{u"arms"_s, arms}, {u"trials"_s, qint64(trials.size())}}, text);
    return 0;
}

const Definition command([](Verb &root, Context &context) {
    auto *sub = group(root, "eval", "How well clients and instructions do on maintenance tasks")
                    ->addSubcommand("report", "What the trials of a folder come to, by client, instructions and level");
    const auto folder = std::make_shared<std::string>();
    sub->addOption("folder", *folder, "As given to eval run --out")->required();
    sub->callback([&context, folder] {
        context.setAction([folder](Context &here) { return report(here, q(*folder)); });
    });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"
#include "eval_text.h"

#include <base/clock.h>
#include <base/paths.h>
#include <common/pdf.h>
#include <evals/report.h>
#include <evals/trial_sets.h>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

#include <memory>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::vector<std::string> folders;
    std::string html, csv, json, pdf, name;
};

QString textOf(const evals::Report &report)
{
    QString text = evals::testedSentence(report) + u'\n' + evals::instructionsSentence(report) + u"\n\n"_s;
    for (const auto &one : report.arms) {
        QList<QStringList> rows{evalSumHeader(), evalSumRow(u"all"_s, one.all)};
        for (const auto &[level, part] : one.levels)
            rows << evalSumRow(level, part);
        text += one.name + u'\n' + table(rows) + u'\n' + evalSumNotes(one.all) + u'\n';
    }
    for (const auto &one : report.broken)
        text += u"not counted: %1, %2 by %3: %4\n"_s.arg(one.failure).arg(one.trials).arg(report.arms[size_t(one.arm)].name, one.reason);
    return text;
}

Result<int> report(Context &context, const Options &options)
{
    std::vector<evals::TrialSet> sets;
    QStringList names;
    for (const auto &folder : options.folders) {
        COPPICE_TRY(auto set, evals::readTrialSet(q(folder)));
        names << set.name;
        sets.push_back(std::move(set));
    }
    const QString name = options.name.empty() ? names.join(u" and "_s) : q(options.name);
    const auto made = evals::makeReport(evals::allTrials(sets), name, nowMs());
    QJsonObject document = evals::toJson(made);
    QString text = textOf(made);
    QJsonArray files;
    const auto written = [&](const std::string &file) {
        files.append(QFileInfo(q(file)).absoluteFilePath());
        text += u"Written: %1\n"_s.arg(q(file));
    };
    const auto write = [&](const std::string &file, const QByteArray &bytes) -> Result<> {
        if (file.empty())
            return {};
        COPPICE_CHECK(writeFileAtomically(QFileInfo(q(file)).absoluteFilePath(), bytes));
        written(file);
        return {};
    };
    COPPICE_CHECK(write(options.html, evals::toHtml(made).toUtf8()));
    COPPICE_CHECK(write(options.csv, evals::toCsv(made)));
    COPPICE_CHECK(write(options.json, QJsonDocument(document).toJson(QJsonDocument::Indented)));
    if (!options.pdf.empty()) {
        COPPICE_TRY(const auto printed, app::writePdf(evals::toHtml(made), QFileInfo(q(options.pdf)).absoluteFilePath(), context.stop()));
        for (const QString &note : printed.notes)
            context.note(note);
        written(options.pdf);
    }
    document[u"files"_s] = files;
    context.answer(document, text);
    return 0;
}

const Definition command([](Verb &root, Context &context) {
    auto *sub = group(root, "eval", "How well clients and instructions do on maintenance tasks")
                    ->addSubcommand("report", "What trials come to, by client, instructions and level, also as a page to hand on");
    const auto options = std::make_shared<Options>();
    sub->addOption("folder", options->folders, "As given to eval run --out; several are taken together")->required();
    sub->addOption("--html", options->html, "Write one page with everything in it");
    sub->addOption("--pdf", options->pdf, "The same page, printed");
    sub->addOption("--csv", options->csv, "Write a line for each arm, and for each level and task of it");
    sub->addOption("--json-file", options->json, "Write all numbers");
    sub->addOption("--name", options->name, "What the page is called; otherwise as the folders");
    sub->callback([&context, options] {
        context.setAction([options](Context &here) { return report(here, *options); });
    });
});

} // namespace

} // namespace coppice::ctl

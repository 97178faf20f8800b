// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/paths.h>
#include <evals/harbor.h>

#include <QJsonArray>

#include <memory>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

namespace {

struct Options {
    std::string tasks, out;
};

Result<int> exportTasks(Context &context, const Options &options)
{
    COPPICE_TRY(const auto tasks, evals::loadSuite(q(options.tasks)));
    const QString out = q(options.out);
    COPPICE_CHECK(makeFolder(out));
    QJsonArray written;
    for (const auto &task : tasks) {
        COPPICE_CHECK(evals::writeHarborTask(task, out));
        written.append(task.id);
    }
    context.answer({{u"tasks"_s, written}, {u"out"_s, out}}, u"%1 tasks are in %2\n"_s.arg(tasks.size()).arg(out));
    return 0;
}

const Definition command([](Verb &root, Context &context) {
    auto *sub = group(root, "eval", "How well clients and instructions do on maintenance tasks")
                    ->addSubcommand("export", "Write tasks so that each stands alone, with all its files and a Dockerfile, as Harbor reads them");
    const auto options = std::make_shared<Options>();
    sub->addOption("--tasks", options->tasks, "A task, or a folder of tasks at any depth")->required();
    sub->addOption("--out", options->out, "The folder to write them into")->required();
    sub->callback([&context, options] {
        context.setAction([options](Context &here) { return exportTasks(here, *options); });
    });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

namespace coppice::ctl {

namespace {

void addVerb(Verb &root, Context &context, const std::string &name, const std::string &description)
{
    auto *command = group(root, "library", "The library's own remote")->addSubcommand(name, description);
    command->callback([&context, name] {
        context.setAction([name](Context &run) -> Result<int> {
            COPPICE_TRY(const auto answer, run.call(QStringLiteral("library.") + q(name), {}));
            run.answer(answer, answer.value(QStringLiteral("what")).toString());
            return 0;
        });
    });
}

const Definition remote([](Verb &root, Context &context) {
    addVerb(root, context, "pull", "Fetch the library's remote and bring it into the branch");
    addVerb(root, context, "push", "Push the library's branch to its remote");
});

} // namespace

} // namespace coppice::ctl

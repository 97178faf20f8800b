// SPDX-License-Identifier: GPL-3.0-or-later
#include "eval_arms.h"

#include <engine/session.h>
#include <evals/trial_store.h>
#include <review/reviews.h>

#include <QDir>
#include <QFileInfo>

namespace coppice::ctl {

using namespace Qt::StringLiterals;

Result<std::optional<library::Library>> evalLibrary(const Context &context)
{
    auto library = library::Library::open(context.library.isEmpty() ? QDir::currentPath() : context.library);
    if (library)
        return std::optional(std::move(*library));
    if (!context.library.isEmpty())
        return std::unexpected(library.error());
    return std::optional<library::Library>();
}

Result<evals::Instructions> evalInstructions(const QString &asked, Context &context)
{
    using Kind = evals::Instructions::Kind;
    if (asked == u"shipped" || asked == u"none")
        return evals::Instructions{asked == u"none" ? Kind::None : Kind::Shipped, asked, {}, {}};
    COPPICE_TRY(const auto library, evalLibrary(context));
    if (!library)
        return failUsage(u"eval.instructions"_s, u"A version of the instructions is a commit of a library, and there is no library here"_s, asked,
                         u"Name the library with --library, or say shipped or none."_s);
    COPPICE_TRY(auto repository, library->repository());
    evals::Instructions instructions{Kind::Library, asked, library->commonDir(), {}};
    if (asked.startsWith(u"review:"_s)) {
        COPPICE_TRY(auto *session, context.session());
        COPPICE_TRY(const auto patch, review::Reviews(session->state(), session->journal()).get(asked.mid(7)));
        COPPICE_TRY(const git::Oid head, library->head());
        COPPICE_TRY(instructions.templates, evals::templatesWith(repository, head, patch.last()));
        return instructions;
    }
    COPPICE_TRY(const git::Oid commit, repository.resolve(asked + u"^{commit}"_s));
    COPPICE_TRY(instructions.templates, evals::templatesAt(repository, commit));
    return instructions;
}

Result<std::pair<evals::Arm, std::vector<evals::Trial>>> evalArm(const QString &named)
{
    QString folder = named, which;
    if (const auto at = named.lastIndexOf(u'@'); at > 0 && !QFileInfo(named).isDir()) {
        folder = named.left(at);
        which = named.mid(at + 1);
    }
    COPPICE_TRY(const auto trials, evals::TrialStore::read(folder));
    std::vector<std::pair<evals::Arm, std::vector<evals::Trial>>> fitting;
    QStringList all;
    for (auto &arm : evals::byArm(trials)) {
        const QString name = arm.first.client + u'/' + arm.first.name;
        all << name;
        if (which.isEmpty() || which == arm.first.name || which == name)
            fitting.push_back(std::move(arm));
    }
    if (fitting.size() == 1)
        return std::move(fitting.front());
    all.removeDuplicates();
    return failUsage(u"eval.arm"_s, fitting.empty() ? u"No trials in this folder are of that arm"_s : u"The folder holds trials of several arms"_s, named,
                     u"Name one of them: %1@%2."_s.arg(folder, all.join(u" or @"_s)));
}

} // namespace coppice::ctl

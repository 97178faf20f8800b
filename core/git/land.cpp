// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/land.h"

#include "git/checkout.h"
#include "git/raw_tree.h"

#include <QJsonArray>
#include <QJsonObject>

namespace coppice::git {

namespace {

struct Step {
    Oid from; ///< trees
    Oid to;
    Checkout::Changes changes;
};

Result<Step> stepOf(const Repository &repository, const Oid &from, const Oid &to)
{
    Step step;
    step.from = emptyTree(); // of a branch that is not born yet
    if (!from.isNull()) {
        COPPICE_TRY(step.from, repository.treeOf(from));
    }
    COPPICE_TRY(step.to, repository.treeOf(to));
    COPPICE_TRY(step.changes, repository.changes(step.from, step.to));
    return step;
}

Fail dirtyError(const QString &what, const std::vector<QByteArray> &paths, const QString &workTree, const QString &fix)
{
    constexpr qsizetype shown = 5;
    QStringList names;
    for (const auto &path : paths)
        names << QString::fromUtf8(path);
    const QString rest = names.size() > shown ? QStringLiteral(" and %1 more").arg(names.size() - shown) : QString();
    const QJsonObject need{{QStringLiteral("kind"), QStringLiteral("dirty")}, {QStringLiteral("paths"), QJsonArray::fromStringList(names)}};
    return failNeeds(QStringLiteral("land.dirty"), QString(what.arg(names.mid(0, shown).join(QStringLiteral(", "))) + rest), workTree, fix, {need});
}

Fail moved(const QString &branch)
{
    return fail(QStringLiteral("land.moved"), QStringLiteral("The branch moved meanwhile"), branch, QStringLiteral("Try again on its new state."));
}

} // namespace

Result<> land(const journal::Lease &lease, Repository &repository, const QString &branch, const Oid &from, const Oid &to,
              const QString &reason, std::stop_token stop)
{
    COPPICE_TRY(const Oid now, repository.refTarget(branch));
    if (now == to)
        return finishLanding(lease, repository, branch, from, to);
    if (now != from)
        return moved(branch);
    COPPICE_TRY(const Step step, stepOf(repository, from, to));
    const auto checkouts = Checkout::of(repository, branch);
    for (const auto &checkout : checkouts) {
        COPPICE_TRY(const auto paths, checkout.dirty(step.changes, step.from, step.to));
        if (!paths.empty())
            return dirtyError(QStringLiteral("Files that would change have changes of their own: %1"), paths, checkout.workTree(),
                              QStringLiteral("Commit, stash or remove them, then try again."));
    }
    if (stop.stop_requested())
        return failCancelled();
    if (const auto set = repository.setRef(branch, to, from, reason); !set) {
        if (set.error().code == u"git.ref-moved")
            return moved(branch);
        return set;
    }
    // From here on it is finished, or taken back whole; a stop request comes too late.
    for (size_t i = 0; i < checkouts.size(); ++i) {
        auto updated = checkouts[i].update(step.from, step.to);
        if (updated)
            continue;
        for (size_t back = i + 1; back-- > 0;)
            COPPICE_CHECK(checkouts[back].putBack(step.changes, step.from));
        if (from.isNull())
            COPPICE_CHECK(repository.deleteRef(branch));
        else
            COPPICE_CHECK(repository.setRef(branch, from, to, QStringLiteral("coppice: taken back")));
        return std::unexpected(std::move(updated).error().wrap(
            QStringLiteral("land.work-tree"), QStringLiteral("The work tree could not be updated; the branch is where it was"), checkouts[i].workTree(),
            QStringLiteral("Run `git status` there, then try again.")));
    }
    return {};
}

Result<> finishLanding(const journal::Lease &, Repository &repository, const QString &branch, const Oid &from, const Oid &to)
{
    COPPICE_TRY(const Oid now, repository.refTarget(branch));
    if (now == from) { // it was killed while it looked whether all is clean
        const auto checkouts = Checkout::of(repository, branch);
        for (const auto &checkout : checkouts)
            COPPICE_CHECK(checkout.clearStaleLock());
    }
    if (now != to || from == to)
        return {};
    COPPICE_TRY(const Step step, stepOf(repository, from, to));
    const auto checkouts = Checkout::of(repository, branch);
    for (const auto &checkout : checkouts) {
        COPPICE_TRY(const auto foreign, checkout.complete(step.changes, step.from, step.to));
        if (!foreign.empty())
            return dirtyError(QStringLiteral("Files were changed while an update was cut short: %1"), foreign, checkout.workTree(),
                              QStringLiteral("Compare them with the branch, and commit what you want to keep."));
    }
    return {};
}

} // namespace coppice::git

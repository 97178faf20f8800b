// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "evals/task.h"
#include "git/repository.h"
#include "review/patch.h"

namespace coppice::evals {

/// Which shared instructions an arm's agents are given.
struct Instructions {
    enum class Kind {
        Shipped, ///< the templates that Coppice ships
        None,    ///< no shared instructions at all; the playbooks stay
        Library, ///< a tree of templates in a library
    };
    Kind kind = Kind::Shipped;
    QString name;       ///< as it was asked for: "shipped", "none", a revision, "review:ID"
    QString repository; ///< of Library: its git directory
    git::Oid templates; ///< of Library: what stands at templates/
};
/// The templates of a library at a commit.
[[nodiscard]] Result<git::Oid> templatesAt(const git::Repository &library, const git::Oid &commit);
/// Those that a commit would have with a patch applied whole. What it stages below next/ takes its place already: that is what
/// is to be tried.
[[nodiscard]] Result<git::Oid> templatesWith(git::Repository &library, const git::Oid &commit, const review::Revision &patch);

/// What a trial's agents begin with, as the one commit of a library of its own.
struct Sealed {
    git::Oid commit;
    git::Oid pluginTree;
    QString instructions; ///< tree id of templates/ as given; empty: none
};

/// Who works in a trial's library.
struct Seat {
    QByteArray settings; ///< text of a coppice.yaml of which clients and budgets are taken; empty: none
    enum class Hands { Client, Oracle, Noop } hands = Hands::Client;
};

/// Writes that commit into an empty repository. One commit with a fixed date, the broken plugin at plugins/<id>, its settings
/// file, coppice.yaml and templates/: no later state, no hidden test, no solution. (The oracle's solution is a recipe of its own
/// library, and of no other.)
[[nodiscard]] Result<Sealed> seal(git::Repository &repository, const Task &task, const Instructions &instructions, const Seat &seat);

/// The plugin's files as the agent gets them.
[[nodiscard]] Result<git::Oid> brokenTree(git::Repository &repository, const Task &task);

/// Names of the recipes by which the oracle and doing nothing work, in the sandbox like any client.
inline const QString oracleRecipe = QStringLiteral("oracle");
inline const QString noopRecipe = QStringLiteral("noop");

} // namespace coppice::evals

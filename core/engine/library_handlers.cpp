// SPDX-License-Identifier: GPL-3.0-or-later
// Work on the library's own branch: plugins taken out.
#include "engine/branch_commit.h"

#include "git/tree_edit.h"

namespace coppice::engine {

using namespace Qt::StringLiterals;

namespace {

const Handler remove("plugins.remove", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto found, findPlugin(call, call.args[u"plugin"_s].toString()));
    COPPICE_TRY(auto repository, call.house.library.repository());
    COPPICE_TRY(git::Oid tree, repository.treeOf(found.catalog.head));
    COPPICE_TRY(tree, git::putTree(repository, tree, found.plugin.prefix, git::Oid{}));
    if (found.plugin.settings.present) {
        COPPICE_TRY(tree, git::editTree(repository, tree, {{library::pluginSettingsFile(found.plugin.id), std::nullopt}}));
    }
    const QByteArray message = "chore: remove the plugin " + found.plugin.id.toUtf8() + "\n\nIts upstream and its history stay as they are.\n";
    COPPICE_TRY(const git::Oid commit, commitTree(call, repository, found.catalog.head, tree, message));
    return QJsonObject{{u"plugin"_s, found.plugin.id}, {u"commit"_s, commit.toString()}};
});

} // namespace

} // namespace coppice::engine

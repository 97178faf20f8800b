// SPDX-License-Identifier: GPL-3.0-or-later
// Work on the library's own branch: plugins taken out, template links put in.
#include "engine/handler.h"

#include "git/tree_edit.h"
#include "library/library.h"
#include "sync/upstreams.h"
#include "templates/links.h"

namespace coppice::engine {

using namespace Qt::StringLiterals;

namespace {

/// One commit on the library's branch.
Result<git::Oid> commitTree(const Call &call, git::Repository &repository, const git::Oid &head, const git::Oid &tree,
                            const QByteArray &message)
{
    const auto &house = call.house;
    if (house.library.branch().isEmpty())
        return fail(u"library.detached"_s, u"No branch is checked out, so there is none to commit to"_s, house.library.path(),
                    u"Check out the library's branch first."_s);
    const auto who = repository.defaultSignature();
    COPPICE_TRY(const git::Oid commit, repository.writeCommit(tree, {head}, who, who, message));
    COPPICE_CHECK(sync::landJournaled({house.library, house.state}, house.lease, repository, head, commit,
                                      u"coppice: "_s + QString::fromUtf8(message.split('\n').front()), call.stop));
    return commit;
}

struct Found {
    library::Catalog catalog;
    library::Plugin plugin;
};
Result<Found> findPlugin(const Call &call, const QString &id)
{
    COPPICE_TRY(auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    const auto *entry = catalog.find(id);
    if (!entry)
        return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, id, u"See coppicectl plugins list."_s);
    const library::Plugin plugin = entry->plugin;
    return Found{std::move(catalog), plugin};
}

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

const Handler link("templates.link", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(const auto found, findPlugin(call, call.args[u"plugin"_s].toString()));
    COPPICE_TRY(auto repository, call.house.library.repository());
    COPPICE_TRY(const git::Oid before, repository.treeOf(found.catalog.head));
    const QByteArray path = call.args[u"path"_s].toString().toUtf8();
    const QByteArray name = call.args[u"template"_s].toString().toUtf8();
    COPPICE_TRY(const git::Oid tree, templates::addLink(repository, before, found.plugin, path, name));
    const QByteArray message = "chore(" + found.plugin.id.toUtf8() + "): link " + path + " to the template " + name + '\n';
    COPPICE_TRY(const git::Oid commit, commitTree(call, repository, found.catalog.head, tree, message));
    return QJsonObject{{u"plugin"_s, found.plugin.id}, {u"path"_s, QString::fromUtf8(path)}, {u"commit"_s, commit.toString()}};
});

} // namespace

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
// Templates: links and copies put into plugins, changes staged for pilots and promoted to all.
#include "engine/branch_commit.h"

#include "base/paths.h"
#include "git/tree_edit.h"
#include "templates/copies.h"
#include "templates/gates.h"
#include "templates/links.h"
#include "templates/staging.h"

#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace coppice::engine {

using namespace Qt::StringLiterals;

namespace {

QByteArray textArg(const Call &call, const QString &key)
{
    return call.args[key].toString().toUtf8();
}

/// What every one of these verbs looks at first.
struct Place {
    library::Catalog catalog;
    git::Repository repository;
    git::Oid tree; ///< of the head
};
Result<Place> placeOf(const Call &call)
{
    COPPICE_TRY(auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    COPPICE_TRY(auto repository, call.house.library.repository());
    if (catalog.head.isNull())
        return fail(u"library.empty"_s, u"The library has no commit yet"_s, call.house.library.path(), u"coppicectl init makes the first one."_s);
    COPPICE_TRY(const auto tree, repository.treeOf(catalog.head));
    return Place{std::move(catalog), std::move(repository), tree};
}

Result<QJsonObject> land(const Call &call, Place &place, const git::Oid &tree, const QByteArray &message, QJsonObject answer)
{
    answer[u"changed"_s] = tree != place.tree;
    answer[u"commit"_s] = QJsonValue(QJsonValue::Null);
    if (tree != place.tree) {
        COPPICE_TRY(const auto commit, commitTree(call, place.repository, place.catalog.head, tree, message));
        answer[u"commit"_s] = commit.toString();
    }
    return answer;
}

Result<const library::CatalogEntry *> pluginOf(const Place &place, const QString &id)
{
    const auto *entry = place.catalog.find(id);
    if (!entry)
        return failNotFound(u"plugin.unknown"_s, u"The library has no such plugin"_s, id, u"See coppicectl plugins list."_s);
    return entry;
}

/// The template copied to a path of the plugin, and written down as such.
Result<git::Oid> withCopy(Place &place, const library::Plugin &plugin, const QByteArray &path, QByteArray name)
{
    if (name.startsWith("templates/"))
        name.remove(0, 10);
    if (!isSafeRelative(path) || !isSafeRelative(name))
        return failUsage(u"links.path"_s, u"A copy has a path in the plugin, and a template a path below templates/"_s, QString::fromUtf8(path));
    COPPICE_CHECK(templates::refuseSlots(name));
    const library::TemplateLink link{path, name, library::TemplateLink::Mode::Copy};
    COPPICE_TRY(const auto tree, templates::setLinkMode(place.repository, place.tree, plugin, link));
    library::Catalog with = place.catalog;
    const auto entry = std::ranges::find(with.entries, plugin.id, [](const auto &one) { return one.plugin.id; });
    std::erase_if(entry->plugin.settings.links, [&](const auto &one) { return one.path == path; });
    entry->plugin.settings.links.push_back(link);
    COPPICE_TRY(auto states, templates::copyStates(place.repository, with));
    std::erase_if(states, [&](const auto &one) { return one.plugin != plugin.id || one.path != path; });
    using State = templates::CopyState::State;
    if (states.front().state == State::NoTemplate)
        return failNotFound(u"links.no-template"_s, u"The library has no such template"_s, QString::fromUtf8(name), u"See coppicectl templates list."_s);
    if (states.front().state == State::Edited)
        return fail(u"links.taken"_s, u"Something else stands at the copy's path already"_s, QString::fromUtf8(plugin.prefix + '/' + path),
                    u"Remove it first, or choose another path."_s);
    return templates::refreshCopies(place.repository, tree, states);
}

const Handler link("templates.link", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(auto place, placeOf(call));
    COPPICE_TRY(const auto *entry, pluginOf(place, call.args[u"plugin"_s].toString()));
    const QByteArray path = textArg(call, u"path"_s);
    const QByteArray name = textArg(call, u"template"_s);
    const bool copy = call.args[u"mode"_s].toString() == u"copy";
    COPPICE_TRY(const auto tree, copy ? withCopy(place, entry->plugin, path, name)
                                      : templates::addLink(place.repository, place.tree, entry->plugin, path, name));
    const QByteArray message = "chore(" + entry->plugin.id.toUtf8() + "): " + (copy ? "keep " : "link ") + path
        + (copy ? " a copy of the template " : " to the template ") + name + '\n';
    return land(call, place, tree, message, {{u"plugin"_s, entry->plugin.id}, {u"path"_s, QString::fromUtf8(path)}});
});

/// All copies that are missing or an earlier state of their template, in one commit.
const Handler refresh("templates.refresh", true, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(auto place, placeOf(call));
    COPPICE_TRY(auto states, templates::copyStates(place.repository, place.catalog));
    QStringList wanted;
    for (const auto &value : call.args[u"plugins"_s].toArray()) {
        COPPICE_CHECK(pluginOf(place, value.toString()));
        wanted << value.toString();
    }
    using State = templates::CopyState::State;
    std::erase_if(states, [&](const auto &one) {
        return (one.state != State::Stale && one.state != State::Missing) || (!wanted.isEmpty() && !wanted.contains(one.plugin));
    });
    COPPICE_TRY(const auto tree, templates::refreshCopies(place.repository, place.tree, states));
    QJsonArray done;
    for (const auto &state : states)
        done.append(QJsonObject{{u"plugin"_s, state.plugin}, {u"path"_s, QString::fromUtf8(state.path)}});
    return land(call, place, tree, "chore: bring copies of templates up to date\n", {{u"copies"_s, done}});
});

/// What becomes of a copy that was edited in the plugin.
const Handler settle("templates.settle", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(auto place, placeOf(call));
    COPPICE_TRY(const auto *entry, pluginOf(place, call.args[u"plugin"_s].toString()));
    QByteArray path = textArg(call, u"path"_s);
    if (path.startsWith(QByteArray(entry->plugin.prefix + '/')))
        path.remove(0, entry->plugin.prefix.size() + 1);
    const QString choice = call.args[u"choice"_s].toString();
    COPPICE_TRY(const auto states, templates::copyStates(place.repository, place.catalog));
    const auto state = std::ranges::find_if(states, [&](const auto &one) { return one.plugin == entry->plugin.id && one.path == path; });
    if (state == states.end() || state->state == templates::CopyState::State::Equal)
        return failNotFound(u"link.no-decision"_s, u"No decision waits for this path of the plugin"_s,
                            entry->plugin.id + u": "_s + QString::fromUtf8(path),
                            u"coppicectl templates decide names those that wait; a pull finds new ones."_s);
    git::Oid tree;
    if (choice == u"adopt") {
        COPPICE_TRY(tree, templates::adoptCopy(place.repository, place.catalog.head, *state));
    } else if (choice == u"keep") {
        COPPICE_TRY(tree, templates::setLinkMode(place.repository, place.tree, entry->plugin,
                                                 {path, state->name, library::TemplateLink::Mode::Own}));
    } else if (choice == u"discard") {
        COPPICE_TRY(tree, templates::discardCopy(place.repository, place.tree, *state));
    } else {
        return failUsage(u"link.choice"_s, u"A choice is adopt, keep or discard"_s, choice);
    }
    QByteArray message = "chore(" + entry->plugin.id.toUtf8() + "): " + path;
    if (choice == u"adopt")
        message = "chore(templates): take a change of " + state->name + " from " + entry->plugin.prefix;
    else
        message += choice == u"keep" ? " goes its own way" : " follows its template again";
    return land(call, place, tree, message + '\n',
                {{u"plugin"_s, entry->plugin.id}, {u"path"_s, QString::fromUtf8(path)},
                 {u"template"_s, QString::fromUtf8("templates/" + state->name)}, {u"choice"_s, choice}});
});

const Handler stage("templates.stage", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(auto place, placeOf(call));
    const QByteArray name = textArg(call, u"template"_s);
    COPPICE_TRY(const auto report, templates::checkLinks(place.repository, place.catalog));
    git::Oid tree;
    QStringList names;
    if (call.args[u"withdraw"_s].toBool()) {
        COPPICE_TRY(tree, templates::withdrawTemplate(place.repository, place.tree, report, place.catalog, name));
    } else {
        std::vector<const library::Plugin *> pilots;
        for (const auto &value : call.args[u"pilots"_s].toArray()) {
            COPPICE_TRY(const auto *entry, pluginOf(place, value.toString()));
            pilots.push_back(&entry->plugin);
            names << value.toString();
        }
        std::optional<git::TreeEntry> content;
        if (const QString from = call.args[u"from"_s].toString(); !from.isEmpty()) {
            if (!QFileInfo(from).isFile())
                return failUsage(u"templates.from"_s, u"A template's new content is read from a file"_s, from,
                                 u"Stage a folder as it is, and change it under templates/next/ by a patch or a commit."_s);
            COPPICE_TRY(const auto bytes, readFile(from, 16 << 20));
            COPPICE_TRY(const auto blob, place.repository.writeBlob(bytes));
            content = git::TreeEntry{{}, QFileInfo(from).isExecutable() ? git::Mode::Executable : git::Mode::File, blob};
        }
        COPPICE_TRY(tree, templates::stageTemplate(place.repository, place.tree, report, name, content, pilots));
    }
    QByteArray message = "chore(templates): stage " + name;
    if (call.args[u"withdraw"_s].toBool())
        message = "chore(templates): withdraw the staged " + name;
    else if (!names.isEmpty())
        message += " for " + names.join(u", "_s).toUtf8();
    return land(call, place, tree, message + '\n', {{u"template"_s, QString::fromUtf8(name)}, {u"pilots"_s, QJsonArray::fromStringList(names)}});
});

const Handler promote("templates.promote", false, [](const Call &call) -> Result<QJsonObject> {
    COPPICE_TRY(auto place, placeOf(call));
    QByteArray name = textArg(call, u"template"_s);
    if (name.startsWith("templates/"))
        name.remove(0, 10);
    COPPICE_TRY(const auto report, templates::checkLinks(place.repository, place.catalog));
    COPPICE_TRY(const auto tree, templates::promoteTemplate(place.repository, place.tree, report, place.catalog, name));
    const QByteArray staged = "next/" + name;
    COPPICE_TRY(const auto gates, templates::gatesOf(place.repository, call.house.state, place.catalog.head, {staged}));
    const auto &gate = gates.at(staged);
    const auto asked = place.catalog.settings.templateGate;
    if (!templates::passes(gate.state, asked) && !call.args[u"ungated"_s].toBool())
        return failNeeds(u"templates.ungated"_s, u"coppice.yaml asks for template changes that were %1 (template_gate). %2"_s.arg(templates::nameOf(asked), gate.why),
                         QString::fromUtf8(name),
                         u"Land it from a review (coppicectl review open), or promote it with --ungated; it then shows as what it is."_s,
                         {QJsonObject{{u"kind"_s, u"gate"_s}, {u"plugin"_s, QString()},
                                      {u"paths"_s, QJsonArray{QString::fromUtf8("templates/" + staged)}}}});
    QStringList plugins;
    for (const auto &one : report.links) {
        const QByteArray live = "templates/" + name;
        if (one.state == templates::LinkState::State::Good && !one.plugin.isEmpty() && !plugins.contains(one.plugin)
            && (one.names == live || one.names.startsWith(QByteArray(live + '/')) || live.startsWith(QByteArray(one.names + '/'))
                || one.names == "templates/" + staged))
            plugins << one.plugin;
    }
    return land(call, place, tree, "feat(templates): promote " + name + "\n\nFor all plugins that link to it.\n",
                {{u"template"_s, QString::fromUtf8(name)}, {u"gate"_s, templates::nameOf(gate.state)},
                 {u"plugins"_s, QJsonArray::fromStringList(plugins)}});
});

} // namespace

} // namespace coppice::engine

// SPDX-License-Identifier: GPL-3.0-or-later
#include "templates/copies.h"

#include "git/tree_edit.h"
#include "subtree/split.h"
#include "templates/links.h"

#include <algorithm>
#include <map>

namespace coppice::templates {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t commitsLookedAt = 5000;
const QByteArray templatesFolder = "templates/";

using Entry = std::optional<git::TreeEntry>;

bool same(const Entry &a, const Entry &b)
{
    return a ? b && a->id == b->id && a->mode == b->mode : !b;
}

/// What a copy of a template is: its content, with the links in a folder followed.
Result<Entry> contentOf(git::Repository &repository, const git::Oid &rootTree, const QByteArray &name)
{
    COPPICE_TRY(const auto entry, repository.entryAt(rootTree, templatesFolder + name));
    if (!entry || entry->mode == git::Mode::Submodule)
        return Entry();
    if (entry->mode == git::Mode::File || entry->mode == git::Mode::Executable)
        return Entry(entry);
    // as a plugin that links to it gets it
    const QByteArray home = ".coppice/copy";
    COPPICE_TRY(const auto target, repository.writeBlob("../../" + templatesFolder + name));
    COPPICE_TRY(const auto with, git::editTree(repository, rootTree, {{home, std::nullopt}}));
    COPPICE_TRY(const auto tree, git::editTree(repository, with, {{home + "/x", git::TreeEntry{{}, git::Mode::Link, target}}}));
    COPPICE_TRY(const auto resolved, subtree::resolveTree(repository, tree, home));
    COPPICE_TRY(auto content, repository.entryAt(resolved.tree, "x"));
    return content && content->mode != git::Mode::Link ? std::move(content) : Entry();
}

/// All that a template ever was, newest first, as far back as is looked.
Result<std::vector<Entry>> historyOf(git::Repository &repository, const git::Oid &head, const QByteArray &name)
{
    std::vector<Entry> all;
    COPPICE_TRY(const auto commits, repository.walk(head, {}));
    std::optional<git::Oid> lastTemplates;
    size_t looked = 0;
    for (auto commit = commits.rbegin(); commit != commits.rend() && looked < commitsLookedAt; ++commit, ++looked) {
        COPPICE_TRY(const auto root, repository.treeOf(*commit));
        COPPICE_TRY(const auto folder, repository.entryAt(root, "templates"));
        const git::Oid now = folder ? folder->id : git::Oid();
        if (lastTemplates == now)
            continue;
        lastTemplates = now;
        COPPICE_TRY(const auto content, contentOf(repository, root, name));
        if (content && (all.empty() || !same(all.back(), content)))
            all.push_back(content);
    }
    return all;
}

Result<Entry> mergedEntry(git::Repository &repository, const Entry &base, const Entry &ours, const Entry &theirs, const QString &where)
{
    const auto alone = [&](const Entry &entry) {
        return entry ? repository.writeTree({{"x", entry->mode, entry->id}}) : repository.writeTree({});
    };
    COPPICE_TRY(const auto a, alone(base));
    COPPICE_TRY(const auto b, alone(ours));
    COPPICE_TRY(const auto c, alone(theirs));
    COPPICE_TRY(const auto merged, repository.mergeTrees(a, b, c));
    if (!merged.conflicts.empty())
        return fail(u"templates.copy-conflict"_s, u"The copy and the template were changed in the same lines"_s, where,
                    u"Change the template by hand, then discard the copy's edit; or keep it as the plugin's own."_s);
    return repository.entryAt(merged.tree, "x");
}

} // namespace

QString nameOf(CopyState::State state)
{
    constexpr const char *names[] = {"equal", "stale", "edited", "missing", "no-template"};
    return QLatin1String(names[int(state)]);
}

Result<std::vector<CopyState>> copyStates(git::Repository &repository, const library::Catalog &catalog)
{
    using State = CopyState::State;
    std::vector<CopyState> all;
    if (catalog.head.isNull())
        return all;
    COPPICE_TRY(const auto root, repository.treeOf(catalog.head));
    std::map<QByteArray, Entry> sources;
    std::map<QByteArray, std::vector<Entry>> histories;
    for (const auto &entry : catalog.entries) {
        for (const auto &link : expectedLinks(catalog.settings, entry.plugin)) {
            if (link.mode != library::TemplateLink::Mode::Copy)
                continue;
            CopyState state{entry.plugin.id, entry.plugin.prefix, link.path, link.name, State::Equal, {}, {}};
            if (!sources.contains(link.name)) {
                COPPICE_TRY(sources[link.name], contentOf(repository, root, link.name));
            }
            state.source = sources[link.name];
            COPPICE_TRY(state.copy, repository.entryAt(entry.tree, link.path));
            if (!state.source) {
                state.state = State::NoTemplate;
            } else if (!state.copy) {
                state.state = State::Missing;
            } else if (!same(state.copy, state.source)) {
                if (!histories.contains(link.name)) {
                    COPPICE_TRY(histories[link.name], historyOf(repository, catalog.head, link.name));
                }
                const bool stale = std::ranges::any_of(histories[link.name], [&](const Entry &was) { return same(was, state.copy); });
                state.state = stale ? State::Stale : State::Edited;
            }
            all.push_back(std::move(state));
        }
    }
    return all;
}

Result<git::Oid> refreshCopies(git::Repository &repository, const git::Oid &rootTree, const std::vector<CopyState> &states)
{
    std::vector<git::TreeChange> changes;
    for (const auto &state : states) {
        if (state.state == CopyState::State::Stale || state.state == CopyState::State::Missing)
            changes.push_back({state.prefix + '/' + state.path, state.source});
    }
    return changes.empty() ? Result<git::Oid>(rootTree) : git::editTree(repository, rootTree, changes);
}

Result<git::Oid> adoptCopy(git::Repository &repository, const git::Oid &head, const CopyState &state)
{
    const QString where = state.plugin + u": "_s + QString::fromUtf8(state.path);
    COPPICE_TRY(const auto root, repository.treeOf(head));
    COPPICE_TRY(const auto raw, repository.entryAt(root, templatesFolder + state.name));
    if (!state.copy || !raw || !state.source || raw->id != state.source->id)
        return fail(u"templates.not-adoptable"_s, u"The template holds links of its own, or is not there: a copy cannot stand in its place"_s,
                    where, u"Change the template by hand, then discard the copy's edit."_s);
    // the newest commit at which both were the same
    COPPICE_TRY(const auto commits, repository.walk(head, {}));
    Entry base;
    size_t looked = 0;
    for (auto commit = commits.rbegin(); commit != commits.rend() && !base && looked < commitsLookedAt; ++commit, ++looked) {
        COPPICE_TRY(const auto tree, repository.treeOf(*commit));
        COPPICE_TRY(const auto copy, repository.entryAt(tree, state.prefix + '/' + state.path));
        COPPICE_TRY(const auto source, repository.entryAt(tree, templatesFolder + state.name));
        if (copy && same(copy, source))
            base = copy;
    }
    COPPICE_TRY(const auto merged, mergedEntry(repository, base, state.source, state.copy, where));
    const QByteArray place = state.prefix + '/' + state.path;
    return git::editTree(repository, root, {{templatesFolder + state.name, merged}, {place, merged}});
}

Result<git::Oid> discardCopy(git::Repository &repository, const git::Oid &rootTree, const CopyState &state)
{
    if (!state.source)
        return failNotFound(u"links.no-template"_s, u"The library has no such template"_s, QString::fromUtf8(state.name));
    return git::editTree(repository, rootTree, {{state.prefix + '/' + state.path, state.source}});
}

Result<git::Oid> setLinkMode(git::Repository &repository, const git::Oid &rootTree, const library::Plugin &plugin,
                             const library::TemplateLink &link)
{
    const QByteArray file = library::pluginSettingsFile(plugin.id);
    COPPICE_TRY(const auto there, repository.entryAt(rootTree, file));
    QByteArray yaml;
    if (there) {
        COPPICE_TRY(yaml, repository.blob(there->id, 1 << 20));
    } else {
        library::PluginSettings settings = plugin.settings;
        settings.id = plugin.id;
        settings.prefix = plugin.prefix;
        yaml = library::pluginSettingsYaml(settings);
    }
    using Mode = library::TemplateLink::Mode;
    const QString mode = link.mode == Mode::Copy ? u"copy"_s : link.mode == Mode::Own ? u"own"_s : u"link"_s;
    const QStringList key{u"links"_s, QString::fromUtf8(link.path)};
    COPPICE_TRY(yaml, library::setInYaml(yaml, key + QStringList{u"template"_s}, QString::fromUtf8(link.name)));
    COPPICE_TRY(yaml, library::setInYaml(yaml, key + QStringList{u"mode"_s}, mode));
    COPPICE_TRY(const auto blob, repository.writeBlob(yaml));
    return git::editTree(repository, rootTree, {{file, git::TreeEntry{{}, git::Mode::File, blob}}});
}

} // namespace coppice::templates

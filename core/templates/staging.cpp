// SPDX-License-Identifier: GPL-3.0-or-later
#include "templates/staging.h"

#include "base/paths.h"
#include "git/tree_edit.h"
#include "git/tree_path.h"

#include <algorithm>

namespace coppice::templates {

using namespace Qt::StringLiterals;
using git::folderOf;
using git::isUnder;
using git::normalised;
using git::relativePath;

namespace {

const QByteArray templatesFolder = "templates";
const QByteArray nextFolder = "templates/next";
constexpr qint64 longestTarget = 4096;

/// A file or folder as it has to be to stand at another place: links that leave it keep what they name.
Result<git::TreeEntry> moved(git::Repository &repository, const git::TreeEntry &entry, const QByteArray &fromTop, const QByteArray &toTop,
                             const QByteArray &below = {})
{
    if (entry.mode == git::Mode::Link) {
        COPPICE_TRY(const auto target, repository.blob(entry.id, longestTarget));
        const QByteArray from = fromTop + below;
        const auto names = target.startsWith('/') ? std::nullopt : normalised(folderOf(from) + '/' + target);
        if (!names || *names == fromTop || isUnder(*names, fromTop))
            return entry;
        COPPICE_TRY(const auto blob, repository.writeBlob(relativePath(folderOf(toTop + below), *names)));
        return git::TreeEntry{entry.name, git::Mode::Link, blob};
    }
    if (entry.mode != git::Mode::Tree)
        return entry;
    COPPICE_TRY(auto entries, repository.tree(entry.id));
    for (auto &one : entries) {
        const QByteArray name = one.name;
        COPPICE_TRY(one, moved(repository, one, fromTop, toTop, below + '/' + name));
        one.name = name;
    }
    COPPICE_TRY(const auto tree, repository.writeTree(std::move(entries)));
    return git::TreeEntry{entry.name, git::Mode::Tree, tree};
}

Result<QByteArray> checkedName(QByteArray name)
{
    if (name.startsWith("templates/"))
        name.remove(0, 10);
    while (name.endsWith('/'))
        name.chop(1);
    if (!isSafeRelative(name) || name == "next" || name.startsWith("next/"))
        return failUsage(u"templates.name"_s, u"A template is named by its path below templates/, outside of next/"_s, QString::fromUtf8(name));
    return name;
}

/// Links of plugins (all, or these) that name `from` or something in it, led to the same below `to`.
Result<> leadLinks(git::Repository &repository, const LinkReport &report, const std::vector<std::pair<QString, QByteArray>> &plugins,
                   const QByteArray &from, const QByteArray &to, std::vector<git::TreeChange> &changes)
{
    for (const auto &link : report.links) {
        if (link.names != from && !isUnder(link.names, from))
            continue;
        const auto plugin = std::ranges::find(plugins, link.plugin, [](const auto &one) { return one.first; });
        if (plugin == plugins.end())
            continue;
        const QByteArray place = plugin->second + '/' + link.path;
        if (place == to || isUnder(place, to) || place == from || isUnder(place, from))
            continue; // part of what moves
        COPPICE_TRY(const auto blob, repository.writeBlob(relativePath(folderOf(place), to + link.names.mid(from.size()))));
        changes.push_back({place, git::TreeEntry{{}, git::Mode::Link, blob}});
    }
    return {};
}

std::vector<std::pair<QString, QByteArray>> everybody(const library::Catalog &catalog)
{
    std::vector<std::pair<QString, QByteArray>> all{{QString(), templatesFolder}};
    for (const auto &entry : catalog.entries)
        all.emplace_back(entry.plugin.id, entry.plugin.prefix);
    return all;
}

Result<git::TreeEntry> nextOf(git::Repository &repository, const git::Oid &rootTree, const QByteArray &name)
{
    COPPICE_TRY(const auto entry, repository.entryAt(rootTree, nextFolder + '/' + name));
    if (!entry)
        return failNotFound(u"templates.not-staged"_s, u"No change of this template is staged"_s, QString::fromUtf8(name),
                            u"coppicectl templates stage %1 stages one."_s.arg(QString::fromUtf8(name)));
    return *entry;
}

} // namespace

Result<git::Oid> stageTemplate(git::Repository &repository, const git::Oid &rootTree, const LinkReport &report, const QByteArray &asked,
                               const std::optional<git::TreeEntry> &content, const std::vector<const library::Plugin *> &pilots)
{
    COPPICE_TRY(const auto name, checkedName(asked));
    const QByteArray from = templatesFolder + '/' + name;
    const QByteArray to = nextFolder + '/' + name;
    COPPICE_TRY(const auto there, repository.entryAt(rootTree, from));
    if (!there && !content)
        return failNotFound(u"links.no-template"_s, u"The library has no such template"_s, QString::fromUtf8(from),
                            u"See coppicectl templates list; --from stages a new one."_s);
    COPPICE_TRY(const auto staged, repository.entryAt(rootTree, to));
    std::vector<git::TreeChange> changes;
    if (content) {
        changes.push_back({to, content});
    } else if (!staged) {
        COPPICE_TRY(const auto entry, moved(repository, *there, from, to));
        changes.push_back({to, entry});
    }
    for (const auto *pilot : pilots) {
        const size_t before = changes.size();
        COPPICE_CHECK(leadLinks(repository, report, {{pilot->id, pilot->prefix}}, from, to, changes));
        const auto links = [&](const LinkState &link) { return link.plugin == pilot->id && (link.names == to || isUnder(link.names, to)); };
        if (changes.size() == before && std::ranges::none_of(report.links, links))
            return fail(u"templates.no-pilot"_s, u"The plugin does not link to %1"_s.arg(QString::fromUtf8(from)), pilot->id,
                        u"A plugin that links to a folder above it is a pilot for that folder: stage the folder."_s);
    }
    return git::editTree(repository, rootTree, changes);
}

Result<git::Oid> promoteTemplate(git::Repository &repository, const git::Oid &rootTree, const LinkReport &report,
                                 const library::Catalog &catalog, const QByteArray &asked)
{
    COPPICE_TRY(const auto name, checkedName(asked));
    const QByteArray from = nextFolder + '/' + name;
    const QByteArray to = templatesFolder + '/' + name;
    COPPICE_TRY(const auto next, nextOf(repository, rootTree, name));
    COPPICE_TRY(const auto entry, moved(repository, next, from, to));
    std::vector<git::TreeChange> changes{{from, std::nullopt}, {to, entry}};
    COPPICE_CHECK(leadLinks(repository, report, everybody(catalog), from, to, changes));
    return git::editTree(repository, rootTree, changes);
}

Result<git::Oid> withdrawTemplate(git::Repository &repository, const git::Oid &rootTree, const LinkReport &report,
                                  const library::Catalog &catalog, const QByteArray &asked)
{
    COPPICE_TRY(const auto name, checkedName(asked));
    const QByteArray from = nextFolder + '/' + name;
    const QByteArray to = templatesFolder + '/' + name;
    COPPICE_TRY(const auto next, nextOf(repository, rootTree, name));
    Q_UNUSED(next)
    COPPICE_TRY(const auto there, repository.entryAt(rootTree, to));
    std::vector<git::TreeChange> changes{{from, std::nullopt}};
    COPPICE_CHECK(leadLinks(repository, report, everybody(catalog), from, to, changes));
    if (!there && changes.size() > 1)
        return fail(u"templates.only-staged"_s, u"Pilot plugins link to it, and there is no template for them to go back to"_s,
                    QString::fromUtf8(name), u"Remove their links first, or promote it."_s);
    return git::editTree(repository, rootTree, changes);
}

Result<std::vector<TemplateName>> templateNames(const git::Repository &repository, const git::Oid &head)
{
    std::vector<TemplateName> all;
    if (head.isNull())
        return all;
    COPPICE_TRY(const git::Oid root, repository.treeOf(head));
    COPPICE_TRY(const auto folder, repository.entryAt(root, templatesFolder));
    if (!folder || folder->mode != git::Mode::Tree)
        return all;
    COPPICE_TRY(const auto parts, repository.tree(folder->id));
    for (const auto &part : parts) {
        if (part.name == "next")
            continue; // shown with what it is to become
        if (part.mode != git::Mode::Tree) {
            all.push_back({part.name, false});
            continue;
        }
        COPPICE_TRY(const auto entries, repository.tree(part.id));
        for (const auto &entry : entries)
            all.push_back({part.name + '/' + entry.name, entry.mode == git::Mode::Tree});
    }
    return all;
}

Result<std::vector<Staged>> stagedTemplates(git::Repository &repository, const git::Oid &head, const LinkReport &report)
{
    std::vector<Staged> all;
    if (head.isNull())
        return all;
    COPPICE_TRY(const auto root, repository.treeOf(head));
    COPPICE_TRY(const auto next, repository.entryAt(root, nextFolder));
    if (!next || next->mode != git::Mode::Tree)
        return all;
    // down to where it is one template: a file, a folder that is linked to, or one that stands beside a template's files
    std::vector<std::pair<QByteArray, git::TreeEntry>> open{{{}, *next}};
    while (!open.empty()) {
        const auto [folder, tree] = open.back();
        open.pop_back();
        COPPICE_TRY(const auto entries, repository.tree(tree.id));
        for (const auto &entry : entries) {
            const QByteArray name = folder.isEmpty() ? entry.name : QByteArray(folder + '/' + entry.name);
            const QByteArray staged = nextFolder + '/' + name;
            const QByteArray live = templatesFolder + '/' + name;
            Staged one{name, true, {}, {}};
            for (const auto &link : report.links) {
                if (link.plugin.isEmpty() || link.state != LinkState::State::Good)
                    continue;
                if ((link.names == staged || (entry.mode != git::Mode::Tree && isUnder(staged, link.names))) && !one.pilots.contains(link.plugin))
                    one.pilots << link.plugin;
                if ((link.names == live || isUnder(live, link.names) || isUnder(link.names, live)) && !one.others.contains(link.plugin))
                    one.others << link.plugin;
            }
            COPPICE_TRY(const auto there, repository.entryAt(root, live));
            // a folder of kinds (instructions/, scripts/) holds templates; below that a folder is one
            if (entry.mode == git::Mode::Tree && folder.isEmpty() && one.pilots.isEmpty()) {
                open.emplace_back(name, entry);
                continue;
            }
            if (there) {
                COPPICE_TRY(const auto as, moved(repository, entry, staged, live));
                one.differs = as.id != there->id || as.mode != there->mode;
            }
            all.push_back(std::move(one));
        }
    }
    std::ranges::sort(all, {}, &Staged::name);
    return all;
}

} // namespace coppice::templates

// SPDX-License-Identifier: GPL-3.0-or-later
#include "templates/links.h"

#include <base/paths.h>
#include <git/tree_edit.h>
#include <git/tree_path.h>
#include <subtree/link_merge.h>
#include <subtree/split.h>

#include <QHash>

#include <algorithm>

namespace coppice::templates {

using namespace Qt::StringLiterals;
using git::folderOf;
using git::isUnder;
using git::normalised;
using git::relativePath;

namespace {

constexpr int mostHops = 8;
constexpr qint64 longestTarget = 4096;
constexpr size_t mostLinks = 20'000;
constexpr qint64 longestAsText = 1024;
const QByteArray templatesFolder = "templates";

/// Reads each tree of one commit once.
class Trees
{
public:
    Trees(git::Repository &repository, const git::Oid &root) : m_repository(repository), m_root(root) { }

    const std::vector<git::TreeEntry> &entries(const git::Oid &id)
    {
        const auto there = m_trees.find(id);
        if (there != m_trees.end())
            return there->second;
        auto read = m_repository.tree(id);
        return m_trees.emplace(id, read ? std::move(*read) : std::vector<git::TreeEntry>()).first->second;
    }
    std::optional<git::TreeEntry> child(const git::Oid &tree, const QByteArray &name)
    {
        for (const auto &entry : entries(tree)) {
            if (entry.name == name)
                return entry;
        }
        return std::nullopt;
    }
    [[nodiscard]] const git::Oid &root() const { return m_root; }
    /// The text of a link; none when it is longer than any path.
    std::optional<QByteArray> target(const git::Oid &blob)
    {
        auto bytes = m_repository.blob(blob, longestTarget);
        return bytes ? std::optional(*bytes) : std::nullopt;
    }

private:
    git::Repository &m_repository;
    git::Oid m_root;
    std::unordered_map<git::Oid, std::vector<git::TreeEntry>> m_trees;
};

/// Such a file is filled in for a run; what a link would put in its place are open slots.
bool hasSlots(const QByteArray &path)
{
    return path.endsWith(".in.md");
}

struct Led {
    LinkState::State state = LinkState::State::Good;
    QByteArray path;
};

/// Where a link leads that stands at `at` (from the root) in the folder `home`.
Led lead(Trees &trees, const QByteArray &at, QByteArray target, const QByteArray &home)
{
    using State = LinkState::State;
    QByteArray from = folderOf(at);
    std::optional<bool> inside; // does the link itself, before any other is followed, stay at home?
    QByteArray first;
    for (int hop = 0; hop <= mostHops; ++hop) {
        if (target.startsWith('/'))
            return {State::Absolute, {}};
        if (target.isEmpty() || target.contains('\0'))
            return {State::Dangling, {}};
        const auto path = normalised(from + '/' + target);
        if (!path)
            return {State::Escaping, {}};
        if (!inside) {
            inside = *path == home || isUnder(*path, home);
            first = *path;
            if (!*inside && !isUnder(*path, templatesFolder))
                return {State::Escaping, *path};
        } else if (!*inside && !isUnder(*path, templatesFolder)) {
            return {State::Escaping, *path}; // a template that is itself a link to elsewhere
        } else if (*inside && !isUnder(*path, home)) {
            return {State::Inside, first}; // through another link of the plugin, which is looked at by itself
        }
        git::TreeEntry here{{}, git::Mode::Tree, trees.root()};
        bool again = false;
        const auto parts = path->isEmpty() ? QByteArrayList() : path->split('/');
        for (qsizetype i = 0; i < parts.size() && !again; ++i) {
            if (here.mode != git::Mode::Tree)
                return {State::Dangling, *path};
            const auto next = trees.child(here.id, parts[i]);
            if (!next || next->mode == git::Mode::Submodule)
                return {State::Dangling, *path};
            here = *next;
            if (here.mode == git::Mode::Link) {
                const auto text = trees.target(here.id);
                if (!text)
                    return {State::Dangling, *path};
                from = parts.mid(0, i).join('/');
                target = *text;
                if (!target.startsWith('/') && i + 1 < parts.size())
                    target += '/' + parts.mid(i + 1).join('/');
                again = true;
            }
        }
        if (again)
            continue;
        if (*inside)
            return {State::Inside, first};
        return {State::Good, first};
    }
    return {State::Cyclic, first};
}

/// Every link below a tree: path in the tree and the link's blob.
void collect(Trees &trees, const git::Oid &tree, const QByteArray &path, int depth, std::vector<std::pair<QByteArray, git::Oid>> &found)
{
    if (depth > 64)
        return;
    for (const auto &entry : trees.entries(tree)) {
        const QByteArray here = path.isEmpty() ? entry.name : QByteArray(path + '/' + entry.name);
        if (entry.mode == git::Mode::Tree)
            collect(trees, entry.id, here, depth + 1, found);
        else if (entry.mode == git::Mode::Link && found.size() < mostLinks)
            found.emplace_back(here, entry.id);
    }
}

class Checker
{
public:
    Checker(git::Repository &repository, const git::Oid &root) : m_repository(repository), m_trees(repository, root) { }

    Result<> checkTree(const QString &plugin, const QByteArray &prefix, const git::Oid &tree)
    {
        std::vector<std::pair<QByteArray, git::Oid>> found;
        collect(m_trees, tree, {}, 0, found);
        bool good = false;
        QList<QByteArray> reported;
        for (const auto &[path, blob] : found) {
            const auto target = m_trees.target(blob);
            LinkState link{plugin, path, target.value_or(QByteArray()), {}, {}};
            const bool text = target && !target->contains('\n');
            const Led led = text ? lead(m_trees, prefix + '/' + path, *target, prefix) : Led{LinkState::State::Dangling, {}};
            link.state = led.state;
            link.names = led.path;
            if (link.state == LinkState::State::Inside)
                continue;
            good = good || link.state == LinkState::State::Good;
            if (link.state == LinkState::State::Good && hasSlots(link.names))
                finding(u"links.slots"_s, u"This link names a file with slots, which is composed for each run: upstream gets it with its slots open"_s,
                        prefix + '/' + path);
            if (link.state != LinkState::State::Good) {
                reported << path;
                tell(link, prefix, text);
            }
            m_report.links.push_back(link);
        }
        if (good) { // links within the templates that are put in
            COPPICE_TRY(const auto resolved, subtree::resolveTree(m_repository, m_trees.root(), prefix));
            for (const auto &path : resolved.blocked) {
                if (!reported.contains(path))
                    finding(u"links.blocked"_s, u"A link in the linked template cannot be followed"_s, prefix + '/' + path);
            }
        }
        return {};
    }

    Result<> checkExpected(const library::LibrarySettings &settings, const library::CatalogEntry &entry)
    {
        const QByteArray &prefix = entry.plugin.prefix;
        for (const auto &[path, name, mode] : expectedLinks(settings, entry.plugin)) {
            if (mode != library::TemplateLink::Mode::Link)
                continue;
            COPPICE_TRY(const auto named, m_repository.entryAt(m_trees.root(), templatesFolder + '/' + name));
            if (!named)
                continue; // told once, for the settings file
            COPPICE_TRY(const auto there, m_repository.entryAt(entry.tree, path));
            if (there && there->mode == git::Mode::Link)
                continue; // looked at with all others
            const QByteArray place = prefix + '/' + path;
            const QByteArray target = relativePath(folderOf(place), templatesFolder + '/' + name);
            const QString names = QString::fromUtf8(templatesFolder + '/' + name);
            m_report.links.push_back({entry.plugin.id, path, target, LinkState::State::Missing, templatesFolder + '/' + name});
            if (!there) {
                finding(u"links.missing"_s, u"A link to %1 should stand here, and there is none"_s.arg(names), place);
                continue;
            }
            const auto bytes = there->mode == git::Mode::Tree ? std::nullopt : m_trees.target(there->id);
            if (bytes && bytes->trimmed() == target)
                finding(u"links.as-text"_s, u"This file holds the text of a link: it was committed where links are not supported"_s, place);
            else
                finding(u"links.missing"_s, u"A link to %1 should stand here, and the plugin has something of its own"_s.arg(names), place);
        }
        return {};
    }

    void finding(const QString &code, const QString &text, const QByteArray &where)
    {
        m_report.findings.push_back({manifest::Finding::Severity::Warning, code, text, QString::fromUtf8(where)});
    }
    LinkReport take() { return std::move(m_report); }

private:
    void tell(const LinkState &link, const QByteArray &prefix, bool text)
    {
        const QByteArray place = prefix + '/' + link.path;
        const QString target = QString::fromUtf8(link.target.left(200));
        if (!text)
            return finding(u"links.not-a-path"_s, u"This link's target is no path: it was edited where links are not supported"_s, place);
        switch (link.state) {
        case LinkState::State::Dangling:
            return finding(u"links.dangling"_s, u"This link names nothing: %1"_s.arg(target), place);
        case LinkState::State::Escaping:
            return finding(u"links.escaping"_s, u"This link leaves the plugin, and not to templates/: %1"_s.arg(target), place);
        case LinkState::State::Absolute:
            return finding(u"links.absolute"_s, u"This link names a path of one machine: %1"_s.arg(target), place);
        case LinkState::State::Cyclic:
            return finding(u"links.cyclic"_s, u"This link leads round in a circle: %1"_s.arg(target), place);
        default:
            return;
        }
    }

    git::Repository &m_repository;
    Trees m_trees;
    LinkReport m_report;
};

} // namespace

QString nameOf(LinkState::State state)
{
    constexpr const char *names[] = {"good", "dangling", "escaping", "absolute", "cyclic", "missing", "inside"};
    return QLatin1String(names[int(state)]);
}

std::vector<library::TemplateLink> expectedLinks(const library::LibrarySettings &settings, const library::Plugin &plugin)
{
    std::vector<library::TemplateLink> links = plugin.settings.links;
    for (const auto &link : settings.links) {
        if (std::ranges::find(links, link.path, &library::TemplateLink::path) == links.end())
            links.push_back(link);
    }
    return links;
}

Result<LinkReport> checkLinks(git::Repository &repository, const library::Catalog &catalog)
{
    if (catalog.head.isNull())
        return LinkReport{};
    COPPICE_TRY(const git::Oid root, repository.treeOf(catalog.head));
    Checker checker(repository, root);
    const auto namesAll = [&](const std::vector<library::TemplateLink> &links, const QByteArray &where) -> Result<> {
        for (const auto &link : links) {
            COPPICE_TRY(const auto there, repository.entryAt(root, templatesFolder + '/' + link.name));
            if (!there)
                checker.finding(u"links.no-template"_s, u"`links` names a template that does not exist: %1"_s.arg(QString::fromUtf8(link.name)), where);
        }
        return {};
    };
    COPPICE_CHECK(namesAll(catalog.settings.links, library::settingsFile));
    for (const auto &entry : catalog.entries) {
        COPPICE_CHECK(namesAll(entry.plugin.settings.links, library::pluginSettingsFile(entry.plugin.id)));
        COPPICE_CHECK(checker.checkTree(entry.plugin.id, entry.plugin.prefix, entry.tree));
        COPPICE_CHECK(checker.checkExpected(catalog.settings, entry));
    }
    COPPICE_TRY(const auto templates, repository.entryAt(root, templatesFolder));
    if (templates && templates->mode == git::Mode::Tree)
        COPPICE_CHECK(checker.checkTree({}, templatesFolder, templates->id));
    return checker.take();
}

Result<QString> whyBlocked(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix, const QByteArray &path)
{
    // a path in a linked folder is shown where it lies: there it has to be mended
    QByteArray place = prefix + '/' + path;
    COPPICE_TRY(auto entry, repository.entryAt(rootTree, place));
    if (!entry) {
        COPPICE_TRY(const auto folder, subtree::followedPath(repository, rootTree, prefix + '/' + folderOf(path)));
        if (folder)
            place = *folder + place.sliced(place.lastIndexOf('/'));
        COPPICE_TRY(entry, repository.entryAt(rootTree, place));
    }
    const QString shown = QString::fromUtf8(place);
    if (!entry || entry->mode != git::Mode::Link)
        return u"%1 cannot be followed"_s.arg(shown);
    Trees trees(repository, rootTree);
    const auto target = trees.target(entry->id);
    if (!target || target->contains('\n'))
        return u"%1 is a link whose target is no path"_s.arg(shown);
    const QString to = QString::fromUtf8(target->left(200));
    const Led led = lead(trees, place, *target, isUnder(place, templatesFolder) ? templatesFolder : prefix);
    switch (led.state) {
    case LinkState::State::Dangling:
        return u"%1 leads to nothing: %2"_s.arg(shown, to);
    case LinkState::State::Escaping:
        return u"%1 leads out of the plugin, and not to templates/: %2"_s.arg(shown, to);
    case LinkState::State::Absolute:
        return u"%1 leads to a path of one machine: %2"_s.arg(shown, to);
    case LinkState::State::Cyclic:
        return u"%1 leads round in a circle: %2"_s.arg(shown, to);
    default:
        return u"%1 leads through more links than are followed, or round in a circle: %2"_s.arg(shown, to);
    }
}

Result<std::vector<QByteArray>> linksAsText(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix)
{
    std::vector<QByteArray> found;
    COPPICE_TRY(const auto plugin, repository.entryAt(rootTree, prefix));
    if (!plugin || plugin->mode != git::Mode::Tree)
        return found;
    Trees trees(repository, rootTree);
    std::vector<std::pair<git::Oid, QByteArray>> open{{plugin->id, {}}};
    while (!open.empty()) {
        const auto [tree, folder] = open.back();
        open.pop_back();
        for (const auto &entry : trees.entries(tree)) {
            const QByteArray path = folder.isEmpty() ? entry.name : QByteArray(folder + '/' + entry.name);
            if (entry.mode == git::Mode::Tree && open.size() < mostLinks)
                open.emplace_back(entry.id, path);
            if (entry.mode != git::Mode::File)
                continue;
            // only a text that climbs out of the plugin can name a template
            const QByteArray place = prefix + '/' + path;
            COPPICE_TRY(const qint64 size, repository.blobSize(entry.id));
            if (size > longestAsText || size < 3 * place.count('/') + templatesFolder.size())
                continue;
            COPPICE_TRY(const auto text, repository.blob(entry.id, longestAsText));
            if (!text.startsWith("../") || text.trimmed().contains('\n'))
                continue;
            const auto names = normalised(folderOf(place) + '/' + text.trimmed());
            if (!names || !isUnder(*names, templatesFolder))
                continue;
            COPPICE_TRY(const auto there, repository.entryAt(rootTree, *names));
            if (there)
                found.push_back(path);
        }
    }
    std::ranges::sort(found);
    return found;
}

Result<> refuseSlots(const QByteArray &templateName)
{
    if (!hasSlots(templateName))
        return {};
    return failUsage(u"links.slots"_s, u"A file with slots is composed for each run, and neither linked nor copied"_s, QString::fromUtf8(templateName),
                     u"Move the part that all plugins share into a template of its own, and link that."_s);
}

Result<git::Oid> addLink(git::Repository &repository, const git::Oid &rootTree, const library::Plugin &plugin, const QByteArray &path,
                         const QByteArray &templateName)
{
    QByteArray name = templateName;
    if (isUnder(name, templatesFolder))
        name.remove(0, templatesFolder.size() + 1);
    while (name.endsWith('/'))
        name.chop(1);
    if (!isSafeRelative(path))
        return failUsage(u"links.path"_s, u"The link's path has to be one in the plugin"_s, QString::fromUtf8(path));
    if (!isSafeRelative(name))
        return failUsage(u"links.template"_s, u"A template is named by its path below templates/"_s, QString::fromUtf8(templateName));
    COPPICE_CHECK(refuseSlots(name));
    const QByteArray target = templatesFolder + '/' + name;
    COPPICE_TRY(const auto there, repository.entryAt(rootTree, target));
    if (!there || there->mode == git::Mode::Submodule)
        return failNotFound(u"links.no-template"_s, u"The library has no such template"_s, QString::fromUtf8(target),
                            u"See coppicectl templates list."_s);
    const QByteArray place = plugin.prefix + '/' + path;
    COPPICE_TRY(const auto home, repository.entryAt(rootTree, plugin.prefix));
    if (!home || home->mode != git::Mode::Tree)
        return failNotFound(u"links.no-plugin"_s, u"There is no folder at the plugin's prefix"_s, QString::fromUtf8(plugin.prefix));
    for (qsizetype slash = plugin.prefix.size(); slash > 0; slash = place.indexOf('/', slash + 1)) {
        const QByteArray part = place.left(slash);
        COPPICE_TRY(const auto folder, repository.entryAt(rootTree, part));
        if (folder && folder->mode != git::Mode::Tree)
            return fail(u"links.taken"_s, u"Something that is no folder stands on the way to the link"_s, QString::fromUtf8(part));
    }
    COPPICE_TRY(const auto taken, repository.entryAt(rootTree, place));
    if (taken && (taken->id != there->id || taken->mode != there->mode)) // an equal copy may become a link
        return fail(u"links.taken"_s, u"Something stands at the link's path already"_s, QString::fromUtf8(place),
                    u"Remove it first, or choose another path."_s);
    COPPICE_TRY(const git::Oid blob, repository.writeBlob(relativePath(folderOf(place), target)));
    return git::editTree(repository, rootTree, {{place, git::TreeEntry{{}, git::Mode::Link, blob}}});
}

} // namespace coppice::templates

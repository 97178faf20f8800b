// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/template_links.h"

#include "git/tree_path.h"

#include <algorithm>
#include <map>

namespace coppice::subtree {

namespace {

using git::folderOf;
using git::isUnder;
using git::normalised;

constexpr int maxHops = 8;         ///< links followed one after the other
constexpr int maxFolders = 2048;   ///< no path on this platform is deeper
constexpr int maxReplaced = 10000; ///< in one tree
const QByteArray templatesFolder("templates");

QByteArray joined(const QByteArray &folder, const QByteArray &name)
{
    return folder.isEmpty() ? name : folder + '/' + name;
}

Result<std::optional<git::TreeEntry>> entryIn(Objects &objects, const git::Oid &tree, const QByteArray &wanted)
{
    std::optional<git::TreeEntry> found;
    COPPICE_TRY(const auto raw, objects.tree(tree));
    eachEntry(raw.bytes(), [&](quint32 mode, QByteArrayView name, const unsigned char *id) {
        if (name == wanted)
            found = git::TreeEntry{wanted, git::Mode(mode), git::Oid::fromRaw(id)};
        return !found;
    });
    return found;
}

} // namespace

Result<std::shared_ptr<const LinkResolver::Links>> LinkResolver::linksOf(const git::Oid &tree, int depth)
{
    if (const auto known = m_links.find(tree); known != m_links.end())
        return known->second;
    if (depth > maxFolders)
        return fail(QStringLiteral("subtree.too-deep"), QStringLiteral("The tree %1 lies in more than %2 folders")
                                                            .arg(tree.toString()).arg(maxFolders));
    Links links;
    std::vector<std::pair<QByteArray, git::Oid>> folders;
    std::vector<std::pair<QByteArray, git::Oid>> blobs;
    {
        COPPICE_TRY(const auto raw, m_objects.tree(tree));
        eachEntry(raw.bytes(), [&](quint32 mode, QByteArrayView name, const unsigned char *id) {
            if (isTreeMode(mode))
                folders.emplace_back(name.toByteArray(), git::Oid::fromRaw(id));
            else if (git::Mode(mode) == git::Mode::Link)
                blobs.emplace_back(name.toByteArray(), git::Oid::fromRaw(id));
            return true;
        });
    }
    for (const auto &[name, id] : blobs) {
        COPPICE_TRY(const auto target, m_objects.linkTarget(id));
        links.push_back({name, target});
    }
    for (const auto &[name, id] : folders) {
        COPPICE_TRY(const auto below, linksOf(id, depth + 1));
        for (const auto &link : *below)
            links.push_back({name + '/' + link.path, link.target});
    }
    auto kept = links.empty() ? m_none : std::make_shared<const Links>(std::move(links));
    m_links.emplace(tree, kept);
    return kept;
}

Result<bool> LinkResolver::hasLinks(const git::Oid &tree)
{
    if (tree.isNull())
        return false;
    COPPICE_TRY(const auto links, linksOf(tree));
    return !links->empty();
}

Result<LinkResolver::Target> LinkResolver::follow(const QByteArray &linkPath, QByteArray target, const QByteArray &home,
                                                  const git::Oid &templates) const
{
    QByteArray from = folderOf(linkPath);
    for (int hop = 0; hop < maxHops; ++hop) {
        if (target.startsWith('/') || target.isEmpty() || target.contains('\0'))
            return Target{Target::Kind::Blocked, {}, {}};
        const auto path = normalised(joined(from, target));
        if (!path)
            return Target{Target::Kind::Blocked, {}, {}};
        if (hop == 0 && (*path == home || isUnder(*path, home)))
            return Target{Target::Kind::Inside, {}, {}};
        if (!isUnder(*path, templatesFolder) || templates.isNull())
            return Target{Target::Kind::Blocked, {}, {}};

        // down from templates/, part by part; a link on the way starts again from where it lies
        const QByteArrayList parts = path->split('/');
        git::TreeEntry at{templatesFolder, git::Mode::Tree, templates};
        bool again = false;
        for (qsizetype i = 1; i < parts.size() && !again; ++i) {
            if (at.mode != git::Mode::Tree)
                return Target{Target::Kind::Blocked, {}, {}};
            COPPICE_TRY(const auto next, entryIn(m_objects, at.id, parts[i]));
            if (!next || next->mode == git::Mode::Submodule)
                return Target{Target::Kind::Blocked, {}, {}};
            at = *next;
            if (at.mode == git::Mode::Link) {
                COPPICE_TRY(target, m_objects.linkTarget(at.id));
                from = QByteArrayList(parts.first(i)).join('/');
                if (!target.startsWith('/') && i + 1 < parts.size())
                    target += '/' + QByteArrayList(parts.sliced(i + 1)).join('/');
                again = true;
            }
        }
        if (!again)
            return Target{Target::Kind::Entry, *path, at};
    }
    return Target{Target::Kind::Blocked, {}, {}};
}

Result<git::Oid> LinkResolver::resolveAt(const git::Oid &raw, const QByteArray &place, const QByteArray &shownAs, Job &job)
{
    COPPICE_TRY(const auto links, linksOf(raw));
    Replacements replacements;
    for (const auto &link : *links) {
        const QByteArray shown = joined(shownAs, link.path);
        COPPICE_TRY(auto target, follow(joined(place, link.path), link.target, place, job.templates));
        if (target.kind == Target::Kind::Inside)
            continue;
        if (target.kind == Target::Kind::Entry && target.entry.mode == git::Mode::Tree) {
            const bool cyclic = std::ranges::any_of(job.open, [&](const QByteArray &open) {
                return open == target.path || isUnder(open, target.path);
            });
            if (cyclic || job.open.size() >= size_t(maxHops)) {
                target.kind = Target::Kind::Blocked;
            } else {
                job.open.push_back(target.path);
                COPPICE_TRY(target.entry.id, resolveAt(target.entry.id, target.path, shown, job));
                job.open.pop_back();
            }
        }
        if (target.kind == Target::Kind::Blocked) {
            job.report.blocked.push_back(shown);
            continue;
        }
        if (++job.replaced > maxReplaced)
            return fail(QStringLiteral("subtree.too-many-links"),
                        QStringLiteral("More than %1 template links come together at %2").arg(maxReplaced)
                            .arg(QString::fromUtf8(place)));
        if (shownAs.isEmpty())
            job.report.links.push_back(link.path);
        replacements.emplace_back(link.path, target.entry);
    }
    return replacements.empty() ? Result<git::Oid>(raw) : replaced(raw, std::move(replacements));
}

Result<git::Oid> LinkResolver::replaced(const git::Oid &tree, Replacements replacements)
{
    std::map<QByteArray, git::TreeEntry> here;
    std::map<QByteArray, Replacements> below;
    for (auto &[path, entry] : replacements) {
        const auto slash = path.indexOf('/');
        if (slash < 0)
            here[path] = entry;
        else
            below[path.first(slash)].emplace_back(path.sliced(slash + 1), entry);
    }
    std::vector<git::TreeEntry> entries;
    {
        COPPICE_TRY(const auto raw, m_objects.tree(tree));
        eachEntry(raw.bytes(), [&](quint32 mode, QByteArrayView name, const unsigned char *id) {
            entries.push_back({name.toByteArray(), git::Mode(mode), git::Oid::fromRaw(id)});
            return true;
        });
    }
    for (auto &entry : entries) {
        if (const auto found = here.find(entry.name); found != here.end()) {
            entry.mode = found->second.mode;
            entry.id = found->second.id;
        } else if (const auto folder = below.find(entry.name); folder != below.end()) {
            COPPICE_TRY(entry.id, replaced(entry.id, folder->second));
        }
    }
    std::ranges::sort(entries, {}, [](const git::TreeEntry &entry) {
        return entry.mode == git::Mode::Tree ? QByteArray(entry.name + '/') : entry.name;
    });
    QByteArray bytes;
    for (const auto &entry : entries) {
        bytes += QByteArray::number(quint32(entry.mode), 8) + ' ' + entry.name + '\0';
        bytes.append(reinterpret_cast<const char *>(entry.id.raw()), 20);
    }
    const git::Oid id = Objects::hash(GIT_OBJECT_TREE, bytes);
    COPPICE_CHECK(m_objects.add(GIT_OBJECT_TREE, id, bytes));
    return id;
}

Result<Resolved> LinkResolver::resolve(const git::Oid &raw, const QByteArray &prefix, const git::Oid &templates)
{
    Resolved report;
    if (!raw.isNull()) {
        Job job{templates, report, {}, 0};
        COPPICE_TRY(report.tree, resolveAt(raw, prefix, {}, job));
    }
    return report;
}

Result<Resolved> resolveTree(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix)
{
    COPPICE_TRY(const auto plugin, repository.entryAt(rootTree, prefix));
    if (!plugin || plugin->mode != git::Mode::Tree)
        return Resolved{};
    COPPICE_TRY(const auto templates, repository.entryAt(rootTree, templatesFolder));
    COPPICE_TRY(auto objects, Objects::open(repository, false));
    LinkResolver resolver(objects);
    const bool there = templates && templates->mode == git::Mode::Tree;
    COPPICE_TRY(auto resolved, resolver.resolve(plugin->id, prefix, there ? templates->id : git::Oid()));
    COPPICE_CHECK(objects.flush());
    return resolved;
}

} // namespace coppice::subtree

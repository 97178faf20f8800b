// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/prefixes.h"

#include <base/paths.h>

#include <QRegularExpression>

#include <algorithm>
#include <unordered_set>

namespace coppice::library {

using namespace Qt::StringLiterals;

namespace {
constexpr size_t mostPrefixes = 50'000;
constexpr size_t mostJoins = 50'000;
const QByteArray dirKey = "git-subtree-dir:";
const QByteArray splitKey = "\ngit-subtree-split:";

/// The upstream commit that a join names; null when it names none.
git::Oid splitIn(const QByteArray &message)
{
    const auto at = message.lastIndexOf(splitKey);
    return at < 0 ? git::Oid() : git::Oid::fromHex(message.mid(at + splitKey.size(), 60).split('\n').front().trimmed());
}

void keepNewest(std::vector<Join> &all, QHash<QByteArray, size_t> &index, const Join &join)
{
    const auto there = index.constFind(join.dir);
    if (there == index.constEnd()) {
        if (all.size() >= mostJoins)
            return;
        index.insert(join.dir, all.size());
        all.push_back(join);
    } else if (all[*there].seconds <= join.seconds) {
        all[*there] = join;
    }
}
} // namespace

std::vector<Join> joinsIn(const git::Commit &commit)
{
    std::vector<Join> joins;
    if (!commit.message.contains(dirKey))
        return joins;
    for (const auto &line : commit.message.split('\n')) {
        const QByteArray trimmed = line.trimmed();
        if (!trimmed.startsWith(dirKey))
            continue;
        QByteArray dir = trimmed.mid(dirKey.size()).trimmed();
        while (dir.endsWith('/'))
            dir.chop(1);
        // A squash says split without mainline; an add or rejoin says both.
        if (isSafeRelative(dir))
            joins.push_back({dir, !commit.message.contains("\ngit-subtree-mainline:"), commit.committer.seconds, splitIn(commit.message)});
    }
    return joins;
}

Result<std::vector<Join>> readJoins(const git::Repository &repository, const git::Oid &head, std::vector<Join> known,
                                    const git::Oid &knownHead, std::stop_token stop)
{
    std::vector<git::Oid> hidden;
    if (!knownHead.isNull() && repository.has(knownHead)) {
        const auto ancestor = repository.isAncestor(knownHead, head);
        if (ancestor && *ancestor)
            hidden.push_back(knownHead);
    }
    if (hidden.empty())
        known.clear();
    QHash<QByteArray, size_t> index;
    for (size_t i = 0; i < known.size(); ++i)
        index.insert(known[i].dir, i);

    std::unordered_set<git::Oid> seen(hidden.begin(), hidden.end());
    if (!hidden.empty()) {
        if (const auto fresh = repository.walk(head, hidden)) {
            for (const auto &id : *fresh) {
                if (stop.stop_requested())
                    return failCancelled();
                COPPICE_TRY(const auto commit, repository.commit(id));
                for (const auto &join : joinsIn(commit))
                    keepNewest(known, index, join);
            }
            return known;
        }
        seen.clear();
        known.clear();
        index.clear();
    }
    // By hand, because a shallow clone names parents that it does not have.
    std::vector<git::Oid> open{head};
    while (!open.empty()) {
        if (stop.stop_requested())
            return failCancelled();
        const git::Oid id = open.back();
        open.pop_back();
        if (!seen.insert(id).second)
            continue;
        const auto commit = repository.commit(id);
        if (!commit) {
            if (id == head)
                return std::unexpected(commit.error());
            continue;
        }
        for (const auto &join : joinsIn(*commit))
            keepNewest(known, index, join);
        open.insert(open.end(), commit->parents.begin(), commit->parents.end());
    }
    for (auto &join : known) // a join without mainline that merged the upstream's history in whole is no squash
        join.squash = join.squash && !seen.contains(join.split);
    return known;
}

const QHash<QByteArray, git::TreeEntry> &TreeIndex::entries(const QByteArray &path)
{
    const auto there = m_folders.constFind(path);
    if (there != m_folders.constEnd())
        return *there;
    git::Oid id = m_root;
    if (!path.isEmpty())
        id = treeAt(path);
    QHash<QByteArray, git::TreeEntry> found;
    if (!id.isNull()) {
        if (const auto list = m_repository.tree(id)) {
            for (const auto &entry : *list)
                found.insert(entry.name, entry);
        }
    }
    return *m_folders.insert(path, found);
}

git::Oid TreeIndex::treeAt(const QByteArray &path)
{
    if (path.isEmpty())
        return m_root;
    const qsizetype slash = path.lastIndexOf('/');
    const auto &folder = entries(slash < 0 ? QByteArray() : path.left(slash));
    const auto entry = folder.constFind(path.mid(slash + 1));
    return entry != folder.constEnd() && entry->mode == git::Mode::Tree ? entry->id : git::Oid{};
}

std::vector<QByteArray> TreeIndex::folders(const QByteArray &path)
{
    std::vector<QByteArray> names;
    for (const auto &entry : entries(path)) {
        if (entry.mode == git::Mode::Tree)
            names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<git::TreeEntry> TreeIndex::files(const QByteArray &path)
{
    std::vector<git::TreeEntry> all;
    for (const auto &entry : entries(path)) {
        if (entry.mode == git::Mode::File || entry.mode == git::Mode::Executable)
            all.push_back(entry);
    }
    std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
    return all;
}

std::vector<QByteArray> matchPrefixes(TreeIndex &tree, const QByteArray &pattern)
{
    std::vector<QByteArray> found{QByteArray()};
    for (const auto &part : pattern.split('/')) {
        std::vector<QByteArray> next;
        const auto join = [](const QByteArray &base, const QByteArray &name) -> QByteArray {
            return base.isEmpty() ? name : QByteArray(base + '/' + name);
        };
        for (const auto &base : found) {
            if (!part.contains('*')) {
                if (!tree.treeAt(join(base, part)).isNull())
                    next.push_back(join(base, part));
                continue;
            }
            // Bytes as Latin-1: a pattern compares bytes, whatever the file system's encoding.
            const QRegularExpression shape(
                u'^' + QRegularExpression::escape(QString::fromLatin1(part)).replace("\\*"_L1, ".*"_L1) + u"\\z",
                QRegularExpression::DotMatchesEverythingOption);
            for (const auto &name : tree.folders(base)) {
                if ((!name.startsWith('.') || part.startsWith('.')) && shape.match(QString::fromLatin1(name)).hasMatch()
                    && next.size() < mostPrefixes)
                    next.push_back(join(base, name));
            }
        }
        found = std::move(next);
    }
    return found;
}

bool isPluginId(const QString &id)
{
    static const QRegularExpression shape(u"^[A-Za-z0-9_][A-Za-z0-9._-]{0,119}\\z"_s);
    return shape.match(id).hasMatch() && !id.endsWith(u'.');
}

std::vector<std::pair<QString, QByteArray>> idsFor(const std::vector<QByteArray> &prefixes, QSet<QString> taken)
{
    static const QRegularExpression strange(u"[^A-Za-z0-9._-]+"_s);
    static const QRegularExpression edges(u"^[.-]+|[.]+$"_s);
    const auto idOf = [&](const QByteArray &prefix, qsizetype parts) {
        const auto all = QString::fromUtf8(prefix).split(u'/');
        QString id = all.mid(qMax<qsizetype>(0, all.size() - parts)).join(u'-').replace(strange, u"-"_s).remove(edges).right(100);
        id.remove(edges);
        return id.isEmpty() ? u"plugin"_s : id;
    };
    std::vector<std::pair<QString, QByteArray>> ids;
    std::vector<QByteArray> left = prefixes;
    for (qsizetype parts = 1; !left.empty(); ++parts) {
        QHash<QString, int> uses;
        for (const auto &prefix : left)
            ++uses[idOf(prefix, parts)];
        std::vector<QByteArray> again;
        for (const auto &prefix : left) {
            QString id = idOf(prefix, parts);
            const bool last = parts > prefix.count('/');
            if (last) { // no more parts to tell them apart by
                const QString base = id;
                for (int n = 2; taken.contains(id); ++n)
                    id = u"%1-%2"_s.arg(base).arg(n);
            } else if (uses.value(id) > 1 || taken.contains(id)) {
                again.push_back(prefix);
                continue;
            }
            taken.insert(id);
            ids.emplace_back(id, prefix);
        }
        left = std::move(again);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<QByteArray> freePrefixes(TreeIndex &tree, const LibrarySettings &settings, const std::vector<Join> &joins,
                                     const std::vector<QByteArray> &named)
{
    QSet<QByteArray> known(named.begin(), named.end());
    QSet<QByteArray> holders; // folders on the way to a known prefix
    const auto remember = [&](const QByteArray &prefix) {
        known.insert(prefix);
        for (qsizetype slash = prefix.indexOf('/'); slash > 0; slash = prefix.indexOf('/', slash + 1))
            holders.insert(prefix.left(slash));
    };
    const auto lieIn = [&](const QByteArray &prefix) {
        for (qsizetype slash = prefix.indexOf('/'); slash > 0; slash = prefix.indexOf('/', slash + 1)) {
            if (known.contains(prefix.left(slash)))
                return true;
        }
        return false;
    };
    for (const auto &prefix : named)
        remember(prefix);

    std::vector<QByteArray> found;
    if (!settings.present) {
        std::vector<QByteArray> dirs;
        for (const auto &join : joins) {
            if (!known.contains(join.dir) && !tree.treeAt(join.dir).isNull())
                dirs.push_back(join.dir);
        }
        std::sort(dirs.begin(), dirs.end());
        for (const auto &dir : dirs) {
            remember(dir);
            found.push_back(dir);
        }
    }
    for (const QString &pattern : settings.prefixes) {
        for (const auto &prefix : matchPrefixes(tree, pattern.toUtf8())) {
            if (known.contains(prefix) || holders.contains(prefix) || lieIn(prefix) || found.size() >= mostPrefixes)
                continue;
            found.push_back(prefix);
        }
    }
    // Patterns may overlap.
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

} // namespace coppice::library

// SPDX-License-Identifier: GPL-3.0-or-later
#include "subtree/link_merge.h"

#include <algorithm>

namespace coppice::subtree {

namespace {

using Entry = std::optional<git::TreeEntry>;

constexpr int mostHops = 64;
constexpr qint64 longestTarget = 4096;

bool same(const Entry &a, const Entry &b)
{
    return a ? b && a->id == b->id && a->mode == b->mode : !b;
}

Result<git::Oid> alone(git::Repository &repository, const Entry &entry)
{
    if (!entry)
        return repository.writeTree({});
    return repository.writeTree({{"x", entry->mode, entry->id}});
}

/// What a three-way merge makes of one path; nothing when it conflicts.
Result<std::optional<Entry>> mergedEntry(git::Repository &repository, const Entry &base, const Entry &ours, const Entry &theirs)
{
    if (same(ours, base))
        return std::optional<Entry>(theirs);
    COPPICE_TRY(const auto a, alone(repository, base));
    COPPICE_TRY(const auto b, alone(repository, ours));
    COPPICE_TRY(const auto c, alone(repository, theirs));
    COPPICE_TRY(const auto merged, repository.mergeTrees(a, b, c));
    if (!merged.conflicts.empty())
        return std::optional<Entry>();
    COPPICE_TRY(auto entry, repository.entryAt(merged.tree, "x"));
    return std::optional<Entry>(std::move(entry));
}

QByteArray targetOf(const git::Repository &repository, const git::Oid &rootTree, const QByteArray &path)
{
    const auto followed = followedPath(repository, rootTree, path);
    return followed && *followed ? **followed : QByteArray();
}

/// Puts the change of one file into a template. Another link to the same template may have changed it just before.
Result<> edit(git::Repository &repository, const git::Oid &rootTree, const QByteArray &place, const Entry &before,
                const Entry &after, std::vector<git::TreeChange> &edits)
{
    COPPICE_TRY(const auto now, repository.entryAt(rootTree, place));
    COPPICE_TRY(const auto merged, mergedEntry(repository, before, now, after));
    const auto twice = std::ranges::find(edits, place, &git::TreeChange::path);
    if (!merged || (twice != edits.end() && !same(twice->entry, *merged)))
        return fail(QStringLiteral("subtree.not-adoptable"), QStringLiteral("The template was changed differently at the same time"),
                    QString::fromUtf8(place), QStringLiteral("Decide to keep one of the changes as the plugin's own, or to discard it."));
    if (twice == edits.end())
        edits.push_back({place, *merged});
    return {};
}

} // namespace

Result<std::optional<QByteArray>> followedPath(const git::Repository &repository, const git::Oid &rootTree, const QByteArray &path)
{
    QByteArrayList open = path.split('/');
    QByteArrayList done;
    int hops = 0;
    while (!open.isEmpty()) {
        const QByteArray part = open.takeFirst();
        if (part.isEmpty() || part == ".")
            continue;
        if (part == "..") {
            if (done.isEmpty())
                return std::optional<QByteArray>();
            done.removeLast();
            continue;
        }
        done << part;
        COPPICE_TRY(const auto entry, repository.entryAt(rootTree, done.join('/')));
        if (!entry)
            return std::optional<QByteArray>();
        if (entry->mode != git::Mode::Link)
            continue;
        COPPICE_TRY(const auto target, repository.blob(entry->id, longestTarget));
        if (target.startsWith('/') || target.isEmpty() || target.contains('\0') || ++hops > mostHops)
            return std::optional<QByteArray>();
        done.removeLast();
        open = target.split('/') + open;
    }
    return std::optional(done.join('/'));
}

Result<LinkPlan> planLinks(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix, const git::Oid &raw,
                           const Resolved &ours, const git::Oid &base, const git::Oid &theirs,
                           const std::vector<LinkAnswer> &answers)
{
    LinkPlan plan;
    for (const auto &path : ours.links) {
        COPPICE_TRY(const auto link, repository.entryAt(raw, path));
        COPPICE_TRY(const auto before, repository.entryAt(base, path));
        COPPICE_TRY(const auto mine, repository.entryAt(ours.tree, path));
        COPPICE_TRY(const auto now, repository.entryAt(theirs, path));
        // the link itself stands there where somebody pushed by a tool that sends links as they are
        bool quiet = same(now, before) || same(now, mine) || same(now, link);
        if (!quiet) {
            COPPICE_TRY(const auto merged, mergedEntry(repository, before, mine, now));
            quiet = merged && same(*merged, mine);
        }
        if (quiet) {
            plan.links.push_back({path, link});
            continue;
        }
        LinkChange change{path, targetOf(repository, rootTree, prefix + '/' + path), mine, now, {}};
        const auto answer = std::ranges::find_if(answers, [&](const LinkAnswer &one) { return one.path == path && same(one.theirs, now); });
        if (answer != answers.end() && (now || answer->choice != LinkChoice::Adopt)) // a template is not deleted from afar
            change.choice = answer->choice;
        if (!change.choice) {
            plan.open.push_back(std::move(change));
        } else if (*change.choice == LinkChoice::Discard) {
            plan.links.push_back({path, link});
        } else {
            (*change.choice == LinkChoice::Adopt ? plan.adopted : plan.kept).push_back(std::move(change));
        }
    }
    return plan;
}

Result<git::Oid> withoutLinks(git::Repository &repository, const git::Oid &tree, const LinkPlan &plan)
{
    std::vector<git::TreeChange> gone;
    const auto leaveOut = [&](const QByteArray &path) -> Result<> {
        COPPICE_TRY(const auto entry, repository.entryAt(tree, path));
        if (entry)
            gone.push_back({path, std::nullopt});
        return {};
    };
    for (const auto &link : plan.links)
        COPPICE_CHECK(leaveOut(link.path));
    for (const auto &change : plan.open)
        COPPICE_CHECK(leaveOut(change.path));
    return gone.empty() ? Result<git::Oid>(tree) : git::editTree(repository, tree, gone);
}

Result<git::Oid> takeIntoTemplate(git::Repository &repository, const git::Oid &rootTree, const QByteArray &prefix,
                                  const LinkChange &change, const git::Oid &merged)
{
    COPPICE_TRY(const auto entry, repository.entryAt(merged, change.path));
    const QByteArray linked = prefix + '/' + change.path;
    if (!entry || change.target.isEmpty() || !change.ours
        || (entry->mode == git::Mode::Tree) != (change.ours->mode == git::Mode::Tree))
        return fail(QStringLiteral("subtree.not-adoptable"),
                    QStringLiteral("What upstream has there cannot be put in the template's place"), QString::fromUtf8(linked),
                    QStringLiteral("Decide to keep it as the plugin's own, or to discard it."));
    std::vector<git::TreeChange> edits;
    if (entry->mode != git::Mode::Tree) {
        COPPICE_CHECK(edit(repository, rootTree, change.target, change.ours, entry, edits));
        return git::editTree(repository, rootTree, edits);
    }
    COPPICE_TRY(const auto changes, repository.changes(change.ours->id, entry->id));
    for (const auto &one : changes) {
        // a template folder may itself hold links: what they name is changed, not they
        COPPICE_TRY(const auto followed, followedPath(repository, rootTree, linked + '/' + one.path));
        QByteArray place = followed.value_or(QByteArray());
        if (!followed) { // new: below the deepest folder that is there
            qsizetype slash = one.path.lastIndexOf('/');
            for (; place.isEmpty() && slash > 0; slash = one.path.lastIndexOf('/', slash - 1)) {
                COPPICE_TRY(const auto folder, followedPath(repository, rootTree, linked + '/' + one.path.first(slash)));
                if (folder)
                    place = *folder + one.path.sliced(slash);
            }
            if (place.isEmpty())
                place = change.target + '/' + one.path;
        }
        if (!place.startsWith("templates/"))
            return fail(QStringLiteral("subtree.not-adoptable"), QStringLiteral("A changed file of the linked folder lies outside templates/"),
                        QString::fromUtf8(place), QStringLiteral("Decide to keep it as the plugin's own, or to discard it."));
        COPPICE_CHECK(edit(repository, rootTree, place, one.before, one.after, edits));
    }
    return git::editTree(repository, rootTree, edits);
}

} // namespace coppice::subtree

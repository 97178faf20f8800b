// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/propose_version.h"

#include "base/clock.h"
#include "base/counted.h"
#include "base/fault.h"
#include "git/tree_edit.h"
#include "git/user_git.h"
#include "review/risks.h"
#include "shipping/changelog.h"
#include "shipping/policy.h"
#include "shipping/release_order.h"
#include "shipping/ship_state.h"
#include "shipping/version_files.h"

#include <QJsonArray>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

constexpr size_t mostCommits = 5000;
const QString titleStart = u"chore(release): "_s;

/// The newest version that the upstream has a tag of, and the commit that it names.
struct Released {
    QString version;
    git::Oid commit;
};
Result<Released> lastReleased(const runs::House &house, const library::GitPolicy &policy, const Release &release, std::stop_token stop)
{
    COPPICE_TRY(const auto remote, git::lsRemote(house.library.commonDir(), release.remote, stop));
    Released newest;
    QString tag;
    for (auto it = remote.refs.begin(); it != remote.refs.end(); ++it) {
        const QString version = it.key().startsWith("refs/tags/"_L1) ? versionOfTag(policy, it.key().mid(10)) : QString();
        if (version.isEmpty() || !bumped(version, Bump::None))
            continue;
        const auto order = newest.version.isEmpty() ? std::optional(1) : compareReleases(version, newest.version);
        if (order && *order > 0) {
            newest.version = version;
            tag = it.key().mid(10);
        }
    }
    if (tag.isEmpty())
        return newest;
    const QString kept = u"refs/coppice/tags/%1/theirs/%2"_s.arg(release.plugin, tag);
    COPPICE_CHECK(git::fetch(house.library.commonDir(), release.remote, {u"+refs/tags/%1:%2"_s.arg(tag, kept)}, stop, Progress::none()));
    COPPICE_TRY(const auto repository, house.library.repository());
    COPPICE_TRY(newest.commit, repository.resolve(kept + u"^{commit}"_s));
    return newest;
}

/// What an interface's comparison says of patches that landed and are not out yet. It can only raise a bump.
Result<Bump> interfaceVerdict(const runs::House &house, const QString &plugin, QStringList *because)
{
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto patches, reviews.list());
    Bump most = Bump::None;
    for (const auto &patch : patches) {
        if (patch.plugin != plugin || patch.state != review::Patch::State::Applied)
            continue;
        COPPICE_TRY(const auto evidence, reviews.evidence(patch.id.toString()));
        for (const auto &one : evidence) {
            if (one.kind != "interface"_L1)
                continue;
            const QString fact = one.fact.toLower();
            const Bump asks = fact.contains("breaking"_L1) || fact.contains("major"_L1) ? Bump::Major
                            : fact.contains("additive"_L1) || fact.contains("minor"_L1) ? Bump::Minor
                                                                                       : Bump::None;
            if (asks > Bump::None)
                *because << u"interface: %1"_s.arg(one.title);
            most = std::max(most, asks);
        }
    }
    return most;
}

/// The files of the plugin's root that hold the version, changed; and the changelog.
Result<std::vector<git::TreeChange>> edits(git::Repository &repository, const git::Oid &tree, const library::GitPolicy &policy, const VersionProposal &proposal,
                                           const std::vector<ToldCommit> &commits, QStringList *notes)
{
    std::vector<git::TreeChange> changes;
    COPPICE_TRY(const auto entries, repository.tree(tree));
    const auto put = [&](const QByteArray &path, git::Mode mode, const QByteArray &bytes) -> Result<> {
        COPPICE_TRY(const auto blob, repository.writeBlob(bytes));
        changes.push_back({path, git::TreeEntry{path, mode, blob}});
        return {};
    };
    for (const auto &entry : entries) {
        if (!holdsVersion(entry.name))
            continue;
        if (entry.mode != git::Mode::File && entry.mode != git::Mode::Executable) {
            *notes << u"%1 is a link, and stays as it is."_s.arg(QString::fromUtf8(entry.name));
            continue;
        }
        COPPICE_TRY(const auto bytes, repository.blob(entry.id, 16 << 20));
        const auto next = withVersion(entry.name, bytes, proposal.from, proposal.to);
        if (next && *next != bytes)
            COPPICE_CHECK(put(entry.name, entry.mode, *next));
        else if (!next && entry.name != "Cargo.lock")
            *notes << u"%1 holds no version of its own."_s.arg(QString::fromUtf8(entry.name));
    }
    COPPICE_TRY(const auto mcp, repository.entryAt(tree, ".mcp/server.json"));
    if (mcp && mcp->mode == git::Mode::File) {
        COPPICE_TRY(const auto bytes, repository.blob(mcp->id, 16 << 20));
        if (const auto next = withVersion("server.json", bytes, proposal.from, proposal.to); next && *next != bytes)
            COPPICE_CHECK(put(".mcp/server.json", mcp->mode, *next));
    }
    COPPICE_TRY(const auto path, changelogPath(repository, tree));
    if (path.isEmpty() && !policy.changelog) {
        *notes << u"The plugin has no changelog, and git_policy asks for none."_s;
        return changes;
    }
    QByteArray log;
    git::Mode mode = git::Mode::File;
    if (!path.isEmpty()) {
        COPPICE_TRY(const auto entry, repository.entryAt(tree, path));
        mode = entry->mode;
        COPPICE_TRY(log, repository.blob(entry->id, 4 << 20));
    }
    if (!changelogPart(QString::fromUtf8(log), proposal.to).isEmpty())
        *notes << u"The changelog has an entry for %1 already; it stays as it is."_s.arg(proposal.to);
    else
        COPPICE_CHECK(put(path.isEmpty() ? QByteArray("CHANGELOG.md") : path, mode,
                          withEntry(QString::fromUtf8(log), proposal.to, isoTime(nowMs()).left(10), commits).toUtf8()));
    return changes;
}

/// Opens the proposal as a patch, once; an older one of other content is closed.
Result<QString> openPatch(const runs::House &house, const Actor &actor, git::Repository &repository, const library::CatalogEntry &entry, const QString &to,
                          const std::vector<git::TreeChange> &changes)
{
    COPPICE_TRY(const auto head, house.library.head());
    review::Revision revision;
    COPPICE_TRY(revision.base, repository.treeOf(head));
    std::vector<git::TreeChange> whole;
    for (const auto &change : changes)
        whole.push_back({entry.plugin.prefix + '/' + change.path, change.entry});
    COPPICE_TRY(revision.result, git::editTree(repository, revision.base, whole));
    const QString title = titleStart + entry.plugin.id + u' ' + to;
    review::Reviews reviews(house.state, house.journal);
    COPPICE_TRY(const auto open, reviews.list(true));
    for (const auto &patch : open) {
        if (patch.plugin != entry.plugin.id || !patch.ticket.isEmpty() || !patch.title.startsWith(titleStart))
            continue;
        if (patch.last().base == revision.base && patch.last().result == revision.result) {
            COPPICE_CHECK(SignOffs::noteRequester(house.state, u"patch:"_s + patch.id.toString(), actor)); // died between the two, perhaps
            return patch.id.toString();
        }
        COPPICE_CHECK(reviews.setState(actor, patch.id.toString(), review::Patch::State::Closed));
    }
    const Id id = Id::make();
    COPPICE_CHECK(SignOffs::noteRequester(house.state, u"patch:"_s + id.toString(), actor));
    COPPICE_TRY(const auto patch, reviews.add(repository, entry.plugin.id, {}, title, revision, id));
    if (patch.id != id) // it was made before
        COPPICE_CHECK(SignOffs::noteRequester(house.state, u"patch:"_s + patch.id.toString(), actor));
    review::Risks(house.state).lookAhead(repository, patch, entry.plugin.prefix);
    return patch.id.toString();
}

} // namespace

Result<VersionProposal> proposeVersion(const runs::House &house, const Actor &actor, const QString &plugin, bool dryRun, std::stop_token stop, Progress &progress)
{
    const FaultStep step("version.propose");
    COPPICE_TRY(const auto release, summarize(house, plugin, stop, progress));
    COPPICE_TRY(const auto catalog, house.library.scan(house.state, stop, progress));
    const auto *entry = catalog.find(plugin);
    const auto &policy = catalog.settings.gitPolicy;
    VersionProposal proposal;
    proposal.plugin = plugin;
    proposal.from = release.version;
    progress.report(0, 0, u"Asking the upstream for its tags"_s);
    COPPICE_TRY(const auto released, lastReleased(house, policy, release, stop));
    proposal.since = released.version;
    COPPICE_TRY(auto repository, house.library.repository());
    // Without a tag, what the upstream has counts as released.
    const git::Oid base = !released.commit.isNull() ? released.commit : release.upstream;
    COPPICE_TRY(auto ids, repository.walk(release.commit, !base.isNull() && repository.has(base) ? std::vector{base} : std::vector<git::Oid>()));
    if (ids.size() > mostCommits) {
        proposal.notes << u"Of %1, the newest %2 were read."_s.arg(counted(qint64(ids.size()), "commit")).arg(mostCommits);
        ids.erase(ids.begin(), ids.end() - qsizetype(mostCommits));
    }
    std::vector<ToldCommit> commits;
    for (const auto &id : ids) {
        COPPICE_TRY(const auto commit, repository.commit(id));
        if (commit.parents.size() > 1)
            continue;
        commits.push_back(tellCommit(commit.message));
        if (commits.back().bump() > Bump::None)
            proposal.because << u"%1: %2"_s.arg(nameOf(commits.back().bump()), commits.back().what);
    }
    COPPICE_TRY(const Bump verdict, interfaceVerdict(house, plugin, &proposal.because));
    proposal.bump = bumpOf(commits, verdict);
    if (proposal.bump == Bump::None)
        return fail(u"ship.nothing-new"_s, commits.empty() ? u"There is no commit since the last release"_s : u"No commit since the last release changes anything for users"_s, plugin,
                    u"Commits that do begin with feat:, fix: or perf:."_s);
    const QString last = !released.version.isEmpty() ? released.version : release.version.isEmpty() ? u"0.0.0"_s : release.version;
    const auto next = bumped(last, proposal.bump);
    if (!next)
        return fail(u"ship.version-form"_s, u"The plugin's version is none that can be counted on: %1"_s.arg(last.left(80)), plugin, u"Versions have the form 1.2.3 (https://semver.org)."_s);
    proposal.to = *next;
    // Somebody has raised it by hand already: at least that.
    if (const auto order = compareReleases(release.version, proposal.to); !release.version.isEmpty() && !released.version.isEmpty() && order && *order > 0)
        proposal.to = release.version;
    COPPICE_TRY(const auto head, house.library.head());
    COPPICE_TRY(const auto root, repository.treeOf(head));
    COPPICE_TRY(const auto folder, repository.entryAt(root, entry->plugin.prefix));
    if (!folder || folder->mode != git::Mode::Tree)
        return fail(u"ship.no-folder"_s, u"The plugin has no folder in the library's head"_s, plugin);
    COPPICE_TRY(const auto changes, edits(repository, folder->id, policy, proposal, commits, &proposal.notes));
    for (const auto &change : changes)
        proposal.files << QString::fromUtf8(change.path);
    if (changes.empty()) {
        proposal.notes << u"No file changes: the version is the tag %1, which is made by coppicectl ship %2 --as-version %3%4."_s.arg(
            tagName(policy, proposal.to), plugin, proposal.to, policy.makesTags ? QString() : u", once git_policy has tags"_s);
        return proposal;
    }
    if (!dryRun) {
        COPPICE_TRY(proposal.review, openPatch(house, actor, repository, *entry, proposal.to, changes));
    }
    return proposal;
}

QJsonObject toJson(const VersionProposal &proposal)
{
    return {{u"plugin"_s, proposal.plugin},
            {u"since"_s, proposal.since},
            {u"from"_s, proposal.from},
            {u"version"_s, proposal.to},
            {u"bump"_s, nameOf(proposal.bump)},
            {u"because"_s, QJsonArray::fromStringList(proposal.because)},
            {u"files"_s, QJsonArray::fromStringList(proposal.files)},
            {u"review"_s, proposal.review.isEmpty() ? QJsonValue() : QJsonValue(proposal.review)},
            {u"notes"_s, QJsonArray::fromStringList(proposal.notes)}};
}

} // namespace coppice::shipping

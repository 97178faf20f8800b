// SPDX-License-Identifier: GPL-3.0-or-later
#include "sync/options.h"
#include "sync/upstreams.h"

#include "base/clock.h"
#include "subtree/cut.h"
#include "subtree/link_merge.h"
#include "templates/gates.h"
#include "templates/links.h"

#include <QJsonArray>

#include <mutex>

namespace coppice::sync {

namespace {

/// What is the plugin's own beside its copies: what upstream has, and what earlier joins name.
std::vector<git::Oid> knownCommits(const git::Repository &repository, const Standing &standing)
{
    std::vector<git::Oid> known;
    if (!standing.upstream.commit.isNull())
        known.push_back(standing.upstream.commit);
    for (const auto &join : standing.split.joins) {
        if (repository.has(join.split))
            known.push_back(join.split);
    }
    return known;
}

/// Commits of the library itself must not leave with a plugin: after a prefix was deleted and made anew, git's ids have
/// them as parents.
Result<std::vector<git::Oid>> foreignCommits(const git::Repository &repository, const Standing &standing)
{
    std::vector<git::Oid> foreign;
    const auto known = knownCommits(repository, standing);
    for (const auto &original : standing.split.originals) {
        bool isKnown = false;
        for (size_t i = 0; i < known.size() && !isKnown; ++i) {
            COPPICE_TRY(isKnown, repository.isAncestor(original, known[i]));
        }
        if (!isKnown)
            foreign.push_back(original);
    }
    return foreign;
}

/// A library that was checked out without links, edited and committed holds their text in plain files.
Result<std::optional<Error>> linksAsText(git::Repository &repository, const Standing &standing, const git::Oid &head)
{
    COPPICE_TRY(const auto root, repository.treeOf(head));
    COPPICE_TRY(const auto paths, templates::linksAsText(repository, root, standing.entry->plugin.prefix));
    if (paths.empty())
        return std::optional<Error>();
    QJsonArray shown;
    for (const auto &path : paths)
        shown.append(QString::fromUtf8(standing.entry->plugin.prefix + '/' + path));
    return failNeeds(QStringLiteral("sync.links-as-text"),
                     QStringLiteral("Files hold the text of a link: they were committed where links are not supported"),
                     standing.state.plugin,
                     QStringLiteral("Make them links again, in a checkout with core.symlinks on, or by coppicectl templates link."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("link")},
                                  {QStringLiteral("plugin"), standing.state.plugin},
                                  {QStringLiteral("paths"), shown}}})
        .error();
}

/// What is known of a forced push before it is made.
struct Force {
    bool asked = false;
    bool dryRun = false;
    git::Oid seen; ///< where upstream stood before this push asked it
};

QString commitsText(size_t count)
{
    return count == 1 ? QStringLiteral("1 commit") : QStringLiteral("%1 commits").arg(count);
}

/// Why what upstream has is not overwritten, or not by a plain push; none when it may be.
std::optional<Error> gateBehind(const Standing &standing, const Force &force)
{
    const SyncState &state = standing.state;
    if (state.behind == 0)
        return std::nullopt;
    if (!force.asked)
        return fail(QStringLiteral("git.push-rejected"),
                    QStringLiteral("The upstream has %1 on %2 that the library does not have").arg(commitsText(state.behind), state.upstreamBranch),
                    state.plugin,
                    QStringLiteral("coppicectl sync pull %1, then push again. To drop them: coppicectl sync push %1 --force --dry-run shows what is lost.")
                        .arg(state.plugin))
            .error();
    if (!force.dryRun && force.seen != state.upstream)
        return fail(QStringLiteral("sync.upstream-moved"),
                    QStringLiteral("The upstream moved to %1 since it was looked at; nothing was pushed").arg(state.upstream.shown()), state.plugin,
                    QStringLiteral("coppicectl sync push %1 --force --dry-run shows what would be lost now.").arg(state.plugin))
            .error();
    return std::nullopt;
}

/// Why this plugin is not pushed; none when it may be.
Result<std::optional<Error>> gate(git::Repository &repository, const Standing &standing, const git::Oid &head, const Force &force)
{
    const SyncState &state = standing.state;
    const QString &id = state.plugin;
    if (!standing.upstream.error.isEmpty())
        return fail(QStringLiteral("sync.unreachable"), standing.upstream.error, id,
                    QStringLiteral("Look at upstream in .coppice/plugins/%1.yaml, at the network and at your rights.").arg(id))
            .error();
    if (standing.split.error)
        return *standing.split.error;
    if (state.split.isNull())
        return fail(QStringLiteral("sync.no-folder"), QStringLiteral("The plugin has no folder in the library's head: nothing to push"),
                    id)
            .error();
    if (!standing.split.blocked.empty()) {
        constexpr size_t saidAtMost = 3;
        const auto &blocked = standing.split.blocked;
        const QByteArray &prefix = standing.entry->plugin.prefix;
        COPPICE_TRY(const auto root, repository.treeOf(head));
        QJsonArray paths;
        QStringList reasons;
        for (const auto &path : blocked) {
            paths.append(QString::fromUtf8(prefix + '/' + path));
            if (size_t(reasons.size()) < saidAtMost) {
                COPPICE_TRY(const auto reason, templates::whyBlocked(repository, root, prefix, path));
                reasons << reason;
            }
        }
        if (blocked.size() > saidAtMost)
            reasons << QStringLiteral("and %1 more").arg(blocked.size() - saidAtMost);
        return failNeeds(QStringLiteral("sync.blocked-links"), QStringLiteral("Links would be broken upstream: %1").arg(reasons.join(QStringLiteral("; "))), id,
                         QStringLiteral("Make them name something under templates/ or in the plugin, put the file itself there, or remove "
                                        "them; coppicectl templates check lists all."),
                         {QJsonObject{{QStringLiteral("kind"), QStringLiteral("link")},
                                      {QStringLiteral("plugin"), id},
                                      {QStringLiteral("paths"), paths}}})
            .error();
    }
    if (auto behind = gateBehind(standing, force))
        return behind;
    COPPICE_TRY(const auto asText, linksAsText(repository, standing, head));
    if (asText)
        return asText;
    COPPICE_TRY(const auto foreign, foreignCommits(repository, standing));
    if (!foreign.empty())
        return fail(QStringLiteral("sync.foreign-commit"),
                    QStringLiteral("The plugin's history runs into the commit %1, which is no copy made for it and which its upstream "
                                   "does not have: other plugins could be published with it")
                        .arg(foreign.front().toString()),
                    id,
                    QStringLiteral("This happens where the folder was deleted and made anew, and where two plugins share history. "
                                   "coppicectl sync push %1 --cut sends it without that history, on top of what upstream has.").arg(id))
            .error();
    return std::optional<Error>();
}

/// Cuts the library's own commits out of what is to be sent, and lands the join that further splits build on.
Result<> cut(const Host &host, const journal::Lease &lease, git::Repository &repository, Standing &standing, std::stop_token stop)
{
    subtree::CutRequest request;
    COPPICE_TRY(request.head, host.library.head());
    COPPICE_TRY(request.foreign, foreignCommits(repository, standing));
    if (request.foreign.empty())
        return {};
    request.prefix = standing.entry->plugin.prefix;
    request.split = standing.state.split;
    request.known = knownCommits(repository, standing);
    request.upstream = standing.upstream.commit;
    COPPICE_TRY(const auto made, subtree::cutHistory(repository, request, stop));
    COPPICE_TRY(const auto apart, request.upstream.isNull() ? Result<std::pair<size_t, size_t>>({made.made, 0})
                                                            : repository.aheadBehind(made.split, request.upstream));
    if (apart.second > 0)
        return fail(QStringLiteral("git.push-rejected"), QStringLiteral("The cut history does not follow what upstream has"),
                    standing.state.plugin, QStringLiteral("coppicectl sync pull %1, then push again.").arg(standing.state.plugin));
    COPPICE_CHECK(landJournaled(host, lease, repository, request.head, made.joined,
                                QStringLiteral("coppice: cut the history of ") + standing.state.plugin, stop));
    standing.state.split = made.split;
    standing.state.ahead = apart.first;
    standing.state.behind = 0;
    standing.split.originals.clear();
    return {};
}

/// Why a plugin that carries such templates is not pushed.
Error gateError(const QString &plugin, const std::vector<QByteArray> &paths, const templates::Gate &first, library::LibrarySettings::TemplateGate asked)
{
    QJsonArray shown;
    for (const auto &path : paths)
        shown.append(QString::fromUtf8(path));
    return failNeeds(QStringLiteral("sync.ungated"),
                     QStringLiteral("%1 would be published with the plugin, and coppice.yaml asks for template changes that were %2 (template_gate). %3")
                         .arg(QString::fromUtf8(paths.front()), templates::nameOf(asked), first.why),
                     plugin, QStringLiteral("Land the change from a review (coppicectl review open), or withdraw it; coppicectl templates list shows each."),
                     {QJsonObject{{QStringLiteral("kind"), QStringLiteral("gate")}, {QStringLiteral("plugin"), plugin}, {QStringLiteral("paths"), shown}}})
        .error();
}

/// Templates that the plugins carry upstream and whose change nobody gated: told, and refused where coppice.yaml says so.
Result<> noteUngated(const Host &host, git::Repository &repository, const library::Catalog &catalog, const std::vector<Standing> &all,
                     const std::vector<size_t> &ready, std::vector<PluginOutcome> &outcomes)
{
    COPPICE_TRY(const auto root, repository.treeOf(catalog.head));
    const QByteArray folder = "templates/";
    std::vector<std::vector<QByteArray>> names(ready.size());
    std::vector<QByteArray> asked;
    for (size_t n = 0; n < ready.size() && catalog.settings.present; ++n) {
        const QByteArray &prefix = all[ready[n]].entry->plugin.prefix;
        COPPICE_TRY(const auto resolved, subtree::resolveTree(repository, root, prefix));
        for (const auto &link : resolved.links) {
            COPPICE_TRY(const auto target, subtree::followedPath(repository, root, prefix + '/' + link));
            if (target && target->startsWith(folder))
                names[n].push_back(target->sliced(folder.size()));
        }
        asked.insert(asked.end(), names[n].begin(), names[n].end());
    }
    COPPICE_TRY(const auto gates, templates::gatesOf(repository, host.state, catalog.head, asked));
    for (size_t n = 0; n < ready.size(); ++n) {
        auto &outcome = outcomes[ready[n]];
        std::vector<QByteArray> refused;
        const templates::Gate *first = nullptr;
        for (const auto &name : names[n]) {
            const auto &gate = gates.at(name);
            if (gate.state == templates::Gate::State::Ungated)
                outcome.ungated.push_back(folder + name);
            if (templates::passes(gate.state, catalog.settings.templateGate))
                continue;
            first = first ? first : &gate;
            refused.push_back(folder + name);
        }
        if (first)
            outcome.error = gateError(all[ready[n]].state.plugin, refused, *first, catalog.settings.templateGate);
    }
    return {};
}

/// The commits that a forced push takes off the branch.
Result<> noteLost(git::Repository &repository, const SyncState &state, PluginOutcome &outcome)
{
    constexpr size_t shownAtMost = 100;
    if (state.behind == 0)
        return {};
    outcome.lostCount = state.behind;
    COPPICE_TRY(const auto gone, repository.walk(state.upstream, {state.split}, shownAtMost));
    for (auto id = gone.rbegin(); id != gone.rend(); ++id) {
        COPPICE_TRY(const auto commit, repository.commit(*id));
        outcome.lost.push_back({*id, QString::fromUtf8(commit.author.name), QString::fromUtf8(commit.message.trimmed().split('\n').front()),
                                commit.committer.seconds * 1000});
    }
    return {};
}

/// "Pushed 2 commits to main by force; 3 commits of the upstream are lost there."
QString whatIsPushed(const SyncState &state, const PluginOutcome &outcome, bool dryRun)
{
    const QString what = dryRun ? QStringLiteral("Would push %1 to %2") : QStringLiteral("Pushed %1 to %2");
    QString text = what.arg(commitsText(state.ahead), state.upstreamBranch);
    if (outcome.lostCount > 0)
        text += QStringLiteral(" by force; %1 of the upstream %2").arg(commitsText(outcome.lostCount), dryRun ? QStringLiteral("would be lost")
                                                                                                             : QStringLiteral("were taken off it"));
    if (outcome.lostCount > 0 && !dryRun)
        text += QStringLiteral(" (it stood at %1, which %2 keeps)").arg(state.upstream.toString(), rewrittenRef(state.plugin));
    text += u'.';
    if (!outcome.ungated.empty())
        text += QStringLiteral(" Ungated: %1.").arg(QString::fromUtf8(outcome.ungated.front()));
    return text;
}

Result<> pushOne(const Host &host, const Standing &standing, PluginOutcome &outcome, std::stop_token stop)
{
    COPPICE_TRY(auto repository, host.library.repository());
    const SyncState &state = standing.state;
    outcome.ref = QStringLiteral("refs/heads/") + state.upstreamBranch;
    const auto mode = outcome.lostCount > 0 ? git::PushMode::Overwrite : git::PushMode::FastForward;
    if (mode == git::PushMode::Overwrite) // before it is done: what is taken off the branch has to stay somewhere
        COPPICE_CHECK(repository.setRef(rewrittenRef(state.plugin), state.upstream, std::nullopt, QStringLiteral("coppice push by force")));
    COPPICE_CHECK(pushJournaled(host, repository, state.upstreamUrl, state.split, outcome.ref, state.upstream,
                                upstreamRef(state.plugin, state.upstreamBranch), stop, Progress::none(), mode));
    outcome.changed = true;
    outcome.commit = state.split;
    outcome.what = whatIsPushed(state, outcome, false);
    KnownUpstream now = standing.upstream;
    now.commit = state.split;
    now.fetchedAt = nowMs();
    return remember(host, now);
}

/// One plugin before anything is sent: what it comes to, in its outcome. True when it is to be pushed.
Result<bool> readyOne(const Host &host, const journal::Lease &lease, git::Repository &repository, Standing &standing, const git::Oid &head,
                      const PushOptions &options, const Force &force, PluginOutcome &outcome, std::stop_token stop)
{
    const SyncState &state = standing.state;
    outcome.plugin = state.plugin;
    if (options.cut && standing.upstream.error.isEmpty() && !standing.split.error && !state.split.isNull())
        COPPICE_CHECK(cut(host, lease, repository, standing, stop));
    outcome.commit = state.split;
    if (state.state == SyncState::State::Clean && standing.upstream.error.isEmpty()) {
        outcome.what = QStringLiteral("Up to date.");
        outcome.ref = QStringLiteral("refs/heads/") + state.upstreamBranch;
        return false;
    }
    if (state.state == SyncState::State::Behind && standing.upstream.error.isEmpty() && !force.asked) {
        outcome.what = QStringLiteral("Nothing to push; the upstream is %1 ahead.").arg(state.behind);
        return false;
    }
    COPPICE_TRY(outcome.error, gate(repository, standing, head, force));
    if (outcome.error)
        return false;
    if (force.asked)
        COPPICE_CHECK(noteLost(repository, state, outcome));
    return true;
}

PluginOutcome withoutUpstream(const QString &plugin, bool named)
{
    PluginOutcome outcome;
    outcome.plugin = plugin;
    outcome.what = QStringLiteral("It has no upstream.");
    if (named)
        outcome.error = fail(QStringLiteral("sync.no-upstream"), QStringLiteral("The plugin has no upstream to push to"), plugin,
                             QStringLiteral("Set upstream.url in .coppice/plugins/%1.yaml.").arg(plugin))
                            .error();
    return outcome;
}

Result<> checkOptions(const QStringList &plugins, const PushOptions &options)
{
    if (options.cut && plugins.size() != 1)
        return failUsage(QStringLiteral("sync.cut-one"), QStringLiteral("A history is cut for one plugin at a time"), {},
                         QStringLiteral("Name the plugin."));
    if (options.force && plugins.isEmpty())
        return failUsage(QStringLiteral("sync.force-named"), QStringLiteral("A push by force is not made for all plugins at once"), {},
                         QStringLiteral("Name the plugins whose upstreams shall be overwritten."));
    if (options.cut && (options.force || options.dryRun))
        return failUsage(QStringLiteral("sync.cut-alone"), QStringLiteral("A history is cut by itself"), {},
                         QStringLiteral("Leave --force and --dry-run out."));
    return {};
}

} // namespace

Result<std::vector<PluginOutcome>> push(const Host &host, const journal::Lease &lease, const QStringList &plugins, std::stop_token stop,
                                        Progress &progress, const PushOptions &options)
{
    COPPICE_CHECK(checkOptions(plugins, options));
    COPPICE_TRY(const auto catalog, host.library.scan(host.state, stop, progress));
    COPPICE_TRY(const auto entries, selected(catalog, plugins));
    COPPICE_TRY(auto repository, host.library.repository());
    QMap<QString, git::Oid> seen;
    if (options.force) {
        COPPICE_TRY(const auto known, knownUpstreams(host, repository, entries));
        for (const auto &upstream : known)
            seen[upstream.plugin] = upstream.commit;
    }
    COPPICE_TRY(const auto fetched, fetchAll(host, entries, stop, progress));
    COPPICE_TRY(repository, host.library.repository()); // sees what was fetched
    COPPICE_TRY(auto all, standings(host, catalog, entries, stop, progress));

    std::vector<PluginOutcome> outcomes(all.size());
    std::vector<size_t> ready;
    for (size_t i = 0; i < all.size(); ++i) {
        auto &standing = all[i];
        if (standing.state.state == SyncState::State::NoUpstream) {
            outcomes[i] = withoutUpstream(standing.state.plugin, !plugins.isEmpty());
            continue;
        }
        const Force force{options.force, options.dryRun, seen.value(standing.state.plugin)};
        COPPICE_TRY(const bool send, readyOne(host, lease, repository, standing, catalog.head, options, force, outcomes[i], stop));
        if (send)
            ready.push_back(i);
    }

    COPPICE_CHECK(noteUngated(host, repository, catalog, all, ready, outcomes));
    std::erase_if(ready, [&](size_t i) { return outcomes[i].error.has_value(); });
    if (options.dryRun) {
        for (const size_t i : ready) {
            outcomes[i].ref = QStringLiteral("refs/heads/") + all[i].state.upstreamBranch;
            outcomes[i].what = whatIsPushed(all[i].state, outcomes[i], true);
        }
        return outcomes;
    }
    std::mutex mutex;
    qint64 done = 0;
    inParallel(ready.size(), stop, [&](size_t n) {
        const size_t i = ready[n];
        const auto pushed = pushOne(host, all[i], outcomes[i], stop);
        if (!pushed)
            outcomes[i].error = pushed.error();
        const std::lock_guard lock(mutex);
        progress.report(++done, qint64(ready.size()), QStringLiteral("plugins pushed: ") + outcomes[i].plugin);
    });
    if (stop.stop_requested())
        return failCancelled();
    return outcomes;
}

} // namespace coppice::sync

// SPDX-License-Identifier: GPL-3.0-or-later
#include "shipping/patch_policy.h"

#include "manifest/manifest.h"
#include "shipping/accepted.h"
#include "shipping/message.h"
#include "shipping/policy.h"
#include "sync/sync.h"
#include "tickets/ticket.h"

#include <QJsonObject>

#include <algorithm>
#include <iterator>

namespace coppice::shipping {

using namespace Qt::StringLiterals;

namespace {

/// What shipping the plugin would refuse if the patch were on the library's head as it is.
Result<std::vector<sync::PolicyFinding>> ofShipping(git::Repository &repository, const library::Catalog &catalog, const sync::SyncState &state, const git::Oid &root)
{
    std::vector<sync::PolicyFinding> findings;
    const auto *entry = catalog.find(state.plugin);
    const auto &policy = catalog.settings.gitPolicy;
    if (!entry || state.state == sync::SyncState::State::NoUpstream)
        return findings;
    const bool asPull = entry->plugin.settings.upstream && entry->plugin.settings.upstream->ship == library::Upstream::Ship::PullRequest;
    const bool known = !state.upstream.isNull() && repository.has(state.upstream);
    COPPICE_TRY(findings, checkPolicy(repository, policy, {state.plugin, state.upstreamBranch, {}, state.split, {state.upstream}, asPull, known && !state.split.isNull(), false}));
    for (auto &finding : findings) {
        if (finding.rule == "commits"_L1 || finding.rule == "linear"_L1)
            finding.what = u"Without this patch: "_s + finding.what;
    }
    COPPICE_TRY(const auto folder, repository.entryAt(root, entry->plugin.prefix));
    if (!folder || folder->mode != git::Mode::Tree || !known)
        return findings;
    COPPICE_TRY(const auto theirs, repository.treeOf(state.upstream));
    const QString version = manifest::readManifest(*manifest::treeSource(repository, folder->id)).version.value;
    if (version != manifest::readManifest(*manifest::treeSource(repository, theirs)).version.value) {
        COPPICE_TRY(auto changelog, checkChangelog(repository, policy, state.plugin, folder->id, version));
        if (changelog)
            findings.push_back(std::move(*changelog));
    } else if (const QString tag = policy.makesTags ? tagName(policy, version) : QString(); !tag.isEmpty()) {
        COPPICE_TRY(const auto ours, repository.refTarget(u"refs/coppice/tags/%1/ours/%2"_s.arg(state.plugin, tag)));
        if (!ours.isNull()) {
            sync::PolicyFinding finding;
            finding.rule = u"tags"_s;
            finding.what = u"%1 was shipped as %2 already, and no tag is moved: what ships now under the same version gets none."_s.arg(state.plugin, tag);
            finding.fix = u"coppicectl ship %1 --propose-version proposes the next version."_s.arg(state.plugin);
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

} // namespace

std::optional<sync::PolicyFinding> checkSubject(const library::GitPolicy &policy, const QString &plugin, const QString &subject)
{
    if (policy.commits != "conventional"_L1 || sync::isConventional(subject))
        return std::nullopt;
    sync::PolicyFinding finding;
    finding.rule = u"commits"_s;
    finding.refuses = true;
    finding.what = u"git_policy.commits asks for a conventional subject, and \"%1\" is none."_s.arg(subject.left(120));
    finding.fix = u"Begin it with what it is, for example \"fix(%1): …\" or \"feat: …\" (build, chore, ci, docs, feat, fix, perf, refactor, revert, style, test): "
                  "coppicectl review apply ID --message TEXT."_s.arg(plugin);
    return finding;
}

Result<PatchPolicy> policyOfPatch(const library::Library &library, store::Database &state, journal::Journal &journal, const review::Patch &patch, const QString &message,
                                  std::stop_token stop)
{
    PatchPolicy answer;
    COPPICE_TRY(auto repository, library.repository());
    COPPICE_TRY(const auto catalog, library.scan(state, stop));
    const auto &policy = catalog.settings.gitPolicy;
    std::optional<tickets::Ticket> ticket;
    if (!patch.ticket.isEmpty()) {
        if (const auto found = tickets::Tickets(state, journal).get(patch.ticket))
            ticket = *found;
    }
    COPPICE_TRY(const auto files, review::filesOf(repository, patch.last()));
    const auto bytes = commitMessage(patch, ticket, files, repository.defaultSignature(), 0, 0, Actor::self(), {}, message);
    answer.subject = QString::fromUtf8(bytes).section(u'\n', 0, 0);
    answer.conventional = sync::isConventional(answer.subject);
    if (auto finding = checkSubject(policy, patch.plugin, answer.subject))
        answer.applying.push_back(std::move(*finding));
    const bool asks = !policy.commits.isEmpty() || policy.linear || policy.changelog || policy.makesTags || !policy.branches.isEmpty();
    if (!asks || !catalog.find(patch.plugin) || patch.state != review::Patch::State::Open)
        return answer;
    review::Reviews reviews(state, journal);
    COPPICE_TRY(const auto accepted, acceptedOf(repository, reviews, patch));
    COPPICE_TRY(const auto states, sync::status({library, state}, {patch.plugin}, stop));
    if (!states.empty()) {
        COPPICE_TRY(answer.shipping, ofShipping(repository, catalog, states[0], accepted.composed.isNull() ? patch.last().result : accepted.composed));
    }
    return answer;
}

QJsonObject toJson(const PatchPolicy &policy)
{
    return {{u"subject"_s, policy.subject}, {u"conventional"_s, policy.conventional}, {u"applying"_s, sync::toJson(policy.applying)}, {u"shipping"_s, sync::toJson(policy.shipping)}};
}

} // namespace coppice::shipping

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"
#include "base/paths.h"
#include "context/context.h"
#include "git/tree_edit.h"
#include "review/risks.h"
#include "review/send_back.h"
#include "runs/carry.h"
#include "runs/knowledge.h"

#include <QFileInfo>

#include <algorithm>

namespace coppice::runs {

namespace {

QString checkFact(const Check &check)
{
    const auto word = [](bool passed) { return passed ? QStringLiteral("passes") : QStringLiteral("fails"); };
    return QStringLiteral("%1 before (with the patch's tests), %2 after")
        .arg(word(check.before.value_or(false)), word(check.after.value_or(false)));
}

} // namespace

/// The run's answer as a patch to review: one for a run, however often it was interrupted on the way.
Result<> Carrier::makePatch()
{
    if (m_run.replayed || m_playbook.allowsChanges == QLatin1String("none") || m_run.result.isNull() || m_run.result == m_baseTree)
        return {};
    review::Reviews reviews(m_house.state, m_house.journal);
    COPPICE_TRY(const auto known, reviews.ofRun(m_run.id.toString()));
    if (known) {
        m_run.review = known->id.toString();
    } else {
        COPPICE_TRY(const git::Oid empty, m_repository->writeTree({}));
        review::Revision revision;
        COPPICE_TRY(revision.base, git::putTree(*m_repository, empty, m_plugin.plugin.prefix, m_baseTree));
        COPPICE_TRY(revision.result, git::putTree(*m_repository, empty, m_plugin.plugin.prefix, m_run.result));
        revision.run = m_run.id.toString();
        revision.tainted = m_run.tainted;
        revision.at = nowMs();
        const QString title = m_ticket ? m_ticket->title : QStringLiteral("%1: %2").arg(m_run.plugin, m_playbook.name);
        revision.by = Actor::engine();
        COPPICE_TRY(const auto back, review::sentBackTo(m_house.state, m_run.id.toString()));
        std::optional<review::Patch> answered;
        if (back) {
            COPPICE_TRY(answered, reviews.get(back->patch));
            revision.note = QStringLiteral("Sent back by %1").arg(back->by.name);
        }
        // A patch that was closed meanwhile stays so: the answer is a patch of its own.
        const bool further = answered && answered->state == review::Patch::State::Open;
        COPPICE_TRY(const auto patch, further ? reviews.addRevision(*m_repository, back->patch, revision)
                                              : reviews.add(*m_repository, m_run.plugin, m_run.ticket, title, revision));
        m_run.review = patch.id.toString();
        review::Risks(m_house.state).lookAhead(*m_repository, patch, m_plugin.plugin.prefix);
    }
    COPPICE_CHECK(save());
    COPPICE_CHECK(Wip::forget(*m_repository, m_run.id.toString())); // the patch holds it now
    return addEvidence(reviews);
}

Result<> Carrier::addEvidence(review::Reviews &reviews)
{
    using Verdict = review::Evidence::Verdict;
    const QString link = QStringLiteral("run:") + m_run.id.toString();
    std::vector<review::Evidence> evidence;
    for (const Check &check : m_run.checks)
        evidence.push_back({QStringLiteral("check"), check.command, check.after.value_or(false) ? Verdict::Good : Verdict::Bad,
                            checkFact(check), link, nowMs()});
    for (const Check &check : m_run.checks) {
        if (check.before && !*check.before && check.after.value_or(false))
            evidence.push_back({QStringLiteral("reproduction"), check.command, Verdict::Good,
                                QStringLiteral("Fails on the base with the patch's own tests, passes with the patch."), link, nowMs()});
    }
    evidence.push_back({QStringLiteral("playbook"), m_playbook.name, Verdict::Neutral,
                        QStringLiteral("Attempt %1").arg(m_run.attempt), link, nowMs()});
    if (m_run.checks.empty())
        evidence.push_back({QStringLiteral("check"), QStringLiteral("No checks"), Verdict::Neutral,
                            QStringLiteral("The plugin has no command that the playbook checks with."), link, nowMs()});
    if (m_ticket)
        evidence.push_back({QStringLiteral("ticket"), m_ticket->title, Verdict::Neutral,
                            m_ticket->tainted ? QStringLiteral("Carries text from outside.") : QString(),
                            QString(QStringLiteral("ticket:") + m_run.ticket), nowMs()});
    evidence.push_back({QStringLiteral("context"), QStringLiteral("Context"), Verdict::Neutral, m_run.contextHash, link, nowMs()});
    const QString tokens = QStringLiteral("%1 tokens in, %2 out%3").arg(m_run.inputTokens).arg(m_run.outputTokens)
                               .arg(m_run.cost.micros ? QString(QStringLiteral(", ") + m_run.cost.toString()) : QString());
    evidence.push_back({QStringLiteral("cost"), QStringLiteral("By %1").arg(m_run.client), Verdict::Neutral,
                        QStringLiteral("%1, %2 s").arg(tokens).arg((nowMs() - m_run.started) / 1000), link, nowMs()});
    if (!m_run.leftOut.empty()) {
        QStringList names;
        for (const QByteArray &path : m_run.leftOut)
            names << QString::fromUtf8(path);
        evidence.push_back({QStringLiteral("left-out"), QStringLiteral("Not in the patch"), Verdict::Bad,
                            names.mid(0, 20).join(QStringLiteral(", ")), link, nowMs()});
    }
    COPPICE_TRY(const auto there, reviews.evidence(m_run.review));
    for (const auto &one : evidence) {
        const bool known = std::ranges::any_of(there, [&](const review::Evidence &old) {
            return old.kind == one.kind && old.title == one.title && old.link == one.link;
        });
        if (!known)
            COPPICE_CHECK(reviews.addEvidence(m_run.review, one));
    }
    return {};
}

/// What the agent wants remembered, as a patch of its own. A proposal that cannot be read does not undo the run.
Result<> Carrier::proposeKnowledge()
{
    if (m_run.replayed || m_run.deploying)
        return {};
    const auto wanted = collectKnowledge(m_folder->home());
    if (!wanted) {
        m_updates->note(wanted.error().message());
        return {};
    }
    for (const QString &why : wanted->leftOut)
        m_updates->note(why);
    review::Reviews reviews(m_house.state, m_house.journal);
    COPPICE_TRY(const auto patch,
                runs::proposeKnowledge(*m_repository, reviews,
                                       {m_run.plugin, m_plugin.plugin.prefix, m_baseTree, m_run.id.toString(), m_run.tainted}, *wanted));
    if (patch)
        m_updates->note(QStringLiteral("Proposes a change of what is remembered about the plugin: patch %1").arg(patch->id.shown()));
    return {};
}

Result<std::vector<Check>> Runner::checkTree(const Run &run, const git::Oid &pluginTree, std::stop_token stop)
{
    if (run.checks.empty())
        return std::vector<Check>();
    COPPICE_TRY(auto repository, m_house.library.repository());
    COPPICE_TRY(const auto catalog, m_house.library.scan(m_house.state, stop));
    const auto *entry = catalog.find(run.plugin);
    if (!entry)
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id any more"), run.plugin);
    const QString folder = m_house.library.runsDir() + u'/' + run.id.toString();
    const QString path = folder + QStringLiteral("/check-apply");
    COPPICE_CHECK(makeFolder(folder + QStringLiteral("/logs")));
    // Set-up reaches the network: with the accepted files only when no text from outside led to them.
    COPPICE_TRY(const git::Oid baseTree, repository.treeOf(run.base));
    COPPICE_TRY(const bool otherPackages, lockFilesDiffer(repository, baseTree, pluginTree));
    COPPICE_TRY(const auto checker,
                Checker::make(repository, *entry, {run.base, pluginTree, path, otherPackages && !run.tainted},
                              catalog.settings.packageHosts, stop, Progress::none()));
    COPPICE_TRY(const auto playbook, context::findPlaybook(repository, catalog.head, run.playbook));
    std::vector<Check> checks;
    for (Check check : run.checks) {
        std::chrono::seconds timeout{1800};
        for (const auto &step : playbook.steps) {
            if (step.id == check.id)
                timeout = step.timeout;
        }
        check.logAfter = folder + QStringLiteral("/logs/check-%1-apply.log").arg(check.id);
        COPPICE_TRY(const auto answer, checker->check(check.command, timeout, check.logAfter, stop));
        check.after = answer.passed;
        checks.push_back(std::move(check));
    }
    return checks;
}

} // namespace coppice::runs

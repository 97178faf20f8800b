// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/carry.h"

#include "base/paths.h"
#include "playbooks/values.h"
#include "runs/files.h"
#include "runs/outputs.h"
#include "runs/path_kinds.h"
#include "subtree/split.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

namespace coppice::runs {

namespace {

constexpr qsizetype pathsNamed = 5;

} // namespace

Result<> freshFolder(const QString &path)
{
    if (!QDir(path).removeRecursively())
        return fail(QStringLiteral("run.files"), QStringLiteral("A folder of the run cannot be replaced"), path);
    return {};
}

Result<playbooks::StepExecutor::Outcome> Carrier::execute(const playbooks::Step &step, int attempt, const QJsonObject &outputs)
{
    if (m_stop.stop_requested())
        return failCancelled();
    m_updates->setStep(step.id, attempt);
    m_outputs = outputs;
    if (m_run.step != step.id) {
        m_run.step = step.id;
        m_run.session.clear(); // of another step
        COPPICE_CHECK(save());
    }
    // Finished by an attempt that died before it could say so: its result is there.
    // A graph tells it again itself, from its checkpoint.
    if (!m_run.result.isNull() && m_run.resultStep == step.id && step.kind != playbooks::Step::Kind::LangGraph)
        return withOutputs(step, Outcome{true, {}, false});
    switch (step.kind) {
    case playbooks::Step::Kind::Agent:
        return m_client->waitsForPerson() || m_run.handed ? handStep(step) : agentStep(step);
    case playbooks::Step::Kind::Command:
        return commandStep(step, attempt);
    case playbooks::Step::Kind::Check:
        return checkStep(step);
    case playbooks::Step::Kind::Approve:
        return approveStep(step);
    case playbooks::Step::Kind::LangGraph:
        return graphStep(step, attempt);
    }
    return fail(QStringLiteral("run.step-kind"), QStringLiteral("Steps of this kind cannot be carried out"), playbooks::nameOf(step.kind));
}

bool Carrier::isLastAgentStep(const playbooks::Step &step) const
{
    for (auto it = m_playbook.steps.rbegin(); it != m_playbook.steps.rend(); ++it) {
        if (it->kind == playbooks::Step::Kind::Agent)
            return it->id == step.id;
    }
    return false;
}

Result<> Carrier::addNeighbours(sandbox::SandboxProfile &profile)
{
    COPPICE_TRY(const git::Oid root, m_repository->treeOf(m_run.libraryHead));
    for (const QString &id : m_playbook.neighbours) {
        const auto *entry = m_catalog.find(id);
        if (!entry)
            return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The playbook's neighbour is no plugin of the library"), id);
        if (id == m_run.plugin)
            continue;
        COPPICE_TRY(const auto resolved, subtree::resolveTree(*m_repository, root, entry->plugin.prefix));
        const QString folder = m_folder->path() + QStringLiteral("/neighbours/") + id;
        COPPICE_CHECK(freshFolder(folder));
        COPPICE_CHECK(extractTree(*m_repository, resolved.tree, folder));
        profile.binds.push_back({folder, QString(QStringLiteral("/src/") + id), false});
    }
    return {};
}

/// Reads the result out of the work folder, and judges whether it is one.
Result<playbooks::StepExecutor::Outcome> Carrier::takeResult(const playbooks::Step &step)
{
    const auto captured = m_folder->resultTree(*m_repository, m_baseTree);
    if (!captured) { // too large, too many files: the client's doing
        m_run.outcome = clients::nameOf(clients::AgentEnd::Outcome::Failed);
        COPPICE_CHECK(save());
        return Outcome{false, captured.error().message(), false};
    }
    if (isLastAgentStep(step)) {
        if (captured->tree == m_baseTree && m_playbook.allowsChanges != QLatin1String("none"))
            return Outcome{false, QStringLiteral("The client %1 made no change.").arg(m_run.client), false};
        const QString wrong = whatMayNotChange(captured->tree);
        if (!wrong.isEmpty())
            return Outcome{false, wrong, false};
    }
    m_run.result = captured->tree;
    m_run.resultStep = step.id;
    m_run.leftOut = captured->leftOut;
    COPPICE_CHECK(save());
    return Outcome{true, {}, false};
}

Result<playbooks::StepExecutor::Outcome> Carrier::takeAll(const playbooks::Step &step)
{
    COPPICE_TRY(Outcome taken, takeResult(step));
    return taken.passed ? withOutputs(step, std::move(taken)) : Result<Outcome>(std::move(taken));
}

QString Carrier::outputsOf(const playbooks::Step &step) const
{
    return m_folder->path() + QStringLiteral("/outputs-") + step.id;
}

/// What a step that passed left behind; one that did not leave what it declares has not passed.
Result<playbooks::StepExecutor::Outcome> Carrier::withOutputs(const playbooks::Step &step, Outcome outcome)
{
    COPPICE_TRY(const auto left, takeOutputs(step, outputsOf(step)));
    outcome.outputs = left.values;
    if (!left.problem.isEmpty()) {
        outcome.passed = false;
        outcome.reason = left.problem;
    }
    return outcome;
}

QString Carrier::whatMayNotChange(const git::Oid &result)
{
    if (m_playbook.allowsChanges == QLatin1String("any"))
        return {};
    const auto changes = m_repository->changes(m_baseTree, result);
    if (!changes)
        return changes.error().message();
    QStringList wrong;
    for (const auto &change : *changes) {
        const bool allowed = (m_playbook.allowsChanges == QLatin1String("docs") && isDocPath(change.path))
            || (m_playbook.allowsChanges == QLatin1String("tests") && isTestPath(change.path));
        if (!allowed)
            wrong << QString::fromUtf8(change.path);
    }
    if (wrong.isEmpty())
        return {};
    const qsizetype more = wrong.size() - pathsNamed;
    const QString allowed = m_playbook.allowsChanges == QLatin1String("docs") ? QStringLiteral("documentation only")
        : m_playbook.allowsChanges == QLatin1String("tests")                  ? QStringLiteral("tests only")
                                                                              : QStringLiteral("no change");
    return QStringLiteral("The playbook %1 allows %2; changed were %3%4.")
        .arg(m_playbook.name, allowed, wrong.mid(0, pathsNamed).join(QStringLiteral(", ")),
             more > 0 ? QStringLiteral(" and %1 more").arg(more) : QString());
}

/// The command line with the plugin's own commands put in; `missing` names one that the plugin does not have.
QString Carrier::lineOf(const playbooks::Step &step, QString *missing) const
{
    static const QRegularExpression slot(QStringLiteral("\\{\\{\\s*commands\\.([a-z]+)\\s*\\}\\}"));
    QString line;
    qsizetype from = 0;
    for (auto it = slot.globalMatch(step.run); it.hasNext();) {
        const auto match = it.next();
        const QString own = m_plugin.plugin.commands.value(match.captured(1)).line.trimmed();
        if (own.isEmpty() && missing)
            *missing = match.captured(1);
        line += step.run.mid(from, match.capturedStart() - from) + own;
        from = match.capturedEnd();
    }
    return QString(line + step.run.mid(from)).trimmed();
}

Result<playbooks::StepExecutor::Outcome> Carrier::commandStep(const playbooks::Step &step, int attempt)
{
    QString missing;
    const QString line = lineOf(step, &missing);
    if (!missing.isEmpty())
        return Outcome{false, QStringLiteral("The plugin %1 has no command '%2'.").arg(m_run.plugin, missing), false};
    COPPICE_CHECK(m_folder->checkout(*m_repository, treeNow()));
    auto profile = workspace::checkProfile(*m_folder, m_prepared);
    profile.limits.time = step.timeout;
    profile.forbidden += {m_house.library.path(), m_house.library.commonDir()};
    if (m_playbook.deploys)
        COPPICE_CHECK(addDeploying(profile));
    COPPICE_CHECK(offerOutputs(step, profile, outputsOf(step)));
    profile.env.insert(playbooks::outputVariables(m_outputs));
    COPPICE_TRY(const auto answer, runLogged(profile, {QStringLiteral("bash"), QStringLiteral("-c"), line},
                                             QStringLiteral("The command `%1`").arg(line),
                                             m_folder->logs() + QStringLiteral("/step-%1-%2.log").arg(step.id).arg(attempt), m_stop));
    if (!answer.passed)
        return Outcome{false, answer.reason, false};
    if (m_playbook.allowsChanges == QLatin1String("none"))
        return withOutputs(step, Outcome{true, {}, false}); // what a command leaves in its copy is no patch
    return takeAll(step);
}

Result<playbooks::StepExecutor::Outcome> Carrier::checkStep(const playbooks::Step &step)
{
    QString missing;
    const QString line = lineOf(step, &missing);
    if (!missing.isEmpty())
        return Outcome{true, QStringLiteral("The plugin has no command '%1': nothing was checked.").arg(missing), false};
    if (m_run.state != Run::State::Checking)
        COPPICE_CHECK(enter(Run::State::Checking, QStringLiteral("checking")));
    if (!m_after) {
        const git::Oid result = treeNow();
        COPPICE_TRY(const git::Oid before, withTestsOf(*m_repository, m_baseTree, result));
        COPPICE_TRY(const bool otherPackages, lockFilesDiffer(*m_repository, m_baseTree, result));
        const QString path = m_folder->path();
        const auto &hosts = m_catalog.settings.packageHosts;
        COPPICE_TRY(m_before, Checker::make(*m_repository, m_plugin, {m_run.base, before, path + QStringLiteral("/check-before"), false},
                                            hosts, m_stop, m_progress));
        // Set-up reaches the network: never with files of a run that has read text from outside.
        COPPICE_TRY(m_after, Checker::make(*m_repository, m_plugin,
                                           {m_run.base, result, path + QStringLiteral("/check-after"), otherPackages && !m_run.tainted},
                                           hosts, m_stop, m_progress));
    }
    Check check{step.id, line, {}, {}, m_folder->logs() + QStringLiteral("/check-%1-before.log").arg(step.id),
                m_folder->logs() + QStringLiteral("/check-%1-after.log").arg(step.id)};
    COPPICE_TRY(const auto before, m_before->check(line, step.timeout, check.logBefore, m_stop));
    COPPICE_TRY(const auto after, m_after->check(line, step.timeout, check.logAfter, m_stop));
    check.before = before.passed;
    check.after = after.passed;
    std::erase_if(m_run.checks, [&](const Check &one) { return one.id == step.id; });
    m_run.checks.push_back(check);
    COPPICE_CHECK(save());
    const bool brokenBefore = step.mayFail && !before.passed;
    return Outcome{after.passed || brokenBefore, after.passed ? QString() : after.reason, false};
}

} // namespace coppice::runs

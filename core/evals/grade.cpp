// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/grade.h"

#include "base/paths.h"
#include "evals/test_report.h"
#include "git/tree_edit.h"
#include "runs/checker.h"
#include "runs/files.h"
#include "runs/path_kinds.h"
#include "workspace/files.h"
#include "workspace/run_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>

#include <algorithm>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 reportCap = 16 << 20;
constexpr auto ownTestsTime = std::chrono::seconds(600);

/// What test.sh left: its reward, or its exit status.
Result<bool> rewardOf(const QString &folder, const runs::Checker::Answer &answer)
{
    for (const char *name : {"/reward.txt", "/reward.json"}) {
        const QFileInfo file(folder + QLatin1String(name));
        if (file.isSymLink() || !file.isFile())
            continue;
        COPPICE_TRY(const QByteArray bytes, readFile(file.filePath(), 4096));
        bool ok = true;
        const QJsonDocument json = QJsonDocument::fromJson(bytes);
        const double reward = json.isObject() ? json[u"reward"].toDouble(-1) : bytes.trimmed().toDouble(&ok);
        if (!ok || reward < 0)
            return fail(u"eval.reward"_s, u"The task's tests left a reward that is no number"_s, file.filePath());
        return reward >= 1;
    }
    return answer.passed;
}

struct Told {
    bool own = true;
    QString ownReason;
    bool rewarded = false;
    QMap<QString, bool> report;
};

/// Both test runs in one check-out.
Result<Told> runTests(git::Repository &repository, const GradeRequest &request, const git::Oid &tree, std::stop_token stop, Progress &progress)
{
    Told told;
    COPPICE_TRY(const auto folder, workspace::RunFolder::create(repository, request.baseCommit, request.folder, request.plugin.plugin.id));
    const QString tests = folder.path() + u"/tests"_s, verifier = folder.path() + u"/verifier"_s;
    COPPICE_TRY(const auto prepared, workspace::prepare(folder, request.plugin.plugin, {}, stop, progress));
    COPPICE_CHECK(folder.checkout(repository, tree));
    auto profile = workspace::checkProfile(folder, prepared);
    profile.forbidden += {repository.commonDir()};
    if (const QString line = request.plugin.plugin.commands.value(u"test"_s).line; !line.isEmpty()) {
        profile.limits.time = ownTestsTime;
        COPPICE_TRY(const auto own, runs::runLogged(profile, {u"bash"_s, u"-c"_s, line}, u"The plugin's own test command"_s, request.logs + u"/own-tests.log"_s, stop));
        told.own = own.passed;
        told.ownReason = own.reason;
        COPPICE_CHECK(folder.checkout(repository, tree)); // what they left behind is not there for the others
    }
    COPPICE_CHECK(makeFolder(tests));
    COPPICE_CHECK(makeFolder(verifier));
    COPPICE_CHECK(workspace::copyFolder(request.task.folder + u"/tests"_s, tests));
    profile.binds.push_back({tests, u"/tests"_s, false});
    profile.binds.push_back({verifier, u"/logs/verifier"_s, true});
    profile.limits.time = request.task.testTimeout;
    const QString log = request.logs + u"/hidden-tests.log"_s;
    COPPICE_TRY(const auto hidden, runs::runLogged(profile, {u"bash"_s, u"/tests/test.sh"_s}, u"The hidden tests"_s, log, stop));
    COPPICE_TRY(told.rewarded, rewardOf(verifier, hidden));
    COPPICE_TRY(const QByteArray printed, readFile(log, reportCap + 4096));
    told.report = readTestReport(printed);
    COPPICE_CHECK(folder.remove());
    return told;
}

QString named(const QStringList &names)
{
    return names.size() > 4 ? u"%1 and %2 more"_s.arg(names.mid(0, 4).join(u", "_s)).arg(names.size() - 4) : names.join(u", "_s);
}

} // namespace

Result<git::Oid> withBaseTests(git::Repository &repository, const git::Oid &base, const git::Oid &result)
{
    COPPICE_TRY(const auto changed, repository.changes(base, result));
    std::vector<git::TreeChange> back;
    for (const auto &change : changed) {
        if (runs::isTestPath(change.path))
            back.push_back({change.path, change.before});
    }
    return back.empty() ? Result<git::Oid>(result) : git::editTree(repository, result, back);
}

std::vector<TestResult> resultsOf(const Task &task, const QMap<QString, bool> &report)
{
    std::vector<TestResult> results;
    QStringList known;
    for (const auto &[role, names] : {std::pair(u"turn"_s, task.turn), std::pair(u"variant"_s, task.variants), std::pair(u"stay"_s, task.stay)}) {
        for (const QString &name : names) {
            const auto at = report.constFind(name);
            results.push_back({name, role, at == report.constEnd() ? std::nullopt : std::optional(*at)});
            known << name;
        }
    }
    for (auto it = report.begin(); it != report.end(); ++it) {
        if (!known.contains(it.key()))
            results.push_back({it.key(), {}, *it});
    }
    return results;
}

std::vector<Finding> findingsOfTests(const Task &task, const std::vector<TestResult> &results, bool rewarded)
{
    QMap<QString, QStringList> failed;
    for (const auto &result : results) {
        if (!result.passed.value_or(false))
            failed[result.role] << (result.passed ? result.name : result.name + u" (said nothing)"_s);
    }
    std::vector<Finding> findings;
    if (const auto turn = failed[u"turn"_s]; !turn.isEmpty())
        findings.push_back({u"not-turned"_s, u"Still failing: %1."_s.arg(named(turn))});
    if (const auto variants = failed[u"variant"_s]; !variants.isEmpty()) {
        const bool told = failed[u"turn"_s].isEmpty() && !task.turn.isEmpty();
        findings.push_back({told ? u"hard-coded"_s : u"not-turned"_s,
                            told ? u"What the ticket tells is right, and the same with other inputs is not: %1."_s.arg(named(variants))
                                 : u"Still failing: %1."_s.arg(named(variants))});
    }
    QStringList broke = failed[u"stay"_s];
    broke += failed[QString()];
    if (!broke.isEmpty())
        findings.push_back({u"broke"_s, u"Passed before, and no longer: %1."_s.arg(named(broke))});
    if (findings.empty() && !rewarded)
        findings.push_back({u"not-turned"_s, u"The hidden tests as a whole failed; see hidden-tests.log."_s});
    return findings;
}

Result<Graded> grade(git::Repository &repository, const GradeRequest &request, std::stop_token stop, Progress &progress)
{
    Graded graded;
    COPPICE_TRY(const auto changed, repository.changes(request.base, request.result));
    for (const auto &change : changed)
        graded.changed << QString::fromUtf8(change.path);
    COPPICE_TRY(graded.findings, findingsOfChange(repository, request));
    COPPICE_TRY(const git::Oid tree, withBaseTests(repository, request.base, request.result));
    COPPICE_TRY(const auto told, runTests(repository, request, tree, stop, progress));
    graded.tests = resultsOf(request.task, told.report);
    for (auto &finding : findingsOfTests(request.task, graded.tests, told.rewarded))
        graded.findings.push_back(std::move(finding));
    if (!told.own)
        graded.findings.push_back({u"own-tests"_s, u"The plugin's own tests, as they were, fail: %1"_s.arg(told.ownReason.section(u'\n', 0, 0).left(300))});
    graded.passed = std::ranges::none_of(graded.findings, &Finding::counts);
    return graded;
}

} // namespace coppice::evals

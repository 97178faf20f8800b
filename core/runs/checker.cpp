// SPDX-License-Identifier: GPL-3.0-or-later
#include "runs/checker.h"

#include "clients/last_words.h"
#include "git/tree_edit.h"
#include "process/limit_told.h"
#include "runs/path_kinds.h"

#include <QFile>
#include <QSet>

namespace coppice::runs {

namespace {

constexpr qint64 checkLogCap = 16 << 20;

} // namespace

Result<Checker::Answer> runLogged(const sandbox::SandboxProfile &profile, const QStringList &argv, const QString &what,
                                  const QString &log, std::stop_token stop)
{
    QFile file(log);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate | QIODevice::Unbuffered))
        return fail(QStringLiteral("run.log"), QStringLiteral("A log of the run cannot be written (%1)").arg(file.errorString()), log);
    qint64 printed = 0;
    QByteArray tail;
    const auto take = [&](QByteArrayView piece) {
        const qint64 room = checkLogCap - printed;
        printed += piece.size();
        if (room > 0) {
            file.write(piece.data(), qMin<qint64>(room, piece.size()));
            if (printed > checkLogCap)
                file.write("\n[more was printed than is kept]\n");
        }
        clients::keepTail(tail, piece);
    };
    process::Request streams;
    streams.outputCap = 0;
    streams.limits = profile.limits;
    streams.onStdout = take;
    streams.onStderr = take;
    COPPICE_TRY(const process::Outcome ended, sandbox::run(profile, argv, streams, stop));
    if (stop.stop_requested() || ended.cancelled)
        return failCancelled();
    Checker::Answer answer;
    answer.passed = ended.ok();
    const QString said = clients::lastWords(tail);
    if (const QString limit = process::limitTold(ended, sandbox::limitsOf(profile)); !limit.isEmpty())
        answer.reason = QStringLiteral("%1 %2.%3").arg(what, limit, said);
    else if (!answer.passed)
        answer.reason = QStringLiteral("%1 ended with exit status %2.%3").arg(what).arg(ended.exitCode).arg(said);
    return answer;
}

Checker::Checker(workspace::RunFolder folder, workspace::Prepared prepared, QStringList forbidden)
    : m_folder(std::move(folder)), m_prepared(std::move(prepared)), m_forbidden(std::move(forbidden))
{
}

Checker::~Checker()
{
    // A folder that cannot be deleted is replaced by the next check-out at its place.
    static_cast<void>(m_folder.remove());
}

Result<std::unique_ptr<Checker>> Checker::make(git::Repository &repository, const library::CatalogEntry &plugin,
                                               const Wanted &wanted, const QStringList &packageHosts, std::stop_token stop,
                                               Progress &progress)
{
    COPPICE_TRY(auto folder, workspace::RunFolder::create(repository, wanted.base, wanted.path, plugin.plugin.id));
    // Set up with the base's own files, from the cache in most cases; what it made stays through the check-out.
    COPPICE_TRY(auto prepared, workspace::prepare(folder, plugin.plugin, packageHosts, stop, progress));
    COPPICE_CHECK(folder.checkout(repository, wanted.tree));
    if (wanted.prepareAgain) {
        COPPICE_TRY(prepared, workspace::prepare(folder, plugin.plugin, packageHosts, stop, progress));
    }
    return std::unique_ptr<Checker>(
        new Checker(std::move(folder), std::move(prepared), {repository.commonDir(), repository.workTree()}));
}

Result<Checker::Answer> Checker::check(const QString &line, std::chrono::seconds timeout, const QString &log, std::stop_token stop)
{
    auto profile = workspace::checkProfile(m_folder, m_prepared);
    profile.limits.time = timeout;
    profile.forbidden += m_forbidden;
    profile.forbidden.removeAll(QString());
    return runLogged(profile, {QStringLiteral("bash"), QStringLiteral("-c"), line}, QStringLiteral("The check `%1`").arg(line), log,
                     stop);
}

Result<git::Oid> withTestsOf(git::Repository &repository, const git::Oid &base, const git::Oid &result)
{
    COPPICE_TRY(const auto changes, repository.changes(base, result));
    std::vector<git::TreeChange> tests;
    for (const auto &change : changes) {
        if (change.after && isTestPath(change.path))
            tests.push_back({change.path, change.after});
    }
    return tests.empty() ? Result<git::Oid>(base) : git::editTree(repository, base, tests);
}

Result<bool> lockFilesDiffer(const git::Repository &repository, const git::Oid &a, const git::Oid &b)
{
    static const QSet<QByteArray> names{
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock",     "pnpm-lock.yaml", "bun.lockb", "package.json",
        "poetry.lock",       "uv.lock",             "Pipfile.lock",  "requirements.txt", "pyproject.toml", "setup.cfg",
        "setup.py",          "go.sum",              "go.mod",        "Cargo.lock",     "Cargo.toml", "Gemfile.lock",
        "composer.lock",     "pom.xml",             "build.gradle",  "gradle.lockfile"};
    COPPICE_TRY(const auto changes, repository.changes(a, b));
    for (const auto &change : changes) {
        if (names.contains(change.path.mid(change.path.lastIndexOf('/') + 1)))
            return true;
    }
    return false;
}

} // namespace coppice::runs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "git/run_git.h"

#include "text/hidden.h"

#include <QProcessEnvironment>
#include <QRegularExpression>

namespace coppice::git {

namespace {

/// The user's environment, without what would point git elsewhere, and without terminal prompts.
QMap<QString, QString> environment()
{
    static const QStringList left{QStringLiteral("GIT_DIR"), QStringLiteral("GIT_WORK_TREE"), QStringLiteral("GIT_INDEX_FILE"),
                                  QStringLiteral("GIT_OBJECT_DIRECTORY"), QStringLiteral("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
                                  QStringLiteral("GIT_COMMON_DIR"), QStringLiteral("GIT_NAMESPACE"), QStringLiteral("GIT_PREFIX"),
                                  QStringLiteral("GIT_TRACE"), QStringLiteral("GIT_LITERAL_PATHSPECS"), QStringLiteral("GIT_GLOB_PATHSPECS"),
                                  QStringLiteral("GIT_NOGLOB_PATHSPECS"), QStringLiteral("GIT_ICASE_PATHSPECS")};
    QMap<QString, QString> env;
    const auto system = QProcessEnvironment::systemEnvironment();
    const QStringList keys = system.keys();
    for (const auto &key : keys) {
        if (!left.contains(key))
            env[key] = system.value(key);
    }
    env[QStringLiteral("LC_ALL")] = QStringLiteral("C");
    env[QStringLiteral("GIT_TERMINAL_PROMPT")] = QStringLiteral("0");
    env[QStringLiteral("GIT_OPTIONAL_LOCKS")] = QStringLiteral("0");
    env[QStringLiteral("GIT_ADVICE")] = QStringLiteral("0");
    return env;
}

const QStringList &safeSettings()
{
    static const QStringList settings{QStringLiteral("core.hooksPath=/dev/null"), QStringLiteral("core.fsmonitor=false"),
                                      QStringLiteral("protocol.ext.allow=never"), QStringLiteral("gc.auto=0"),
                                      QStringLiteral("maintenance.auto=false"),   QStringLiteral("submodule.recurse=false")};
    return settings;
}

} // namespace

Result<process::Outcome> runGit(const GitCall &call, std::stop_token stop)
{
    process::Request request;
    request.argv << QStringLiteral("git");
    for (const auto &setting : safeSettings() + call.settings)
        request.argv << QStringLiteral("-c") << setting;
    if (!call.gitDir.isEmpty())
        request.argv << QString(QStringLiteral("--git-dir=") + call.gitDir);
    if (!call.workTree.isEmpty())
        request.argv << QString(QStringLiteral("--work-tree=") + call.workTree);
    request.argv << call.args;
    auto env = environment();
    env.insert(call.variables);
    request.env = env;
    request.cwd = call.workTree.isEmpty() ? QStringLiteral("/") : call.workTree;
    request.input = call.input;
    request.limits.time = call.time;
    request.onStderr = call.onStderr;
    return process::run(request, stop);
}

QString lastWords(const process::Outcome &outcome)
{
    static const QRegularExpression credentials(QStringLiteral("(\\w+://)[^/\\s]*@"));
    constexpr qsizetype linesAtMost = 4;
    QStringList lines;
    QString said = QString::fromUtf8(outcome.err.right(8000));
    said.replace(u'\r', u'\n');
    const auto parts = text::plain(said).split(u'\n');
    for (const auto &part : parts) {
        const QString line = part.trimmed();
        // what git says of every remote that it cannot read says nothing of this one
        const bool always = line == u"Please make sure you have the correct access rights" || line == u"and the repository exists.";
        if (!line.isEmpty() && !always && !line.startsWith(u"hint:"))
            lines << QString(line).replace(credentials, QStringLiteral("\\1")).left(300);
    }
    if (lines.isEmpty())
        return QStringLiteral("exit status %1").arg(outcome.exitCode);
    return lines.mid(qMax<qsizetype>(0, lines.size() - linesAtMost)).join(QStringLiteral("; "));
}

Result<process::Outcome> userGit(const QString &gitDir, const QString &workTree, const QStringList &args, std::stop_token stop,
                                 const QByteArray &input)
{
    GitCall call;
    call.gitDir = gitDir;
    call.workTree = workTree;
    call.args = args;
    call.input = input;
    return runGit(call, stop);
}

Result<QByteArray> userGitChecked(const QString &gitDir, const QString &workTree, const QStringList &args, std::stop_token stop,
                                  const QByteArray &input)
{
    COPPICE_TRY(auto outcome, userGit(gitDir, workTree, args, stop, input));
    if (outcome.cancelled)
        return failCancelled();
    if (!outcome.ok())
        return fail(QStringLiteral("git.failed"), QStringLiteral("git %1 failed (%2)").arg(args.value(0), lastWords(outcome)), gitDir);
    if (outcome.droppedOut > 0)
        return fail(QStringLiteral("git.output"), QStringLiteral("git %1 answered more than can be read").arg(args.value(0)), gitDir);
    return outcome.out;
}

} // namespace coppice::git

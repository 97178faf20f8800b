// SPDX-License-Identifier: GPL-3.0-or-later
#include "command.h"

#include <base/paths.h>
#include <git/land.h>
#include <journal/lease.h>
#include <library/library.h>
#include <subtree/rejoin.h>
#include <sync/options.h>

#include <QDir>
#include <QJsonArray>

#include <chrono>

namespace coppice::ctl {

namespace {

struct Options {
    std::vector<std::string> prefixes;
    std::string prefixesFrom;
    std::string revision = "HEAD";
    std::string dots;
    bool all = false;
    bool dryRun = false;
    std::string onto;
    std::string annotate;
    bool ignoreJoins = false;
    bool rejoin = false;
};

Result<std::vector<QByteArray>> prefixesOf(const Options &options, const std::vector<sync::NamedPrefix> &plugins)
{
    std::vector<QByteArray> prefixes;
    for (const auto &prefix : options.prefixes)
        prefixes.push_back(QByteArray::fromStdString(prefix));
    if (!options.prefixesFrom.empty()) {
        COPPICE_TRY(const auto text, readFile(q(options.prefixesFrom)));
        for (QByteArray line : text.split('\n')) {
            if (line.endsWith('\r'))
                line.chop(1);
            if (!line.isEmpty())
                prefixes.push_back(line);
        }
    }
    if (options.all) {
        for (const auto &plugin : plugins)
            prefixes.push_back(plugin.prefix);
    }
    if (prefixes.empty())
        return failUsage(QStringLiteral("sync.no-prefix"),
                         options.all ? QStringLiteral("No plugins are found in this repository") : QStringLiteral("Name what to split"), {},
                         QStringLiteral("Use --prefix, --prefixes-from or --all."));
    return prefixes;
}

QJsonObject toJson(const subtree::SplitResult &result, const QString &name)
{
    QJsonObject object{{QStringLiteral("name"), name.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(name)},
                       {QStringLiteral("prefix"), QString::fromUtf8(result.prefix)},
                       {QStringLiteral("commit"), result.commit.isNull() ? QJsonValue(QJsonValue::Null) : QJsonValue(result.commit.toString())},
                       {QStringLiteral("commits"), qint64(result.commits)},
                       {QStringLiteral("new"), qint64(result.made)},
                       {QStringLiteral("seconds"), result.seconds}};
    if (!result.note.isEmpty())
        object[QStringLiteral("note")] = result.note;
    if (result.error)
        object[QStringLiteral("error")] = result.error->message();
    if (!result.blocked.empty()) {
        QJsonArray paths;
        for (const auto &path : result.blocked)
            paths.append(QString::fromUtf8(path));
        object[QStringLiteral("blocked")] = paths;
    }
    return object;
}

/// Joins what was split to the branch that is checked out. No file changes: the merges have the tree of the head.
Result<git::Oid> rejoin(git::Repository &repository, const git::Oid &head, const std::vector<subtree::SplitResult> &results,
                        std::stop_token stop)
{
    const QString branch = repository.headBranch();
    COPPICE_TRY(const auto tip, branch.isEmpty() ? Result<git::Oid>(git::Oid()) : repository.refTarget(branch));
    if (tip != head)
        return failUsage(QStringLiteral("sync.rejoin"), QStringLiteral("Only the branch that is checked out can be rejoined"), {},
                         QStringLiteral("Check the branch out, and leave --rev away."));
    std::vector<subtree::Rejoin> rejoins;
    for (const auto &result : results) {
        if (!result.error && !result.commit.isNull())
            rejoins.push_back({result.prefix, result.commit});
    }
    COPPICE_TRY(const auto lease, journal::Lease::take(repository.commonDir() + QStringLiteral("/coppice")));
    COPPICE_TRY(const auto joined, subtree::writeRejoins(repository, head, rejoins));
    if (joined != head)
        COPPICE_CHECK(git::land(lease, repository, branch, head, joined, QStringLiteral("coppice: rejoin"), stop));
    return joined;
}

Result<git::Oid> headOf(const git::Repository &repository, const Options &options)
{
    auto head = repository.resolve(q(options.revision) + QStringLiteral("^{commit}"));
    if (head || head.error().kind != ErrorKind::NotFound)
        return head;
    if (options.revision == "HEAD")
        return failNotFound(QStringLiteral("sync.no-commit"), QStringLiteral("The branch that is checked out has no commit"), repository.gitDir(),
                            QStringLiteral("Commit something first, or name what to split by --rev; git branch -a names what there is."));
    return failNotFound(QStringLiteral("git.no-revision"), QStringLiteral("The repository has no such commit"), q(options.revision),
                        QStringLiteral("git branch -a and git tag name what there is; fetch it first when it is elsewhere."));
}

Result<int> split(const Options &options, Context &run)
{
    if (options.rejoin && options.dryRun)
        return failUsage(QStringLiteral("sync.rejoin"), QStringLiteral("--rejoin moves a branch; with --dry-run nothing may move"));
    const auto began = std::chrono::steady_clock::now();
    COPPICE_TRY(const auto path, git::Repository::discover(run.library.isEmpty() ? QDir::currentPath() : run.library));
    COPPICE_TRY(auto repository, git::Repository::open(path));
    COPPICE_TRY(const auto head, headOf(repository, options));
    const auto settings = library::librarySettingsAt(repository, head);
    std::vector<sync::NamedPrefix> plugins;
    if (options.all || settings.present) {
        COPPICE_TRY(plugins, sync::prefixesAt(repository, head, run.stop()));
    }
    COPPICE_TRY(const auto prefixes, prefixesOf(options, plugins));
    COPPICE_TRY(auto how, sync::splitOptions(repository, settings, plugins));
    how.dryRun = options.dryRun;
    how.annotate = QByteArray::fromStdString(options.annotate);
    how.ignoreJoins = options.ignoreJoins;
    if (!options.onto.empty()) {
        COPPICE_TRY(how.onto, repository.resolve(q(options.onto) + QStringLiteral("^{commit}")));
    }
    if (!options.dots.empty())
        how.keepDots = options.dots == "keep";
    subtree::SubtreeSplitter splitter(repository, std::move(how));
    COPPICE_TRY(const auto results, splitter.split(head, prefixes, run.stop(), run.progress()));

    QJsonArray splits;
    QList<QStringList> rows;
    bool found = false;
    bool failed = false;
    for (const auto &result : results) {
        const auto plugin = std::ranges::find(plugins, result.prefix, &sync::NamedPrefix::prefix);
        splits.append(toJson(result, plugin == plugins.end() ? QString() : plugin->id));
        const QString commit = result.error ? result.error->message() : result.commit.isNull() ? QStringLiteral("-") : result.commit.toString();
        rows << QStringList{QString::fromUtf8(result.prefix), commit, QStringLiteral("%1 commits").arg(result.commits),
                            QStringLiteral("%1 new").arg(result.made), result.note};
        found = found || !result.commit.isNull() || result.error;
        failed = failed || result.commit.isNull();
    }
    if (!found)
        return failNotFound(QStringLiteral("sync.no-folder"), QStringLiteral("No folder stands there in %1").arg(q(options.revision)),
                            QString::fromUtf8(prefixes.front()), QStringLiteral("git ls-tree shows what there is."));
    git::Oid joined;
    if (options.rejoin) {
        COPPICE_TRY(joined, rejoin(repository, head, results, run.stop()));
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    QJsonObject document{{QStringLiteral("splits"), splits}, {QStringLiteral("seconds"), seconds}};
    if (!joined.isNull())
        document[QStringLiteral("rejoined")] = joined.toString();
    run.answer(document, table(rows));
    return failed ? 1 : 0;
}

const Definition command([](Verb &root, Context &context) {
    auto *sub = group(root, "sync", "Plugins and their upstreams")
                    ->addSubcommand("split", "Split prefixes out of any repository's history, with the ids of git subtree");
    const auto options = std::make_shared<Options>();
    sub->addOption("--prefix", options->prefixes, "A folder to split; may be given several times")->oneEach();
    sub->addOption("--prefixes-from", options->prefixesFrom, "A file with one folder a line");
    sub->addFlag("--all", options->all, "Every plugin");
    sub->addFlag("--dry-run", options->dryRun, "Work out the ids, write nothing");
    sub->addOption("--onto", options->onto, "A commit of split history already: it and its ancestors are taken as they are");
    sub->addOption("--annotate", options->annotate, "Put before the message of every copied commit");
    sub->addFlag("--ignore-joins", options->ignoreJoins, "Of earlier joins let only those of `git subtree add` count");
    sub->addFlag("--rejoin", options->rejoin, "Merge what was split into the branch that is checked out");
    sub->addOption("--rev", options->revision, "The commit to split; otherwise HEAD");
    sub->addOption("--dots", options->dots, "'.' at the ends of names: drop, as git before 2.42, or keep; otherwise as the installed git")
        ->among({"keep", "drop"});
    sub->callback([&context, options] {
        context.setAction([options](Context &run) { return split(*options, run); });
    });
});

} // namespace

} // namespace coppice::ctl

// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"

#include "base/paths.h"
#include "review/git_diff.h"
#include "review/reviews.h"
#include "shipping/shipping.h"

#include <QJsonArray>

namespace coppice::engine {

namespace {

QJsonArray checksJson(const std::vector<runs::Check> &checks)
{
    QJsonArray all;
    for (const auto &check : checks) {
        QJsonObject one{{QStringLiteral("command"), check.command}, {QStringLiteral("log"), check.logAfter}};
        if (check.before)
            one[QStringLiteral("before")] = *check.before;
        if (check.after)
            one[QStringLiteral("passed")] = *check.after;
        all << one;
    }
    return all;
}

/// {plugin, file, title?, ticket?} → {id}: takes a git diff on the library's newest commit as a patch to review.
Result<QJsonObject> openReview(const Call &call)
{
    const QString plugin = call.args[QLatin1String("plugin")].toString();
    COPPICE_TRY(const auto bytes, readFile(call.args[QLatin1String("file")].toString(), 64 << 20));
    COPPICE_TRY(const auto catalog, call.house.library.scan(call.house.state, call.stop, call.progress));
    if (!catalog.find(plugin))
        return failNotFound(QStringLiteral("plugin.unknown"), QStringLiteral("The library has no plugin of this id"), plugin,
                            QStringLiteral("coppicectl plugins list names them."));
    COPPICE_TRY(auto repository, call.house.library.repository());
    COPPICE_TRY(const auto tree, repository.treeOf(catalog.head));
    COPPICE_TRY(const auto revision, review::revisionFromDiff(repository, tree, bytes));
    QString title = call.args[QLatin1String("title")].toString();
    if (title.isEmpty()) {
        COPPICE_TRY(const auto parsed, review::parseGitDiff(bytes));
        title = parsed.subject;
    }
    if (title.isEmpty()) {
        COPPICE_TRY(const auto files, review::filesOf(repository, revision));
        title = files.size() == 1 ? QStringLiteral("Change %1").arg(QString::fromUtf8(files.front().path))
                                  : QStringLiteral("Change %1 files").arg(files.size());
    }
    review::Reviews reviews(call.house.state, call.house.journal);
    COPPICE_TRY(const auto patch, reviews.add(repository, plugin, call.args[QLatin1String("ticket")].toString(), title, revision));
    return QJsonObject{{QStringLiteral("id"), patch.id.toString()}, {QStringLiteral("title"), patch.title}};
}

/// {id} → {commit, checks, notes}
Result<QJsonObject> applyReview(const Call &call)
{
    COPPICE_TRY(const auto applied, shipping::apply(call.house, call.actor, call.args[QLatin1String("id")].toString(), call.stop,
                                                    call.progress));
    return QJsonObject{{QStringLiteral("commit"), applied.commit.toString()},
                       {QStringLiteral("checks"), checksJson(applied.checks)},
                       {QStringLiteral("notes"), QJsonArray::fromStringList(applied.notes)}};
}

/// {plugin, dry_run?} → what was, or would be, sent and run
Result<QJsonObject> shipPlugin(const Call &call)
{
    const bool dryRun = call.args[QLatin1String("dry_run")].toBool();
    COPPICE_TRY(const auto release, shipping::ship(call.house, call.actor, call.args[QLatin1String("plugin")].toString(), dryRun,
                                                   call.stop, call.progress));
    return QJsonObject{{QStringLiteral("plugin"), release.plugin},
                       {QStringLiteral("dry_run"), dryRun},
                       {QStringLiteral("version"), release.version},
                       {QStringLiteral("commit"), release.commit.toString()},
                       {QStringLiteral("remote"), release.remote},
                       {QStringLiteral("ref"), release.ref},
                       {QStringLiteral("commits"), QJsonArray::fromStringList(release.commits)},
                       {QStringLiteral("deploy_command"), release.deployCommand},
                       {QStringLiteral("pushed"), release.pushed},
                       {QStringLiteral("deployed"), release.deployed},
                       {QStringLiteral("log"), release.deployLog},
                       {QStringLiteral("tickets"), QJsonArray::fromStringList(release.tickets)},
                       {QStringLiteral("notes"), QJsonArray::fromStringList(release.notes)}};
}

/// {} → {tickets}: looks at what came in for releases that are watched.
Result<QJsonObject> watchTick(const Call &call)
{
    COPPICE_TRY(const auto tickets, shipping::watchEvents(call.house));
    return QJsonObject{{QStringLiteral("tickets"), QJsonArray::fromStringList(tickets)}};
}

const Handler open("review.open", false, openReview);
const Handler apply("review.apply", true, applyReview);
const Handler ship("ship", false, shipPlugin);
const Handler watch("watch.tick", true, watchTick);

} // namespace

} // namespace coppice::engine

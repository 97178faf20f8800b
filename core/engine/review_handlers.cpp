// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/handler.h"

#include "base/paths.h"
#include "review/git_diff.h"
#include "review/reviews.h"
#include "review/risks.h"
#include "shipping/patch_policy.h"
#include "shipping/shipping.h"
#include "tickets/ticket.h"

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
    QString answered;
    if (const QString named = call.args[QLatin1String("ticket")].toString(); !named.isEmpty()) {
        COPPICE_TRY(const auto ticket, tickets::Tickets(call.house.state, call.house.journal).get(named));
        if (ticket.plugin != plugin)
            return failUsage(QStringLiteral("review.other-plugin"), QStringLiteral("The ticket is about the plugin %1, not %2").arg(ticket.plugin, plugin), ticket.id.shown());
        answered = ticket.id.toString();
    }
    const Id id = Id::make(); // who asks is written down before there is a patch that could be approved
    COPPICE_CHECK(shipping::SignOffs::noteRequester(call.house.state, QStringLiteral("patch:") + id.toString(), call.actor));
    COPPICE_TRY(const auto patch, reviews.add(repository, plugin, answered, title, revision, id));
    if (patch.id != id) // a further revision of an open one
        COPPICE_CHECK(shipping::SignOffs::noteRequester(call.house.state, QStringLiteral("patch:") + patch.id.toString(), call.actor));
    review::Risks(call.house.state).lookAhead(repository, patch, catalog.find(plugin)->plugin.prefix);
    return QJsonObject{{QStringLiteral("id"), patch.id.toString()}, {QStringLiteral("title"), patch.title}};
}

/// {id, message?} → {commit, checks, git_policy, notes}
Result<QJsonObject> applyReview(const Call &call)
{
    COPPICE_TRY(const auto applied, shipping::apply(call.house, call.actor, call.args[QLatin1String("id")].toString(), call.stop,
                                                    call.progress, call.args[QLatin1String("message")].toString()));
    return QJsonObject{{QStringLiteral("commit"), applied.commit.toString()},
                       {QStringLiteral("proof"), applied.proof ? QJsonValue(shipping::toJson(*applied.proof)) : QJsonValue()},
                       {QStringLiteral("checks"), checksJson(applied.checks)},
                       {QStringLiteral("git_policy"), sync::toJson(applied.policy)},
                       {QStringLiteral("notes"), QJsonArray::fromStringList(applied.notes)}};
}

/// {id} → who approved what, and what is missing
Result<QJsonObject> approveReview(const Call &call)
{
    COPPICE_TRY(const auto approvals, shipping::approve(call.house, call.actor, call.args[QLatin1String("id")].toString()));
    return shipping::toJson(approvals);
}
Result<QJsonObject> approvalsOfReview(const Call &call)
{
    COPPICE_TRY(const auto approvals, shipping::approvalsOf(call.house, call.args[QLatin1String("id")].toString()));
    return shipping::toJson(approvals);
}

/// {id, message?} → what git_policy says of applying and shipping it
Result<QJsonObject> policyOfReview(const Call &call)
{
    COPPICE_TRY(const auto patch, review::Reviews(call.house.state, call.house.journal).get(call.args[QLatin1String("id")].toString()));
    COPPICE_TRY(const auto policy, shipping::policyOfPatch(call.house.library, call.house.state, call.house.journal, patch,
                                                           call.args[QLatin1String("message")].toString(), call.stop));
    return shipping::toJson(policy);
}

const Handler policy("review.policy", true, policyOfReview);
const Handler open("review.open", false, openReview);
const Handler apply("review.apply", true, applyReview);
const Handler approve("review.approve", true, approveReview);
const Handler approvals("review.approvals", true, approvalsOfReview);

} // namespace

} // namespace coppice::engine

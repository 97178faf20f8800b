// SPDX-License-Identifier: GPL-3.0-or-later
#include "forges/forge.h"

#include "forges/exchange.h"
#include "secrets/secret_ref.h"

#include <QRegularExpression>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

/// What a project of each kind looks like: nothing that could lead a request to another path.
bool isProject(const QString &kind, const QString &project)
{
    static const QRegularExpression jira(u"^[A-Z][A-Z0-9_]{0,49}\\z"_s);
    static const QRegularExpression github(u"^[A-Za-z0-9][A-Za-z0-9-]{0,99}/[A-Za-z0-9._-]{1,100}\\z"_s);
    static const QRegularExpression gitlab(u"^([0-9]{1,18}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}){1,20})\\z"_s);
    static const QRegularExpression redmine(u"^[a-z0-9][a-z0-9_-]{0,99}\\z"_s);
    const auto fits = [&](const QRegularExpression &form) { return form.match(project).hasMatch(); };
    if (kind == "jira"_L1)
        return fits(jira);
    if (kind == "github"_L1)
        return fits(github) && !project.endsWith("/."_L1) && !project.endsWith("/.."_L1);
    if (kind == "gitlab"_L1)
        return fits(gitlab);
    return kind == "redmine"_L1 && fits(redmine);
}

QString publicUrl(const QString &kind)
{
    return kind == "github"_L1 ? u"https://api.github.com"_s : kind == "gitlab"_L1 ? u"https://gitlab.com"_s : QString();
}

const QString &ifGiven(const QString &own, const QString &library)
{
    return own.isEmpty() ? library : own;
}
const QStringList &ifGiven(const QStringList &own, const QStringList &library)
{
    return own.isEmpty() ? library : own;
}

} // namespace

Result<std::optional<Place>> placeOf(const library::LibrarySettings &library, const library::PluginSettings &plugin)
{
    if (plugin.tracker.isEmpty())
        return std::optional<Place>();
    Place place;
    place.kind = plugin.tracker.section(u':', 0, 0);
    place.project = plugin.tracker.section(u':', 1);
    const auto service = library.trackers.services.constFind(place.kind);
    if (service == library.trackers.services.cend() || service->token.isEmpty())
        return fail(u"tracker.settings"_s, u"The plugin's tracker is %1, and coppice.yaml does not say how to reach it"_s.arg(plugin.tracker), plugin.id,
                    u"Add to coppice.yaml: trackers: {%1: {%2token: \"keychain:%1\"}}"_s.arg(
                        place.kind, place.kind == "jira"_L1 ? u"base_url: …, user: …, "_s : place.kind == "redmine"_L1 ? u"base_url: …, "_s : QString()));
    place.baseUrl = service->baseUrl.isEmpty() ? publicUrl(place.kind) : service->baseUrl;
    place.user = service->user;
    place.token = service->token;
    place.issueType = ifGiven(plugin.trackerIssueType, service->issueType);
    place.labels = service->labels;
    place.markdown = service->markdown;
    const auto &own = plugin.trackerStates, &all = service->states;
    place.states = {ifGiven(own.closed, all.closed),   ifGiven(own.declined, all.declined),   ifGiven(own.open, all.open),
                    ifGiven(own.closeAs, all.closeAs), ifGiven(own.declineAs, all.declineAs), ifGiven(own.reopenAs, all.reopenAs)};
    if (place.baseUrl.isEmpty() || (place.kind == "jira"_L1 && place.user.isEmpty()))
        return fail(u"tracker.settings"_s, u"coppice.yaml does not say where %1 is, or who asks there"_s.arg(place.kind), u"trackers."_s + place.kind,
                    u"Set base_url%1."_s.arg(place.kind == "jira"_L1 ? u" and user"_s : QString()));
    if (!isProject(place.kind, place.project))
        return failUsage(u"tracker.project"_s, u"This is no project of %1"_s.arg(place.kind), place.project,
                         u"Write jira: WX, github: owner/name, gitlab: group/name, redmine: its identifier, in the plugin's settings."_s);
    return std::optional<Place>(std::move(place));
}

Result<> checkPlace(const Place &place)
{
    if (!isProject(place.kind, place.project))
        return failUsage(u"tracker.project"_s, u"This is no project of %1"_s.arg(place.kind), place.project);
    return {};
}

Result<std::unique_ptr<Forge>> openForge(const Place &place, std::stop_token stop)
{
    COPPICE_CHECK(checkPlace(place));
    COPPICE_TRY(const auto ref, secrets::SecretRef::parse(place.token, u"trackers.%1.token"_s.arg(place.kind)));
    COPPICE_TRY(const QByteArray key, secrets::readSecret(ref));
    if (place.kind == "github"_L1)
        return makeGitHub(place, key, std::move(stop));
    if (place.kind == "gitlab"_L1)
        return makeGitLab(place, key, std::move(stop));
    if (place.kind == "jira"_L1)
        return makeJira(place, key, std::move(stop));
    return makeRedmine(place, key, std::move(stop));
}

bool mayBeDone(const Error &error)
{
    return error.code == "forge.unreachable"_L1 || error.code == "forge.answer"_L1 || error.kind == ErrorKind::Cancelled;
}

bool isPassing(const Error &error)
{
    // A wrong key, too: it is set right without anything of ours changing.
    return error.code == "forge.limited"_L1 || error.code == "forge.auth"_L1 || error.code.startsWith("secret."_L1) || mayBeDone(error);
}

} // namespace coppice::forges

// SPDX-License-Identifier: GPL-3.0-or-later
// Sources: https://docs.github.com/en/rest/pulls/pulls and https://docs.gitlab.com/api/merge_requests/
#include "forges/pulls.h"

#include "forges/exchange.h"
#include "secrets/secret_ref.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QUrl>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

QString numberIn(const QJsonValue &value)
{
    return value.toInteger() > 0 ? QString::number(value.toInteger()) : QString();
}

git::Oid idIn(const QJsonValue &value)
{
    return git::Oid::fromHex(value.toString().toLatin1());
}

/// The body with its marker in a line of its own, which nothing from outside can come after.
Document marked(const NewPull &pull)
{
    Document body = pull.body;
    body.push_back(paragraph({{pull.marker, true}}));
    return body;
}

bool carries(const QString &body, const QString &marker)
{
    static const QRegularExpression word(u"coppice-[0-9a-f]{12}(?![0-9a-zA-Z])"_s);
    QString last;
    for (auto it = word.globalMatch(body.right(4096)); it.hasNext();)
        last = it.next().captured();
    return last == marker;
}

class GitHubPulls final : public PullForge
{
public:
    GitHubPulls(Place place, const QByteArray &key, std::stop_token stop)
        : m_exchange(std::move(place), {{"authorization", "Bearer " + key}, {"x-github-api-version", "2022-11-28"}}, std::move(stop))
    {
    }

    Result<RemotePull> create(const NewPull &pull, QStringList *notes) override
    {
        COPPICE_TRY(const auto made, m_exchange.object("POST", pulls(),
                                                       {{u"title"_s, inertTitle(pull.title)},
                                                        {u"body"_s, render(marked(pull), Markup::GitHub)},
                                                        {u"head"_s, pull.head},
                                                        {u"base"_s, pull.base},
                                                        {u"draft"_s, pull.draft}}));
        COPPICE_TRY(auto opened, read(made));
        if (!pull.labels.isEmpty()) {
            // Labels are those of the issue that a pull request is, too.
            const auto labelled = m_exchange.call("POST", repository() + u"/issues/"_s + opened.number + u"/labels"_s,
                                                  {{u"labels"_s, QJsonArray::fromStringList(pull.labels)}});
            if (!labelled && notes)
                *notes << u"The pull request has no labels: %1"_s.arg(labelled.error().message());
        }
        return opened;
    }

    Result<RemotePull> get(const QString &number) override
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", pulls() + u'/' + encoded(number)));
        return read(found);
    }

    Result<std::optional<RemotePull>> find(const QString &head, const QString &marker) override
    {
        const QString owner = m_exchange.place().project.section(u'/', 0, 0);
        COPPICE_TRY(const auto found, m_exchange.findInPages(
                                          pulls() + u"?state=all&sort=created&direction=desc&head="_s + encoded(owner + u':' + head),
                                          [&](const QJsonObject &object) {
                                              return object[u"head"][u"ref"].toString() == head && carries(object[u"body"].toString(), marker);
                                          }));
        if (found.isEmpty())
            return std::optional<RemotePull>();
        // A list does not say whether one that is over was merged.
        COPPICE_TRY(auto pull, get(numberIn(found[u"number"])));
        return std::optional<RemotePull>(std::move(pull));
    }

    Result<RemotePull> update(const QString &number, const NewPull &pull) override
    {
        COPPICE_TRY(const auto changed, m_exchange.object("PATCH", pulls() + u'/' + encoded(number),
                                                          {{u"title"_s, inertTitle(pull.title)}, {u"body"_s, render(marked(pull), Markup::GitHub)}}));
        return read(changed);
    }

    [[nodiscard]] qint64 pausedUntil() const override { return m_exchange.pausedUntil(); }

private:
    [[nodiscard]] QString repository() const { return u"/repos/"_s + m_exchange.place().project; }
    [[nodiscard]] QString pulls() const { return repository() + u"/pulls"_s; }

    [[nodiscard]] Result<RemotePull> read(const QJsonObject &object) const
    {
        RemotePull pull;
        pull.number = numberIn(object[u"number"]);
        if (pull.number.isEmpty())
            return m_exchange.strange(u"a pull request without its number"_s);
        const QString &base = m_exchange.place().baseUrl;
        QString web = QUrl(base).host() == "api.github.com"_L1 ? u"https://github.com"_s : base;
        if (web.endsWith("/api/v3"_L1))
            web.chop(7);
        pull.url = web + u'/' + m_exchange.place().project + u"/pull/"_s + pull.number;
        const bool merged = object[u"merged"].toBool() || object[u"merged_at"].isString();
        pull.state = merged ? RemotePull::State::Merged : object[u"state"].toString() == "closed"_L1 ? RemotePull::State::Closed : RemotePull::State::Open;
        pull.draft = object[u"draft"].toBool();
        pull.head = outsideLine(object[u"head"][u"ref"], 300);
        pull.base = outsideLine(object[u"base"][u"ref"], 300);
        pull.headId = idIn(object[u"head"][u"sha"]);
        if (merged) // of an open one, this is a trial merge that nobody has
            pull.mergeId = idIn(object[u"merge_commit_sha"]);
        pull.updated = timeOf(object[u"updated_at"]);
        return pull;
    }

    Exchange m_exchange;
};

class GitLabPulls final : public PullForge
{
public:
    GitLabPulls(Place place, const QByteArray &key, std::stop_token stop)
        : m_exchange(std::move(place), {{"private-token", key}}, std::move(stop))
    {
    }

    Result<RemotePull> create(const NewPull &pull, QStringList *) override
    {
        QJsonObject body = words(pull);
        body[u"source_branch"_s] = pull.head;
        body[u"target_branch"_s] = pull.base;
        body[u"remove_source_branch"_s] = true;
        if (!pull.labels.isEmpty())
            body[u"labels"_s] = pull.labels.join(u',');
        COPPICE_TRY(const auto made, m_exchange.object("POST", requests(), body));
        return read(made);
    }

    Result<RemotePull> get(const QString &number) override
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", requests() + u'/' + encoded(number)));
        return read(found);
    }

    Result<std::optional<RemotePull>> find(const QString &head, const QString &marker) override
    {
        COPPICE_TRY(const auto found, m_exchange.findInPages(
                                          requests() + u"?state=all&scope=all&order_by=created_at&sort=desc&source_branch="_s + encoded(head),
                                          [&](const QJsonObject &object) {
                                              return object[u"source_branch"].toString() == head && carries(object[u"description"].toString(), marker);
                                          }));
        if (found.isEmpty())
            return std::optional<RemotePull>();
        COPPICE_TRY(auto pull, read(found));
        return std::optional<RemotePull>(std::move(pull));
    }

    Result<RemotePull> update(const QString &number, const NewPull &pull) override
    {
        COPPICE_TRY(const auto changed, m_exchange.object("PUT", requests() + u'/' + encoded(number), words(pull)));
        return read(changed);
    }

    [[nodiscard]] qint64 pausedUntil() const override { return m_exchange.pausedUntil(); }

private:
    [[nodiscard]] QString requests() const { return u"/api/v4/projects/"_s + encoded(m_exchange.place().project) + u"/merge_requests"_s; }
    [[nodiscard]] static QJsonObject words(const NewPull &pull)
    {
        // A draft is one by the beginning of its title.
        return {{u"title"_s, QString((pull.draft ? u"Draft: "_s : QString()) + inertTitle(pull.title))},
                {u"description"_s, render(marked(pull), Markup::GitLab)}};
    }

    [[nodiscard]] Result<RemotePull> read(const QJsonObject &object) const
    {
        RemotePull pull;
        pull.number = numberIn(object[u"iid"]);
        if (pull.number.isEmpty())
            return m_exchange.strange(u"a merge request without its number"_s);
        pull.url = m_exchange.place().baseUrl + u'/' + m_exchange.place().project + u"/-/merge_requests/"_s + pull.number;
        const QString state = object[u"state"].toString(); // "locked" while it is being merged
        pull.state = state == "merged"_L1 ? RemotePull::State::Merged : state == "closed"_L1 ? RemotePull::State::Closed : RemotePull::State::Open;
        pull.draft = object[u"draft"].toBool();
        pull.head = outsideLine(object[u"source_branch"], 300);
        pull.base = outsideLine(object[u"target_branch"], 300);
        pull.headId = idIn(object[u"sha"]);
        for (const auto &key : {u"merge_commit_sha"_s, u"squash_commit_sha"_s}) { // a fast-forward has neither
            if (pull.mergeId.isNull() && pull.state == RemotePull::State::Merged)
                pull.mergeId = idIn(object[key]);
        }
        pull.updated = timeOf(object[u"updated_at"]);
        return pull;
    }

    Exchange m_exchange;
};

struct Address {
    QString host, path;
};
/// "https://host/path.git", "ssh://git@host:22/path", "git@host:path".
Address addressOf(const QString &url)
{
    static const QRegularExpression scp(u"^(?:[^@/\\s]+@)?([A-Za-z0-9.-]+):(?!//)(.+)$"_s);
    Address address;
    if (url.contains("://"_L1)) {
        const QUrl parsed(url);
        if (parsed.scheme() == "https"_L1 || parsed.scheme() == "http"_L1 || parsed.scheme() == "ssh"_L1)
            address = {parsed.host(), parsed.path()};
    } else if (const auto match = scp.match(url); match.hasMatch()) {
        address = {match.captured(1).toLower(), match.captured(2)};
    }
    while (address.path.startsWith(u'/'))
        address.path.remove(0, 1);
    while (address.path.endsWith(u'/'))
        address.path.chop(1);
    if (address.path.endsWith(".git"_L1))
        address.path.chop(4);
    return address;
}

QString apiUrl(const QString &kind, const library::TrackerService &service)
{
    return !service.baseUrl.isEmpty() ? service.baseUrl : kind == "github"_L1 ? u"https://api.github.com"_s : u"https://gitlab.com"_s;
}

/// Which forge an address belongs to: the one whose interface is on the same host.
QString forgeOf(const QString &host, const QMap<QString, library::TrackerService> &services)
{
    for (const auto &kind : {u"github"_s, u"gitlab"_s}) {
        const QString api = QUrl(apiUrl(kind, services.value(kind))).host();
        if (!host.isEmpty() && (api == host || api == QString(u"api."_s + host)))
            return kind;
    }
    return {};
}

} // namespace

QString nameOf(RemotePull::State state)
{
    return state == RemotePull::State::Merged ? u"merged"_s : state == RemotePull::State::Closed ? u"closed"_s : u"open"_s;
}

Result<Place> pullPlaceOf(const library::LibrarySettings &library, const library::PluginSettings &plugin)
{
    const auto &services = library.trackers.services;
    const Address address = plugin.upstream ? addressOf(plugin.upstream->url) : Address();
    Place place;
    place.kind = plugin.upstream && !plugin.upstream->forge.isEmpty() ? plugin.upstream->forge : forgeOf(address.host, services);
    if (place.kind.isEmpty())
        return fail(u"pull.settings"_s, u"The upstream's address is of no forge that coppice.yaml knows, so no pull request can be opened there"_s, plugin.id,
                    u"Set upstream: {forge: github or gitlab, project: owner/name} in the plugin's settings, or ship: push."_s);
    place.project = plugin.upstream->project.isEmpty() ? address.path : plugin.upstream->project;
    const auto service = services.constFind(place.kind);
    if (service == services.cend() || service->token.isEmpty())
        return fail(u"pull.settings"_s, u"coppice.yaml does not say with which key pull requests are opened on %1"_s.arg(place.kind), plugin.id,
                    u"Add to coppice.yaml: trackers: {%1: {token: \"keychain:%1\"}}"_s.arg(place.kind));
    place.baseUrl = apiUrl(place.kind, *service);
    place.token = service->token;
    place.labels = plugin.upstream->labels;
    return place;
}

Result<std::unique_ptr<PullForge>> openPulls(const Place &place, std::stop_token stop)
{
    COPPICE_CHECK(checkPlace(place));
    COPPICE_TRY(const auto ref, secrets::SecretRef::parse(place.token, u"trackers.%1.token"_s.arg(place.kind)));
    COPPICE_TRY(const QByteArray key, secrets::readSecret(ref));
    if (place.kind == "github"_L1)
        return std::make_unique<GitHubPulls>(place, key, std::move(stop));
    return std::make_unique<GitLabPulls>(place, key, std::move(stop));
}

} // namespace coppice::forges

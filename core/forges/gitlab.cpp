// SPDX-License-Identifier: GPL-3.0-or-later
// GitLab issues, REST v4. Source: https://docs.gitlab.com/api/issues and https://docs.gitlab.com/api/notes
#include "forges/exchange.h"

#include <QJsonArray>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

class GitLab final : public Forge
{
public:
    GitLab(Place place, const QByteArray &key, std::stop_token stop)
        : m_exchange(std::move(place), {{"private-token", key}}, std::move(stop))
    {
    }

    Result<RemoteIssue> create(const NewIssue &issue) override
    {
        QStringList labels = m_exchange.place().labels;
        labels << u"coppice"_s << issue.marker;
        COPPICE_TRY(const auto made, m_exchange.object("POST", issues(),
                                                       {{u"title"_s, inertTitle(issue.title)},
                                                        {u"description"_s, render(issue.body, Markup::GitLab)},
                                                        {u"labels"_s, labels.join(u',')}}));
        return read(made);
    }

    Result<RemoteIssue> get(const QString &key) override
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key)));
        return read(found);
    }

    Result<std::optional<RemoteIssue>> findByMarker(const QString &marker, qint64 since) override
    {
        COPPICE_TRY(const auto found, m_exchange.findInPages(issues() + u"?scope=all&order_by=updated_at&sort=desc&updated_after="_s + timeText(since),
                                                             [&](const QJsonObject &object) {
                                                                 return object[u"labels"].toArray().contains(marker) ||
                                                                        object[u"description"].toString().contains(marker);
                                                             }));
        if (found.isEmpty())
            return std::optional<RemoteIssue>();
        COPPICE_TRY(auto issue, read(found));
        return std::optional<RemoteIssue>(std::move(issue));
    }

    Result<QString> comment(const QString &key, const Document &text) override
    {
        COPPICE_TRY(const auto made, m_exchange.object("POST", issue(key) + u"/notes", {{u"body"_s, render(text, Markup::GitLab)}}));
        return idOf(made[u"id"]);
    }

    Result<std::vector<RemoteComment>> comments(const QString &key, qint64 since) override
    {
        // Notes cannot be asked for by time: the newest first, until an older one comes.
        std::vector<RemoteComment> all;
        bool older = false;
        for (int page = 1; page <= 4 && !older; ++page) {
            COPPICE_TRY(const auto found, m_exchange.list(issue(key) + u"/notes?sort=desc&order_by=updated_at"_s + pageOf(page)));
            for (const auto &each : found) {
                older = older || timeOf(each[u"updated_at"]) < since;
                if (older || each[u"system"].toBool())
                    continue;
                all.push_back({idOf(each[u"id"]), outsideLine(each[u"author"][u"username"]), outsideText(each[u"body"]), timeOf(each[u"created_at"])});
            }
            older = older || found.size() < pageSize;
        }
        return std::vector<RemoteComment>(all.rbegin(), all.rend());
    }

    Result<RemoteIssue> setState(const QString &key, RemoteIssue::State state) override
    {
        COPPICE_TRY(const auto now, get(key));
        if (now.state == state || (now.state != RemoteIssue::State::Open && state != RemoteIssue::State::Open))
            return now;
        COPPICE_TRY(const auto changed,
                    m_exchange.object("PUT", issue(key), {{u"state_event"_s, state == RemoteIssue::State::Open ? u"reopen"_s : u"close"_s}}));
        return read(changed);
    }

    Result<Changes> changedSince(const QString &cursor) override
    {
        Changes changes;
        COPPICE_TRY(const auto found, m_exchange.list(issues() + u"?scope=all&order_by=updated_at&sort=asc&updated_after="_s + timeText(cursorTime(cursor)) + pageOf(1)));
        for (const auto &each : found) {
            COPPICE_TRY(auto issue, read(each.toObject()));
            changes.issues.push_back(std::move(issue));
        }
        changes.more = found.size() >= pageSize;
        changes.cursor = nextCursor(cursor, changes.issues, changes.more);
        return changes;
    }

    [[nodiscard]] qint64 pausedUntil() const override { return m_exchange.pausedUntil(); }

private:
    [[nodiscard]] QString issues() const { return u"/api/v4/projects/"_s + encoded(m_exchange.place().project) + u"/issues"; }
    [[nodiscard]] QString issue(const QString &key) const { return issues() + u'/' + encoded(key); }
    static QString idOf(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toInteger()) : QString(); }

    [[nodiscard]] Result<RemoteIssue> read(const QJsonObject &object) const
    {
        RemoteIssue issue;
        issue.key = idOf(object[u"iid"]);
        if (issue.key.isEmpty() || object[u"iid"].toInteger() <= 0)
            return m_exchange.strange(u"an issue without its number"_s);
        const QString state = outsideLine(object[u"state"], 60);
        issue.status = state;
        issue.state = judgeState(state, state == "closed"_L1, false, m_exchange.place().states);
        issue.url = m_exchange.place().baseUrl + u'/' + m_exchange.place().project + u"/-/issues/" + issue.key;
        issue.assignee = outsideLine(object[u"assignees"].toArray().at(0)[u"username"]);
        issue.updated = timeOf(object[u"updated_at"]);
        issue.text = outsideText(object[u"description"], 64 * 1024);
        return issue;
    }

    Exchange m_exchange;
};

} // namespace

std::unique_ptr<Forge> makeGitLab(Place place, const QByteArray &key, std::stop_token stop)
{
    return std::make_unique<GitLab>(std::move(place), key, std::move(stop));
}

} // namespace coppice::forges

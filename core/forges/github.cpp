// SPDX-License-Identifier: GPL-3.0-or-later
// GitHub Issues, also of a GitHub Enterprise Server. Source: https://docs.github.com/en/rest/issues
#include "forges/exchange.h"

#include <QJsonArray>
#include <QUrl>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

class GitHub final : public Forge
{
public:
    GitHub(Place place, const QByteArray &key, std::stop_token stop)
        : m_exchange(std::move(place), {{"authorization", "Bearer " + key}, {"x-github-api-version", "2022-11-28"}}, std::move(stop))
    {
    }

    Result<RemoteIssue> create(const NewIssue &issue) override
    {
        // Who may not push gets an issue without its labels, silently: the body carries the marker, too.
        QJsonArray labels = QJsonArray::fromStringList(m_exchange.place().labels);
        labels.append(u"coppice"_s);
        labels.append(issue.marker);
        COPPICE_TRY(const auto made, m_exchange.object("POST", issues(),
                                                       {{u"title"_s, inertTitle(issue.title)},
                                                        {u"body"_s, render(issue.body, Markup::GitHub)},
                                                        {u"labels"_s, labels}}));
        return read(made);
    }

    Result<RemoteIssue> get(const QString &key) override
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key)));
        return read(found);
    }

    Result<std::optional<RemoteIssue>> findByMarker(const QString &marker, qint64 since) override
    {
        // Lists and not the search: what was made a moment ago is in a list.
        COPPICE_TRY(const auto found, m_exchange.findInPages(issues() + u"?state=all&sort=created&direction=desc&since="_s + timeText(since),
                                                             [&](const QJsonObject &object) { return !object.contains(u"pull_request") && carries(object, marker); }));
        if (found.isEmpty())
            return std::optional<RemoteIssue>();
        COPPICE_TRY(auto issue, read(found));
        return std::optional<RemoteIssue>(std::move(issue));
    }

    Result<QString> comment(const QString &key, const Document &text) override
    {
        COPPICE_TRY(const auto made, m_exchange.object("POST", issue(key) + u"/comments", {{u"body"_s, render(text, Markup::GitHub)}}));
        return idOf(made[u"id"]);
    }

    Result<std::vector<RemoteComment>> comments(const QString &key, qint64 since) override
    {
        std::vector<RemoteComment> all;
        for (int page = 1; page <= 4; ++page) {
            COPPICE_TRY(const auto found, m_exchange.list(issue(key) + u"/comments?since="_s + timeText(since) + pageOf(page)));
            for (const auto &each : found)
                all.push_back({idOf(each[u"id"]), outsideLine(each[u"user"][u"login"]), outsideText(each[u"body"]), timeOf(each[u"created_at"])});
            if (found.size() < pageSize)
                break;
        }
        return all;
    }

    Result<RemoteIssue> setState(const QString &key, RemoteIssue::State state) override
    {
        COPPICE_TRY(const auto now, get(key));
        if (now.state == state || (now.state != RemoteIssue::State::Open && state != RemoteIssue::State::Open))
            return now;
        const bool open = state == RemoteIssue::State::Open;
        const QString reason = open ? u"reopened"_s : state == RemoteIssue::State::Declined ? u"not_planned"_s : u"completed"_s;
        COPPICE_TRY(const auto changed, m_exchange.object("PATCH", issue(key), {{u"state"_s, open ? u"open"_s : u"closed"_s}, {u"state_reason"_s, reason}}));
        return read(changed);
    }

    Result<Changes> changedSince(const QString &cursor) override
    {
        Changes changes;
        COPPICE_TRY(const auto found, m_exchange.list(issues() + u"?state=all&sort=updated&direction=asc&since="_s + timeText(cursorTime(cursor)) + pageOf(1)));
        for (const auto &each : found) {
            COPPICE_TRY(auto issue, read(each.toObject()));
            changes.issues.push_back(std::move(issue));
        }
        changes.more = found.size() >= pageSize;
        changes.cursor = nextCursor(cursor, changes.issues, changes.more);
        // Pull requests are issues to GitHub; they count for the cursor only.
        for (qsizetype i = found.size() - 1; i >= 0; --i) {
            if (found[i].toObject().contains(u"pull_request"))
                changes.issues.erase(changes.issues.begin() + i);
        }
        return changes;
    }

    [[nodiscard]] qint64 pausedUntil() const override { return m_exchange.pausedUntil(); }

private:
    [[nodiscard]] QString issues() const { return u"/repos/"_s + m_exchange.place().project + u"/issues"; }
    [[nodiscard]] QString issue(const QString &key) const { return issues() + u'/' + encoded(key); }
    static QString idOf(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toInteger()) : QString(); }

    static bool carries(const QJsonObject &object, const QString &marker)
    {
        const QJsonArray labels = object[u"labels"].toArray();
        for (const auto &label : labels) {
            if (label[u"name"].toString() == marker || label.toString() == marker)
                return true;
        }
        return object[u"body"].toString().contains(marker);
    }

    [[nodiscard]] QString webUrl(const QString &key) const
    {
        const QUrl base(m_exchange.place().baseUrl);
        QString web = m_exchange.place().baseUrl;
        if (base.host() == "api.github.com"_L1)
            web = u"https://github.com"_s;
        else if (web.endsWith("/api/v3"_L1))
            web.chop(7);
        return web + u'/' + m_exchange.place().project + u"/issues/" + key;
    }

    [[nodiscard]] Result<RemoteIssue> read(const QJsonObject &object) const
    {
        RemoteIssue issue;
        issue.key = idOf(object[u"number"]);
        if (issue.key.isEmpty() || object[u"number"].toInteger() <= 0)
            return m_exchange.strange(u"an issue without its number"_s);
        const bool closed = object[u"state"].toString() == "closed"_L1;
        const QString reason = outsideLine(object[u"state_reason"], 60);
        issue.status = closed && !reason.isEmpty() ? reason : closed ? u"closed"_s : u"open"_s;
        issue.state = judgeState(issue.status, closed, reason == "not_planned"_L1 || reason == "duplicate"_L1, m_exchange.place().states);
        issue.url = webUrl(issue.key);
        issue.assignee = outsideLine(object[u"assignee"][u"login"]);
        issue.updated = timeOf(object[u"updated_at"]);
        issue.text = outsideText(object[u"body"], 64 * 1024);
        return issue;
    }

    Exchange m_exchange;
};

} // namespace

std::unique_ptr<Forge> makeGitHub(Place place, const QByteArray &key, std::stop_token stop)
{
    return std::make_unique<GitHub>(std::move(place), key, std::move(stop));
}

} // namespace coppice::forges

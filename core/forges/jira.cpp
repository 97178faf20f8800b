// SPDX-License-Identifier: GPL-3.0-or-later
// Jira Cloud, REST v3. Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3
#include "forges/exchange.h"

#include "base/clock.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

class Jira final : public Forge
{
public:
    Jira(Place place, const QByteArray &key, std::stop_token stop)
        : m_exchange(place, {{"authorization", "Basic " + QByteArray(place.user.toUtf8() + ':' + key).toBase64()}}, std::move(stop))
    {
    }

    Result<RemoteIssue> create(const NewIssue &issue) override
    {
        QJsonArray labels{u"coppice"_s, issue.marker};
        for (QString label : m_exchange.place().labels)
            labels.append(label.simplified().replace(u' ', u'-')); // a label has no spaces there
        const QString type = m_exchange.place().issueType;
        COPPICE_TRY(const auto made,
                    m_exchange.object("POST", u"/rest/api/3/issue"_s,
                                      {{u"fields"_s, QJsonObject{{u"project"_s, QJsonObject{{u"key"_s, m_exchange.place().project}}},
                                                                 {u"issuetype"_s, QJsonObject{{u"name"_s, type.isEmpty() ? u"Task"_s : type}}},
                                                                 {u"summary"_s, inertTitle(issue.title)},
                                                                 {u"description"_s, toAdf(issue.body)},
                                                                 {u"labels"_s, labels}}}}));
        RemoteIssue remote;
        COPPICE_TRY(remote.key, keyOf(made));
        remote.url = webUrl(remote.key);
        return remote;
    }

    Result<RemoteIssue> get(const QString &key) override
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key) + u"?fields=status,assignee,updated,labels,description,resolution"));
        return read(found);
    }

    Result<std::optional<RemoteIssue>> findByMarker(const QString &marker, qint64) override
    {
        COPPICE_TRY(const auto found, search(u"project = \"%1\" AND (labels = \"%2\" OR description ~ \"\\\"%2\\\"\") ORDER BY created ASC"_s.arg(
                                          m_exchange.place().project, marker)));
        const QJsonArray issues = found[u"issues"].toArray();
        for (const auto &each : issues) {
            COPPICE_TRY(auto issue, read(each.toObject()));
            // The search looks for words; what it finds has to be it.
            if (issue.labels.contains(marker) || issue.text.contains(marker))
                return std::optional<RemoteIssue>(std::move(issue));
        }
        return std::optional<RemoteIssue>();
    }

    Result<QString> comment(const QString &key, const Document &text) override
    {
        COPPICE_TRY(const auto made, m_exchange.object("POST", issue(key) + u"/comment", {{u"body"_s, toAdf(text)}}));
        return outsideLine(made[u"id"], 40);
    }

    Result<std::vector<RemoteComment>> comments(const QString &key, qint64 since) override
    {
        std::vector<RemoteComment> all;
        bool older = false;
        for (int page = 0; page < 4 && !older; ++page) {
            COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key) + u"/comment?orderBy=-created&startAt=%1&maxResults=%2"_s.arg(page * pageSize).arg(pageSize)));
            const QJsonArray comments = found[u"comments"].toArray();
            for (const auto &each : comments) {
                older = older || timeOf(each[u"created"]) < since;
                if (!older)
                    all.push_back({outsideLine(each[u"id"], 40), outsideLine(each[u"author"][u"displayName"]), fromAdf(each[u"body"]), timeOf(each[u"created"])});
            }
            older = older || comments.size() < pageSize;
        }
        return std::vector<RemoteComment>(all.rbegin(), all.rend());
    }

    Result<RemoteIssue> setState(const QString &key, RemoteIssue::State state) override
    {
        COPPICE_TRY(const auto now, get(key));
        if (now.state == state || (now.state != RemoteIssue::State::Open && state != RemoteIssue::State::Open))
            return now;
        // Which ways lead out of a state differs by project and state: asked each time.
        COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key) + u"/transitions"));
        std::vector<Offered> offered;
        const QJsonArray transitions = found[u"transitions"].toArray();
        for (const auto &each : transitions) {
            const QString category = each[u"to"][u"statusCategory"][u"key"].toString();
            offered.push_back({each[u"id"].toString(), outsideLine(each[u"to"][u"name"], 100), category == "done"_L1, soundsDeclined(each[u"to"][u"name"].toString()), category == "new"_L1 ? 0 : 1});
        }
        COPPICE_TRY(const auto chosen, chooseState(offered, state, m_exchange.place(), key));
        COPPICE_TRY([[maybe_unused]] const auto done, m_exchange.call("POST", issue(key) + u"/transitions", {{u"transition"_s, QJsonObject{{u"id"_s, chosen.id}}}}));
        return get(key);
    }

    Result<Changes> changedSince(const QString &cursor) override
    {
        // JQL reads times in the account's own zone and to the minute: only an age means the same everywhere.
        const qint64 minutes = qMax<qint64>(1, (nowMs() - cursorTime(cursor)) / 60'000 + 2);
        Changes changes;
        QString token;
        for (int page = 0; page < 4; ++page) {
            COPPICE_TRY(const auto found,
                        search(u"project = \"%1\" AND updated >= -%2m ORDER BY updated ASC"_s.arg(m_exchange.place().project).arg(minutes), token));
            const QJsonArray issues = found[u"issues"].toArray();
            for (const auto &each : issues) {
                COPPICE_TRY(auto issue, read(each.toObject()));
                changes.issues.push_back(std::move(issue));
            }
            token = found[u"nextPageToken"].toString().left(4096);
            if (token.isEmpty() || issues.isEmpty())
                break;
        }
        changes.more = !token.isEmpty();
        changes.cursor = nextCursor(cursor, changes.issues, false);
        return changes;
    }

    /// The search finds what was made some seconds ago only.
    [[nodiscard]] qint64 settleMs() const override { return 30'000; }
    [[nodiscard]] qint64 pausedUntil() const override { return m_exchange.pausedUntil(); }

private:
    [[nodiscard]] QString issue(const QString &key) const { return u"/rest/api/3/issue/"_s + encoded(key); }
    [[nodiscard]] QString webUrl(const QString &key) const { return m_exchange.place().baseUrl + u"/browse/" + key; }

    Result<QJsonObject> search(const QString &jql, const QString &token = {})
    {
        QJsonObject body{{u"jql"_s, jql},
                         {u"maxResults"_s, pageSize},
                         {u"fields"_s, QJsonArray{u"status"_s, u"assignee"_s, u"updated"_s, u"labels"_s, u"description"_s, u"resolution"_s}}};
        if (!token.isEmpty())
            body[u"nextPageToken"_s] = token;
        return m_exchange.object("POST", u"/rest/api/3/search/jql"_s, body);
    }

    [[nodiscard]] Result<QString> keyOf(const QJsonObject &object) const
    {
        static const QRegularExpression number(u"^[1-9][0-9]{0,9}\\z"_s);
        const QString key = object[u"key"].toString();
        const qsizetype dash = key.lastIndexOf(u'-');
        // An issue that was moved to another project has another key, and is followed there.
        static const QRegularExpression project(u"^[A-Z][A-Z0-9_]{0,49}\\z"_s);
        if (dash < 1 || !project.match(key.left(dash)).hasMatch() || !number.match(key.mid(dash + 1)).hasMatch())
            return m_exchange.strange(u"an issue without its key"_s);
        return key;
    }

    [[nodiscard]] Result<RemoteIssue> read(const QJsonObject &object) const
    {
        RemoteIssue issue;
        COPPICE_TRY(issue.key, keyOf(object));
        const QJsonValue fields = object[u"fields"];
        issue.status = outsideLine(fields[u"status"][u"name"], 100);
        const bool done = fields[u"status"][u"statusCategory"][u"key"].toString() == "done"_L1;
        const bool declined = soundsDeclined(outsideLine(fields[u"resolution"][u"name"], 100)) || soundsDeclined(issue.status);
        issue.state = judgeState(issue.status, done, declined, m_exchange.place().states);
        issue.url = webUrl(issue.key);
        issue.assignee = outsideLine(fields[u"assignee"][u"displayName"]);
        issue.updated = timeOf(fields[u"updated"]);
        issue.text = fromAdf(fields[u"description"], 64 * 1024);
        const QJsonArray labels = fields[u"labels"].toArray();
        for (const auto &label : labels)
            issue.labels << outsideLine(label, 255);
        return issue;
    }

    Exchange m_exchange;
};

} // namespace

std::unique_ptr<Forge> makeJira(Place place, const QByteArray &key, std::stop_token stop)
{
    return std::make_unique<Jira>(std::move(place), key, std::move(stop));
}

} // namespace coppice::forges

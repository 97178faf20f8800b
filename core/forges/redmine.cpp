// SPDX-License-Identifier: GPL-3.0-or-later
// Redmine 4 and later. Source: https://www.redmine.org/projects/redmine/wiki/Rest_Issues
#include "forges/exchange.h"

#include <QJsonArray>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

class Redmine final : public Forge
{
public:
    Redmine(Place place, const QByteArray &key, std::stop_token stop)
        : m_exchange(std::move(place), {{"x-redmine-api-key", key}}, std::move(stop))
    {
    }

    Result<RemoteIssue> create(const NewIssue &issue) override
    {
        QJsonObject fields{{u"subject"_s, inertTitle(issue.title)}, {u"description"_s, render(issue.body, markup())}};
        if (const QString &type = m_exchange.place().issueType; !type.isEmpty()) {
            COPPICE_TRY(const int tracker, idNamed(u"/trackers.json"_s, u"trackers"_s, type));
            fields[u"tracker_id"_s] = tracker;
        }
        COPPICE_TRY(const auto made, m_exchange.object("POST", project() + u"/issues.json", {{u"issue"_s, fields}}));
        return read(made[u"issue"].toObject());
    }

    Result<RemoteIssue> get(const QString &key) override
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key)));
        return read(found[u"issue"].toObject());
    }

    Result<std::optional<RemoteIssue>> findByMarker(const QString &marker, qint64 since) override
    {
        for (int page = 0; page < mostPages; ++page) {
            COPPICE_TRY(const auto found, changed(since, u"desc"_s, page));
            for (const auto &each : found) {
                if (!each[u"description"].toString().contains(marker))
                    continue;
                COPPICE_TRY(auto issue, read(each.toObject()));
                return std::optional<RemoteIssue>(std::move(issue));
            }
            if (found.size() < pageSize)
                break;
        }
        return std::optional<RemoteIssue>();
    }

    Result<QString> comment(const QString &key, const Document &text) override
    {
        const QString notes = render(text, markup());
        COPPICE_TRY([[maybe_unused]] const auto done, m_exchange.call("PUT", issue(key), {{u"issue"_s, QJsonObject{{u"notes"_s, notes}}}}));
        // The answer is empty: the id is that of the newest note with this text.
        COPPICE_TRY(const auto journals, journalsOf(key));
        QString id;
        for (const auto &each : journals) {
            if (each[u"notes"].toString().simplified() == notes.simplified())
                id = idOf(each[u"id"]);
        }
        return id;
    }

    Result<std::vector<RemoteComment>> comments(const QString &key, qint64 since) override
    {
        COPPICE_TRY(const auto journals, journalsOf(key));
        std::vector<RemoteComment> all;
        for (const auto &each : journals) {
            const QString text = outsideText(each[u"notes"]);
            if (!text.isEmpty() && timeOf(each[u"created_on"]) >= since)
                all.push_back({idOf(each[u"id"]), outsideLine(each[u"user"][u"name"]), text, timeOf(each[u"created_on"])});
        }
        if (all.size() > 200)
            all.erase(all.begin(), all.end() - 200);
        return all;
    }

    Result<RemoteIssue> setState(const QString &key, RemoteIssue::State state) override
    {
        COPPICE_TRY(const auto now, get(key));
        if (now.state == state || (now.state != RemoteIssue::State::Open && state != RemoteIssue::State::Open))
            return now;
        COPPICE_TRY(const auto found, m_exchange.object("GET", u"/issue_statuses.json"_s));
        std::vector<Offered> offered;
        const QJsonArray statuses = found[u"issue_statuses"].toArray();
        for (qsizetype i = 0; i < statuses.size(); ++i)
            offered.push_back({idOf(statuses[i][u"id"]), outsideLine(statuses[i][u"name"], 100), statuses[i][u"is_closed"].toBool(), soundsDeclined(statuses[i][u"name"].toString()), int(i)});
        COPPICE_TRY(const auto chosen, chooseState(offered, state, m_exchange.place(), key));
        COPPICE_TRY([[maybe_unused]] const auto done,
                    m_exchange.call("PUT", issue(key), {{u"issue"_s, QJsonObject{{u"status_id"_s, chosen.id.toInt()}}}}));
        // A state that the workflow does not allow is left out of the change without a word.
        COPPICE_TRY(auto after, get(key));
        if (after.status.compare(chosen.name, Qt::CaseInsensitive) != 0)
            return fail(u"forge.state"_s, u"Redmine left %1 in state %2: its workflow does not let this key's user move it to %3"_s.arg(key, after.status, chosen.name),
                        m_exchange.place().name(), u"Give the user a role that may, or name a state that it may reach under tracker: states."_s);
        return after;
    }

    Result<Changes> changedSince(const QString &cursor) override
    {
        Changes changes;
        COPPICE_TRY(const auto found, changed(cursorTime(cursor), u"asc"_s, 0));
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
    [[nodiscard]] QString project() const { return u"/projects/"_s + encoded(m_exchange.place().project); }
    [[nodiscard]] QString issue(const QString &key) const { return u"/issues/"_s + encoded(key) + u".json"; }
    [[nodiscard]] Markup markup() const { return m_exchange.place().markdown ? Markup::Markdown : Markup::Textile; }
    static QString idOf(const QJsonValue &value) { return value.isDouble() ? QString::number(value.toInteger()) : QString(); }

    Result<QJsonArray> changed(qint64 since, const QString &order, int page)
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", project() + u"/issues.json?status_id=*&updated_on="_s + encoded(u">="_s + timeText(since)) + u"&sort=updated_on:"_s + order
                                                                  + u"&limit=%1&offset=%2"_s.arg(pageSize).arg(page * pageSize)));
        return found[u"issues"].toArray();
    }
    Result<QJsonArray> journalsOf(const QString &key)
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", issue(key) + u"?include=journals"));
        return found[u"issue"][u"journals"].toArray();
    }
    Result<int> idNamed(const QString &path, const QString &list, const QString &name)
    {
        COPPICE_TRY(const auto found, m_exchange.object("GET", path));
        QStringList names;
        const QJsonArray all = found[list].toArray();
        for (const auto &each : all) {
            names << outsideLine(each[u"name"], 60);
            if (names.last().compare(name, Qt::CaseInsensitive) == 0)
                return each[u"id"].toInt();
        }
        return fail(u"forge.invalid"_s, u"Redmine has no tracker of this name; it has: %1"_s.arg(names.join(u", "_s)), name,
                    u"Set issue_type in the settings to one of these."_s);
    }

    [[nodiscard]] Result<RemoteIssue> read(const QJsonObject &object) const
    {
        RemoteIssue issue;
        issue.key = idOf(object[u"id"]);
        if (issue.key.isEmpty() || object[u"id"].toInteger() <= 0)
            return m_exchange.strange(u"an issue without its number"_s);
        issue.status = outsideLine(object[u"status"][u"name"], 100);
        const QJsonValue closed = object[u"status"][u"is_closed"];
        // Redmine before 5.0 does not say it; a closed issue has the time at which it was.
        const bool done = closed.isBool() ? closed.toBool() : !object[u"closed_on"].toString().isEmpty();
        issue.state = judgeState(issue.status, done, soundsDeclined(issue.status), m_exchange.place().states);
        issue.url = m_exchange.place().baseUrl + u"/issues/" + issue.key;
        issue.assignee = outsideLine(object[u"assigned_to"][u"name"]);
        issue.updated = timeOf(object[u"updated_on"]);
        issue.text = outsideText(object[u"description"], 64 * 1024);
        return issue;
    }

    Exchange m_exchange;
};

} // namespace

std::unique_ptr<Forge> makeRedmine(Place place, const QByteArray &key, std::stop_token stop)
{
    return std::make_unique<Redmine>(std::move(place), key, std::move(stop));
}

} // namespace coppice::forges

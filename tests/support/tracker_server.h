// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A tracker in memory behind net::HttpServer, which speaks as GitHub, GitLab, Jira or Redmine does. Written after the
// trackers' documents, not after our requests: what it does not know it refuses. For tests that link net.

#include <net/http.h>

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

#include <functional>
#include <mutex>
#include <vector>

namespace coppice::test {

class TrackerServer
{
public:
    struct Note {
        int id = 0;
        QString author;
        QJsonValue body;
        qint64 at = 0;
    };
    struct Issue {
        int number = 0;
        QString title;
        QJsonValue body;
        QStringList labels;
        QString status; ///< the tracker's own word
        QString assignee;
        qint64 updated = 0;
        std::vector<Note> notes;
    };
    /// What to do with the next request that fits; none: answer it.
    enum class Fault { None, Lose, Refuse, Limit, Unavailable, Redirect, Garbage };

    explicit TrackerServer(QString kind)
        : m_kind(std::move(kind)), m_server([this](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) { serve(request, answer); }, {})
    {
        const auto port = m_server.listenTcp(0);
        if (!port)
            qFatal("%s", qPrintable(port.error().message()));
        m_base = QStringLiteral("http://127.0.0.1:%1").arg(*port);
    }
    [[nodiscard]] const QString &base() const { return m_base; }
    [[nodiscard]] const QString &kind() const { return m_kind; }
    [[nodiscard]] QString project() const
    {
        return m_kind == u"jira" ? QStringLiteral("WX") : m_kind == u"redmine" ? QStringLiteral("weather") : QStringLiteral("acme/weather");
    }
    /// The tracker's words.
    [[nodiscard]] QString open() const { return m_kind == u"jira" ? QStringLiteral("To Do") : m_kind == u"redmine" ? QStringLiteral("New") : m_kind == u"gitlab" ? QStringLiteral("opened") : QStringLiteral("open"); }
    [[nodiscard]] QString closed() const { return m_kind == u"jira" ? QStringLiteral("Done") : m_kind == u"redmine" ? QStringLiteral("Closed") : QStringLiteral("closed"); }

    std::vector<Issue> issues()
    {
        const std::lock_guard lock(m_mutex);
        return m_issues;
    }
    /// Somebody works in the tracker.
    void change(int number, const std::function<void(Issue &)> &with)
    {
        const std::lock_guard lock(m_mutex);
        for (auto &issue : m_issues) {
            if (issue.number == number) {
                with(issue);
                issue.updated = tick();
            }
        }
    }
    void say(int number, const QString &author, const QString &text)
    {
        change(number, [&](Issue &issue) { issue.notes.push_back({++m_ids, author, m_kind == u"jira" ? QJsonValue(adf(text)) : QJsonValue(text), tick()}); });
    }
    /// For the next `times` requests with this method.
    void fault(const QByteArray &method, Fault fault, int times = 1)
    {
        const std::lock_guard lock(m_mutex);
        m_faultMethod = method;
        m_fault = fault;
        m_times = times;
    }
    QList<QByteArray> asked()
    {
        const std::lock_guard lock(m_mutex);
        return m_asked;
    }
    net::HttpRequest last()
    {
        const std::lock_guard lock(m_mutex);
        return m_last;
    }
    qint64 retryAfter = 120;
    bool dropLabels = false; ///< as GitHub does for those who may not push
    bool stubborn = false;   ///< no change of state is carried out (Redmine: silently; Jira: none is offered)

private:
    struct Answer {
        int status = 200;
        QJsonDocument json{};
    };
    qint64 tick() { return m_clock += 1000; }
    static QString iso(qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(QStringLiteral("yyyy-MM-dd'T'hh:mm:ss'Z'")); }
    static QJsonObject adf(const QString &text)
    {
        return {{QStringLiteral("type"), QStringLiteral("doc")},
                {QStringLiteral("version"), 1},
                {QStringLiteral("content"),
                 QJsonArray{QJsonObject{{QStringLiteral("type"), QStringLiteral("paragraph")},
                                        {QStringLiteral("content"), QJsonArray{QJsonObject{{QStringLiteral("type"), QStringLiteral("text")}, {QStringLiteral("text"), text}}}}}}}};
    }

    void serve(const net::HttpRequest &request, net::HttpAnswer &answer)
    {
        Fault fault = Fault::None;
        {
            const std::lock_guard lock(m_mutex);
            m_asked << request.method + ' ' + request.target;
            m_last = request;
            if (m_times > 0 && (m_faultMethod.isEmpty() || m_faultMethod == request.method)) {
                --m_times;
                fault = m_fault;
            }
        }
        switch (fault) {
        case Fault::Refuse:
            return answer.send({422, {}, R"({"message":"Validation Failed","errors":["subject is too short"]})"});
        case Fault::Limit:
            return answer.send({429, {{"retry-after", QByteArray::number(retryAfter)}}, "{}"});
        case Fault::Unavailable:
            return answer.send({502, {}, "<html>bad gateway</html>"});
        case Fault::Redirect:
            return answer.send({301, {{"location", "http://127.0.0.1:1/elsewhere"}}, {}});
        case Fault::Garbage:
            return answer.send({200, {}, "<html>log in</html>"});
        case Fault::None:
        case Fault::Lose:
            break;
        }
        Answer made;
        {
            const std::lock_guard lock(m_mutex);
            made = isKnown(request) ? route(request) : Answer{401, QJsonDocument(QJsonObject{{QStringLiteral("message"), QStringLiteral("Bad credentials")}})};
        }
        if (fault == Fault::Lose) { // it was done, and the answer breaks off
            answer.begin(made.status, {{"content-type", "application/json"}});
            answer.write("{");
            return;
        }
        answer.send({made.status, {{"content-type", "application/json"}}, made.json.isNull() ? QByteArray() : made.json.toJson(QJsonDocument::Compact)});
    }

    [[nodiscard]] bool isKnown(const net::HttpRequest &request) const
    {
        if (m_kind == u"github")
            return net::header(request.headers, "authorization") == "Bearer good";
        if (m_kind == u"gitlab")
            return net::header(request.headers, "private-token") == "good";
        if (m_kind == u"jira")
            return net::header(request.headers, "authorization") == "Basic " + QByteArray("me@acme.example:good").toBase64();
        return net::header(request.headers, "x-redmine-api-key") == "good";
    }

    Answer route(const net::HttpRequest &request)
    {
        const QUrl url(QString::fromLatin1(request.target));
        const QString path = url.path(QUrl::FullyEncoded);
        const QUrlQuery query(url);
        const QJsonObject body = QJsonDocument::fromJson(request.body).object();
        static const QRegularExpression githubPath(QStringLiteral("^/repos/acme/weather/issues(?:/(\\d+)(/comments)?)?\\z"));
        static const QRegularExpression gitlabPath(QStringLiteral("^/api/v4/projects/acme%2Fweather/issues(?:/(\\d+)(/notes)?)?\\z"));
        static const QRegularExpression jiraPath(QStringLiteral("^/rest/api/3/issue(?:/WX-(\\d+)(/comment|/transitions)?)?\\z"));
        static const QRegularExpression redminePath(QStringLiteral("^(?:/projects/weather/issues|/issues/(\\d+))\\.json\\z"));
        if (m_kind == u"redmine" && path == u"/issue_statuses.json")
            return {200, QJsonDocument(QJsonObject{{QStringLiteral("issue_statuses"), statuses()}})};
        if (m_kind == u"jira" && path == u"/rest/api/3/search/jql" && request.method == "POST")
            return search(body);
        const auto match = (m_kind == u"github" ? githubPath : m_kind == u"gitlab" ? gitlabPath : m_kind == u"jira" ? jiraPath : redminePath).match(path);
        if (!match.hasMatch())
            return {404, QJsonDocument(QJsonObject{{QStringLiteral("message"), QStringLiteral("Not Found")}})};
        const int number = match.captured(1).toInt();
        const QString below = match.captured(2);
        if (number == 0)
            return request.method == "POST" ? create(body) : list(query);
        for (auto &issue : m_issues) {
            if (issue.number == number)
                return below.isEmpty() ? one(request.method, issue, body) : below == u"/transitions" ? transitions(request.method, issue, body) : notes(request.method, issue, body, query);
        }
        return {404, {}};
    }

    Answer create(const QJsonObject &body)
    {
        const QJsonObject fields = m_kind == u"jira" ? body[u"fields"].toObject() : m_kind == u"redmine" ? body[u"issue"].toObject() : body;
        Issue issue;
        issue.title = fields[m_kind == u"jira" ? u"summary" : m_kind == u"redmine" ? u"subject" : u"title"].toString();
        issue.body = fields[m_kind == u"github" ? u"body" : u"description"];
        if (issue.title.isEmpty() || (m_kind == u"jira" && (!issue.body.isObject() || fields[u"project"][u"key"].toString() != u"WX" || !fields[u"issuetype"].isObject())))
            return {422, QJsonDocument(QJsonObject{{QStringLiteral("message"), QStringLiteral("Validation Failed")}})};
        if (m_kind == u"gitlab")
            issue.labels = fields[u"labels"].toString().split(u',');
        for (const auto &label : fields[u"labels"].toArray())
            issue.labels << label.toString();
        if (dropLabels)
            issue.labels.clear();
        issue.number = int(m_issues.size()) + 1;
        issue.status = open();
        issue.updated = tick();
        m_issues.push_back(issue);
        if (m_kind == u"jira")
            return {201, QJsonDocument(QJsonObject{{QStringLiteral("id"), QStringLiteral("10000")}, {QStringLiteral("key"), QStringLiteral("WX-%1").arg(issue.number)}})};
        return {201, QJsonDocument(wrapped(shown(issue)))};
    }

    Answer one(const QByteArray &method, Issue &issue, const QJsonObject &body)
    {
        if (method == "GET")
            return {200, QJsonDocument(wrapped(shown(issue)))};
        issue.updated = tick();
        if (m_kind == u"github" && method == "PATCH") {
            issue.status = body[u"state"].toString() == u"open" ? QStringLiteral("open") : body[u"state_reason"].toString();
            return {200, QJsonDocument(shown(issue))};
        }
        if (m_kind == u"gitlab" && method == "PUT") {
            issue.status = body[u"state_event"].toString() == u"close" ? QStringLiteral("closed") : QStringLiteral("opened");
            return {200, QJsonDocument(shown(issue))};
        }
        if (m_kind == u"redmine" && method == "PUT") {
            const QJsonObject fields = body[u"issue"].toObject();
            if (fields.contains(u"notes"))
                issue.notes.push_back({++m_ids, QStringLiteral("Coppice"), fields[u"notes"], tick()});
            for (const auto &status : statuses()) {
                if (!stubborn && status[u"id"] == fields[u"status_id"])
                    issue.status = status[u"name"].toString();
            }
            return {204, {}};
        }
        return {405, {}};
    }

    Answer transitions(const QByteArray &method, Issue &issue, const QJsonObject &body)
    {
        // Ids differ from project to project: here they are nothing that could be guessed.
        const bool isOpen = issue.status != u"Done" && issue.status != u"Won't Do" && issue.status != u"Released";
        QJsonArray offered;
        const auto offer = [&](const char *id, const char *to, const char *category) {
            offered.append(QJsonObject{{QStringLiteral("id"), QLatin1String(id)},
                                       {QStringLiteral("to"), QJsonObject{{QStringLiteral("name"), QLatin1String(to)},
                                                                          {QStringLiteral("statusCategory"), QJsonObject{{QStringLiteral("key"), QLatin1String(category)}}}}}});
        };
        if (!stubborn && isOpen) {
            offer("711", "In Progress", "indeterminate");
            offer("721", "Won't Do", "done");
            offer("731", "Done", "done");
            offer("741", "Released", "done");
        } else if (!stubborn) {
            offer("751", "In Progress", "indeterminate");
            offer("761", "To Do", "new");
        }
        if (method == "GET")
            return {200, QJsonDocument(QJsonObject{{QStringLiteral("transitions"), offered}})};
        for (const auto &each : offered) {
            if (each[u"id"] == body[u"transition"][u"id"]) {
                issue.status = each[u"to"][u"name"].toString();
                issue.updated = tick();
                return {204, {}};
            }
        }
        return {400, QJsonDocument(QJsonObject{{QStringLiteral("errorMessages"), QJsonArray{QStringLiteral("Transition id is not valid for this issue.")}}})};
    }

    Answer notes(const QByteArray &method, Issue &issue, const QJsonObject &body, const QUrlQuery &query)
    {
        if (method == "POST") {
            issue.updated = tick();
            issue.notes.push_back({++m_ids, QStringLiteral("coppice-bot"), body[u"body"], tick()});
            return {201, QJsonDocument(QJsonObject{{QStringLiteral("id"), m_kind == u"jira" ? QJsonValue(QString::number(m_ids)) : QJsonValue(m_ids)}})};
        }
        QJsonArray all;
        const qint64 since = QDateTime::fromString(query.queryItemValue(QStringLiteral("since")), Qt::ISODate).toMSecsSinceEpoch();
        for (const auto &note : issue.notes) {
            if (m_kind == u"github" && note.at < since)
                continue;
            QJsonObject object{{QStringLiteral("id"), m_kind == u"jira" ? QJsonValue(QString::number(note.id)) : QJsonValue(note.id)},
                               {QStringLiteral("body"), note.body},
                               {QStringLiteral("created_at"), iso(note.at)},
                               {QStringLiteral("updated_at"), iso(note.at)},
                               {QStringLiteral("created"), iso(note.at)},
                               {QStringLiteral("user"), QJsonObject{{QStringLiteral("login"), note.author}}},
                               {QStringLiteral("author"), QJsonObject{{QStringLiteral("username"), note.author}, {QStringLiteral("displayName"), note.author}}}};
            if (m_kind == u"github")
                all.append(object);
            else
                all.prepend(object); // asked for the newest first
        }
        return {200, m_kind == u"jira" ? QJsonDocument(QJsonObject{{QStringLiteral("comments"), all}}) : QJsonDocument(all)};
    }

    Answer list(const QUrlQuery &query)
    {
        QString after = query.queryItemValue(m_kind == u"github" ? QStringLiteral("since") : m_kind == u"gitlab" ? QStringLiteral("updated_after") : QStringLiteral("updated_on"), QUrl::FullyDecoded);
        after.remove(QStringLiteral(">="));
        const QDateTime moment = QDateTime::fromString(after, Qt::ISODate);
        if (!moment.isValid())
            return {422, {}};
        const qint64 since = moment.toMSecsSinceEpoch();
        QJsonArray all;
        const bool first = query.queryItemValue(QStringLiteral("page")).toInt() <= 1 && query.queryItemValue(QStringLiteral("offset")).toInt() == 0;
        for (const auto &issue : m_issues) {
            if (first && issue.updated >= since)
                all.append(shown(issue));
        }
        return {200, m_kind == u"redmine" ? QJsonDocument(QJsonObject{{QStringLiteral("issues"), all}}) : QJsonDocument(all)};
    }

    Answer search(const QJsonObject &body)
    {
        const QString jql = body[u"jql"].toString();
        static const QRegularExpression label(QStringLiteral("labels = \"(coppice-[0-9a-f]{12})\""));
        static const QRegularExpression age(QStringLiteral("^project = \"WX\" AND updated >= -(\\d+)m ORDER BY updated ASC\\z"));
        const auto wanted = label.match(jql);
        if (!jql.startsWith(QStringLiteral("project = \"WX\" AND ")) || (!wanted.hasMatch() && !age.match(jql).hasMatch()))
            return {400, QJsonDocument(QJsonObject{{QStringLiteral("errorMessages"), QJsonArray{QStringLiteral("Error in the JQL Query")}}})};
        QJsonArray all;
        for (const auto &issue : m_issues) {
            if (!wanted.hasMatch() || issue.labels.contains(wanted.captured(1)))
                all.append(shown(issue));
        }
        return {200, QJsonDocument(QJsonObject{{QStringLiteral("issues"), all}, {QStringLiteral("isLast"), true}})};
    }

    [[nodiscard]] static QJsonArray statuses()
    {
        const auto status = [](int id, const char *name, bool over) {
            return QJsonObject{{QStringLiteral("id"), id}, {QStringLiteral("name"), QLatin1String(name)}, {QStringLiteral("is_closed"), over}};
        };
        return {status(1, "New", false), status(2, "In Progress", false), status(5, "Closed", true), status(6, "Rejected", true)};
    }

    [[nodiscard]] QJsonObject wrapped(const QJsonObject &issue) const { return m_kind == u"redmine" ? QJsonObject{{QStringLiteral("issue"), issue}} : issue; }

    [[nodiscard]] QJsonObject shown(const Issue &issue) const
    {
        const QJsonValue nobody;
        if (m_kind == u"jira") {
            const bool over = issue.status == u"Done" || issue.status == u"Won't Do" || issue.status == u"Released";
            return {{QStringLiteral("key"), QStringLiteral("WX-%1").arg(issue.number)},
                    {QStringLiteral("fields"),
                     QJsonObject{{QStringLiteral("status"), QJsonObject{{QStringLiteral("name"), issue.status},
                                                                        {QStringLiteral("statusCategory"), QJsonObject{{QStringLiteral("key"), over ? QStringLiteral("done") : QStringLiteral("new")}}}}},
                                 {QStringLiteral("assignee"), issue.assignee.isEmpty() ? nobody : QJsonObject{{QStringLiteral("displayName"), issue.assignee}}},
                                 {QStringLiteral("updated"), iso(issue.updated).replace(u'Z', QStringLiteral(".000+0000"))},
                                 {QStringLiteral("labels"), QJsonArray::fromStringList(issue.labels)},
                                 {QStringLiteral("description"), issue.body}}}};
        }
        if (m_kind == u"redmine") {
            QJsonArray journals;
            for (const auto &note : issue.notes)
                journals.append(QJsonObject{{QStringLiteral("id"), note.id}, {QStringLiteral("user"), QJsonObject{{QStringLiteral("name"), note.author}}}, {QStringLiteral("notes"), note.body}, {QStringLiteral("created_on"), iso(note.at)}});
            QJsonObject object{{QStringLiteral("id"), issue.number},
                               {QStringLiteral("status"), QJsonObject{{QStringLiteral("name"), issue.status}, {QStringLiteral("is_closed"), issue.status == u"Closed" || issue.status == u"Rejected"}}},
                               {QStringLiteral("description"), issue.body},
                               {QStringLiteral("updated_on"), iso(issue.updated)},
                               {QStringLiteral("journals"), journals}};
            if (!issue.assignee.isEmpty())
                object[QStringLiteral("assigned_to")] = QJsonObject{{QStringLiteral("name"), issue.assignee}};
            return object;
        }
        const bool github = m_kind == u"github";
        const bool isOpen = issue.status == open();
        QJsonArray labels;
        for (const auto &label : issue.labels)
            labels.append(github ? QJsonValue(QJsonObject{{QStringLiteral("name"), label}}) : QJsonValue(label));
        QJsonArray people;
        if (!issue.assignee.isEmpty())
            people.append(QJsonObject{{QStringLiteral("username"), issue.assignee}, {QStringLiteral("login"), issue.assignee}});
        return {{github ? QStringLiteral("number") : QStringLiteral("iid"), issue.number},
                {QStringLiteral("state"), isOpen ? open() : QStringLiteral("closed")},
                {QStringLiteral("state_reason"), github && !isOpen && issue.status != u"closed" ? QJsonValue(issue.status) : nobody},
                {github ? QStringLiteral("body") : QStringLiteral("description"), issue.body},
                {QStringLiteral("labels"), labels},
                {QStringLiteral("assignee"), people.isEmpty() ? nobody : people[0]},
                {QStringLiteral("assignees"), people},
                {QStringLiteral("html_url"), QStringLiteral("javascript:alert(1)")},
                {QStringLiteral("updated_at"), iso(issue.updated)}};
    }

    QString m_kind;
    QString m_base;
    std::mutex m_mutex;
    std::vector<Issue> m_issues;
    int m_ids = 500;
    qint64 m_clock = QDateTime::currentMSecsSinceEpoch() / 1000 * 1000;
    QByteArray m_faultMethod;
    Fault m_fault = Fault::None;
    int m_times = 0;
    QList<QByteArray> m_asked;
    net::HttpRequest m_last;
    net::HttpServer m_server; ///< last: its threads end first
};

} // namespace coppice::test

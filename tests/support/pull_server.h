// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Pull requests of GitHub and merge requests of GitLab in memory, behind net::HttpServer. Written after their documents:
// what they do not say is refused. For tests that link net.

#include <net/http.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

#include <mutex>
#include <vector>

namespace coppice::test {

class PullServer
{
public:
    struct Pull {
        int number = 0;
        QString title, body, head, base;
        QStringList labels;
        bool draft = false;
        QString state = QStringLiteral("open"); ///< open, closed, merged
        QString mergeId, squashId;
        int updates = 0;
    };
    explicit PullServer(bool gitLab = false)
        : m_gitLab(gitLab), m_server([this](const net::HttpRequest &request, net::HttpAnswer &answer, std::stop_token) { serve(request, answer); }, {})
    {
        const auto port = m_server.listenTcp(0);
        if (!port)
            qFatal("%s", qPrintable(port.error().message()));
        m_base = QStringLiteral("http://127.0.0.1:%1").arg(*port);
    }
    [[nodiscard]] const QString &base() const { return m_base; }
    std::vector<Pull> pulls()
    {
        const std::lock_guard lock(m_mutex);
        return m_pulls;
    }
    void end(int number, const QString &state, const QString &mergeId = {}, bool squashed = false)
    {
        const std::lock_guard lock(m_mutex);
        for (auto &pull : m_pulls) {
            if (pull.number == number) {
                pull.state = state;
                (squashed ? pull.squashId : pull.mergeId) = mergeId;
            }
        }
    }
    /// The next creations are done, and their answers break off.
    void loseAnswers(int times)
    {
        const std::lock_guard lock(m_mutex);
        m_lose = times;
    }
    int creations()
    {
        const std::lock_guard lock(m_mutex);
        return int(m_pulls.size());
    }

private:
    struct Answer {
        int status = 200;
        QJsonDocument json{};
        bool created = false;
    };

    void serve(const net::HttpRequest &request, net::HttpAnswer &answer)
    {
        Answer made;
        bool lose = false;
        {
            const std::lock_guard lock(m_mutex);
            const QByteArray key = m_gitLab ? net::header(request.headers, "private-token") : net::header(request.headers, "authorization");
            made = key == (m_gitLab ? "good" : "Bearer good") ? route(request) : Answer{401, QJsonDocument(QJsonObject{{"message", "Bad credentials"}})};
            if (made.created && m_lose > 0) {
                --m_lose;
                lose = true;
            }
        }
        if (lose) {
            answer.begin(made.status, {{"content-type", "application/json"}});
            answer.write("{");
            return;
        }
        answer.send({made.status, {{"content-type", "application/json"}}, made.json.toJson(QJsonDocument::Compact)});
    }

    static Answer refuse(const QString &why) { return {422, QJsonDocument(QJsonObject{{"message", why}})}; }

    Answer route(const net::HttpRequest &request)
    {
        static const QRegularExpression gitHub(QStringLiteral("^/repos/acme/weather/(pulls|issues)(?:/(\\d+)(/labels)?)?$"));
        static const QRegularExpression gitLab(QStringLiteral("^/api/v4/projects/acme%2Fweather/(merge_requests)(?:/(\\d+))?$"));
        const QUrl url(QString::fromLatin1(request.target));
        const auto match = (m_gitLab ? gitLab : gitHub).match(url.path(QUrl::FullyEncoded));
        const QUrlQuery query(url);
        if (!match.hasMatch())
            return {404, QJsonDocument(QJsonObject{{"message", "Not Found"}})};
        const QJsonObject body = QJsonDocument::fromJson(request.body).object();
        const int number = match.captured(2).toInt();
        if (number == 0)
            return request.method == "POST" ? create(body) : request.method == "GET" ? list(query) : Answer{405, {}};
        for (auto &pull : m_pulls) {
            if (pull.number != number)
                continue;
            if (!match.captured(3).isEmpty()) {
                for (const auto &label : body["labels"].toArray())
                    pull.labels << label.toString();
                return {200, QJsonDocument(QJsonArray())};
            }
            if (request.method == (m_gitLab ? "PUT" : "PATCH")) {
                ++pull.updates;
                pull.title = body["title"].toString();
                pull.body = body[m_gitLab ? "description" : "body"].toString();
            } else if (request.method != "GET") {
                return {405, {}};
            }
            return {200, QJsonDocument(shown(pull, true))};
        }
        return {404, QJsonDocument(QJsonObject{{"message", "Not Found"}})};
    }

    Answer create(const QJsonObject &body)
    {
        Pull pull;
        pull.title = body["title"].toString();
        pull.body = body[m_gitLab ? "description" : "body"].toString();
        pull.head = body[m_gitLab ? "source_branch" : "head"].toString();
        pull.base = body[m_gitLab ? "target_branch" : "base"].toString();
        pull.draft = m_gitLab ? pull.title.startsWith("Draft: ") : body["draft"].toBool();
        if (m_gitLab && body["labels"].isString())
            pull.labels = body["labels"].toString().split(',');
        if (pull.title.isEmpty() || pull.head.isEmpty() || pull.base.isEmpty())
            return refuse("Validation Failed");
        for (const auto &other : m_pulls) {
            if (other.head == pull.head && other.base == pull.base && other.state == "open")
                return {m_gitLab ? 409 : 422, QJsonDocument(QJsonObject{{"message", "A pull request already exists"}})};
        }
        pull.number = int(m_pulls.size()) + 1;
        m_pulls.push_back(pull);
        return {201, QJsonDocument(shown(pull, true)), true};
    }

    Answer list(const QUrlQuery &query)
    {
        if (query.queryItemValue("state") != "all")
            return refuse("state");
        QString head = query.queryItemValue(m_gitLab ? "source_branch" : "head", QUrl::FullyDecoded);
        if (!m_gitLab && !head.startsWith("acme:"))
            return refuse("head");
        head = m_gitLab ? head : head.mid(5);
        QJsonArray all;
        for (const auto &pull : m_pulls) {
            if (pull.head == head && query.queryItemValue("page").toInt() <= 1)
                all.append(shown(pull, m_gitLab));
        }
        return {200, QJsonDocument(all)};
    }

    /// GitHub's list says of one that is over only that it is closed, with its time.
    [[nodiscard]] QJsonObject shown(const Pull &pull, bool whole) const
    {
        const bool merged = pull.state == "merged";
        if (m_gitLab)
            return {{"iid", pull.number},
                    {"state", pull.state == "open" ? QStringLiteral("opened") : pull.state},
                    {"draft", pull.draft},
                    {"source_branch", pull.head},
                    {"target_branch", pull.base},
                    {"description", pull.body},
                    {"merge_commit_sha", pull.mergeId.isEmpty() ? QJsonValue() : QJsonValue(pull.mergeId)},
                    {"squash_commit_sha", pull.squashId.isEmpty() ? QJsonValue() : QJsonValue(pull.squashId)},
                    {"web_url", "javascript:alert(1)"}};
        QJsonObject object{{"number", pull.number},
                           {"state", pull.state == "open" ? "open" : "closed"},
                           {"draft", pull.draft},
                           {"head", QJsonObject{{"ref", pull.head}}},
                           {"base", QJsonObject{{"ref", pull.base}}},
                           {"body", pull.body},
                           {"html_url", "javascript:alert(1)"},
                           {"merge_commit_sha", !merged ? QStringLiteral("1234567890123456789012345678901234567890") : pull.squashId.isEmpty() ? pull.mergeId : pull.squashId},
                           {"merged_at", merged ? QJsonValue("2026-01-01T00:00:00Z") : QJsonValue()}};
        if (whole)
            object["merged"] = merged;
        return object;
    }

    bool m_gitLab;
    QString m_base;
    std::mutex m_mutex;
    std::vector<Pull> m_pulls;
    int m_lose = 0;
    net::HttpServer m_server; ///< last: its threads end first
};

} // namespace coppice::test

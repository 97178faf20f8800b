// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For the .cpp files of this room only: requests to one tracker, and what its answers mean.

#include "forges/forge.h"
#include "net/http.h"

#include <QJsonDocument>

#include <functional>

namespace coppice::forges {

constexpr int pageSize = 50;  ///< of lists
constexpr int mostPages = 10; ///< that are looked through for one issue
/// "&per_page=50&page=2", as GitHub and GitLab read it
[[nodiscard]] QString pageOf(int page);

struct Answer {
    int status = 0;
    net::Headers headers;
    QJsonDocument json; ///< null where the body is empty
};

class Exchange
{
public:
    Exchange(Place place, net::Headers headers, std::stop_token stop);
    /// `path` below the base url, with its query, already encoded. A status from 200 to 299 is an answer, all others are
    /// errors by meaning.
    [[nodiscard]] Result<Answer> call(const QByteArray &method, const QString &path, const QJsonObject &body = {});
    /// The same of an answer that has to be an object, or a list.
    [[nodiscard]] Result<QJsonObject> object(const QByteArray &method, const QString &path, const QJsonObject &body = {});
    [[nodiscard]] Result<QJsonArray> list(const QString &path);
    /// The first object that fits, in a list that is given in pages; an empty one when none does. `path` is a query that
    /// lacks only the page (see pageOf).
    [[nodiscard]] Result<QJsonObject> findInPages(const QString &path, const std::function<bool(const QJsonObject &)> &fits);

    [[nodiscard]] const Place &place() const { return m_place; }
    [[nodiscard]] qint64 pausedUntil() const { return m_pausedUntil; }
    /// A key of an answer that is not what this tracker's keys look like.
    [[nodiscard]] Fail strange(const QString &what) const;

private:
    Result<Answer> judge(const net::HttpResponse &response);
    void noteLimits(const net::HttpResponse &response, bool refused);
    [[nodiscard]] QString wordsOf(const QByteArray &body) const;

    Place m_place;
    net::Headers m_headers;
    std::stop_token m_stop;
    qint64 m_pausedUntil = 0;
};

/// Text from a tracker: plain, one line, capped.
[[nodiscard]] QString outsideLine(const QJsonValue &value, qsizetype cap = 200);
[[nodiscard]] QString outsideText(const QJsonValue &value, qsizetype cap = 16 * 1024);
/// ISO 8601 in any of the trackers' spellings, in ms since 1970; 0 when it is none.
[[nodiscard]] qint64 timeOf(const QJsonValue &value);
/// A time as trackers read it, to the second: 2026-11-22T02:00:00Z.
[[nodiscard]] QString timeText(qint64 ms);
[[nodiscard]] QString encoded(const QString &text); ///< for one part of a path or a query
/// By the tracker's judgement (`done`, `declined`) and the names that the settings give.
[[nodiscard]] RemoteIssue::State judgeState(const QString &status, bool done, bool declined, const library::TrackerStates &states);
/// Whether a state or resolution is called what ends things that were not done, where no settings say so.
[[nodiscard]] bool soundsDeclined(const QString &name);
/// Of the states that a tracker offers, the one to go to: the one that the settings name, else any that counts as wanted.
struct Offered {
    QString id;
    QString name;
    bool done = false;
    bool declined = false; ///< where it is done
    int rank = 0; ///< of several that would do, the smallest
};
[[nodiscard]] Result<Offered> chooseState(const std::vector<Offered> &offered, RemoteIssue::State wanted, const Place &place, const QString &key);
/// A cursor is the time of the last change seen; a day ago when there is none.
[[nodiscard]] qint64 cursorTime(const QString &cursor);
/// The next cursor after these issues: the last one's time, or one that moves on when a whole page has the same.
[[nodiscard]] QString nextCursor(const QString &cursor, const std::vector<RemoteIssue> &issues, bool full);

/// Whether a project could be one of its kind, so that nothing leads a request to another path.
[[nodiscard]] Result<> checkPlace(const Place &place);
[[nodiscard]] std::unique_ptr<Forge> makeGitHub(Place place, const QByteArray &key, std::stop_token stop);
[[nodiscard]] std::unique_ptr<Forge> makeGitLab(Place place, const QByteArray &key, std::stop_token stop);
[[nodiscard]] std::unique_ptr<Forge> makeJira(Place place, const QByteArray &key, std::stop_token stop);
[[nodiscard]] std::unique_ptr<Forge> makeRedmine(Place place, const QByteArray &key, std::stop_token stop);

} // namespace coppice::forges

// SPDX-License-Identifier: GPL-3.0-or-later
#include "forges/exchange.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/json.h"
#include "text/hidden.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QLocale>
#include <QTimeZone>
#include <QUrl>

namespace coppice::forges {

using namespace Qt::StringLiterals;

namespace {

constexpr int silenceMs = 30'000;
constexpr qint64 wholeMs = 120'000;
constexpr qint64 answerCap = 16 << 20;
constexpr qint64 longestPause = 6LL * 3600 * 1000; ///< whatever a tracker says
constexpr qint64 dayMs = 24LL * 3600 * 1000;

/// "120", "1795132800" (seconds since 1970), an HTTP date or an ISO one; a point in time, 0 when it is none.
qint64 momentOf(const QByteArray &value, qint64 now)
{
    bool number = false;
    const qint64 seconds = value.trimmed().toLongLong(&number);
    if (number)
        return seconds < 0 ? 0 : seconds > 1'000'000'000 ? qMin(seconds, now / 1000 + 86'400) * 1000 : now + qMin<qint64>(seconds, 86'400) * 1000;
    const QString text = QString::fromLatin1(value.trimmed());
    QDateTime at = QLocale::c().toDateTime(text, u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    if (at.isValid())
        at.setTimeZone(QTimeZone::utc());
    else
        at = QDateTime::fromString(text, Qt::ISODateWithMs);
    return at.isValid() ? at.toMSecsSinceEpoch() : 0;
}

QByteArray firstOf(const net::Headers &headers, std::initializer_list<const char *> names)
{
    for (const char *name : names) {
        if (const QByteArray value = net::header(headers, name); !value.isEmpty())
            return value;
    }
    return {};
}

} // namespace

Exchange::Exchange(Place place, net::Headers headers, std::stop_token stop)
    : m_place(std::move(place)), m_headers(std::move(headers)), m_stop(std::move(stop))
{
}

Result<Answer> Exchange::call(const QByteArray &method, const QString &path, const QJsonObject &body)
{
    const qint64 now = nowMs();
    if (m_pausedUntil > now)
        return fail(u"forge.limited"_s, u"%1 asked to be left alone until %2"_s.arg(m_place.kind, isoTime(m_pausedUntil)), m_place.name(),
                    u"It is tried again by itself."_s);
    net::HttpRequest request;
    request.method = method;
    request.target = (m_place.baseUrl + path).toUtf8();
    request.headers = m_headers;
    request.headers.emplace_back("accept", m_place.kind == "github"_L1 ? "application/vnd.github+json, application/json;q=0.9" : "application/json");
    if (!body.isEmpty()) {
        request.headers.emplace_back("content-type", "application/json");
        request.body = toJsonLine(body);
    }
    // Kept here and not by the client, so that an answer that drips in for ever ends, too.
    QElapsedTimer whole;
    whole.start();
    QByteArray bytes;
    bool tooLong = false, tooLarge = false;
    faultPoint("request.before");
    auto response = net::httpSend(request, silenceMs, m_stop, {}, [&](QByteArrayView piece) {
        tooLong = whole.elapsed() > wholeMs;
        tooLarge = bytes.size() + piece.size() > answerCap;
        if (tooLong || tooLarge)
            return false;
        bytes.append(piece.data(), piece.size());
        return true;
    });
    faultPoint("request.after");
    if (tooLarge)
        return fail(u"forge.answer"_s, u"The tracker's answer is larger than %1 MB"_s.arg(answerCap >> 20), m_place.name());
    if (!response && !tooLong && response.error().kind == ErrorKind::Cancelled)
        return std::unexpected(response.error());
    if (!response)
        return std::unexpected(
            std::move(response.error()).wrap(u"forge.unreachable"_s, u"The tracker gives no answer"_s, m_place.name(), u"It is tried again by itself."_s));
    response->body = std::move(bytes);
    return judge(*response);
}

Result<QJsonObject> Exchange::object(const QByteArray &method, const QString &path, const QJsonObject &body)
{
    COPPICE_TRY(const Answer answer, call(method, path, body));
    if (!answer.json.isObject())
        return strange(u"an object was expected"_s);
    return answer.json.object();
}

Result<QJsonArray> Exchange::list(const QString &path)
{
    COPPICE_TRY(const Answer answer, call("GET", path));
    if (!answer.json.isArray())
        return strange(u"a list was expected"_s);
    return answer.json.array();
}

Result<QJsonObject> Exchange::findInPages(const QString &path, const std::function<bool(const QJsonObject &)> &fits)
{
    for (int page = 1; page <= mostPages; ++page) {
        COPPICE_TRY(const auto found, list(path + pageOf(page)));
        for (const auto &each : found) {
            if (const QJsonObject object = each.toObject(); fits(object))
                return object;
        }
        if (found.size() < pageSize)
            break;
    }
    return QJsonObject();
}

Fail Exchange::strange(const QString &what) const
{
    return fail(u"forge.answer"_s, u"The tracker answers something else than its interface says: %1"_s.arg(what), m_place.name(),
                u"Check base_url and project in the settings."_s);
}

/// Retry-After and the three families of rate limit headers. Also where nothing was refused: the last request that was
/// allowed says so, and the next one is not sent.
void Exchange::noteLimits(const net::HttpResponse &response, bool refused)
{
    const qint64 now = nowMs();
    qint64 until = 0;
    if (refused)
        until = momentOf(net::header(response.headers, "retry-after"), now);
    const QByteArray left = firstOf(response.headers, {"x-ratelimit-remaining", "ratelimit-remaining"});
    const bool none = !left.isEmpty() && left.trimmed() == "0";
    if (until == 0 && (refused || none))
        until = momentOf(firstOf(response.headers, {"x-ratelimit-reset", "ratelimit-reset"}), now);
    if (until == 0 && refused)
        until = now + 60'000;
    if (until > now)
        m_pausedUntil = qMin(until, now + longestPause);
}

QString Exchange::wordsOf(const QByteArray &body) const
{
    const QJsonDocument json = QJsonDocument::fromJson(body.left(64 * 1024));
    QStringList words;
    const QJsonObject object = json.object();
    for (const char *key : {"message", "error", "error_description"}) {
        const QJsonValue value = object[QLatin1String(key)];
        if (value.isString())
            words << value.toString();
        else if (value.isObject())
            words << QString::fromUtf8(toJsonLine(value.toObject()));
    }
    for (const char *key : {"errorMessages", "errors"}) {
        const QJsonValue value = object[QLatin1String(key)];
        const QJsonArray array = value.toArray();
        for (const auto &each : array)
            words << (each.isString() ? each.toString() : QString::fromUtf8(toJsonLine(each.toObject())));
        const QJsonObject members = value.toObject();
        for (auto it = members.begin(); it != members.end(); ++it)
            words << QString(it.key() + u": " + it->toVariant().toString());
    }
    words.removeAll(QString());
    return text::plain(words.join(u"; "_s), 400).simplified();
}

Result<Answer> Exchange::judge(const net::HttpResponse &response)
{
    const int status = response.status;
    const QString words = wordsOf(response.body);
    const QString said = words.isEmpty() ? u"status %1"_s.arg(status) : u"%1 (status %2)"_s.arg(words).arg(status);
    const QByteArray left = firstOf(response.headers, {"x-ratelimit-remaining", "ratelimit-remaining"});
    const bool wait = !net::header(response.headers, "retry-after").isEmpty();
    // GitHub refuses with 403 what is too often, too; the words are those of its documents.
    const bool limited = status == 429
        || (status == 403 && (wait || left.trimmed() == "0" || words.contains("rate limit"_L1, Qt::CaseInsensitive)))
        || (status == 503 && wait);
    noteLimits(response, limited);
    if (limited)
        return fail(u"forge.limited"_s, u"%1 allows no more requests until %2"_s.arg(m_place.kind, isoTime(m_pausedUntil)), m_place.name(),
                    u"It is tried again by itself."_s);
    if (status == 401 || status == 403 || status == 407)
        return fail(u"forge.auth"_s, u"The tracker does not accept the key, or the key may not do this: %1"_s.arg(said), m_place.name(),
                    u"Check trackers.%1 in coppice.yaml, the key that it names, and what that key may do."_s.arg(m_place.kind));
    if (status == 404 || status == 410)
        return fail(u"forge.missing"_s, u"The tracker has no such project or issue, or does not show it to this key: %1"_s.arg(said), m_place.name(),
                    u"Check the tracker's project in the plugin's settings."_s);
    if (status >= 300 && status < 400)
        return fail(u"forge.moved"_s, u"The tracker answers that it is elsewhere now, which is not followed: the key is for this address only"_s,
                    m_place.name(), u"Set base_url and project to where it is now."_s);
    if (status >= 400 && status < 500 && status != 408 && status != 425)
        return fail(u"forge.invalid"_s, u"The tracker does not take this: %1"_s.arg(said), m_place.name());
    if (status < 200 || status >= 300)
        return fail(u"forge.unreachable"_s, u"The tracker cannot do it now: %1"_s.arg(said), m_place.name(), u"It is tried again by itself."_s);
    Answer answer{status, response.headers, {}};
    if (response.body.trimmed().isEmpty())
        return answer;
    QJsonParseError parse{};
    answer.json = QJsonDocument::fromJson(response.body, &parse);
    if (parse.error != QJsonParseError::NoError)
        return strange(u"this is no JSON"_s);
    return answer;
}

bool soundsDeclined(const QString &name)
{
    static const QStringList words{u"Won't Do"_s, u"Won't Fix"_s, u"Declined"_s, u"Rejected"_s, u"Cannot Reproduce"_s, u"Duplicate"_s, u"Invalid"_s};
    return words.contains(name, Qt::CaseInsensitive);
}

QString pageOf(int page)
{
    return u"&per_page=%1&page=%2"_s.arg(pageSize).arg(page);
}

QString outsideLine(const QJsonValue &value, qsizetype cap)
{
    return text::plain(value.toString(), cap).simplified();
}

QString outsideText(const QJsonValue &value, qsizetype cap)
{
    QString text = value.toString();
    return text::plain(text.replace(u"\r\n"_s, u"\n"_s), cap).trimmed();
}

qint64 timeOf(const QJsonValue &value)
{
    QString text = value.toString().left(40);
    // Jira writes +0000 where ISO 8601 wants +00:00 beside a time with colons.
    if (text.size() > 5 && (text[text.size() - 5] == u'+' || text[text.size() - 5] == u'-') && text.contains(u'T'))
        text.insert(text.size() - 2, u':');
    const QDateTime at = QDateTime::fromString(text, Qt::ISODateWithMs);
    return at.isValid() ? at.toMSecsSinceEpoch() : 0;
}

QString timeText(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(u"yyyy-MM-dd'T'hh:mm:ss'Z'"_s);
}

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

RemoteIssue::State judgeState(const QString &status, bool done, bool declined, const library::TrackerStates &states)
{
    const auto names = [&](const QStringList &list) { return list.contains(status, Qt::CaseInsensitive); };
    if (names(states.open))
        return RemoteIssue::State::Open;
    if (names(states.declined))
        return RemoteIssue::State::Declined;
    if (names(states.closed))
        return RemoteIssue::State::Closed;
    if (!done)
        return RemoteIssue::State::Open;
    return declined ? RemoteIssue::State::Declined : RemoteIssue::State::Closed;
}

Result<Offered> chooseState(const std::vector<Offered> &offered, RemoteIssue::State wanted, const Place &place, const QString &key)
{
    const auto &states = place.states;
    const bool open = wanted == RemoteIssue::State::Open;
    QStringList named{open ? states.reopenAs : wanted == RemoteIssue::State::Declined ? states.declineAs : QString(), open ? QString() : states.closeAs};
    named.removeAll(QString());
    for (const QString &name : named) {
        for (const Offered &each : offered) {
            if (each.name.compare(name, Qt::CaseInsensitive) == 0)
                return each;
        }
    }
    const Offered *best = nullptr;
    int least = 0;
    QStringList names;
    for (const Offered &each : offered) {
        names << each.name;
        const auto counts = judgeState(each.name, each.done, each.declined, states);
        if ((counts == RemoteIssue::State::Open) != open)
            continue;
        const int cost = each.rank + (counts == wanted ? 0 : 100); // over by another word is still over
        if (!best || cost < least) {
            best = &each;
            least = cost;
        }
    }
    if (best)
        return *best;
    return fail(u"forge.state"_s, u"The tracker offers no way to %1 %2 now; it offers: %3"_s.arg(open ? u"open"_s : u"close"_s, key, names.isEmpty() ? u"nothing"_s : names.join(u", "_s)),
                place.name(), u"Move it there, or name a state that can be reached under tracker: states in the plugin's settings."_s);
}

qint64 cursorTime(const QString &cursor)
{
    bool number = false;
    const qint64 at = cursor.toLongLong(&number);
    return number && at > 0 ? at : nowMs() - dayMs;
}

QString nextCursor(const QString &cursor, const std::vector<RemoteIssue> &issues, bool full)
{
    const qint64 before = cursorTime(cursor);
    qint64 after = before;
    for (const auto &issue : issues)
        after = qMax(after, issue.updated);
    // A page of one time only, asked for again, would be the same page for ever.
    if (full && after / 1000 == before / 1000)
        after = before + 1000;
    return QString::number(after);
}

} // namespace coppice::forges

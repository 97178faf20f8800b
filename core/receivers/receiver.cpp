// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/receiver.h"

#include "base/clock.h"
#include "net/inflate.h"
#include "receivers/answers.h"
#include "receivers/bounded_json.h"
#include "receivers/envelope.h"
#include "receivers/otlp.h"
#include "receivers/query.h"
#include "receivers/sentry.h"

#include <QUrl>
#include <QUuid>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace coppice::receivers {

namespace {

constexpr qint64 bodyCap = 20 << 20;
constexpr qint64 strangersBodyCap = 1 << 20; ///< of who names its key only in the body
constexpr qint64 sentryCap = 24 << 20;       ///< inflated
constexpr qint64 otlpCap = 10 << 20;
constexpr qint64 budgetBytes = 40 << 20;     ///< of all bodies that are inflated and parsed at a time
constexpr qint64 brotliShare = 20 << 20;      ///< its window may take 16 MB whatever comes out
constexpr qint64 freeOfBudget = 64 * 1024;
constexpr qint64 freeToParse = 512 * 1024;
constexpr auto shareWait = 1500ms; ///< for a share of the budget

net::HttpServer::Limits serverLimits(std::chrono::milliseconds patience)
{
    net::HttpServer::Limits limits;
    limits.bodyMs = int(patience.count());
    limits.headerMs = limits.bodyMs / 6;
    limits.body = bodyCap;
    limits.allBodies = 32 << 20;
    limits.connections = 512;
    limits.threads = 64; // most of them wait for a commit that they share
    return limits;
}

qint64 steadyMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// JSON or protobuf; none for anything else.
std::optional<bool> isJsonBody(const net::HttpRequest &request)
{
    const QByteArray given = net::header(request.headers, "content-type");
    const QByteArray type = given.left(given.indexOf(';') < 0 ? given.size() : given.indexOf(';')).trimmed().toLower();
    if (type == "application/json")
        return true;
    if (type == "application/x-protobuf" || type == "application/protobuf")
        return false;
    return {};
}

} // namespace

Receiver::Receiver(KeyRing &keys, Keeper &keeper, text::Scrubber scrubber, Options options)
    : m_options(std::move(options)), m_door(keys, m_options.token, m_options.drainToken), m_cleaner(std::move(scrubber)),
      m_intake(keeper, {.gather = 0ms}), // requests are gathered before they are read
      m_quota(m_options.eventsPerMinute), m_budget(budgetBytes)
{
}

Result<std::unique_ptr<Receiver>> Receiver::start(KeyRing &keys, Keeper &keeper, text::Scrubber scrubber, Options options)
{
    if (!options.address.isEmpty() && options.token.size() < 16)
        return failUsage(u"receiver.token"_s, u"Listening on other addresses than loopback needs a token of at least 16 characters"_s, options.address,
                         u"Name one by reference, for example file:/etc/coppice/token."_s);
    std::unique_ptr<Receiver> receiver(new Receiver(keys, keeper, std::move(scrubber), std::move(options)));
    auto *self = receiver.get();
    receiver->m_server = std::make_unique<net::HttpServer>(
        [self](const net::HttpRequest &request, net::HttpAnswer &answer, const std::stop_token &stop) {
            net::HttpServer::Exchange alone{request, answer, stop};
            self->handleTogether({&alone, 1});
        },
        serverLimits(receiver->m_options.patience), [self](const net::HttpRequest &head, qint64 &cap) { return self->admit(head, cap); });
    // What is small and as it is takes no time worth telling; anything else may wait for its share of memory.
    receiver->m_server->handleTogether({.fits = [](const net::HttpRequest &request) {
                                            return request.body.size() <= freeOfBudget && parsingCost(request.body) <= freeToParse
                                                && net::header(request.headers, "content-encoding").isEmpty();
                                        },
                                        .handle = [self](std::span<net::HttpServer::Exchange> exchanges) { self->handleTogether(exchanges); }});
    const auto &wanted = receiver->m_options;
    COPPICE_TRY(receiver->m_port, wanted.address.isEmpty() ? receiver->m_server->listenTcp(wanted.port)
                                                           : receiver->m_server->listenTcp(wanted.address, wanted.port));
    return receiver;
}

std::optional<net::HttpResponse> Receiver::admit(const net::HttpRequest &head, qint64 &cap)
{
    const auto guest = m_door.admit(head);
    if (!guest) {
        ++m_refused;
        return guest.error();
    }
    if (guest->plugin.isEmpty())
        cap = std::min(cap, strangersBodyCap);
    if (guest->road == Road::Spool)
        return {};
    if (const int wait = m_quota.secondsUntilAllowed(guest->plugin, steadyMs()); wait > 0) {
        ++m_refused;
        return slowDown(wait);
    }
    return {};
}

std::expected<Receiver::Opened, net::HttpResponse> Receiver::open(const net::HttpRequest &request, qint64 cap)
{
    const auto encoding = net::encodingFrom(net::header(request.headers, "content-encoding"));
    if (!encoding)
        return std::unexpected(refusal(415, u"This Content-Encoding is not known: send gzip, deflate, br, zstd or none"_s));
    Opened opened;
    const bool packed = *encoding != net::Encoding::Identity;
    const qint64 most = !packed ? request.body.size()
        : *encoding == net::Encoding::Brotli ? brotliShare
                                             : std::min<qint64>(cap, std::max<qint64>(1 << 20, request.body.size() * 400));
    if ((packed || most > freeOfBudget) && !m_budget.take(most, shareWait, opened.share))
        return std::unexpected(refusal(503, u"Too many large bodies at once"_s, {{"retry-after", "2"}}));
    auto body = packed || request.body.size() > cap ? net::inflate(request.body, *encoding, cap) : Result<QByteArray>(QByteArray());
    if (!body)
        return std::unexpected(refusal(statusOf(body.error()), body.error().what));
    opened.body = packed ? std::move(*body) : request.body; // shared, no second copy
    opened.share.shrink(opened.body.size() > freeOfBudget ? opened.body.size() : 0);
    const qint64 cost = parsingCost(opened.body);
    if (cost <= freeToParse)
        return opened;
    opened.share = {}; // else a large one would wait for itself
    if (!m_budget.take(cost, shareWait, opened.share))
        return std::unexpected(refusal(503, u"Too many large bodies at once"_s, {{"retry-after", "2"}}));
    return opened;
}

/// What is stored of it: errors only, cleaned, under the name of the plugin.
void Receiver::prepare(Taken &taken)
{
    const qint64 now = nowMs();
    auto &batch = taken.batch;
    const QString &plugin = taken.guest.plugin;
    const size_t sent = batch.events.size();
    std::erase_if(batch.events, [](const capture::Event &event) { return event.level < capture::Level::Error; });
    m_below += qint64(sent - batch.events.size());
    for (auto &event : batch.events) {
        event.plugin = plugin;
        event.received = now;
        m_cleaner.clean(event);
    }
    for (auto &point : batch.requests)
        point.plugin = plugin;
    for (auto &report : batch.lost)
        report.plugin = plugin;
    taken.events = qint64(batch.events.size());
    m_quota.spend(plugin, std::max<qint64>(taken.events, 1), steadyMs());
}

void Receiver::takeSentry(const net::HttpRequest &request, Taken &taken)
{
    auto opened = open(request, sentryCap);
    if (!opened) {
        taken.answer = std::move(opened).error();
        return;
    }
    Result<SentryRequest> read;
    if (taken.guest.road == Road::Store) {
        read = readStore(opened->body);
    } else {
        const auto envelope = parseEnvelope(opened->body);
        if (!envelope) {
            taken.answer = receivers::answerTo(envelope.error(), taken.guest.road, true);
            return;
        }
        if (taken.guest.plugin.isEmpty()) {
            taken.answer = admitByEnvelope(*envelope, taken.guest);
            if (taken.answer)
                return;
        }
        read = readEnvelope(*envelope);
    }
    if (!read) {
        taken.answer = receivers::answerTo(read.error(), taken.guest.road, true);
        return;
    }
    for (auto &event : read->batch.events) {
        if (event.source == u"sentry" && event.senderId.isEmpty()) // the answer has to name it
            read->eventId = event.senderId = QUuid::createUuid().toString(QUuid::Id128);
    }
    taken.batch = std::move(read->batch);
    taken.share = std::move(opened->share);
    taken.eventId = std::move(read->eventId);
    prepare(taken);
}

/// The third way to name a key; none, or the answer that refuses it.
std::optional<net::HttpResponse> Receiver::admitByEnvelope(const Envelope &envelope, Door::Guest &guest)
{
    const QByteArray key = dsnKey(envelope);
    if (key.isEmpty())
        return refusal(401, u"There is no key in the request"_s);
    const auto known = m_door.pluginOf(key);
    if (!known)
        return refusal(403, u"The key is not known here"_s);
    guest.plugin = *known;
    if (const int wait = m_quota.secondsUntilAllowed(guest.plugin, steadyMs()); wait > 0)
        return slowDown(wait);
    return {};
}

void Receiver::takeOtlp(const net::HttpRequest &request, Taken &taken)
{
    const auto isJson = isJsonBody(request);
    if (!isJson) {
        taken.answer = refusal(415, u"Send application/json or application/x-protobuf"_s);
        return;
    }
    taken.isJson = *isJson;
    auto opened = open(request, otlpCap);
    if (!opened) {
        taken.answer = std::move(opened).error();
        return;
    }
    const auto road = taken.guest.road;
    const auto signal = road == Road::Logs ? OtlpSignal::Logs : road == Road::Traces ? OtlpSignal::Traces : OtlpSignal::Metrics;
    auto read = readOtlp(opened->body, signal, *isJson);
    if (!read) {
        taken.answer = receivers::answerTo(read.error(), road, *isJson);
        return;
    }
    taken.batch = std::move(read->batch);
    taken.share = std::move(opened->share);
    taken.rejected = read->rejected;
    prepare(taken);
}

net::HttpResponse Receiver::answerTo(Taken &taken, const Result<> &kept)
{
    if (taken.answer)
        return std::move(*taken.answer);
    if (!kept)
        return receivers::answerTo(kept.error(), taken.guest.road, taken.isJson);
    m_events += taken.events;
    if (!isSentry(taken.guest.road))
        return otlpSuccess(taken.guest.road, taken.isJson, taken.rejected);
    // An event's id is hexadecimal: nothing in it needs an escape.
    return {200, {{"content-type", "application/json"}}, taken.eventId.isEmpty() ? QByteArray("{}") : QByteArray("{\"id\":\"" + taken.eventId.toLatin1() + "\"}")};
}

net::HttpResponse Receiver::spool(const net::HttpRequest &request)
{
    if (!m_options.spooled)
        return refusal(404, u"There is nothing at this address"_s);
    bool isNumber = false;
    const qint64 after = queryValue(request.target, "after").toLongLong(&isNumber);
    if (!isNumber || after < 0)
        return refusal(400, u"Say after which cursor, beginning with 0"_s);
    const int limit = qBound(1, queryValue(request.target, "limit").toInt(), 1000);
    auto lines = m_options.spooled(after, limit);
    if (!lines)
        return receivers::answerTo(lines.error(), Road::Spool, true);
    return {200, {{"content-type", "application/jsonl"}}, std::move(*lines)};
}

Receiver::Taken Receiver::take(const net::HttpRequest &request)
{
    Taken taken;
    auto guest = m_door.admit(request);
    if (!guest) {
        taken.answer = std::move(guest).error();
        return taken;
    }
    taken.guest = std::move(*guest);
    if (taken.guest.road == Road::Spool)
        taken.answer = spool(request);
    else if (isSentry(taken.guest.road))
        takeSentry(request, taken);
    else
        takeOtlp(request, taken);
    return taken;
}

void Receiver::handleTogether(std::span<net::HttpServer::Exchange> exchanges)
{
    std::vector<Taken> all;
    std::vector<Batch> batches;
    for (const auto &exchange : exchanges) {
        batches.push_back(std::move(all.emplace_back(take(exchange.request)).batch));
        ++m_requests;
    }
    const auto kept = m_intake.put(std::move(batches));
    for (size_t i = 0; i < all.size(); ++i) {
        const net::HttpResponse response = answerTo(all[i], kept[i]);
        if (response.status >= 400)
            ++m_refused;
        exchanges[i].answer.send(response);
    }
}

Receiver::Counts Receiver::counts() const
{
    return {m_requests, m_events, m_below, m_refused, m_intake.commits()};
}

Wiring wiringFor(const ReceiverKey &key, const QString &base, const QByteArray &token)
{
    const QUrl url(base);
    QUrl dsn = url;
    QString path = url.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    if (!token.isEmpty())
        path += u'/' + QString::fromLatin1(token);
    dsn.setUserName(QString::fromLatin1(key.key));
    dsn.setPath(path + u'/' + key.project);
    QUrl endpoint = url;
    endpoint.setPath(path);
    return {dsn.toString(QUrl::FullyEncoded), endpoint.toString(QUrl::FullyEncoded), u"x-coppice-key="_s + QString::fromLatin1(key.key)};
}

} // namespace coppice::receivers

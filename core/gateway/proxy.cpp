// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proxy.h"

#include "base/clock.h"

#include <QRandomGenerator>
#include <QUrl>
#include <QUrlQuery>

#include <array>
#include <chrono>

namespace coppice::gateway {

using namespace Qt::StringLiterals;

namespace {

constexpr int longestSilenceMs = 10 * 60 * 1000; // a model may think for long before it says a word
constexpr qsizetype heldProblem = 256 << 10;     // of an answer that is no success, to be read and cleaned before it passes

/// For one hop, set by the client library, or telling who asks.
bool staysHere(const QByteArray &name)
{
    static const QByteArrayList names{"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
                                      "host", "content-length", "accept-encoding", "expect", "cookie", "forwarded", "via",
                                      "x-goog-user-project", "openai-organization", "openai-project"};
    return names.contains(name) || carriesKey(name) || name.startsWith("x-forwarded-");
}

/// For one hop, or telling whose account it is.
bool comesThrough(const QByteArray &name)
{
    static const QByteArrayList kept{"connection", "keep-alive", "transfer-encoding", "content-length", "set-cookie", "trailer",
                                     "upgrade", "openai-organization", "openai-project", "anthropic-organization-id"};
    return !kept.contains(name);
}

/// A path that stays where it is put: no way upwards, also after a server has decoded it twice.
bool isPlain(const QByteArray &path)
{
    const QByteArray decoded = QByteArray::fromPercentEncoding(QByteArray::fromPercentEncoding(path));
    for (const auto &part : decoded.split('/')) {
        if (part == ".." || part == ".")
            return false;
    }
    return path.startsWith('/') && !decoded.startsWith("//") && !decoded.contains('\\') && !decoded.contains('\0') && !path.contains('#');
}

/// Compares without telling by its time how much was right.
bool same(const QByteArray &a, const QByteArray &b)
{
    if (a.size() != b.size())
        return false;
    unsigned char differs = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        differs |= static_cast<unsigned char>(a[i] ^ b[i]);
    return differs == 0;
}

/// Path and query without keys, as it is put behind the base.
QByteArray targetOf(const QByteArray &target)
{
    const auto mark = target.indexOf('?');
    QByteArray out = mark < 0 ? target : target.left(mark);
    if (mark < 0)
        return out;
    QUrlQuery query(QString::fromUtf8(target.mid(mark + 1)));
    for (const auto &name : keyParameters())
        query.removeAllQueryItems(name);
    if (!query.isEmpty())
        out += '?' + query.toString(QUrl::FullyEncoded).toUtf8();
    return out;
}

QByteArray pathOf(const QByteArray &target)
{
    const auto mark = target.indexOf('?');
    return mark < 0 ? target : target.left(mark);
}

/// Failures before anything could reach the service: they cost nothing.
bool neverReached(const QString &code)
{
    return code == u"net.host" || code == u"net.refused" || code == u"net.tls" || code == u"net.url" || code == u"net.header"
        || code == u"net.failed";
}

} // namespace

QByteArray makeToken()
{
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return "coppice-" + QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random).toHex();
}

/// Whether the agent shows the token of its run, in whatever place its client puts a key.
bool Gateway::Proxy::shows(const net::HttpRequest &asking) const
{
    for (const auto &[name, value] : asking.headers) {
        const bool bearer = name == "authorization" && value.left(7).compare("bearer ", Qt::CaseInsensitive) == 0;
        if (carriesKey(name) && same(bearer ? value.mid(7).trimmed() : value, token))
            return true;
    }
    const auto mark = asking.target.indexOf('?');
    if (mark < 0)
        return false;
    const QUrlQuery query(QString::fromUtf8(asking.target.mid(mark + 1)));
    const auto names = keyParameters();
    return std::any_of(names.begin(), names.end(),
                       [&](const QString &name) { return same(query.queryItemValue(name, QUrl::FullyDecoded).toUtf8(), token); });
}

void Gateway::Proxy::refuse(net::HttpAnswer &answer, Refusal kind, int status, const QString &why)
{
    answer.send(refusal(endpoint.dialect, kind, status, why));
}

net::Headers Gateway::Proxy::headersFor(const net::HttpRequest &asking) const
{
    net::Headers headers;
    for (const auto &header : asking.headers) {
        if (!staysHere(header.first))
            headers.push_back(header);
    }
    headers.emplace_back("accept-encoding", "identity"); // so that tokens can be counted
    addKey(endpoint, key, headers);
    return headers;
}

net::Headers Gateway::Proxy::headersBack(const net::HttpResponse &head) const
{
    net::Headers headers;
    for (auto header : head.headers) {
        if (!comesThrough(header.first))
            continue;
        if (!key.isEmpty())
            header.second.replace(key, "[key]");
        headers.push_back(std::move(header));
    }
    return headers;
}

void Gateway::Proxy::handle(const net::HttpRequest &asking, net::HttpAnswer &answer, const std::stop_token &peerGone)
{
    const QByteArray path = pathOf(asking.target);
    const bool known = shows(asking);
    const bool fine = known && isPlain(path) && asking.method != "CONNECT" && asking.method != "TRACE";
    Passing passing{asking, targetOf(asking.target), {}, {}, false, {}, {}, {}, false, false, {}, {}, 0};
    if (fine)
        passing.asked = readAsked(endpoint.dialect, asking.method, path, asking.body);
    const bool passes = fine && !passing.asked.countless && !stopped.stop_requested();
    {
        const std::lock_guard lock(mutex);
        ++(passes ? usage.requests : usage.refused);
        open += passes ? 1 : 0;
    }
    if (stopped.stop_requested() && !passes)
        return refuse(answer, Refusal::Closed, 503, u"This run's way to the model has been closed."_s);
    if (!known)
        return refuse(answer, Refusal::NotAllowed, 401, u"This is not the key of this run."_s);
    if (!fine)
        return refuse(answer, Refusal::NotAllowed, 403, u"This address is not part of the model service."_s);
    if (!passes)
        return refuse(answer, Refusal::NotAllowed, 403,
                      u"Coppice cannot count what this address spends (batches, training, stored jobs), and does not pass it on."_s);
    std::stop_source either;
    const std::stop_callback first(peerGone, [&] { either.request_stop(); });
    const std::stop_callback second(stopped.get_token(), [&] { either.request_stop(); });
    serve(passing, answer, either.get_token());
    const std::lock_guard lock(mutex);
    if (--open == 0)
        idle.notify_all();
}

void Gateway::Proxy::waitUntilIdle()
{
    std::unique_lock lock(mutex);
    idle.wait_for(lock, std::chrono::seconds(2), [this] { return open == 0; });
}

void Gateway::Proxy::serve(Passing &passing, net::HttpAnswer &answer, const std::stop_token &stop)
{
    if (const auto encoding = net::header(passing.request.headers, "content-encoding"); !encoding.isEmpty() && encoding != "identity")
        passing.asked.inputTokens *= 8; // what it says cannot be seen: as much as well packed text may hold
    if (replayer)
        return replay(passing, answer);
    if (!reserve(passing, answer))
        return;
    if (recorder) {
        passing.exchange.at = nowMs();
        passing.exchange.method = passing.request.method;
        passing.exchange.path = passing.target;
        passing.exchange.request = passing.request.body;
        passing.exchange.hash = hashOf(passing.request.body);
    }
    forward(passing, answer, stop);
}

/// False when it was refused.
bool Gateway::Proxy::reserve(Passing &passing, net::HttpAnswer &answer)
{
    if (!passing.asked.costs)
        return true;
    const auto found = prices.find(endpoint.dialect, passing.asked.model.isEmpty() ? endpoint.name : passing.asked.model);
    passing.priced = found.has_value();
    passing.price = found.value_or(prices.dearest(endpoint.dialect));
    if (!request.ledger)
        return true;
    const qint64 most = passing.price.most(passing.asked.inputTokens, passing.asked.outputTokens, passing.asked.factor);
    const auto reserved = request.ledger->reserve(request.account, most, request.caps);
    if (reserved) {
        passing.reservation = *reserved;
        return true;
    }
    const auto &error = reserved.error();
    if (error.code != u"budget.exceeded") {
        refuse(answer, Refusal::Closed, 503, u"The budget cannot be kept, so nothing is asked of the model: %1"_s.arg(error.message()));
        return false;
    }
    const QString why = u"Coppice: %1. %2"_s.arg(error.what, error.fix);
    {
        const std::lock_guard lock(mutex);
        ++usage.overBudget;
        usage.budget = why;
    }
    refuse(answer, Refusal::Budget, 400, why);
    return false;
}

void Gateway::Proxy::forward(Passing &passing, net::HttpAnswer &answer, const std::stop_token &stop)
{
    const auto &asking = passing.request;
    const auto response = net::httpSend(
        {asking.method, QByteArray(base + passing.target), headersFor(asking), asking.body}, longestSilenceMs, stop,
        [&](const net::HttpResponse &head) { takeHead(passing, head, answer); },
        [&](QByteArrayView piece) { return takePiece(passing, piece, answer); });
    if (passing.reader)
        passing.reader->end();
    const QString failure = response ? QString() : response.error().code;
    if (passing.answered && !passing.begun)
        passProblem(passing, answer);
    noteProblem(passing);
    // Settled before the agent sees the end: what it asks next is held against what this cost.
    settle(passing, failure);
    if (response)
        answer.end();
    else if (!passing.answered)
        refuse(answer, Refusal::Closed, 502, u"The model service cannot be reached: %1"_s.arg(response.error().message()));
    // Begun and broken off: the agent sees a connection that was cut, not an answer that looks whole.
    record(passing, response.has_value(), response ? QString() : response.error().message());
}

void Gateway::Proxy::takeHead(Passing &passing, const net::HttpResponse &head, net::HttpAnswer &answer)
{
    passing.head = head;
    passing.answered = true;
    if (passing.asked.costs)
        passing.reader = std::make_unique<UsageReader>(endpoint.dialect, net::header(head.headers, "content-type"),
                                                       net::header(head.headers, "content-encoding"));
    if (recorder) {
        passing.exchange.status = head.status;
        passing.exchange.headers = headersBack(head);
    }
    if (head.status >= 400)
        return; // held until it was read
    passing.begun = true;
    answer.begin(head.status, headersBack(head));
}

bool Gateway::Proxy::takePiece(Passing &passing, QByteArrayView piece, net::HttpAnswer &answer)
{
    if (passing.reader)
        passing.reader->read(piece);
    if (recorder) {
        passing.recorded += piece.size();
        if (passing.recorded <= Recorder::answerCap)
            passing.exchange.pieces.push_back(piece.toByteArray());
        else
            passing.exchange.truncated = true;
    }
    if (passing.begun)
        return answer.write(piece);
    passing.problem.append(piece.data(), piece.size());
    if (passing.problem.size() > heldProblem)
        passProblem(passing, answer);
    return true;
}

/// Services like to quote the key that they refuse.
void Gateway::Proxy::passProblem(Passing &passing, net::HttpAnswer &answer)
{
    if (!key.isEmpty())
        passing.problem.replace(key, "[key]");
    passing.begun = true;
    answer.begin(passing.head.status, headersBack(passing.head));
    answer.write(passing.problem);
}

void Gateway::Proxy::noteProblem(Passing &passing)
{
    std::optional<LimitSeen> limit;
    if (passing.answered && passing.head.status >= 400) {
        {
            const std::lock_guard lock(mutex);
            usage.lastError = passing.head.status;
        }
        limit = readLimit(passing.head.status, passing.head.headers, passing.problem, nowMs());
    } else if (passing.reader && !passing.reader->error().isEmpty()) {
        limit = readLimit(passing.reader->error(), nowMs());
        const std::lock_guard lock(mutex);
        usage.lastError = limit ? 429 : 500; // a stream has no status for what went wrong in its middle
    }
    if (limit)
        noteLimit(*limit);
}

void Gateway::Proxy::noteLimit(const LimitSeen &seen)
{
    const Limit limit{accountOf(endpoint), seen.until, seen.reason};
    {
        const std::lock_guard lock(mutex);
        const bool told = usage.limit && usage.limit->until > nowMs() && limit.until <= usage.limit->until + 1000;
        if (!told)
            usage.limit = limit;
        if (told || !request.onLimit)
            return;
    }
    request.onLimit(limit);
}

/// What the answer told; where it was cut or tells no counts, what can be known from the sizes.
Tokens Gateway::Proxy::measured(const Passing &passing) const
{
    const qint64 asked = passing.price.context > 0 ? std::min(passing.asked.inputTokens, passing.price.context) : passing.asked.inputTokens;
    if (!passing.answered || !passing.reader)
        return {.input = asked};
    Tokens tokens = passing.reader->tokens();
    if (passing.reader->complete())
        return tokens;
    if (tokens.allInput() == 0)
        tokens.input = asked;
    const qint64 bound = passing.asked.outputTokens > 0 ? passing.asked.outputTokens : std::numeric_limits<qint64>::max();
    tokens.output = std::max(tokens.output, std::min(bound, passing.reader->guessedOutput()));
    return tokens;
}

void Gateway::Proxy::settle(Passing &passing, const QString &failure)
{
    if (!passing.asked.costs)
        return;
    const bool nothing = passing.answered ? passing.head.status >= 400 && !(passing.reader && passing.reader->counted()) : neverReached(failure);
    if (nothing) {
        if (passing.reservation)
            (void)request.ledger->drop(*passing.reservation); // left over, it only bounds more, until the next start
        return;
    }
    if (!passing.priced && passing.reader && !passing.reader->model().isEmpty()) { // a name of one's own for a known model
        if (const auto found = prices.find(endpoint.dialect, passing.reader->model())) {
            passing.price = *found;
            passing.priced = true;
        }
    }
    const Tokens tokens = measured(passing);
    qint64 micros = passing.price.cost(tokens, passing.asked.factor);
    if (passing.asked.background && !(passing.reader && passing.reader->counted())) // nobody will tell
        micros = passing.price.most(passing.asked.inputTokens, passing.asked.outputTokens, passing.asked.factor);
    {
        const std::lock_guard lock(mutex);
        usage.inputTokens += tokens.allInput();
        usage.outputTokens += tokens.output;
        usage.cachedTokens += tokens.cached;
        usage.micros += micros;
    }
    if (!passing.reservation)
        return;
    journal::Charge charge;
    charge.model = passing.asked.model.isEmpty() && passing.reader ? passing.reader->model() : passing.asked.model;
    charge.inputTokens = tokens.allInput();
    charge.outputTokens = tokens.output;
    charge.cachedTokens = tokens.cached;
    charge.money = {micros};
    charge.priceDate = passing.priced ? prices.date().toString(Qt::ISODate) : QString();
    (void)request.ledger->settle(*passing.reservation, charge); // unsettled, the reservation goes on to bound
}

void Gateway::Proxy::record(Passing &passing, bool whole, const QString &failure)
{
    if (!recorder)
        return;
    passing.exchange.whole = whole && !passing.exchange.truncated;
    if (!passing.answered)
        passing.exchange.error = failure.isEmpty() ? u"no answer"_s : failure;
    if (const auto done = recorder->append(std::move(passing.exchange)); !done) {
        const std::lock_guard lock(mutex);
        usage.recordError = done.error().message();
    }
}

void Gateway::Proxy::replay(Passing &passing, net::HttpAnswer &answer)
{
    const auto exchange = replayer->next(passing.request.method, passing.target, passing.request.body);
    if (!exchange) {
        {
            const std::lock_guard lock(mutex);
            ++usage.refused;
        }
        return refuse(answer, Refusal::NotAllowed, 400, exchange.error().message());
    }
    if (!exchange->error.isEmpty())
        return refuse(answer, Refusal::Closed, 502, u"As recorded: %1"_s.arg(exchange->error));
    passing.head = {exchange->status, exchange->headers, {}};
    UsageReader reader(endpoint.dialect, net::header(exchange->headers, "content-type"), net::header(exchange->headers, "content-encoding"));
    answer.begin(exchange->status, headersBack(passing.head));
    for (const auto &piece : exchange->pieces) {
        reader.read(piece);
        if (!answer.write(piece))
            break;
    }
    reader.end();
    if (exchange->whole)
        answer.end();
    const std::lock_guard lock(mutex);
    usage.lastError = exchange->status >= 400 ? exchange->status : usage.lastError;
    if (passing.asked.costs) { // counted as it was; nothing is spent
        usage.inputTokens += reader.inputTokens();
        usage.outputTokens += reader.outputTokens();
        usage.cachedTokens += reader.tokens().cached;
    }
}

} // namespace coppice::gateway

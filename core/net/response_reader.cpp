// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/response_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>

#include <limits>

namespace coppice::net {

namespace http = boost::beast::http;

namespace {

/// A body that is passed on as it comes.
struct PassedBody {
    struct value_type {
        std::function<bool(QByteArrayView)> pass;
    };
    class reader
    {
    public:
        template <bool isRequest, class Fields>
        explicit reader(http::header<isRequest, Fields> &, value_type &body) : m_body(body)
        {
        }
        void init(const boost::optional<std::uint64_t> &, boost::beast::error_code &ec) { ec = {}; }
        template <class Buffers> std::size_t put(const Buffers &buffers, boost::beast::error_code &ec)
        {
            ec = {};
            std::size_t taken = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                if (!m_body.pass(QByteArrayView(static_cast<const char *>(buffer.data()), qsizetype(buffer.size()))))
                    ec = boost::system::errc::make_error_code(boost::system::errc::operation_canceled);
                taken += buffer.size();
            }
            return taken;
        }
        void finish(boost::beast::error_code &ec) { ec = {}; }

    private:
        value_type &m_body;
    };
};

QByteArray fromView(boost::beast::string_view view)
{
    return QByteArray(view.data(), qsizetype(view.size()));
}

} // namespace

struct ResponseReader::Parser {
    http::response_parser<PassedBody> beast;
    Parser(bool hasBody, std::function<bool(QByteArrayView)> pass)
    {
        beast.header_limit(64 * 1024);
        beast.body_limit(std::numeric_limits<std::uint64_t>::max()); // Boost 1.74 takes "none" for less than any length
        beast.eager(true);
        beast.skip(!hasBody);
        beast.get().body().pass = std::move(pass);
    }
};

ResponseReader::ResponseReader(bool hasBody, std::function<void(const HttpResponse &)> head, std::function<bool(QByteArrayView)> data)
    : m_hasBody(hasBody), m_head(std::move(head)), m_data(std::move(data))
{
    const auto pass = [this](QByteArrayView piece) {
        m_body.append(piece.data(), piece.size());
        return true;
    };
    m_parser = std::make_unique<Parser>(m_hasBody, pass);
}

ResponseReader::~ResponseReader() = default;

void ResponseReader::tellHead()
{
    if (m_headTold)
        return;
    m_headTold = true;
    const auto &message = m_parser->beast.get();
    HttpResponse response;
    response.status = int(message.result_int());
    for (const auto &field : message)
        response.headers.emplace_back(fromView(field.name_string()).toLower(), fromView(field.value()));
    m_head(response);
}

/// Answers how much was taken.
qsizetype ResponseReader::parse(QByteArrayView bytes)
{
    qsizetype taken = 0;
    for (;;) {
        auto &beast = m_parser->beast;
        boost::beast::error_code ec;
        while (taken < bytes.size() && !beast.is_done() && !ec) {
            const auto used = beast.put(boost::asio::buffer(bytes.data() + taken, size_t(bytes.size() - taken)), ec);
            taken += qsizetype(used);
            if (used == 0)
                break;
        }
        m_broken = m_broken || (ec && ec != http::error::need_more);
        if (m_broken || !beast.is_header_done())
            return taken;
        const auto status = beast.get().result_int();
        if (status < 100 || status >= 200)
            return taken;
        // Early hints and the like: the answer is still to come. We never ask for another protocol.
        m_broken = status == 101;
        if (m_broken)
            return taken;
        m_parser = std::make_unique<Parser>(m_hasBody, std::move(beast.get().body().pass));
    }
}

ResponseReader::State ResponseReader::state()
{
    const auto &beast = m_parser->beast;
    if (beast.is_header_done() && !m_broken)
        tellHead();
    if (!m_body.isEmpty()) {
        tellHead();
        m_stopped = m_stopped || !m_data(m_body);
        m_body.resize(0);
    }
    if (m_stopped)
        return State::Stopped;
    if (m_broken)
        return State::Broken;
    if (!beast.is_header_done())
        return m_buffer.size() > 64 * 1024 ? State::Broken : State::More;
    return beast.is_done() ? State::Whole : State::More;
}

ResponseReader::State ResponseReader::read(QByteArrayView piece)
{
    if (m_buffer.isEmpty()) { // as it is while a stream runs
        const auto taken = parse(piece);
        const auto rest = piece.sliced(taken);
        m_buffer.append(rest.data(), rest.size());
        return state();
    }
    m_buffer.append(piece.data(), piece.size());
    m_buffer.remove(0, parse(m_buffer));
    return state();
}

ResponseReader::State ResponseReader::end()
{
    auto &beast = m_parser->beast;
    if (!beast.is_header_done())
        return State::Broken;
    boost::beast::error_code ec;
    if (!beast.is_done())
        beast.put_eof(ec); // good only where closing is how the length is told
    return ec || !beast.is_done() ? State::Broken : State::Whole;
}

} // namespace coppice::net

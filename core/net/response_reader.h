// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/http.h"

#include <functional>
#include <memory>

namespace coppice::net {

/// Reads an HTTP/1.1 answer from pieces of bytes. Unlike Qt's own client it knows for certain whether an answer came
/// whole or was cut. Source: RFC 9112, 8.
class ResponseReader
{
public:
    /// `head` is called once, before the first `data`; false from `data` stops reading.
    ResponseReader(bool hasBody, std::function<void(const HttpResponse &)> head, std::function<bool(QByteArrayView)> data);
    ~ResponseReader();
    ResponseReader(const ResponseReader &) = delete;
    ResponseReader &operator=(const ResponseReader &) = delete;

    enum class State { More, Whole, Stopped, Broken };
    /// `data` is called at most once for each piece, with all of the body that it held, however the peer cut it.
    [[nodiscard]] State read(QByteArrayView piece);
    /// The peer has closed.
    [[nodiscard]] State end();

private:
    struct Parser;
    qsizetype parse(QByteArrayView bytes);
    State state();
    void tellHead();

    bool m_hasBody;
    std::function<void(const HttpResponse &)> m_head;
    std::function<bool(QByteArrayView)> m_data;
    std::unique_ptr<Parser> m_parser;
    QByteArray m_buffer; ///< what the parser did not take yet
    QByteArray m_body;   ///< of the piece that is being read
    bool m_broken = false;
    bool m_headTold = false;
    bool m_stopped = false;
};

} // namespace coppice::net

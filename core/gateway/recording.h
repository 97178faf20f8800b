// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "net/http.h"

#include <QFile>
#include <QString>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace coppice::gateway {

/// One request and its answer. As a line of a recording: {"v":1,"n","at","method","path","hash","request","truncated"?,
/// "status","headers":{},"pieces":[],"binary"?,"whole","error"?}. Keys and tokens are never part of it, what looks like a
/// secret is scrubbed. Pieces are texts as they came, or base64 where "binary" says so. `path` has its query without keys.
struct Exchange {
    qint64 at = 0;
    QByteArray method, path;
    QByteArray request;
    QByteArray hash; ///< of the request, without what differs between two runs of the same work
    int status = 0;
    net::Headers headers;
    std::vector<QByteArray> pieces;
    bool whole = false;     ///< the answer came to its end
    bool truncated = false; ///< too large to be kept whole; cannot be played
    QString error;          ///< there was no answer
};

/// What a request is known by again: its JSON without ids, dates, and what names the machine and the moment.
[[nodiscard]] QByteArray hashOf(const QByteArray &body);

/// Appends exchanges to a file, up to 256 MB; then it says so once in the file and stops. Safe from any thread.
class Recorder
{
public:
    /// `secrets` are replaced wherever they stand.
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> open(const QString &path, std::vector<QByteArray> secrets);
    Result<> append(Exchange exchange);

    /// Of one answer; more is not kept.
    static constexpr qsizetype answerCap = 8 << 20;
    static constexpr qsizetype requestCap = 4 << 20;

private:
    Recorder() = default;
    std::mutex m_mutex;
    QFile m_file;
    std::vector<QByteArray> m_secrets;
    qint64 m_count = 0;
    bool m_full = false;
};

/// Answers from a recording: the first exchange not yet used with the same method, path and hash, else the next in order
/// when method and path (without query) are the same. Safe from any thread.
class Replayer
{
public:
    [[nodiscard]] static Result<std::unique_ptr<Replayer>> open(const QString &path);
    /// An error says what was expected.
    [[nodiscard]] Result<Exchange> next(const QByteArray &method, const QByteArray &path, const QByteArray &body);

private:
    Replayer() = default;
    std::mutex m_mutex;
    QString m_path;
    std::vector<Exchange> m_exchanges;
    std::vector<bool> m_used;
};

} // namespace coppice::gateway

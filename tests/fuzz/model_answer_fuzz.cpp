// SPDX-License-Identifier: GPL-3.0-or-later
// Answers of model services: counts are read the same however the bytes are cut, stay in bounds, and what an error says
// of a limit is a time that is near. The first byte chooses dialect, form and where to cut.
#include <gateway/dialect.h>
#include <gateway/limits.h>
#include <gateway/recording.h>
#include <gateway/usage_reader.h>

#include <cstdlib>

using namespace coppice;
using namespace coppice::gateway;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 2)
        return 0;
    const QByteArray text(reinterpret_cast<const char *>(data) + 2, qsizetype(size - 2));
    const QString dialect = dialectNames()[data[0] % 4];
    static const QByteArrayList types{"text/event-stream", "application/json", ""};
    static const QByteArrayList encodings{"", "gzip", "deflate", "br"};
    const QByteArray type = types[(data[0] >> 2) % 3];
    const QByteArray encoding = encodings[(data[0] >> 4) % 4];

    UsageReader whole(dialect, type, encoding);
    whole.read(text);
    whole.end();
    UsageReader cut(dialect, type, encoding);
    const qsizetype step = 1 + data[1] % 16;
    for (qsizetype at = 0; at < text.size(); at += step)
        cut.read(QByteArrayView(text).sliced(at, std::min(step, text.size() - at)));
    cut.end();
    if (whole.tokens() != cut.tokens() || whole.counted() != cut.counted() || whole.error() != cut.error() || whole.complete() != cut.complete())
        std::abort();
    for (const qint64 count : {whole.tokens().input, whole.tokens().cached, whole.tokens().cacheWrite, whole.tokens().cacheWriteHour, whole.tokens().output}) {
        if (count < 0 || count > (qint64(1) << 42))
            std::abort();
    }

    constexpr qint64 now = 1'795'000'000'000;
    const qint64 farthest = now + 8LL * 24 * 3'600'000;
    const net::Headers headers{{"retry-after", text.left(40)}, {"anthropic-ratelimit-tokens-reset", text.left(40)},
                               {"x-ratelimit-reset-requests", text.left(20)}};
    for (const int status : {400, 429, 503, 529}) {
        for (const auto &some : {net::Headers(), headers}) {
            const auto limit = readLimit(status, some, text, now);
            if (limit && (limit->until < now || limit->until > farthest || limit->reason.size() > 300))
                std::abort();
        }
    }
    if (const auto limit = readLimit(whole.error(), now); limit && (limit->until < now || limit->until > farthest))
        std::abort();
    const auto asked = readAsked(dialect, "POST", "/v1/messages", text);
    if (asked.inputTokens < 0 || asked.outputTokens < 0)
        std::abort();
    (void)hashOf(text);
    return 0;
}

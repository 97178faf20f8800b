// SPDX-License-Identifier: GPL-3.0-or-later
// The first byte chooses how the rest came in: an envelope, the older store endpoint, OTLP in JSON and protobuf, a spool's lines.
#include <receivers/cleaner.h>
#include <receivers/envelope.h>
#include <receivers/otlp.h>
#include <receivers/sentry.h>
#include <receivers/spool.h>

#include <cstdlib>

using namespace coppice;
using namespace coppice::receivers;

namespace {

/// What comes out is bounded and plain, whatever came in.
void demand(Batch &batch)
{
    static const Cleaner cleaner{text::Scrubber()};
    if (batch.events.size() > 5000)
        std::abort();
    size_t looked = 0;
    for (auto &event : batch.events) {
        if (++looked > 20)
            return;
        cleaner.clean(event);
        if (event.message.size() > 8 * 1024 || event.trace.size() > 64 * 1024 || event.type.size() > 256 || event.release.size() > 128
            || event.frames.size() > 200 || event.causes.size() > 50 || event.tags.size() > 64 || event.message.contains(QChar(0x1b))
            || event.trace.contains(QChar(0x202e)))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray bytes(reinterpret_cast<const char *>(data) + 1, qsizetype(size) - 1);
    constexpr OtlpSignal signalsOfOtlp[] = {OtlpSignal::Logs, OtlpSignal::Traces, OtlpSignal::Metrics};
    const int way = data[0] % 9;
    if (way == 0) {
        if (const auto envelope = parseEnvelope(bytes)) {
            static_cast<void>(dsnKey(*envelope));
            if (auto read = readEnvelope(*envelope))
                demand(read->batch);
        }
    } else if (way == 1) {
        if (auto read = readStore(bytes))
            demand(read->batch);
    } else if (way < 8) {
        if (auto read = readOtlp(bytes, signalsOfOtlp[way % 3], way < 5))
            demand(read->batch);
    } else if (auto page = parseSpoolLines(bytes)) {
        for (auto &entry : page->entries)
            demand(entry.batch);
    }
    return 0;
}

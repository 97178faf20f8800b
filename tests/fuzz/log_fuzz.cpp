// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as a log file.
#include <capture/ingest.h>

#include <QBuffer>

#include <cstdlib>

using namespace coppice;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const text::Scrubber scrubber;
    for (const bool everyLine : {false, true}) {
        QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::ReadOnly);
        capture::ReadOptions options;
        options.everyLine = everyLine;
        capture::Grouper grouper;
        int last = 0;
        const auto done = capture::readLog(buffer, QStringLiteral("fuzz"), scrubber, options, [&](capture::Event &&event) {
            // Records are numbered in order, bounded, told apart, and always have a group.
            if (event.record <= last || event.message.size() > 8 * 1024 || event.trace.size() > 64 * 1024 || event.frames.size() > 200
                || event.causes.size() > 50 || event.identity.isEmpty())
                std::abort();
            last = event.record;
            if (grouper.keyOf(event).fingerprint.isEmpty())
                std::abort();
        });
        if (!done)
            std::abort();
    }
    return 0;
}

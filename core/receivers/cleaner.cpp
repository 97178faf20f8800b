// SPDX-License-Identifier: GPL-3.0-or-later
#include "receivers/cleaner.h"

#include "text/hidden.h"

#include <algorithm>
#include <vector>

using namespace Qt::StringLiterals;

namespace coppice::receivers {

namespace {

constexpr qsizetype messageCap = 8 * 1024;
constexpr qsizetype traceCap = 64 * 1024;
constexpr size_t mostFrames = 200;
constexpr size_t mostCauses = 50;

/// A part of an event and how long it may be.
struct Part {
    QString *text;
    qsizetype cap;
};

bool isPlainAscii(const QString &text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return (c >= u' ' && c < u'\x7f') || c == u'\n' || c == u'\t'; });
}

/// What is shown must be plain; most of what comes already is.
void bound(const Part &part)
{
    if (part.text->size() > part.cap || !isPlainAscii(*part.text))
        *part.text = text::plain(*part.text, part.cap);
}

} // namespace

void Cleaner::clean(capture::Event &event) const
{
    if (event.frames.size() > mostFrames)
        event.frames.resize(mostFrames);
    if (event.causes.size() > mostCauses)
        event.causes.resize(mostCauses);
    event.senderId = text::plain(event.senderId, 128);
    std::vector<Part> parts{{&event.message, messageCap}, {&event.trace, traceCap},  {&event.type, 256},
                            {&event.messageTemplate, messageCap}, {&event.release, 128}, {&event.environment, 128}};
    for (auto &frame : event.frames) {
        parts.push_back({&frame.function, 512});
        parts.push_back({&frame.file, 1024});
        parts.push_back({&frame.code, 512});
    }
    for (auto &cause : event.causes) {
        parts.push_back({&cause.type, 256});
        parts.push_back({&cause.message, messageCap});
    }
    for (auto it = event.tags.begin(); it != event.tags.end(); ++it) {
        if (*it != u"[scrubbed]" && text::Scrubber::isSecretKey(it.key())) {
            *it = u"[scrubbed]"_s;
            ++event.scrubbed;
        }
        parts.push_back({&it.value(), 1024});
    }
    // Twice what is kept is enough to see a secret that the cut would go through.
    for (const auto &part : parts)
        part.text->truncate(part.cap * 2);
    // Mostly there is no secret at all: one look at everything says so.
    qsizetype size = 0;
    for (const auto &part : parts)
        size += part.text->size() + 1;
    QString all(size, Qt::Uninitialized);
    QChar *out = all.data();
    for (const auto &part : parts) {
        out = std::copy(part.text->cbegin(), part.text->cend(), out);
        *out++ = u'\n';
    }
    const bool found = m_scrubber.scrub(all).replaced > 0;
    for (const auto &part : parts) {
        if (found) {
            auto done = m_scrubber.scrub(*part.text);
            event.scrubbed += done.replaced;
            *part.text = std::move(done.text);
        }
        bound(part);
    }
    if (found && event.scrubbed == 0)
        event.scrubbed = 1;
}

} // namespace coppice::receivers

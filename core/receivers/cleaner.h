// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "capture/event.h"
#include "text/scrub.h"

namespace coppice::receivers {

/// Makes an event fit to be kept: secrets replaced (before anything is cut, so that half of one is never left), control
/// and reordering characters gone, every part bounded. Counts what it replaced in Event::scrubbed. Safe from any thread.
class Cleaner
{
public:
    explicit Cleaner(text::Scrubber scrubber) : m_scrubber(std::move(scrubber)) { }
    void clean(capture::Event &event) const;

private:
    text::Scrubber m_scrubber;
};

} // namespace coppice::receivers

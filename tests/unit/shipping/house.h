// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A library with its databases, journal and lease, for tests of this room.

#include <base/clock.h>
#include <journal/approval.h>
#include <review/reviews.h>
#include <shipping/shipping.h>
#include <tickets/ticket.h>

#include "support/scratch.h"

namespace coppice::journal {
std::vector<store::Migration> migrations();
}
namespace coppice::capture {
std::vector<store::Migration> migrations();
}
namespace coppice::tickets {
std::vector<store::Migration> migrations();
}
namespace coppice::shipping {
std::vector<store::Migration> migrations();
}
namespace coppice::review {
std::vector<store::Migration> migrations();
}
namespace coppice::runs {
std::vector<store::Migration> migrations();
}
namespace coppice::library {
std::vector<store::Migration> migrations();
}
namespace coppice::sync {
std::vector<store::Migration> migrations();
}

namespace coppice::test {

/// Opens the library at "library" in the scratch folder, which the caller has made.
struct ShippingHouse {
    explicit ShippingHouse(const Scratch &scratch)
    {
        made = std::make_unique<library::Library>(std::move(*library::Library::open(scratch.path("library"))));
        state = std::move(*store::Database::open(scratch.path("state.db")));
        events = std::move(*store::Database::open(scratch.path("events.db")));
        std::vector<store::Migration> all;
        for (const auto &room : {journal::migrations(), capture::migrations(), tickets::migrations(), shipping::migrations(), review::migrations(),
                                 runs::migrations(), library::migrations(), sync::migrations()})
            all.insert(all.end(), room.begin(), room.end());
        for (auto *database : {state.get(), events.get()}) {
            if (const auto done = database->migrate(all); !done)
                qFatal("%s", qPrintable(done.error().message()));
        }
        journal = std::make_unique<journal::Journal>(*state);
        journal->addProjector(tickets::ticketProjector());
        journal->addProjector(review::reviewProjector());
        journal->addProjector(shipping::signOffProjector());
        scratch.write("coppice/.keep", "");
        lease = std::make_unique<journal::Lease>(std::move(*journal::Lease::take(scratch.path("coppice"))));
        house = std::make_unique<runs::House>(runs::House{*made, *state, *events, *journal, *lease});
    }

    std::unique_ptr<library::Library> made;
    std::unique_ptr<store::Database> state, events;
    std::unique_ptr<journal::Journal> journal;
    std::unique_ptr<journal::Lease> lease;
    std::unique_ptr<runs::House> house;
};

} // namespace coppice::test

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace coppice::store {

/// One step of a room's schema in one database ("state" or "events"); numbers rise per room.
struct Migration {
    const char *database;
    const char *room;
    int number;
    const char *sql; ///< statements separated by semicolons
};

} // namespace coppice::store

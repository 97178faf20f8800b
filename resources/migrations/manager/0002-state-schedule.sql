-- SPDX-License-Identifier: GPL-3.0-or-later
-- The times at which coppice.yaml wants briefs, and since when it does: what was due before was never missed.
CREATE TABLE brief_schedule (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    times TEXT NOT NULL,
    since INTEGER NOT NULL
);

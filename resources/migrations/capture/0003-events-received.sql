-- SPDX-License-Identifier: GPL-3.0-or-later
-- One error that comes on several roads (an exception in a log and in a span, from two kits of one program) counts once.
ALTER TABLE events ADD COLUMN twin BLOB;
ALTER TABLE events ADD COLUMN roads TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_twin ON events (twin) WHERE twin IS NOT NULL;
CREATE TABLE event_twins (
    known_by BLOB PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX event_twins_of ON event_twins (seq);
CREATE TABLE request_counts (
    plugin TEXT NOT NULL,
    release TEXT NOT NULL,
    hour INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (plugin, release, hour)
) WITHOUT ROWID;
-- the last point of each counter that only rises
CREATE TABLE request_series (
    series BLOB PRIMARY KEY,
    started INTEGER NOT NULL,
    value INTEGER NOT NULL,
    seen INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE lost_reports (
    plugin TEXT NOT NULL,
    reason TEXT NOT NULL,
    category TEXT NOT NULL,
    hour INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (plugin, reason, category, hour)
) WITHOUT ROWID;

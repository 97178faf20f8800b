-- SPDX-License-Identifier: GPL-3.0-or-later
-- The rules that events follow, as far as they are carried out here, and where the grouping alone would have put an event.
CREATE TABLE group_rules_here (
    rule TEXT PRIMARY KEY,
    ordinal INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    active INTEGER NOT NULL,
    filed INTEGER NOT NULL,
    hits INTEGER NOT NULL DEFAULT 0,
    before INTEGER NOT NULL DEFAULT 0
);
ALTER TABLE events ADD COLUMN home TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX events_by_home ON events (home) WHERE home <> '';
-- events of this group, by grouping alone, that retention has deleted; count holds them
ALTER TABLE event_groups ADD COLUMN purged INTEGER NOT NULL DEFAULT 0;
-- how far a log is read: the position and its events are one transaction
CREATE TABLE log_positions (
    plugin TEXT NOT NULL,
    source TEXT NOT NULL,
    position TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (plugin, source)
) WITHOUT ROWID;
-- what tells the events that retention has deleted from new ones, should their log be read again
CREATE TABLE events_gone (
    known_by BLOB PRIMARY KEY,
    at INTEGER NOT NULL
) WITHOUT ROWID;

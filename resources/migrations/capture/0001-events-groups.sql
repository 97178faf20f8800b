-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE event_groups (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    title TEXT NOT NULL,
    why TEXT NOT NULL,
    level INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    releases TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (plugin, fingerprint)
);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    known_by BLOB UNIQUE,
    group_id TEXT NOT NULL REFERENCES event_groups (id),
    plugin TEXT NOT NULL,
    sender_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    release TEXT NOT NULL,
    environment TEXT NOT NULL,
    level INTEGER NOT NULL,
    type TEXT NOT NULL,
    message TEXT NOT NULL,
    template TEXT NOT NULL,
    record INTEGER NOT NULL,
    scrubbed INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX events_of_group ON events (group_id, seq);
CREATE TABLE group_patterns (
    plugin TEXT NOT NULL,
    scope TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    text TEXT NOT NULL,
    places TEXT NOT NULL,
    PRIMARY KEY (plugin, scope, fingerprint)
) WITHOUT ROWID;

-- SPDX-License-Identifier: GPL-3.0-or-later
-- The issue that mirrors a ticket. `shared` is the state that both had last: what differs from it has changed since.
CREATE TABLE ticket_remotes (
    ticket TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    key TEXT NOT NULL,
    url TEXT NOT NULL,
    shared TEXT NOT NULL DEFAULT 'open',
    remote_state TEXT NOT NULL DEFAULT 'open',
    status TEXT NOT NULL DEFAULT '',
    assignee TEXT NOT NULL DEFAULT '',
    updated INTEGER NOT NULL DEFAULT 0,
    comments_seen INTEGER NOT NULL DEFAULT 0,
    told_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE (place, key)
) WITHOUT ROWID;
CREATE TABLE tracker_polls (
    place TEXT PRIMARY KEY,
    cursor TEXT NOT NULL DEFAULT '',
    polled_at INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
-- The projection of the operations "comment". `remote_id`: in the tracker, once it is there.
CREATE TABLE ticket_comments (
    id TEXT PRIMARY KEY,
    ticket TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    outside INTEGER NOT NULL,
    remote_id TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX ticket_comments_of ON ticket_comments(ticket, at);

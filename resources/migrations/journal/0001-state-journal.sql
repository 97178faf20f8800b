-- SPDX-License-Identifier: GPL-3.0-or-later
-- Operations are appended and never edited: the triggers hold everybody to it.
CREATE TABLE operation(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    entity TEXT NOT NULL,
    verb TEXT NOT NULL,
    payload TEXT NOT NULL,
    undoes TEXT UNIQUE REFERENCES operation(id),
    remembered TEXT NOT NULL
);
CREATE INDEX operation_entity ON operation(entity, seq);
CREATE TRIGGER operation_no_update BEFORE UPDATE ON operation BEGIN
    SELECT RAISE(ABORT, 'operations are never edited');
END;
CREATE TRIGGER operation_no_delete BEFORE DELETE ON operation BEGIN
    SELECT RAISE(ABORT, 'operations are never deleted');
END;

CREATE TABLE command(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    verb TEXT NOT NULL,
    args TEXT NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    result TEXT,
    error TEXT,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    progress TEXT NOT NULL DEFAULT ''
);
CREATE INDEX command_open ON command(state, seq) WHERE state IN ('queued', 'running');

CREATE TABLE intent(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX intent_kind ON intent(kind, seq);

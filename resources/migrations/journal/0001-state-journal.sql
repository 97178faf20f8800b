-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    entity TEXT NOT NULL,
    verb TEXT NOT NULL,
    payload TEXT NOT NULL,
    undoes TEXT UNIQUE REFERENCES operation(id),
    remembered TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE INDEX operation_entity ON operation(entity, id);
CREATE TABLE command (
    id TEXT PRIMARY KEY,
    verb TEXT NOT NULL,
    args TEXT NOT NULL,
    actor TEXT NOT NULL,
    state INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    result TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    progress TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX command_state ON command(state, id);
CREATE TABLE intent (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;

-- SPDX-License-Identifier: GPL-3.0-or-later
-- What rules did by themselves: the projection of the operations "act" on "triage:ID". `carried` 0: written down, and
-- not yet (or not wholly) carried out; done again until it is.
CREATE TABLE triage_actions (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    group_id TEXT NOT NULL UNIQUE,
    acts TEXT NOT NULL,
    at INTEGER NOT NULL,
    carried INTEGER NOT NULL DEFAULT 0,
    undone INTEGER NOT NULL DEFAULT 0,
    ticket TEXT NOT NULL DEFAULT '',
    operations TEXT NOT NULL DEFAULT '[]',
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX triage_actions_open ON triage_actions(carried) WHERE carried = 0;
CREATE INDEX triage_actions_rule ON triage_actions(rule, at);
CREATE TABLE triage_rules_off (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE triage_cursor (only INTEGER PRIMARY KEY CHECK (only = 1), events INTEGER NOT NULL);
CREATE TABLE saved_searches (name TEXT PRIMARY KEY, query TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
-- The triage run that drafts a ticket: asked for once.
CREATE TABLE ticket_drafts (
    ticket TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK(state IN ('wanted', 'asked', 'drafted', 'refused')),
    at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL DEFAULT 0,
    run TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE ticket_draft_runs (run TEXT PRIMARY KEY) WITHOUT ROWID;

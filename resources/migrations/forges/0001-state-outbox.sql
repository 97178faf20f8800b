-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every change to be made in a tracker, written before it is sent. `sent` means that a request left and no answer has
-- been written down: it may have been carried out (`unsure`), and is looked for by its marker before it is sent again.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    ticket TEXT NOT NULL,
    place TEXT NOT NULL,
    kind TEXT NOT NULL CHECK(kind IN ('create', 'comment', 'state')),
    key TEXT NOT NULL,
    marker TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('queued', 'sent', 'done', 'failed', 'dropped')),
    unsure INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    queued_at INTEGER NOT NULL,
    first_sent INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER NOT NULL DEFAULT 0,
    result TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
-- One issue for one ticket: a second creation cannot even be queued.
CREATE UNIQUE INDEX outbox_one_create ON outbox(ticket) WHERE kind = 'create' AND state <> 'dropped';
CREATE INDEX outbox_open ON outbox(state, not_before) WHERE state IN ('queued', 'sent');
CREATE INDEX outbox_ticket ON outbox(ticket, kind);
CREATE INDEX outbox_created ON outbox(first_sent) WHERE kind = 'create';

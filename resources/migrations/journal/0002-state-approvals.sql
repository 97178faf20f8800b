-- SPDX-License-Identifier: GPL-3.0-or-later
-- What waits for a person's answer, and what was answered: the projection of the operations on "approval:ID".
CREATE TABLE approval(
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK(kind IN ('permission', 'step', 'ship', 'proposal')),
    subject TEXT NOT NULL,
    plugin TEXT NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    options TEXT NOT NULL,
    tainted INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    answer TEXT,
    message TEXT NOT NULL DEFAULT '',
    answered_by TEXT,
    answered_at INTEGER
) WITHOUT ROWID;
CREATE INDEX approval_open ON approval(asked_at) WHERE answer IS NULL;
CREATE INDEX approval_subject ON approval(subject, asked_at);

-- What model services cost. A reservation is made before a request and becomes a charge, or goes, after it.
CREATE TABLE charge(
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    plugin TEXT NOT NULL,
    ticket TEXT NOT NULL,
    day TEXT NOT NULL,
    at INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    model TEXT NOT NULL DEFAULT '',
    input INTEGER NOT NULL DEFAULT 0,
    output INTEGER NOT NULL DEFAULT 0,
    cached INTEGER NOT NULL DEFAULT 0,
    micros INTEGER NOT NULL DEFAULT 0,
    said_by TEXT NOT NULL DEFAULT 'estimate',
    price_date TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX charge_run ON charge(run);
CREATE INDEX charge_plugin_day ON charge(plugin, day);
CREATE INDEX charge_ticket ON charge(ticket) WHERE ticket <> '';
CREATE INDEX charge_day ON charge(day);

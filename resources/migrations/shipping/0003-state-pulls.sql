-- SPDX-License-Identifier: GPL-3.0-or-later
-- Pull requests, written down before they are asked for. `sent`: a request left and no answer has been written down; it is
-- looked for by its branch and marker before it is sent again.
CREATE TABLE shipping_pulls (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    place TEXT NOT NULL,
    marker TEXT NOT NULL,
    head TEXT NOT NULL,
    base TEXT NOT NULL,
    words TEXT NOT NULL,
    draft INTEGER NOT NULL,
    version TEXT NOT NULL,
    split TEXT NOT NULL,
    upstream TEXT NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('queued', 'sent', 'open', 'merged', 'closed', 'settled', 'failed')),
    outcome TEXT NOT NULL DEFAULT '',
    number TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    merge_commit TEXT NOT NULL DEFAULT '',
    made INTEGER NOT NULL,
    polled INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
-- One at a time for a plugin: a second one cannot even be written down.
CREATE UNIQUE INDEX shipping_one_pull ON shipping_pulls (plugin) WHERE state IN ('queued', 'sent', 'open', 'merged', 'closed');
CREATE INDEX shipping_pulls_plugin ON shipping_pulls (plugin, made);
-- When each step of a ticket's way was reached, in ms since 1970; 0: it was not.
CREATE TABLE shipping_times (
    ticket TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    first_event INTEGER NOT NULL DEFAULT 0,
    made INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    first_patch INTEGER NOT NULL DEFAULT 0,
    approved INTEGER NOT NULL DEFAULT 0,
    applied INTEGER NOT NULL DEFAULT 0,
    shipped INTEGER NOT NULL DEFAULT 0,
    verified INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX shipping_times_plugin ON shipping_times (plugin);

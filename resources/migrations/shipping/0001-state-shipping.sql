-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE shipping_releases (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    version TEXT NOT NULL,
    split TEXT NOT NULL,
    remote TEXT NOT NULL,
    ref TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    run TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX shipping_releases_plugin ON shipping_releases (plugin, id);
CREATE TABLE shipping_watches (
    ticket TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    split TEXT NOT NULL,
    release TEXT NOT NULL,
    release_is_new INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last_event INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE shipping_cursor (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    events INTEGER NOT NULL
);

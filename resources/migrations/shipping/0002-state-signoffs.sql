-- SPDX-License-Identifier: GPL-3.0-or-later
-- The projection of the operations on "signoff:<patch>". `content`: the hash of what was approved.
CREATE TABLE shipping_signoffs (
    operation TEXT PRIMARY KEY,
    patch TEXT NOT NULL,
    content TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX shipping_signoffs_patch ON shipping_signoffs (patch, at);
-- What landed, and how it equals what was approved.
CREATE TABLE shipping_landings (
    commit_id TEXT PRIMARY KEY,
    patch TEXT NOT NULL,
    content TEXT NOT NULL,
    proof TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX shipping_landings_patch ON shipping_landings (patch);
-- Who asked for a change: the first word on a patch that was opened by hand, or the one who started its run.
CREATE TABLE shipping_requesters (
    subject TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;

-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a step left behind for later ones: a JSON object.
ALTER TABLE run_steps ADD COLUMN outputs TEXT NOT NULL DEFAULT '{}';
ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_in_order ON runs (state, priority DESC, queued);

-- One row while the queue is paused.
CREATE TABLE queue_pause (one INTEGER PRIMARY KEY CHECK (one = 1), actor TEXT NOT NULL, at INTEGER NOT NULL);
-- Until when a model service's account takes no more.
CREATE TABLE queue_limit (account TEXT PRIMARY KEY, until INTEGER NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;

-- One row per run. `body` is the run as JSON; the other columns are what is searched by.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    ticket TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    queued INTEGER NOT NULL,
    cancel_asked INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX runs_by_state ON runs (state, queued);
CREATE INDEX runs_by_plugin ON runs (plugin, queued);
-- The step machine's journal: a row is written before a step starts (passed NULL) and completed after it ended.
CREATE TABLE run_steps (
    run TEXT NOT NULL,
    step TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    passed INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run, step, attempt)
) WITHOUT ROWID;

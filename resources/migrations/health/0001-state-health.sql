-- SPDX-License-Identifier: GPL-3.0-or-later
-- What probes found. `follows`: a hash of what the value follows from; empty: it is measured in each round.
CREATE TABLE health_facts (
    plugin TEXT NOT NULL,
    probe TEXT NOT NULL,
    follows BLOB NOT NULL,
    value TEXT NOT NULL,
    at INTEGER NOT NULL,
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (plugin, probe)
) WITHOUT ROWID;
-- The probes themselves: when each looked last, and whether it was well.
CREATE TABLE health_probes (
    probe TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    follows BLOB NOT NULL,
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
-- The judgement as it was made last.
CREATE TABLE health_scores (
    plugin TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    tenths INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    tier TEXT NOT NULL,
    why TEXT NOT NULL,
    kind TEXT NOT NULL,
    policy TEXT NOT NULL,
    reasons TEXT NOT NULL
) WITHOUT ROWID;
-- Every movement of a score with its causes; bounded when it is written.
CREATE TABLE health_movements (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin TEXT NOT NULL,
    at INTEGER NOT NULL,
    before_tenths INTEGER NOT NULL,
    after_tenths INTEGER NOT NULL,
    tier_before TEXT NOT NULL,
    tier_after TEXT NOT NULL,
    causes TEXT NOT NULL
);
CREATE INDEX health_movements_plugin ON health_movements (plugin, at);
CREATE INDEX health_movements_at ON health_movements (at);
-- The whole library, once a day: plugins by tier, as JSON.
CREATE TABLE health_days (
    day INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    plugins INTEGER NOT NULL,
    tiers TEXT NOT NULL,
    median INTEGER NOT NULL
);
-- Set-up and tests as they were run last, in the sandbox.
CREATE TABLE health_checks (
    plugin TEXT PRIMARY KEY,
    tree TEXT NOT NULL,
    setup_command TEXT NOT NULL,
    test_command TEXT NOT NULL,
    setup TEXT NOT NULL,
    setup_reason TEXT NOT NULL,
    test TEXT NOT NULL,
    test_reason TEXT NOT NULL,
    log TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;

-- SPDX-License-Identifier: GPL-3.0-or-later
-- Briefs as they were given, each with how the plugins stood then: what the next one compares with.
CREATE TABLE brief (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    body TEXT NOT NULL,
    plugins TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX brief_at ON brief(at);
-- Proposals that a person agreed to: written down before anything is done, so that nothing is done twice.
CREATE TABLE proposal_done (
    approval TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

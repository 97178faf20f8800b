-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE review_patches (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    ticket TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    applied TEXT NOT NULL DEFAULT '',
    made INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX review_patches_ticket ON review_patches (ticket);
CREATE TABLE review_revisions (
    patch TEXT NOT NULL,
    number INTEGER NOT NULL,
    base TEXT NOT NULL,
    result TEXT NOT NULL,
    run TEXT NOT NULL,
    tainted INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (patch, number)
) WITHOUT ROWID;
CREATE INDEX review_revisions_run ON review_revisions (run);
-- One row for each verdict that was given; the newest of a hunk counts, an undone one is taken out.
CREATE TABLE review_verdicts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    patch TEXT NOT NULL,
    hunk TEXT NOT NULL,
    verdict TEXT NOT NULL,
    lines TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX review_verdicts_patch ON review_verdicts (patch, hunk);
CREATE INDEX review_verdicts_operation ON review_verdicts (operation);
CREATE TABLE review_comments (
    id TEXT PRIMARY KEY,
    patch TEXT NOT NULL,
    hunk TEXT NOT NULL,
    line INTEGER NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX review_comments_patch ON review_comments (patch);
CREATE TABLE review_shown (
    patch TEXT NOT NULL,
    hunk TEXT NOT NULL,
    PRIMARY KEY (patch, hunk)
) WITHOUT ROWID;
CREATE TABLE review_evidence (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    patch TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    verdict TEXT NOT NULL,
    fact TEXT NOT NULL,
    link TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX review_evidence_patch ON review_evidence (patch);

-- SPDX-License-Identifier: GPL-3.0-or-later
-- Verdicts on some lines of a hunk, with how many it has; who made a revision; comments as threads; viewed marks that a
-- person set (what was on screen stays in review_shown).
ALTER TABLE review_verdicts ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_revisions ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE review_revisions ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE review_comments ADD COLUMN thread TEXT NOT NULL DEFAULT '';
ALTER TABLE review_comments ADD COLUMN path BLOB NOT NULL DEFAULT x'';
ALTER TABLE review_comments ADD COLUMN old_side INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_comments ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_comments ADD COLUMN quote TEXT NOT NULL DEFAULT '';
ALTER TABLE review_comments ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
UPDATE review_comments SET thread = id;
-- What was done to a comment later: edits of its text, its thread resolved or opened again. The newest counts, an undone
-- one is taken out.
CREATE TABLE review_comment_changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    patch TEXT NOT NULL,
    comment TEXT NOT NULL,
    kind TEXT NOT NULL, -- text, resolved
    value TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX review_comment_changes_patch ON review_comment_changes (patch);
CREATE INDEX review_comment_changes_operation ON review_comment_changes (operation);
CREATE TABLE review_viewed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    patch TEXT NOT NULL,
    hunk TEXT NOT NULL,
    viewed INTEGER NOT NULL
);
CREATE INDEX review_viewed_patch ON review_viewed (patch, hunk);
CREATE INDEX review_viewed_operation ON review_viewed (operation);

-- SPDX-License-Identifier: GPL-3.0-or-later
-- What reviewers told agents, by the run that was started for it. Written before the run is.
CREATE TABLE review_send_backs (
    run TEXT PRIMARY KEY,
    patch TEXT NOT NULL,
    revision INTEGER NOT NULL,
    author TEXT NOT NULL,
    at INTEGER NOT NULL,
    words TEXT NOT NULL,
    hunks TEXT NOT NULL,
    tainted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX review_send_backs_patch ON review_send_backs (patch);

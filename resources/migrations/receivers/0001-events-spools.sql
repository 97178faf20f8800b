-- SPDX-License-Identifier: GPL-3.0-or-later
-- How far each spool on another machine has been read.
CREATE TABLE spool_cursors (
    source TEXT PRIMARY KEY,
    spool TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;

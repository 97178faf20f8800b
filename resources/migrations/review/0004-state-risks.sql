-- SPDX-License-Identifier: GPL-3.0-or-later
-- The risk flags of a revision as they were found, and what they were found from: another detector, other trees, another
-- place of the plugin or another taint and the row does not count. The queue reads `kinds` alone, which stands before
-- what may be long.
CREATE TABLE review_risks (
    patch TEXT NOT NULL,
    revision INTEGER NOT NULL,
    detector TEXT NOT NULL,
    base TEXT NOT NULL,
    result TEXT NOT NULL,
    prefix BLOB NOT NULL,
    tainted INTEGER NOT NULL,
    kinds TEXT NOT NULL, -- {kind: how many}
    flags TEXT NOT NULL, -- [{kind, path, line, detail, class}]
    PRIMARY KEY (patch, revision)
);

-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who asked for a run.
CREATE TABLE run_askers (
    run TEXT PRIMARY KEY,
    actor TEXT NOT NULL
) WITHOUT ROWID;

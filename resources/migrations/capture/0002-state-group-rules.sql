-- SPDX-License-Identifier: GPL-3.0-or-later
-- What people decided about groups: the projection of the operations merge, split and mute. Never deleted; an undone one is
-- not active.
CREATE TABLE group_rules (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL UNIQUE,
    plugin TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    active INTEGER NOT NULL
);

-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    plugin TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    facts TEXT NOT NULL,
    guesses TEXT NOT NULL,
    assignee TEXT NOT NULL,
    remote TEXT NOT NULL,
    state TEXT NOT NULL,
    tainted INTEGER NOT NULL,
    regressed INTEGER NOT NULL,
    fix TEXT NOT NULL,
    reason TEXT NOT NULL,
    snoozed_until INTEGER NOT NULL,
    links TEXT NOT NULL,
    made INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    last_operation TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tickets_of_plugin ON tickets (plugin);
-- A group has one ticket at most.
CREATE TABLE ticket_groups (
    group_id TEXT PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES tickets (id)
) WITHOUT ROWID;
CREATE INDEX ticket_groups_of_ticket ON ticket_groups (ticket);

-- SPDX-License-Identifier: GPL-3.0-or-later
-- Runs whose playbook changes nothing may work beside one that writes.
ALTER TABLE runs ADD COLUMN writes INTEGER NOT NULL DEFAULT 1;
-- Whose turn was when: plugins with many runs do not keep others waiting.
CREATE TABLE queue_turn (of_plugin TEXT PRIMARY KEY, turn INTEGER NOT NULL) WITHOUT ROWID;

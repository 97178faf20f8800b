-- SPDX-License-Identifier: GPL-3.0-or-later
-- Errors of plugins whose logs are read, for a day: the same error may come by a log and by a kit of the program. `told` is a hash
-- of plugin, type and message; `log`: 1 when a log told it; `paired`: the other road has told it, too.
CREATE TABLE event_tellings (
    id INTEGER PRIMARY KEY,
    told BLOB NOT NULL,
    log INTEGER NOT NULL,
    at INTEGER NOT NULL,
    received INTEGER NOT NULL,
    event TEXT NOT NULL,
    paired INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX event_tellings_open ON event_tellings (told, log) WHERE paired = 0;
CREATE INDEX event_tellings_old ON event_tellings (received);

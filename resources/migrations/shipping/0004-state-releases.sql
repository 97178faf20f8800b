-- SPDX-License-Identifier: GPL-3.0-or-later
-- `told`: 0 where a ship was finished by the engine after a crash and nobody has been answered yet: asking again is not
-- meant as shipping again. `tagged`: its version's tag was there.
ALTER TABLE shipping_releases ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
ALTER TABLE shipping_releases ADD COLUMN tagged INTEGER NOT NULL DEFAULT 0;
-- When the release with the ticket's fix was rolled back last; 0: never.
ALTER TABLE shipping_times ADD COLUMN rolled_back INTEGER NOT NULL DEFAULT 0;

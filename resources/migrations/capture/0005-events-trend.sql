-- SPDX-License-Identifier: GPL-3.0-or-later
-- How a group's events are spread over time and users. The hour is of the sender's time, or of ours where it gave none; `who`
-- stands for the user whom an event names, so that users can be counted: a hash, NULL where none is named.
ALTER TABLE events ADD COLUMN hour INTEGER AS ((CASE at WHEN 0 THEN received ELSE at END) / 3600000) VIRTUAL;
CREATE INDEX events_by_hour ON events (group_id, hour);
ALTER TABLE events ADD COLUMN who INTEGER;
CREATE INDEX events_by_user ON events (group_id, who) WHERE who IS NOT NULL;

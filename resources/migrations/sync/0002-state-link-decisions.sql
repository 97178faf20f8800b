-- Linked paths that an upstream changed, as the last pull found them, and what people decided of them. Content is named as
-- "mode:id"; empty where upstream deleted it.
CREATE TABLE sync_link_change (
    plugin TEXT NOT NULL,
    path TEXT NOT NULL,     -- in the plugin
    template TEXT NOT NULL, -- from the library's root
    ours TEXT NOT NULL,
    theirs TEXT NOT NULL,
    upstream TEXT NOT NULL, -- commit
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (plugin, path)
);
-- The projection of operations on "link:<plugin>". An answer holds for one content of upstream's.
CREATE TABLE sync_link_answer (
    plugin TEXT NOT NULL,
    path TEXT NOT NULL,
    theirs TEXT NOT NULL,
    choice TEXT NOT NULL,   -- adopt, keep, discard
    operation TEXT NOT NULL,
    actor TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (plugin, path, theirs)
);

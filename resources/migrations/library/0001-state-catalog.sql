-- The catalog as it was scanned last. A row is as good as its tree and settings ids: `facts` follow from them alone.
CREATE TABLE catalog_plugin (
    id TEXT PRIMARY KEY,
    prefix BLOB NOT NULL,
    tree BLOB NOT NULL,
    settings_blob BLOB,
    facts BLOB NOT NULL
);
CREATE TABLE catalog (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    format INTEGER NOT NULL,
    head BLOB NOT NULL,
    scanned_at INTEGER NOT NULL,
    settings_blob BLOB,
    settings BLOB,
    joins BLOB,
    problems BLOB
);

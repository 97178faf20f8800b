-- What was learned of each plugin's upstream when it was asked last; the commits themselves are references of the library.
CREATE TABLE sync_upstream (
    plugin TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    branch TEXT NOT NULL,      -- short name; empty while it is not known
    fetched_at INTEGER NOT NULL, -- last success, ms; 0: never
    error TEXT NOT NULL        -- why the last try failed; empty when it did not
);

-- What people do to modules, the parts modules run on, checkpoints and revocation lists.

ALTER TABLE modules ADD COLUMN quarantined INTEGER REFERENCES events;
ALTER TABLE modules ADD COLUMN scrapped INTEGER REFERENCES events;

CREATE INDEX modules_void ON modules (voided) WHERE voided IS NOT NULL;

CREATE TABLE devices (
    id  TEXT    NOT NULL PRIMARY KEY,              -- what the debugger read
    uid BLOB    NOT NULL REFERENCES modules (uid),
    seq INTEGER NOT NULL REFERENCES events
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    seq    INTEGER PRIMARY KEY REFERENCES events,
    upto   INTEGER NOT NULL REFERENCES events,     -- the last event it covers
    signer BLOB    NOT NULL REFERENCES authorities
) STRICT;

CREATE TABLE revocation_lists (
    issuer BLOB    NOT NULL PRIMARY KEY REFERENCES authorities,
    number INTEGER NOT NULL,                       -- of the last list
    seq    INTEGER NOT NULL REFERENCES events
) STRICT, WITHOUT ROWID;

-- Authorities that follow each other: which is active, since when, and which was before. A further
-- role, the key that signs lists of void certificates for an issuing authority.

-- The check on `role` stands in the table itself, so the tables are made anew. Those that refer to it
-- come along; nothing else does.
CREATE TABLE authorities_now (
    sha256 BLOB    NOT NULL PRIMARY KEY,           -- of the certificate
    seq    INTEGER NOT NULL REFERENCES events,
    role   TEXT    NOT NULL CHECK (role IN ('issuing', 'manifest', 'revocation', 'root')),
    active INTEGER REFERENCES events               -- what made it active last; none while it waits
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints_now (
    seq    INTEGER PRIMARY KEY REFERENCES events,
    upto   INTEGER NOT NULL REFERENCES events,     -- the last event it covers
    signer BLOB    NOT NULL REFERENCES authorities_now
) STRICT;

CREATE TABLE revocation_lists_now (
    issuer BLOB    NOT NULL PRIMARY KEY REFERENCES authorities_now,
    number INTEGER NOT NULL,                       -- of the last list
    seq    INTEGER NOT NULL REFERENCES events
) STRICT, WITHOUT ROWID;

-- The first of a role has been the active one all along.
INSERT INTO authorities_now
SELECT sha256, seq, role,
       iif(seq = (SELECT min(first.seq) FROM authorities AS first WHERE first.role = this.role), seq, NULL)
FROM authorities AS this;
INSERT INTO checkpoints_now SELECT seq, upto, signer FROM checkpoints;
INSERT INTO revocation_lists_now SELECT issuer, number, seq FROM revocation_lists;

DROP TABLE checkpoints;
DROP TABLE revocation_lists;
DROP TABLE authorities;
ALTER TABLE authorities_now RENAME TO authorities;
ALTER TABLE checkpoints_now RENAME TO checkpoints;
ALTER TABLE revocation_lists_now RENAME TO revocation_lists;

CREATE TABLE activations (
    seq       INTEGER PRIMARY KEY REFERENCES events,
    authority BLOB    NOT NULL REFERENCES authorities
) STRICT;

INSERT INTO activations SELECT active, sha256 FROM authorities WHERE active IS NOT NULL;

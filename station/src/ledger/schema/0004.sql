-- What the HSM was asked to sign, and how many certificates an order may have.

ALTER TABLE authorities ADD COLUMN key_label TEXT NOT NULL DEFAULT '';
UPDATE authorities
    SET key_label = (SELECT payload ->> '$.key-label' FROM events WHERE events.seq = authorities.seq)
    WHERE EXISTS (SELECT 1 FROM events WHERE events.seq = authorities.seq);

ALTER TABLE orders ADD COLUMN certificates INTEGER;           -- as many as it takes, if there is no limit
ALTER TABLE orders ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
UPDATE orders
    SET reserved = (SELECT count(*)
                    FROM modules JOIN certificates ON certificates.module = modules.seq
                    WHERE modules.order_id = orders.id);

CREATE TABLE signing_keys (
    label      TEXT    NOT NULL PRIMARY KEY,       -- on the HSM
    signatures INTEGER NOT NULL,                   -- that are on record
    accepted   INTEGER NOT NULL                    -- that nobody announced, and somebody answers for
) STRICT, WITHOUT ROWID;

CREATE TABLE signings (
    digest     BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),   -- of what is signed
    key        TEXT    NOT NULL REFERENCES signing_keys,
    purpose    TEXT    NOT NULL,
    announced  INTEGER NOT NULL REFERENCES events,
    made       INTEGER REFERENCES events,          -- the last signature
    signatures INTEGER NOT NULL                    -- that are on record
) STRICT, WITHOUT ROWID;

CREATE INDEX signings_of_key ON signings (key);

INSERT INTO signing_keys (label, signatures, accepted)
    SELECT authorities.key_label, count(certificates.issued), 0
    FROM certificates
    JOIN events ON events.seq = certificates.reserved
    JOIN authorities ON lower(hex(authorities.sha256)) = events.payload ->> '$.issuer'
    GROUP BY authorities.key_label;

INSERT INTO signings (digest, key, purpose, announced, made, signatures)
    SELECT certificates.tbs_sha256, authorities.key_label, 'birth-certificate',
           certificates.reserved, certificates.issued, certificates.issued IS NOT NULL
    FROM certificates
    JOIN events ON events.seq = certificates.reserved
    JOIN authorities ON lower(hex(authorities.sha256)) = events.payload ->> '$.issuer';

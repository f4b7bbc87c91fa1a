-- The events: the truth. Everything below them can be made anew from them.

CREATE TABLE events (
    seq      INTEGER PRIMARY KEY,
    time     TEXT    NOT NULL,
    operator TEXT    NOT NULL,
    station  TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    payload  TEXT    NOT NULL,
    previous BLOB    NOT NULL CHECK (length(previous) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    -- Read from the payload, so that they cannot say anything else.
    run      INTEGER GENERATED ALWAYS AS (payload ->> '$.run') VIRTUAL,
    uid      TEXT    GENERATED ALWAYS AS (payload ->> '$.uid') VIRTUAL
) STRICT;

CREATE INDEX events_of_run ON events (run) WHERE run IS NOT NULL;
CREATE INDEX events_of_module ON events (uid) WHERE uid IS NOT NULL AND run IS NULL;

CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM events)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM events WHERE seq = NEW.seq - 1), zeroblob(32))
BEGIN
    SELECT raise(ABORT, 'an event has to follow the last one');
END;

CREATE TRIGGER events_are_final BEFORE UPDATE ON events
BEGIN
    SELECT raise(ABORT, 'an event is never changed');
END;

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN
    SELECT raise(ABORT, 'an event is never deleted');
END;

-- The projections. A row's `seq` is the event that made it; other columns that refer to events
-- hold the last one of their kind.

CREATE TABLE authorities (
    sha256 BLOB    NOT NULL PRIMARY KEY,           -- of the certificate
    seq    INTEGER NOT NULL REFERENCES events,
    role   TEXT    NOT NULL CHECK (role IN ('issuing', 'manifest', 'root'))
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    id       TEXT    NOT NULL PRIMARY KEY,
    seq      INTEGER NOT NULL REFERENCES events,
    sha256   BLOB    NOT NULL,                     -- of the payload
    customer TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    opened   INTEGER NOT NULL REFERENCES events,
    passed   INTEGER NOT NULL CHECK (passed >= 0),
    running  INTEGER NOT NULL CHECK (running >= 0),
    failed   INTEGER NOT NULL CHECK (failed >= 0),
    errors   INTEGER NOT NULL CHECK (errors >= 0),
    voided   INTEGER NOT NULL CHECK (voided >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_by_opening ON orders (opened);

CREATE TABLE runs (
    seq      INTEGER PRIMARY KEY REFERENCES events,
    slot     TEXT    NOT NULL,
    order_id TEXT    NOT NULL REFERENCES orders,
    module   INTEGER REFERENCES modules,
    ended    INTEGER REFERENCES events,
    outcome  TEXT    CHECK (outcome IN ('passed', 'failed', 'error', 'interrupted')),
    CHECK ((ended IS NULL) = (outcome IS NULL))
) STRICT;

CREATE INDEX runs_of_module ON runs (module) WHERE module IS NOT NULL;

CREATE TABLE slots (
    name TEXT    NOT NULL PRIMARY KEY,
    run  INTEGER REFERENCES runs                   -- the one under way
) STRICT, WITHOUT ROWID;

CREATE TABLE modules (
    uid        BLOB    NOT NULL UNIQUE CHECK (length(uid) = 16),
    seq        INTEGER PRIMARY KEY REFERENCES events,
    public_key BLOB    NOT NULL UNIQUE CHECK (length(public_key) = 32),
    run        INTEGER NOT NULL REFERENCES runs,
    order_id   TEXT    REFERENCES orders,
    installed  INTEGER REFERENCES events,
    proved     INTEGER REFERENCES events,
    sealed     INTEGER REFERENCES events,
    printed    INTEGER REFERENCES events,
    label      INTEGER REFERENCES labels,
    scanned    INTEGER REFERENCES events,
    passed     INTEGER REFERENCES events,
    voided     INTEGER REFERENCES events,
    batch      INTEGER REFERENCES batches,         -- the last one it was in
    due        INTEGER NOT NULL CHECK (due IN (0, 1))
) STRICT;

CREATE INDEX modules_of_order ON modules (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX modules_due ON modules (order_id) WHERE due = 1;

CREATE TABLE certificates (
    module     INTEGER PRIMARY KEY REFERENCES modules,
    reserved   INTEGER NOT NULL REFERENCES events,
    serial     BLOB    NOT NULL UNIQUE CHECK (length(serial) = 16),
    tbs_sha256 BLOB    NOT NULL,
    issued     INTEGER REFERENCES events,
    sha256     BLOB    UNIQUE,                     -- of the certificate
    CHECK ((issued IS NULL) = (sha256 IS NULL))
) STRICT;

CREATE TABLE labels (
    payload TEXT    NOT NULL UNIQUE,
    seq     INTEGER PRIMARY KEY REFERENCES events,
    uid     BLOB    NOT NULL REFERENCES modules (uid)
) STRICT;

CREATE TABLE customers (
    name   TEXT    NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,                       -- of the last batch
    digest BLOB    NOT NULL,                       -- of the last batch
    batch  INTEGER NOT NULL REFERENCES batches
) STRICT, WITHOUT ROWID;

CREATE TABLE batches (
    id       TEXT    NOT NULL UNIQUE,
    seq      INTEGER PRIMARY KEY REFERENCES events,
    customer TEXT    NOT NULL,
    number   INTEGER NOT NULL,
    UNIQUE (customer, number)
) STRICT;

CREATE TABLE batch_modules (
    batch  INTEGER NOT NULL REFERENCES batches,
    module INTEGER NOT NULL REFERENCES modules,
    PRIMARY KEY (batch, module)
) STRICT, WITHOUT ROWID;

CREATE INDEX batches_of_module ON batch_modules (module);

CREATE TABLE exports (
    seq   INTEGER PRIMARY KEY REFERENCES events,
    batch INTEGER NOT NULL REFERENCES batches
) STRICT;

CREATE INDEX exports_of_batch ON exports (batch);

-- The tables of a store, in a schema of their own. A database of several holds the partitions whose number modulo the databases is its own.
CREATE SCHEMA scoring;

CREATE TABLE scoring.store (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    layout integer NOT NULL,
    identity bigint NOT NULL,
    database integer NOT NULL,
    databases integer NOT NULL
);

-- In the first database.
CREATE TABLE scoring.document (
    name text PRIMARY KEY,
    version bigint NOT NULL,
    checksum bigint NOT NULL,
    content bytea NOT NULL
);

-- A row for each run of a server. Until when it may answer for its partitions, by this database's clock.
CREATE TABLE scoring.server (
    incarnation uuid PRIMARY KEY,
    name text NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE scoring.partition (
    partition smallint PRIMARY KEY,
    -- Number of the newest claim, whose it is, and until when owners before it may answer.
    epoch bigint NOT NULL DEFAULT 0,
    owner uuid,
    blocked_until timestamptz,
    -- Entries up to this one are contained in a valid checkpoint.
    contained bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL,
    checksum bigint NOT NULL,
    content bytea NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE scoring.blob (
    partition smallint NOT NULL,
    number bigint NOT NULL,
    piece integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (partition, number, piece)
);
ALTER TABLE scoring.blob ALTER content SET STORAGE EXTERNAL;

-- The tables of the log that there are: log_1, log_2 and so on.
CREATE TABLE scoring.generation (number bigint PRIMARY KEY);

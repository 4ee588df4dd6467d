-- What the cluster edition keeps in PostgreSQL. May be run again at any time.

-- Every customer, in the form that the standalone edition stores it in too (see Population.Write). A writer names the version that it has
-- read; a version that is no longer current fences it off.
CREATE TABLE IF NOT EXISTS scoring_customer (
    workspace text COLLATE "C" NOT NULL,
    customer bytea NOT NULL,
    bucket smallint NOT NULL,
    version bigint NOT NULL,
    changed timestamptz NOT NULL,
    record bytea NOT NULL,
    PRIMARY KEY (workspace, customer)
);

-- Room on the page lets a record be replaced where it is.
ALTER TABLE scoring_customer SET (fillfactor = 80);

CREATE INDEX IF NOT EXISTS scoring_customer_bucket ON scoring_customer (workspace, bucket);

-- The event ids that a customer has had, in blocks in the order of receipt.
CREATE TABLE IF NOT EXISTS scoring_event_id (
    workspace text COLLATE "C" NOT NULL,
    customer bytea NOT NULL,
    block integer NOT NULL,
    ids bytea NOT NULL,
    PRIMARY KEY (workspace, customer, block)
);

-- Everything else that a grain keeps: accounts, models, vocabularies.
CREATE TABLE IF NOT EXISTS scoring_state (
    kind text COLLATE "C" NOT NULL,
    key bytea NOT NULL,
    version bigint NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (kind, key)
);

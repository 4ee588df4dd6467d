-- Sets PostgreSQL up for the cluster edition. May be run again at any time; an upgrade begins with it.

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

-- For reading buckets. Of another collation than the column, though the order is the same, so that it is never taken to look a customer up:
-- as long as the table is small it would seem as good as the primary key.
CREATE INDEX IF NOT EXISTS scoring_customer_by_bucket ON scoring_customer (workspace COLLATE "POSIX", bucket);
DROP INDEX IF EXISTS scoring_customer_bucket;

-- The event ids that a customer has had, in blocks in the order of receipt.
CREATE TABLE IF NOT EXISTS scoring_event_id (
    workspace text COLLATE "C" NOT NULL,
    customer bytea NOT NULL,
    block integer NOT NULL,
    ids bytea NOT NULL,
    PRIMARY KEY (workspace, customer, block)
);

-- A block is replaced as often as it has ids: where it is, as long as there is room on the page, and as it is, because nothing of it compresses.
ALTER TABLE scoring_event_id SET (fillfactor = 70);

DO $$
BEGIN
    IF (SELECT attstorage FROM pg_attribute WHERE attrelid = 'scoring_event_id'::regclass AND attname = 'ids') <> 'p' THEN
        ALTER TABLE scoring_event_id ALTER COLUMN ids SET STORAGE PLAIN;
    END IF;
END
$$;

-- Everything else: accounts, models, vocabularies, what half-lives a workspace has.
CREATE TABLE IF NOT EXISTS scoring_state (
    kind text COLLATE "C" NOT NULL,
    key bytea NOT NULL,
    version bigint NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (kind, key)
);

-- Event ids that a standalone store brought along (see scoring migrate): keys of that store, which do not tell whose they are. Asked for as
-- long as the document 'imported-ids' of scoring_state says, then removed.
CREATE TABLE IF NOT EXISTS scoring_imported_id (
    key uuid NOT NULL PRIMARY KEY,
    content bigint NOT NULL,
    received bigint NOT NULL,
    partition smallint NOT NULL
);

-- Which silos there are. Orleans (Microsoft.Orleans.Clustering.AdoNet) reads its statements from the table orleansquery by their keys, names
-- their parameters and the columns that it reads; the tables behind them are ours. The version of a cluster rises with every change, and a
-- change names the version that it was made from.
CREATE TABLE IF NOT EXISTS scoring_cluster (
    deployment text COLLATE "C" NOT NULL PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS scoring_silo (
    deployment text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    siloname text NOT NULL,
    hostname text NOT NULL,
    status integer NOT NULL,
    proxyport integer,
    suspecttimes text,
    starttime timestamptz NOT NULL,
    iamalivetime timestamptz NOT NULL,
    PRIMARY KEY (deployment, address, port, generation)
);

CREATE TABLE IF NOT EXISTS orleansquery (
    querykey text NOT NULL PRIMARY KEY,
    querytext text NOT NULL
);

INSERT INTO orleansquery (querykey, querytext) VALUES
(
    'InsertMembershipVersionKey',
    'WITH added AS (
        INSERT INTO scoring_cluster (deployment) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1
    ) SELECT count(*)::integer FROM added'
), (
    'InsertMembershipKey',
    'WITH changed AS (
        UPDATE scoring_cluster SET version = version + 1
        WHERE deployment = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT 1 FROM scoring_silo
            WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        )
        RETURNING 1
    ), added AS (
        INSERT INTO scoring_silo (
            deployment, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime
        )
        SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        FROM changed
        RETURNING 1
    ) SELECT count(*)::integer FROM added'
), (
    'UpdateMembershipKey',
    'WITH changed AS (
        UPDATE scoring_cluster SET version = version + 1
        WHERE deployment = @DeploymentId AND version = @Version AND EXISTS (
            SELECT 1 FROM scoring_silo
            WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        )
        RETURNING 1
    ), updated AS (
        UPDATE scoring_silo SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
        FROM changed
        WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING 1
    ) SELECT count(*)::integer FROM updated'
), (
    'UpdateIAmAlivetimeKey',
    'UPDATE scoring_silo SET iamalivetime = @IAmAliveTime
    WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'
), (
    'MembershipReadRowKey',
    'SELECT c.version, s.address, s.port, s.generation, s.siloname, s.hostname, s.status, s.proxyport, s.suspecttimes, s.starttime, s.iamalivetime
    FROM scoring_cluster c
    LEFT JOIN scoring_silo s ON s.deployment = c.deployment AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE c.deployment = @DeploymentId'
), (
    'MembershipReadAllKey',
    'SELECT c.version, s.address, s.port, s.generation, s.siloname, s.hostname, s.status, s.proxyport, s.suspecttimes, s.starttime, s.iamalivetime
    FROM scoring_cluster c
    LEFT JOIN scoring_silo s ON s.deployment = c.deployment
    WHERE c.deployment = @DeploymentId'
), (
    'GatewaysQueryKey',
    'SELECT address, proxyport, generation FROM scoring_silo
    WHERE deployment = @DeploymentId AND status = @Status AND proxyport > 0'
), (
    'DeleteMembershipTableEntriesKey',
    'WITH silos AS (
        DELETE FROM scoring_silo WHERE deployment = @DeploymentId
    ) DELETE FROM scoring_cluster WHERE deployment = @DeploymentId'
), (
    -- 3 is an active silo.
    'CleanupDefunctSiloEntriesKey',
    'DELETE FROM scoring_silo WHERE deployment = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3'
)
ON CONFLICT (querykey) DO UPDATE SET querytext = EXCLUDED.querytext;

-- Which servers there are. Orleans (Microsoft.Orleans.Clustering.AdoNet) reads its statements from the table orleansquery by their keys, names
-- their parameters and the columns that it reads; the tables behind them are ours. The version of a cluster rises with every change, and a
-- change names the version that it was made from.
CREATE TABLE scoring.cluster (
    deployment text COLLATE "C" NOT NULL PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE scoring.silo (
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

CREATE TABLE scoring.orleansquery (
    querykey text NOT NULL PRIMARY KEY,
    querytext text NOT NULL
);

INSERT INTO scoring.orleansquery (querykey, querytext) VALUES
(
    'InsertMembershipVersionKey',
    'WITH added AS (
        INSERT INTO scoring.cluster (deployment) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1
    ) SELECT count(*)::integer FROM added'
), (
    'InsertMembershipKey',
    'WITH changed AS (
        UPDATE scoring.cluster SET version = version + 1
        WHERE deployment = @DeploymentId AND version = @Version AND NOT EXISTS (
            SELECT 1 FROM scoring.silo
            WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        )
        RETURNING 1
    ), added AS (
        INSERT INTO scoring.silo (
            deployment, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime
        )
        SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        FROM changed
        RETURNING 1
    ) SELECT count(*)::integer FROM added'
), (
    'UpdateMembershipKey',
    'WITH changed AS (
        UPDATE scoring.cluster SET version = version + 1
        WHERE deployment = @DeploymentId AND version = @Version AND EXISTS (
            SELECT 1 FROM scoring.silo
            WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        )
        RETURNING 1
    ), updated AS (
        UPDATE scoring.silo SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
        FROM changed
        WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
        RETURNING 1
    ) SELECT count(*)::integer FROM updated'
), (
    'UpdateIAmAlivetimeKey',
    'UPDATE scoring.silo SET iamalivetime = @IAmAliveTime
    WHERE deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'
), (
    'MembershipReadRowKey',
    'SELECT c.version, s.address, s.port, s.generation, s.siloname, s.hostname, s.status, s.proxyport, s.suspecttimes, s.starttime, s.iamalivetime
    FROM scoring.cluster c
    LEFT JOIN scoring.silo s ON s.deployment = c.deployment AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE c.deployment = @DeploymentId'
), (
    'MembershipReadAllKey',
    'SELECT c.version, s.address, s.port, s.generation, s.siloname, s.hostname, s.status, s.proxyport, s.suspecttimes, s.starttime, s.iamalivetime
    FROM scoring.cluster c
    LEFT JOIN scoring.silo s ON s.deployment = c.deployment
    WHERE c.deployment = @DeploymentId'
), (
    'GatewaysQueryKey',
    'SELECT address, proxyport, generation FROM scoring.silo
    WHERE deployment = @DeploymentId AND status = @Status AND proxyport > 0'
), (
    'DeleteMembershipTableEntriesKey',
    'WITH silos AS (
        DELETE FROM scoring.silo WHERE deployment = @DeploymentId
    ) DELETE FROM scoring.cluster WHERE deployment = @DeploymentId'
), (
    -- 3 is an active silo.
    'CleanupDefunctSiloEntriesKey',
    'DELETE FROM scoring.silo WHERE deployment = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3'
);

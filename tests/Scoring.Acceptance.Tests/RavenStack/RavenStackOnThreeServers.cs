using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>RavenStack, imported through one of three servers with PostgreSQL.</summary>
public sealed class RavenStackOnThreeServers : RavenStackSpecs, IClassFixture<RavenStackOnThreeServers.Cluster>
{
    public RavenStackOnThreeServers(Cluster cluster)
        : base(cluster) => PostgresServer.SkipWhereMissing();

    /// <summary>Three servers with a database.</summary>
    public sealed class Cluster() : RavenStackCluster(databases: 1);
}

/// <summary>The same with the store in two databases.</summary>
public sealed class RavenStackWithTwoDatabases : RavenStackSpecs, IClassFixture<RavenStackWithTwoDatabases.Cluster>
{
    public RavenStackWithTwoDatabases(Cluster cluster)
        : base(cluster) => PostgresServer.SkipWhereMissing();

    /// <summary>Three servers with two databases.</summary>
    public sealed class Cluster() : RavenStackCluster(databases: 2);
}

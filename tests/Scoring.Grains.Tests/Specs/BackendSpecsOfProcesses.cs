using Scoring.Core.Workspaces;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Every specification gets a workspace of its own in three processes.</summary>
public sealed class Processes(PostgresServer server, ProcessClusters clusters, int databases = 1) : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        await ThreeProcesses.StartAsync(clusters, server, databases, settings);
}

public sealed class RecordingByProcesses(PostgresServer server, ProcessClusters clusters)
    : RecordingSpecs(new Processes(server, clusters));

public sealed class LimitsOfProcesses(PostgresServer server, ProcessClusters clusters)
    : LimitSpecs(new Processes(server, clusters));

public sealed class ScoresOfProcesses(PostgresServer server, ProcessClusters clusters)
    : ScoreSpecs(new Processes(server, clusters));

public sealed class ModelsOfProcesses(PostgresServer server, ProcessClusters clusters)
    : ModelSpecs(new Processes(server, clusters));

public sealed class SegmentsOfProcesses(PostgresServer server, ProcessClusters clusters)
    : SegmentSpecs(new Processes(server, clusters));

public sealed class AccountsOfProcesses(PostgresServer server, ProcessClusters clusters)
    : AccountSpecs(new Processes(server, clusters));

public sealed class RandomOperationsOnProcesses(PostgresServer server, ProcessClusters clusters)
    : RandomOperationsSpecs(new Processes(server, clusters));

public sealed class RecordingWithTwoDatabasesByProcesses(PostgresServer server, ProcessClusters clusters)
    : RecordingSpecs(new Processes(server, clusters, databases: 2));

public sealed class LimitsWithTwoDatabasesOfProcesses(PostgresServer server, ProcessClusters clusters)
    : LimitSpecs(new Processes(server, clusters, databases: 2));

public sealed class ScoresWithTwoDatabasesOfProcesses(PostgresServer server, ProcessClusters clusters)
    : ScoreSpecs(new Processes(server, clusters, databases: 2));

public sealed class ModelsWithTwoDatabasesOfProcesses(PostgresServer server, ProcessClusters clusters)
    : ModelSpecs(new Processes(server, clusters, databases: 2));

public sealed class SegmentsWithTwoDatabasesOfProcesses(PostgresServer server, ProcessClusters clusters)
    : SegmentSpecs(new Processes(server, clusters, databases: 2));

public sealed class AccountsWithTwoDatabasesOfProcesses(PostgresServer server, ProcessClusters clusters)
    : AccountSpecs(new Processes(server, clusters, databases: 2));

public sealed class RandomOperationsWithTwoDatabasesOnProcesses(PostgresServer server, ProcessClusters clusters)
    : RandomOperationsSpecs(new Processes(server, clusters, databases: 2));

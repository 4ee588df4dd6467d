using Scoring.Core.Workspaces;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Every specification gets a workspace of its own in three processes, which are the same for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class Processes(ProcessCluster cluster) : IBackendHosts, ICollectionFixture<ProcessCluster>
{
    /// <summary>One after the other: the clock is for one at a time.</summary>
    public const string Name = "Processes";

    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        new ThreeProcesses(cluster, await cluster.NewWorkspaceAsync(settings, BackendHost.Cancellation));
}

[Collection(Processes.Name)]
public sealed class RecordingByProcesses(ProcessCluster cluster) : RecordingSpecs(new Processes(cluster));

[Collection(Processes.Name)]
public sealed class LimitsOfProcesses(ProcessCluster cluster) : LimitSpecs(new Processes(cluster));

[Collection(Processes.Name)]
public sealed class ScoresOfProcesses(ProcessCluster cluster) : ScoreSpecs(new Processes(cluster));

[Collection(Processes.Name)]
public sealed class ModelsOfProcesses(ProcessCluster cluster) : ModelSpecs(new Processes(cluster));

[Collection(Processes.Name)]
public sealed class SegmentsOfProcesses(ProcessCluster cluster) : SegmentSpecs(new Processes(cluster));

[Collection(Processes.Name)]
public sealed class AccountsOfProcesses(ProcessCluster cluster) : AccountSpecs(new Processes(cluster));

[Collection(Processes.Name)]
public sealed class RandomOperationsOnProcesses(ProcessCluster cluster) : RandomOperationsSpecs(new Processes(cluster));

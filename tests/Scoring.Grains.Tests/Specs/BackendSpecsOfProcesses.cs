using Scoring.Core.Workspaces;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Every specification gets a workspace of its own in three processes, which are the same for all of them.</summary>
internal sealed class Processes(ProcessCluster cluster) : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        new ThreeProcesses(cluster, await cluster.NewWorkspaceAsync(settings, BackendHost.Cancellation));
}

/// <summary>
/// Three processes with one database; one specification after the other, for the clock is for one at a time. What two databases are a test of is specified on these alone.
/// </summary>
[CollectionDefinition(nameof(OneDatabase))]
public sealed class OneDatabase(PostgresServer server)
    : ProcessCluster(server, databases: 1),
        ICollectionFixture<OneDatabase>;

[Collection(nameof(OneDatabase))]
public sealed class ScoresOfProcesses(OneDatabase cluster) : ScoreSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class FiltersOfProcesses(OneDatabase cluster) : FilterSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class ListsOfProcesses(OneDatabase cluster) : ListSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class EventExportsOfProcesses(OneDatabase cluster) : EventExportSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class TermsOfProcesses(OneDatabase cluster) : TermSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class AdjustmentsOfProcesses(OneDatabase cluster) : AdjustmentSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class HistoriesOfProcesses(OneDatabase cluster) : HistorySpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class ScoreChangesOfProcesses(OneDatabase cluster) : ScoreChangeSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class AccountHistoriesOfProcesses(OneDatabase cluster) : AccountHistorySpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class AccountChangesOfProcesses(OneDatabase cluster) : AccountChangeSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class EvaluationsOfProcesses(OneDatabase cluster) : EvaluationSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class ProposalsOfProcesses(OneDatabase cluster) : ProposalSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class SegmentHistoriesOfProcesses(OneDatabase cluster) : SegmentHistorySpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class MoversOfProcesses(OneDatabase cluster) : MoverSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class SegmentChangesOfProcesses(OneDatabase cluster) : SegmentChangeSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class BandLeaversOfProcesses(OneDatabase cluster) : BandLeaverSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class ProjectionsOfProcesses(OneDatabase cluster) : ProjectionSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class KeepingOfProcesses(OneDatabase cluster) : KeepingSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class CorrectionsOfProcesses(OneDatabase cluster) : CorrectionSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class MergesOfProcesses(OneDatabase cluster) : MergeSpecs(new Processes(cluster));

[Collection(nameof(OneDatabase))]
public sealed class RandomOperationsOnProcesses(OneDatabase cluster) : RandomOperationsSpecs(new Processes(cluster));

/// <summary>Three processes with two databases; one specification after the other, for the clock is for one at a time.</summary>
[CollectionDefinition(nameof(TwoDatabases))]
public sealed class TwoDatabases(PostgresServer server)
    : ProcessCluster(server, databases: 2),
        ICollectionFixture<TwoDatabases>;

[Collection(nameof(TwoDatabases))]
public sealed class RecordingByProcessesWithTwoDatabases(TwoDatabases cluster) : RecordingSpecs(new Processes(cluster));

[Collection(nameof(TwoDatabases))]
public sealed class LimitsOfProcessesWithTwoDatabases(TwoDatabases cluster) : LimitSpecs(new Processes(cluster));

[Collection(nameof(TwoDatabases))]
public sealed class ModelsOfProcessesWithTwoDatabases(TwoDatabases cluster) : ModelSpecs(new Processes(cluster));

[Collection(nameof(TwoDatabases))]
public sealed class SegmentsOfProcessesWithTwoDatabases(TwoDatabases cluster) : SegmentSpecs(new Processes(cluster));

[Collection(nameof(TwoDatabases))]
public sealed class AccountsOfProcessesWithTwoDatabases(TwoDatabases cluster) : AccountSpecs(new Processes(cluster));

[Collection(nameof(TwoDatabases))]
public sealed class CustomersOfProcessesWithTwoDatabases(TwoDatabases cluster) : CustomerSpecs(new Processes(cluster));

[Collection(nameof(TwoDatabases))]
public sealed class RandomOperationsOnProcessesWithTwoDatabases(TwoDatabases cluster)
    : RandomOperationsSpecs(new Processes(cluster));

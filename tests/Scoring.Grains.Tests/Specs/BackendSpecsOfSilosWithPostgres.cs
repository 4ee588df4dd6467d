using Scoring.Core.Workspaces;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Every specification gets three silos and a database of its own.</summary>
public class SilosWithPostgres(PostgresServer server, int databases = 1) : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        await ThreeSilosWithPostgres.StartAsync(server, databases, settings, variant);
}

public sealed class RecordingWithPostgres(PostgresServer server) : RecordingSpecs(new SilosWithPostgres(server));

public sealed class LimitsWithPostgres(PostgresServer server) : LimitSpecs(new SilosWithPostgres(server));

public sealed class ScoresWithPostgres(PostgresServer server) : ScoreSpecs(new SilosWithPostgres(server));

public sealed class ModelsWithPostgres(PostgresServer server) : ModelSpecs(new SilosWithPostgres(server));

public sealed class SegmentsWithPostgres(PostgresServer server) : SegmentSpecs(new SilosWithPostgres(server));

public sealed class FiltersWithPostgres(PostgresServer server) : FilterSpecs(new SilosWithPostgres(server));

public sealed class ListsWithPostgres(PostgresServer server) : ListSpecs(new SilosWithPostgres(server));

public sealed class EventExportsWithPostgres(PostgresServer server) : EventExportSpecs(new SilosWithPostgres(server));

public sealed class TermsWithPostgres(PostgresServer server) : TermSpecs(new SilosWithPostgres(server));

public sealed class AdjustmentsWithPostgres(PostgresServer server) : AdjustmentSpecs(new SilosWithPostgres(server));

public sealed class HistoriesWithPostgres(PostgresServer server) : HistorySpecs(new SilosWithPostgres(server));

public sealed class ScoreChangesWithPostgres(PostgresServer server) : ScoreChangeSpecs(new SilosWithPostgres(server));

public sealed class AccountHistoriesWithPostgres(PostgresServer server)
    : AccountHistorySpecs(new SilosWithPostgres(server));

public sealed class AccountChangesWithPostgres(PostgresServer server)
    : AccountChangeSpecs(new SilosWithPostgres(server));

public sealed class EvaluationsWithPostgres(PostgresServer server) : EvaluationSpecs(new SilosWithPostgres(server));

public sealed class ProposalsWithPostgres(PostgresServer server) : ProposalSpecs(new SilosWithPostgres(server));

public sealed class EvaluationProgressWithPostgres(PostgresServer server)
    : EvaluationProgressSpecs(new SilosWithPostgres(server));

public sealed class SegmentHistoriesWithPostgres(PostgresServer server)
    : SegmentHistorySpecs(new SilosWithPostgres(server));

public sealed class MoversWithPostgres(PostgresServer server) : MoverSpecs(new SilosWithPostgres(server));

public sealed class SegmentChangesWithPostgres(PostgresServer server)
    : SegmentChangeSpecs(new SilosWithPostgres(server));

public sealed class BandLeaversWithPostgres(PostgresServer server) : BandLeaverSpecs(new SilosWithPostgres(server));

public sealed class ProjectionsWithPostgres(PostgresServer server) : ProjectionSpecs(new SilosWithPostgres(server));

public sealed class KeepingWithPostgres(PostgresServer server) : KeepingSpecs(new SilosWithPostgres(server));

public sealed class CorrectionsWithPostgres(PostgresServer server) : CorrectionSpecs(new SilosWithPostgres(server));

public sealed class AccountsWithPostgres(PostgresServer server) : AccountSpecs(new SilosWithPostgres(server));

public sealed class CustomersWithPostgres(PostgresServer server) : CustomerSpecs(new SilosWithPostgres(server));

public sealed class MergesWithPostgres(PostgresServer server) : MergeSpecs(new SilosWithPostgres(server));

public sealed class RandomOperationsWithPostgres(PostgresServer server)
    : RandomOperationsSpecs(new SilosWithPostgres(server));

public sealed class RandomOperationsWithTwoDatabases(PostgresServer server)
    : RandomOperationsSpecs(new SilosWithPostgres(server, databases: 2));

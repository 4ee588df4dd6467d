using Scoring.Core.Workspaces;

namespace Scoring.Engine.Tests;

/// <summary>Every specification gets an engine of its own.</summary>
public sealed class EngineHosts : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant)
    {
        var harness = new EngineHarness();
        harness.Options = harness.Options with
        {
            Models = [],
            Workspaces = [settings with { Name = harness.Workspace }],
            Partitions = 3 - (variant % 3),
            CheckpointBytes = variant == 0 ? harness.Options.CheckpointBytes : 64 << 10,
        };
        await harness.Open();
        return harness;
    }
}

public sealed class RecordingByTheEngine() : RecordingSpecs(new EngineHosts());

public sealed class LimitsOfTheEngine() : LimitSpecs(new EngineHosts());

public sealed class ScoresOfTheEngine() : ScoreSpecs(new EngineHosts());

public sealed class ModelsOfTheEngine() : ModelSpecs(new EngineHosts());

public sealed class SegmentsOfTheEngine() : SegmentSpecs(new EngineHosts());

public sealed class FiltersOfTheEngine() : FilterSpecs(new EngineHosts());

public sealed class ListsOfTheEngine() : ListSpecs(new EngineHosts());

public sealed class EventExportsOfTheEngine() : EventExportSpecs(new EngineHosts());

public sealed class TermsOfTheEngine() : TermSpecs(new EngineHosts());

public sealed class AdjustmentsOfTheEngine() : AdjustmentSpecs(new EngineHosts());

public sealed class HistoriesOfTheEngine() : HistorySpecs(new EngineHosts());

public sealed class ScoreChangesOfTheEngine() : ScoreChangeSpecs(new EngineHosts());

public sealed class AccountHistoriesOfTheEngine() : AccountHistorySpecs(new EngineHosts());

public sealed class AccountChangesOfTheEngine() : AccountChangeSpecs(new EngineHosts());

public sealed class EvaluationsOfTheEngine() : EvaluationSpecs(new EngineHosts());

public sealed class ProposalsOfTheEngine() : ProposalSpecs(new EngineHosts());

public sealed class EvaluationProgressOfTheEngine() : EvaluationProgressSpecs(new EngineHosts());

public sealed class SegmentHistoriesOfTheEngine() : SegmentHistorySpecs(new EngineHosts());

public sealed class MoversOfTheEngine() : MoverSpecs(new EngineHosts());

public sealed class SegmentChangesOfTheEngine() : SegmentChangeSpecs(new EngineHosts());

public sealed class BandLeaversOfTheEngine() : BandLeaverSpecs(new EngineHosts());

public sealed class ProjectionsOfTheEngine() : ProjectionSpecs(new EngineHosts());

public sealed class KeepingOfTheEngine() : KeepingSpecs(new EngineHosts());

public sealed class CorrectionsOfTheEngine() : CorrectionSpecs(new EngineHosts());

public sealed class AccountsOfTheEngine() : AccountSpecs(new EngineHosts());

public sealed class CustomersOfTheEngine() : CustomerSpecs(new EngineHosts());

public sealed class MergesOfTheEngine() : MergeSpecs(new EngineHosts());

public sealed class RandomOperationsOnTheEngine() : RandomOperationsSpecs(new EngineHosts());

using Scoring.Core.Workspaces;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Every specification gets a silo of its own.</summary>
public sealed class OneSilo : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        await OneSiloWithFiles.StartAsync(settings, variant);
}

public sealed class RecordingByOneSilo() : RecordingSpecs(new OneSilo());

public sealed class LimitsOfOneSilo() : LimitSpecs(new OneSilo());

public sealed class ScoresOfOneSilo() : ScoreSpecs(new OneSilo());

public sealed class ModelsOfOneSilo() : ModelSpecs(new OneSilo());

public sealed class SegmentsOfOneSilo() : SegmentSpecs(new OneSilo());

public sealed class FiltersOfOneSilo() : FilterSpecs(new OneSilo());

public sealed class ListsOfOneSilo() : ListSpecs(new OneSilo());

public sealed class EventExportsOfOneSilo() : EventExportSpecs(new OneSilo());

public sealed class TermsOfOneSilo() : TermSpecs(new OneSilo());

public sealed class AdjustmentsOfOneSilo() : AdjustmentSpecs(new OneSilo());

public sealed class HistoriesOfOneSilo() : HistorySpecs(new OneSilo());

public sealed class ScoreChangesOfOneSilo() : ScoreChangeSpecs(new OneSilo());

public sealed class AccountHistoriesOfOneSilo() : AccountHistorySpecs(new OneSilo());

public sealed class AccountChangesOfOneSilo() : AccountChangeSpecs(new OneSilo());

public sealed class EvaluationsOfOneSilo() : EvaluationSpecs(new OneSilo());

public sealed class ProposalsOfOneSilo() : ProposalSpecs(new OneSilo());

public sealed class EvaluationProgressOfOneSilo() : EvaluationProgressSpecs(new OneSilo());

public sealed class SegmentHistoriesOfOneSilo() : SegmentHistorySpecs(new OneSilo());

public sealed class MoversOfOneSilo() : MoverSpecs(new OneSilo());

public sealed class SegmentChangesOfOneSilo() : SegmentChangeSpecs(new OneSilo());

public sealed class BandLeaversOfOneSilo() : BandLeaverSpecs(new OneSilo());

public sealed class ProjectionsOfOneSilo() : ProjectionSpecs(new OneSilo());

public sealed class KeepingOfOneSilo() : KeepingSpecs(new OneSilo());

public sealed class CorrectionsOfOneSilo() : CorrectionSpecs(new OneSilo());

public sealed class AccountsOfOneSilo() : AccountSpecs(new OneSilo());

public sealed class CustomersOfOneSilo() : CustomerSpecs(new OneSilo());

public sealed class MergesOfOneSilo() : MergeSpecs(new OneSilo());

public sealed class RandomOperationsOnOneSilo() : RandomOperationsSpecs(new OneSilo());

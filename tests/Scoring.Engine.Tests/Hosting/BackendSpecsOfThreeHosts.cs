using Scoring.Core.Workspaces;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>Every specification gets three hosts of its own.</summary>
public sealed class HostsOnOneStore : IBackendHosts
{
    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant) =>
        await ThreeHosts.StartAsync(
            new EngineOptions
            {
                DataDirectory = "none",
                Workspaces = [settings with { Name = WorkspaceSettings.DefaultName }],
                Partitions = 5 + variant,
                CheckpointBytes = variant == 0 ? 4 << 20 : 64 << 10,
                CheckpointInterval = TimeSpan.FromDays(30),
            }
        );
}

public sealed class RecordingByThreeHosts() : RecordingSpecs(new HostsOnOneStore());

public sealed class LimitsOfThreeHosts() : LimitSpecs(new HostsOnOneStore());

public sealed class ScoresOfThreeHosts() : ScoreSpecs(new HostsOnOneStore());

public sealed class ModelsOfThreeHosts() : ModelSpecs(new HostsOnOneStore());

public sealed class SegmentsOfThreeHosts() : SegmentSpecs(new HostsOnOneStore());

public sealed class FiltersOfThreeHosts() : FilterSpecs(new HostsOnOneStore());

public sealed class ListsOfThreeHosts() : ListSpecs(new HostsOnOneStore());

public sealed class EventExportsOfThreeHosts() : EventExportSpecs(new HostsOnOneStore());

public sealed class TermsOfThreeHosts() : TermSpecs(new HostsOnOneStore());

public sealed class AdjustmentsOfThreeHosts() : AdjustmentSpecs(new HostsOnOneStore());

public sealed class HistoriesOfThreeHosts() : HistorySpecs(new HostsOnOneStore());

public sealed class ScoreChangesOfThreeHosts() : ScoreChangeSpecs(new HostsOnOneStore());

public sealed class AccountHistoriesOfThreeHosts() : AccountHistorySpecs(new HostsOnOneStore());

public sealed class AccountChangesOfThreeHosts() : AccountChangeSpecs(new HostsOnOneStore());

public sealed class EvaluationsOfThreeHosts() : EvaluationSpecs(new HostsOnOneStore());

public sealed class ProposalsOfThreeHosts() : ProposalSpecs(new HostsOnOneStore());

public sealed class EvaluationProgressOfThreeHosts() : EvaluationProgressSpecs(new HostsOnOneStore());

public sealed class SegmentHistoriesOfThreeHosts() : SegmentHistorySpecs(new HostsOnOneStore());

public sealed class MoversOfThreeHosts() : MoverSpecs(new HostsOnOneStore());

public sealed class SegmentChangesOfThreeHosts() : SegmentChangeSpecs(new HostsOnOneStore());

public sealed class BandLeaversOfThreeHosts() : BandLeaverSpecs(new HostsOnOneStore());

public sealed class ProjectionsOfThreeHosts() : ProjectionSpecs(new HostsOnOneStore());

public sealed class KeepingOfThreeHosts() : KeepingSpecs(new HostsOnOneStore());

public sealed class CorrectionsOfThreeHosts() : CorrectionSpecs(new HostsOnOneStore());

public sealed class AccountsOfThreeHosts() : AccountSpecs(new HostsOnOneStore());

public sealed class CustomersOfThreeHosts() : CustomerSpecs(new HostsOnOneStore());

public sealed class MergesOfThreeHosts() : MergeSpecs(new HostsOnOneStore());

public sealed class RandomOperationsOnThreeHosts() : RandomOperationsSpecs(new HostsOnOneStore());

using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Engine.Hosting;

/// <summary>What the front calls in a process that has a host: every call goes to the partitions that it concerns, wherever they are.</summary>
/// <param name="host">The host of this process.</param>
/// <param name="router">Reaches all partitions.</param>
/// <param name="keeper">Puts models and removes names.</param>
public class RoutedBackend(PartitionHost host, PartitionRouter router, ModelKeeper keeper) : IScoringBackend
{
    /// <inheritdoc/>
    public ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken) =>
        router.Writes.RecordAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    ) => router.Writes.UpsertAsync(workspace, customers, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    ) => router.Writes.UpsertAsync(workspace, accounts, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    ) => router.Reads.GetScoresAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    ) => router.Reads.GetSegmentStatisticsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    ) => router.Reads.GetAccountHealthAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => new(host.ListModels(workspace));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => router.Reads.ListEventTypesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    ) => new(keeper.PutAsync(workspace, model).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        router.Reads.ListNamesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) => new(keeper.PruneAsync(workspace, pruning).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken)
    {
        host.ThrowIfRefusing();
        return default;
    }
}

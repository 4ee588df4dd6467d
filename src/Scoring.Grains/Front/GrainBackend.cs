using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.Evaluation;
using Scoring.Core.History;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Engine.Hosting;
using Scoring.Grains.Models;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Front;

/// <summary>The domain as one silo's front sees it: every customer and account a grain, wherever it is; batches go to the partitions directly.</summary>
internal sealed class GrainBackend(
    IGrainFactory grains,
    CustomerCalls customers,
    RoutedBackend routes,
    HostedEngine engine,
    GrainOptions options
) : IScoringBackend
{
    /// <inheritdoc/>
    public async ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count != 1)
        {
            return await routes.RecordAsync(batch, cancellationToken);
        }
        var name = engine.Host.Workspace(batch.Workspace).Name;
        var result = await customers.RecordAsync(name, batch, cancellationToken);
        return await routes.FollowMergedAsync(batch, result, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    ) => routes.UpsertCustomersAsync(workspace, customers, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    ) => routes.UpsertAccountsAsync(workspace, accounts, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        if (query.CustomerIds.Count != 1)
        {
            return await routes.GetScoresAsync(query, cancellationToken);
        }
        var one = query with { Workspace = engine.Host.Workspace(query.Workspace).Name };
        CustomerScore? score = null;
        try
        {
            score = await customers.ScoreAsync(one, cancellationToken);
        }
        catch (ScoringException e) when (e.Error == ScoringError.ReadTimeBeforeNewestEvent)
        {
            // The past is told from the archive.
        }
        // One of whom nothing is known may have been merged into another.
        return score is not null ? [score] : await routes.GetScoresAsync(query, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = engine.Host.Workspace(query.Workspace).Name;
        var grain = grains.GetGrain<ISegmentGrain>(workspace);
        var asked = query with { Workspace = workspace };
        return await ReadAsync(() => grain.GetStatisticsAsync(asked), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SegmentStatistics>> CompareSegmentsAsync(
        IReadOnlyList<SegmentQuery> queries,
        CancellationToken cancellationToken
    )
    {
        var workspace = engine.Host.Workspace(queries[0].Workspace).Name;
        var grain = grains.GetGrain<ISegmentGrain>(workspace);
        SegmentQuery[] asked = [.. queries.Select(query => query with { Workspace = workspace })];
        return await ReadAsync(() => grain.CompareAsync(asked), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ModelPreview> PreviewModelAsync(PreviewQuery query, CancellationToken cancellationToken) =>
        routes.PreviewModelAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentContrast> ContrastSegmentsAsync(ContrastQuery query, CancellationToken cancellationToken) =>
        routes.ContrastSegmentsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentGroups> GroupSegmentAsync(GroupQuery query, CancellationToken cancellationToken) =>
        routes.GroupSegmentAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<CustomerScore>> ListCustomersAsync(
        CustomerListQuery query,
        int size,
        CancellationToken cancellationToken
    ) => routes.ListCustomersAsync(query, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<CustomerScore>> GetCustomerPageAsync(
        string workspace,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    ) => routes.GetCustomerPageAsync(workspace, place, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<AccountHealth>> ListAccountsAsync(
        AccountListQuery query,
        int size,
        CancellationToken cancellationToken
    ) => routes.ListAccountsAsync(query, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<AccountHealth>> GetAccountPageAsync(
        AccountListQuery query,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    ) => routes.GetAccountPageAsync(query, place, size, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<CustomerScore>> ReadCustomersAsync(
        CustomerListQuery query,
        CancellationToken cancellationToken
    ) => routes.ReadCustomersAsync(query, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = engine.Host.Workspace(query.Workspace).Name;
        var grain = grains.GetGrain<IAccountGrain>(new CustomerKey(workspace, query.AccountId).ToString());
        return await ReadAsync(
            () => grain.GetHealthAsync(query.WindowDays, query.Model, query.ReadTime),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask<ScoreHistory?> GetScoreHistoryAsync(
        ScoreHistoryQuery query,
        CancellationToken cancellationToken
    ) => routes.GetScoreHistoryAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SegmentStatistics>> GetSegmentHistoryAsync(
        SegmentHistoryQuery query,
        CancellationToken cancellationToken
    ) => routes.GetSegmentHistoryAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentMovers> ListMoversAsync(SegmentChangeQuery query, CancellationToken cancellationToken) =>
        routes.ListMoversAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealthHistory> GetAccountHealthHistoryAsync(
        AccountHealthHistoryQuery query,
        CancellationToken cancellationToken
    ) => routes.GetAccountHealthHistoryAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealthChange> ExplainAccountHealthChangeAsync(
        AccountHealthChangeQuery query,
        CancellationToken cancellationToken
    ) => routes.ExplainAccountHealthChangeAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ModelEvaluation> EvaluateModelAsync(
        EvaluationQuery query,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    ) => routes.EvaluateModelAsync(query, progress, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WeightProposal> ProposeWeightsAsync(ProposalQuery query, CancellationToken cancellationToken) =>
        routes.ProposeWeightsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentChange> ExplainSegmentChangeAsync(
        SegmentChangeQuery query,
        CancellationToken cancellationToken
    ) => routes.ExplainSegmentChangeAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BandLeavers> ListBandLeaversAsync(BandLeaverQuery query, CancellationToken cancellationToken) =>
        routes.ListBandLeaversAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoreProjection?> ProjectScoreAsync(
        ScoreProjectionQuery query,
        CancellationToken cancellationToken
    ) => routes.ProjectScoreAsync(query, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<ExportedEvent>> ReadEventsAsync(
        EventExportQuery query,
        CancellationToken cancellationToken
    ) => routes.ReadEventsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoreChange?> ExplainScoreChangeAsync(
        ScoreChangeQuery query,
        CancellationToken cancellationToken
    ) => routes.ExplainScoreChangeAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CustomerDetails?> GetCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => routes.GetCustomerAsync(workspace, customerId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountDetails?> GetAccountAsync(
        string workspace,
        string accountId,
        CancellationToken cancellationToken
    ) => routes.GetAccountAsync(workspace, accountId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CustomerDetails> MergeCustomersAsync(
        string workspace,
        string customerId,
        IReadOnlyList<string> mergedIds,
        CancellationToken cancellationToken
    ) => routes.MergeCustomersAsync(workspace, customerId, mergedIds, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CorrectionResult>> CorrectEventsAsync(
        string workspace,
        IReadOnlyList<EventCorrection> corrections,
        CancellationToken cancellationToken
    ) => routes.CorrectEventsAsync(workspace, corrections, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => routes.DeleteCustomerAsync(workspace, customerId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAccountAsync(
        string workspace,
        string accountId,
        bool releaseCustomers,
        CancellationToken cancellationToken
    ) => routes.DeleteAccountAsync(workspace, accountId, releaseCustomers, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoreAdjustment> AdjustScoreAsync(
        string workspace,
        string customerId,
        ScoreAdjustment adjustment,
        CancellationToken cancellationToken
    ) => routes.AdjustScoreAsync(workspace, customerId, adjustment, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveAdjustmentAsync(
        string workspace,
        string customerId,
        string model,
        CancellationToken cancellationToken
    ) => routes.RemoveAdjustmentAsync(workspace, customerId, model, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CustomerAdjustment>> ListAdjustmentsAsync(
        AdjustmentQuery query,
        CancellationToken cancellationToken
    ) => routes.ListAdjustmentsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => new(engine.Host.ListModels(workspace));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => routes.ListEventTypesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    )
    {
        var name = engine.Host.Workspace(workspace).Name;
        // Not repeated: a change that is there already would be refused as one of an old version.
        return await WriteAsync(
            grains.GetGrain<IModelsGrain>(IModelsGrain.Key).PutAsync(name, model),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelVersionsAsync(
        string workspace,
        string name,
        CancellationToken cancellationToken
    ) => routes.ListModelVersionsAsync(workspace, name, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<int> DeleteModelAsync(
        string workspace,
        string name,
        int version,
        CancellationToken cancellationToken
    )
    {
        var known = engine.Host.Workspace(workspace).Name;
        // Not repeated: what is deleted already would be refused as nothing that is there.
        return await WriteAsync(
            grains.GetGrain<IModelsGrain>(IModelsGrain.Key).DeleteAsync(known, name, version),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        routes.ListNamesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    )
    {
        var name = engine.Host.Workspace(workspace).Name;
        return await WriteAsync(
            grains.GetGrain<IModelsGrain>(IModelsGrain.Key).PruneAsync(name, pruning),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken) =>
        routes.CheckHealthAsync(cancellationToken);

    private static async Task<T> WriteAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
        {
            throw ClusterFailures.OfWrite(e);
        }
    }

    /// <summary>Asks again where the silo of the grain went.</summary>
    private async Task<T> ReadAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask().WaitAsync(cancellationToken);
            }
            catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
            {
                if (TimeProvider.System.GetElapsedTime(started) >= options.MoveTimeout)
                {
                    throw ClusterFailures.OfRead(e);
                }
            }
            await Task.Delay(ClusterFailures.AskAgainAfter, cancellationToken);
        }
    }
}

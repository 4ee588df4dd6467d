using System.Runtime.CompilerServices;
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
using Scoring.Engine.Journal;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>
/// What the front calls in a process that has a host: every call goes to the hosts that have the partitions concerned, one call for each host, and one answer is
/// made of theirs.
/// </summary>
/// <remarks>
/// What a host did not do because a partition is not there is put to whoever has it by then, for as long as <see cref="IPartitionMap.MaxWait"/> allows. A write is
/// atomic in each partition, not over several.
/// </remarks>
public class RoutedBackend : IScoringBackend
{
    private readonly PartitionHost _host;
    private readonly RoutedQuestions _questions;
    private readonly RoutedLists _lists;
    private readonly RoutedSegments _segments;
    private readonly RoutedPastSegments _pastSegments;
    private readonly RoutedAccounts _accounts;
    private readonly RoutedWrites _writes;
    private readonly CustomerMerges _merges;
    private readonly MergedWrites _mergedWrites;
    private readonly EventCorrections _corrections;
    private readonly RoutedHistory _history;
    private readonly RoutedChanges _changes;
    private readonly RoutedEvaluations _evaluations;
    private readonly RoutedEvents _events;
    private readonly ModelKeeper _keeper;

    /// <summary>A backend.</summary>
    /// <param name="host">The host of this process, whose workspaces, models and clock it uses.</param>
    /// <param name="map">Which host has each partition.</param>
    /// <param name="announce">Has all other servers read the models again; a put is acknowledged when that is done. Null for none.</param>
    public RoutedBackend(PartitionHost host, IPartitionMap map, Func<Task>? announce = null)
    {
        (_host, _questions, _writes) = (host, new(host, map), new(host, map));
        _accounts = new(host, _questions);
        _lists = new(host, map, _questions, ScoreAsync, GetAccountHealthAsync);
        _pastSegments = new(host, _questions, new());
        _segments = new(host, _questions, _pastSegments);
        _merges = new(host, _questions, _writes);
        _mergedWrites = new(host.Workspaces, _writes);
        _corrections = new(host, _writes, _merges);
        _history = new(host, _merges);
        _changes = new(host, _questions);
        _evaluations = new(host, _questions);
        _events = new(host, _questions, _merges);
        _keeper = new(host, _questions, _writes, announce ?? (() => Task.CompletedTask));
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        const CommandKind kind = CommandKind.RecordEvents;
        var result = await _writes.WriteAsync(batch.Workspace, kind, batch, BatchSplitter.Split, cancellationToken);
        return await FollowMergedAsync(batch, result, cancellationToken);
    }

    /// <summary>Records those events of a batch for the survivors that hosts refused because their customers were merged.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public ValueTask<WriteResult> FollowMergedAsync(
        EventBatch batch,
        WriteResult result,
        CancellationToken cancellationToken
    ) => result.Rejections.Count == 0 ? new(result) : _mergedWrites.FollowAsync(batch, result, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    )
    {
        const CommandKind kind = CommandKind.UpsertCustomers;
        var result = await _writes.WriteAsync(workspace, kind, customers, BatchSplitter.Split, cancellationToken);
        return await _mergedWrites.FollowAsync(workspace, customers, result, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    ) => _writes.WriteAsync(workspace, CommandKind.UpsertAccounts, accounts, BatchSplitter.Split, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<CustomerScore?> found;
        try
        {
            found = await ScoreAsync(query, cancellationToken);
        }
        catch (ScoringException e) when (e.Error == ScoringError.ReadTimeBeforeNewestEvent)
        {
            return await _history.ScoresAtAsync(query, cancellationToken);
        }
        int[] missing = [.. Enumerable.Range(0, found.Count).Where(i => found[i] is null)];
        if (missing.Length == 0)
        {
            return found;
        }
        var workspace = _host.Workspaces.Get(query.Workspace);
        var survivors = await _merges.SurvivorsAsync(
            workspace,
            [.. missing.Select(i => query.CustomerIds[i])],
            cancellationToken
        );
        (int Place, string? Survivor)[] merged = [.. missing.Zip(survivors).Where(ofOne => ofOne.Second is not null)];
        if (merged.Length == 0)
        {
            return found;
        }
        var ofSurvivors = query with { CustomerIds = [.. merged.Select(ofOne => ofOne.Survivor!)] };
        var others = await ScoreAsync(ofSurvivors, cancellationToken);
        CustomerScore?[] scores = [.. found];
        for (var i = 0; i < merged.Length; i++)
        {
            scores[merged[i].Place] = others[i];
        }
        return scores;
    }

    private async ValueTask<IReadOnlyList<CustomerScore?>> ScoreAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = _host.Workspaces.Get(query.Workspace);
        var ids = query.CustomerIds;
        var (answers, _) = await _questions.ByOneModelAsync(
            workspace,
            query.Model,
            [.. Enumerable.Range(0, ids.Count)],
            i => workspace.Hash.Of(ids[i]),
            (host, some, model) =>
                host.ScoreAsync(
                    some.Length == ids.Count ? query : query with { CustomerIds = [.. some.Select(i => ids[i])] },
                    model.Version,
                    cancellationToken
                ),
            cancellationToken
        );
        var scores = new CustomerScore?[ids.Count];
        // Those of partitions that were absent are null, and come in a later answer.
        foreach (var (some, answer) in answers)
        {
            for (var i = 0; i < some.Length; i++)
            {
                scores[some[i]] = answer[i];
            }
        }
        return scores;
    }

    /// <inheritdoc/>
    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    ) => (await CompareSegmentsAsync([query], cancellationToken))[0];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SegmentStatistics>> CompareSegmentsAsync(
        IReadOnlyList<SegmentQuery> queries,
        CancellationToken cancellationToken
    ) => _segments.CompareAsync(queries, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ModelPreview> PreviewModelAsync(PreviewQuery query, CancellationToken cancellationToken) =>
        _segments.PreviewAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentContrast> ContrastSegmentsAsync(ContrastQuery query, CancellationToken cancellationToken) =>
        _segments.ContrastAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentGroups> GroupSegmentAsync(GroupQuery query, CancellationToken cancellationToken) =>
        _segments.GroupAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<CustomerScore>> ListCustomersAsync(
        CustomerListQuery query,
        int size,
        CancellationToken cancellationToken
    ) => _lists.ListCustomersAsync(query, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<CustomerScore>> GetCustomerPageAsync(
        string workspace,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    ) => _lists.GetCustomerPageAsync(workspace, place, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<AccountHealth>> ListAccountsAsync(
        AccountListQuery query,
        int size,
        CancellationToken cancellationToken
    ) => _lists.ListAccountsAsync(query, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ListPage<AccountHealth>> GetAccountPageAsync(
        AccountListQuery query,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    ) => _lists.GetAccountPageAsync(query, place, size, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<CustomerScore>> ReadCustomersAsync(
        CustomerListQuery query,
        CancellationToken cancellationToken
    ) => _lists.ReadAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    ) => _accounts.HealthAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealthHistory> GetAccountHealthHistoryAsync(
        AccountHealthHistoryQuery query,
        CancellationToken cancellationToken
    ) => _accounts.HistoryAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AccountHealthChange> ExplainAccountHealthChangeAsync(
        AccountHealthChangeQuery query,
        CancellationToken cancellationToken
    ) => _accounts.ExplainAsync(query, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CustomerDetails?> GetCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        var target = _host.Workspaces.Get(workspace);
        if (await _questions.CustomerAsync(workspace, customerId, cancellationToken) is { } found)
        {
            return found;
        }
        return await _merges.SurvivorAsync(target, customerId, cancellationToken) is { } survivor
            ? await _questions.CustomerAsync(workspace, survivor, cancellationToken)
            : null;
    }

    /// <inheritdoc/>
    public ValueTask<AccountDetails?> GetAccountAsync(
        string workspace,
        string accountId,
        CancellationToken cancellationToken
    ) => _questions.AccountAsync(workspace, accountId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CustomerDetails> MergeCustomersAsync(
        string workspace,
        string customerId,
        IReadOnlyList<string> mergedIds,
        CancellationToken cancellationToken
    ) => new(_merges.MergeAsync(workspace, customerId, mergedIds).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CorrectionResult>> CorrectEventsAsync(
        string workspace,
        IReadOnlyList<EventCorrection> corrections,
        CancellationToken cancellationToken
    ) => _corrections.CorrectAsync(workspace, corrections, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => new(_merges.DeleteAsync(workspace, customerId).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAccountAsync(
        string workspace,
        string accountId,
        bool releaseCustomers,
        CancellationToken cancellationToken
    )
    {
        var target = _host.Workspaces.Get(workspace);
        var account = await _questions.AccountAsync(workspace, accountId, cancellationToken);
        if (account is { Customers: > 0 } && !releaseCustomers)
        {
            throw Refusals.AccountInUse(accountId, account.Customers);
        }
        // Its id stands in what is kept of the past, also where nothing else is known of it any more.
        var home = target.Hash.Of(accountId);
        var others = Enumerable.Range(0, _host.Partitions).Where(partition => partition != home);
        // Members, and those who belonged to it before, may be in every partition. A customer that joins meanwhile belongs to an account that was not upserted.
        var elsewhere = account is null || !releaseCustomers ? CommandKind.ForgetAccount : CommandKind.DeleteAccount;
        await WriteAsync(elsewhere, others);
        await WriteAsync(account is null ? CommandKind.ForgetAccount : CommandKind.DeleteAccount, [home]);
        return account is not null;

        async Task WriteAsync(CommandKind kind, IEnumerable<int> partitions)
        {
            var parts = partitions.Select(partition => new HostPart(partition, DeletionCodec.Write(accountId)));
            await _writes.WriteAsync(target, kind, [.. parts], cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ScoreAdjustment> AdjustScoreAsync(
        string workspace,
        string customerId,
        ScoreAdjustment adjustment,
        CancellationToken cancellationToken
    )
    {
        var target = _host.Workspaces.Get(workspace);
        var model = _host.Models.Get(target.Number, target.Settings, new ModelReference(adjustment.Model, Version: 0));
        var put = adjustment with { Model = model.Name, CreateTime = _host.Clock.Now };
        if (!put.HoldsAt(put.CreateTime))
        {
            throw Refusals.ExpiredAlready(put.ExpireTime!.Value, put.CreateTime);
        }
        if (!await WriteAsync(target, customerId, put.Model, put, cancellationToken))
        {
            var customer = await GetCustomerAsync(workspace, customerId, cancellationToken);
            throw customer?.Adjustments.Count >= Limits.Adjustments
                ? Refusals.TooManyAdjustments(customerId)
                : Refusals.CustomerNotFound(customerId, target.Settings.Name);
        }
        return put;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAdjustmentAsync(
        string workspace,
        string customerId,
        string model,
        CancellationToken cancellationToken
    )
    {
        var target = _host.Workspaces.Get(workspace);
        if (!await WriteAsync(target, customerId, model, adjustment: null, cancellationToken))
        {
            throw await GetCustomerAsync(workspace, customerId, cancellationToken) is null
                ? Refusals.CustomerNotFound(customerId, target.Settings.Name)
                : Refusals.AdjustmentNotFound(customerId, model);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ScoreHistory?> GetScoreHistoryAsync(
        ScoreHistoryQuery query,
        CancellationToken cancellationToken
    ) => _history.ScoresAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SegmentStatistics>> GetSegmentHistoryAsync(
        SegmentHistoryQuery query,
        CancellationToken cancellationToken
    ) => _pastSegments.HistoryAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentMovers> ListMoversAsync(SegmentChangeQuery query, CancellationToken cancellationToken) =>
        _changes.MoversAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ModelEvaluation> EvaluateModelAsync(
        EvaluationQuery query,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    ) => _evaluations.EvaluateAsync(query, progress, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WeightProposal> ProposeWeightsAsync(ProposalQuery query, CancellationToken cancellationToken) =>
        _evaluations.ProposeAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<SegmentChange> ExplainSegmentChangeAsync(
        SegmentChangeQuery query,
        CancellationToken cancellationToken
    ) => _changes.ExplainAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BandLeavers> ListBandLeaversAsync(BandLeaverQuery query, CancellationToken cancellationToken) =>
        _segments.LeaversAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoreProjection?> ProjectScoreAsync(
        ScoreProjectionQuery query,
        CancellationToken cancellationToken
    ) => _history.ProjectAsync(query, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<ExportedEvent>> ReadEventsAsync(
        EventExportQuery query,
        CancellationToken cancellationToken
    ) => _events.ReadAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ScoreChange?> ExplainScoreChangeAsync(
        ScoreChangeQuery query,
        CancellationToken cancellationToken
    ) => _history.ChangeAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CustomerAdjustment>> ListAdjustmentsAsync(
        AdjustmentQuery query,
        CancellationToken cancellationToken
    ) => _questions.AdjustmentsAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => new(_host.ListModels(workspace));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await _questions.NamesAsync(workspace, cancellationToken))
                .SelectMany(answer => answer.Names)
                .Where(use => use.Name.Kind == NameKind.EventType)
                .Select(use => use.Name.Name)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <inheritdoc/>
    public ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    ) => new(_keeper.PutAsync(workspace, model).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ScoringModel>> ListModelVersionsAsync(
        string workspace,
        string name,
        CancellationToken cancellationToken
    ) => new(_host.ListModelVersions(workspace, name));

    /// <inheritdoc/>
    public ValueTask<int> DeleteModelAsync(
        string workspace,
        string name,
        int version,
        CancellationToken cancellationToken
    ) => new(_keeper.DeleteAsync(workspace, name, version).WaitAsync(cancellationToken));

    /// <summary>
    /// Puts models from files that differ from what was loaded before, gives what models and settings use its room, and ends merges of customers that a process left half
    /// done; by one process at a time.
    /// </summary>
    /// <exception cref="ScoringException">A model is invalid.</exception>
    /// <exception cref="StoreException">A model that was stored before does not go with the settings any more.</exception>
    public async Task StartAsync(IReadOnlyList<ModelSource> sources)
    {
        await _keeper.LoadAsync(sources);
        await _merges.ResumeAsync();
    }

    /// <inheritdoc/>
    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        _questions.ListNamesAsync(workspace, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) => new(_keeper.PruneAsync(workspace, pruning).WaitAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask CheckHealthAsync(CancellationToken cancellationToken)
    {
        _host.ThrowIfRefusing();
        return default;
    }

    /// <summary>Has an adjustment put or removed; false where the customer's partition did not.</summary>
    private async ValueTask<bool> WriteAsync(
        EngineWorkspace workspace,
        string customerId,
        string model,
        ScoreAdjustment? adjustment,
        CancellationToken cancellationToken
    )
    {
        for (var id = customerId; ; )
        {
            var part = new HostPart(workspace.Hash.Of(id), AdjustmentCodec.Write(id, model, adjustment));
            var written = await _writes.WriteAsync(workspace, CommandKind.AdjustScore, [part], cancellationToken);
            if (written.Accepted > 0)
            {
                return true;
            }
            if (await _merges.SurvivorAsync(workspace, id, cancellationToken) is not { } survivor)
            {
                return false;
            }
            id = survivor;
        }
    }
}

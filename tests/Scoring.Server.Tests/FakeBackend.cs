using System.Runtime.CompilerServices;
using System.Text;
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
using Scoring.Core.Time;

namespace Scoring.Server.Tests;

/// <summary>A backend that remembers what it was asked and answers what a test sets.</summary>
internal sealed class FakeBackend : IScoringBackend
{
    public sealed record Recorded(
        int Index,
        string EventId,
        string CustomerId,
        string AccountId,
        string Type,
        string Feature,
        double Value,
        Instant? OccurredAt
    );

    private readonly Lock _gate = new();
    private readonly List<IReadOnlyList<Recorded>> _batches = [];

    public string? Workspace { get; private set; }

    public IReadOnlyList<CustomerUpdate> Customers { get; private set; } = [];

    public IReadOnlyList<AccountUpdate> Accounts { get; private set; } = [];

    public ScoreQuery? ScoreQuery { get; private set; }

    public SegmentQuery? SegmentQuery { get; private set; }

    public IReadOnlyList<SegmentQuery> SegmentQueries { get; private set; } = [];

    public PreviewQuery? PreviewQuery { get; private set; }

    public Func<PreviewQuery, ModelPreview> OnPreview { get; set; } = _ => throw new NotSupportedException();

    public ContrastQuery? ContrastQuery { get; private set; }

    public Func<ContrastQuery, SegmentContrast> OnContrast { get; set; } = _ => throw new NotSupportedException();

    public GroupQuery? GroupQuery { get; private set; }

    public CustomerListQuery? ListQuery { get; private set; }

    public ListPlace? ListPlace { get; private set; }

    public AccountHealthQuery? AccountQuery { get; private set; }

    public Func<IReadOnlyList<Recorded>, ValueTask<WriteResult>> OnRecord { get; set; } = AcceptAll;

    public Func<int, WriteResult> OnUpsert { get; set; } = count => new(count, 0, [], Durability.OnDisk);

    public Func<ScoreQuery, IReadOnlyList<CustomerScore?>> OnScores { get; set; } =
        query => [.. query.CustomerIds.Select(_ => (CustomerScore?)null)];

    public Func<SegmentQuery, SegmentStatistics> OnSegment { get; set; } = _ => throw new NotSupportedException();

    public Func<GroupQuery, SegmentGroups> OnGroup { get; set; } = _ => throw new NotSupportedException();

    public Func<ListPlace?, int, ListPage<CustomerScore>> OnList { get; set; } =
        (_, _) => throw new NotSupportedException();

    public AccountListQuery? AccountListQuery { get; private set; }

    public Func<ListPlace?, int, ListPage<AccountHealth>> OnAccounts { get; set; } =
        (_, _) => throw new NotSupportedException();

    public IReadOnlyList<IReadOnlyList<CustomerScore>> Streamed { get; set; } = [];

    public EventExportQuery? ExportQuery { get; private set; }

    public IEnumerable<IReadOnlyList<ExportedEvent>> Exported { get; set; } = [];

    public Func<AccountHealthQuery, AccountHealth> OnAccount { get; set; } = _ => throw new NotSupportedException();

    public Func<string, CustomerDetails?> OnCustomer { get; set; } = _ => null;

    public Func<string, IReadOnlyList<string>, CustomerDetails> OnMerge { get; set; } =
        (_, _) => throw new NotSupportedException();

    public Func<string, ValueTask<bool>> OnDeleteCustomer { get; set; } = _ => new(true);

    public Func<string, bool, ValueTask<bool>> OnDeleteAccount { get; set; } = (_, _) => new(true);

    public Func<string, AccountDetails?> OnAccountDetails { get; set; } = _ => null;

    public Func<string, ScoreAdjustment, ScoreAdjustment> OnAdjust { get; set; } = (_, adjustment) => adjustment;

    public Action<string, string> OnRemoveAdjustment { get; set; } = (_, _) => { };

    public Func<AdjustmentQuery, IReadOnlyList<CustomerAdjustment>> OnAdjustments { get; set; } = _ => [];

    public Func<ScoringModel, ScoringModel> OnPut { get; set; } = model => model with { Version = model.Version + 1 };

    public Func<CancellationToken, ValueTask> OnHealth { get; set; } = _ => ValueTask.CompletedTask;

    public List<ScoringModel> Models { get; } = [];

    public List<ScoringModel> FormerModels { get; } = [];

    public Func<string, int, int> OnDelete { get; set; } = (_, version) => version;

    public List<string> EventTypes { get; } = [];

    public NameList Names { get; set; } = new([], []);

    public NamePruning? Pruning { get; private set; }

    public IReadOnlyList<IReadOnlyList<Recorded>> Batches
    {
        get
        {
            lock (_gate)
            {
                return [.. _batches];
            }
        }
    }

    public static ValueTask<WriteResult> AcceptAll(IReadOnlyList<Recorded> events) =>
        ValueTask.FromResult(new WriteResult(events.Count, 0, [], Durability.OnDisk));

    public ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var events = new List<Recorded>();
        foreach (var item in batch)
        {
            events.Add(
                new Recorded(
                    item.Index,
                    Encoding.UTF8.GetString(item.EventId),
                    Encoding.UTF8.GetString(item.CustomerId),
                    Encoding.UTF8.GetString(item.AccountId),
                    Encoding.UTF8.GetString(item.Type),
                    Encoding.UTF8.GetString(item.Feature),
                    item.Value,
                    item.OccurredAt
                )
            );
        }
        lock (_gate)
        {
            Workspace = batch.Workspace;
            _batches.Add(events);
        }
        return OnRecord(events);
    }

    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    )
    {
        (Workspace, Customers) = (workspace, customers);
        return ValueTask.FromResult(OnUpsert(customers.Count));
    }

    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    )
    {
        (Workspace, Accounts) = (workspace, accounts);
        return ValueTask.FromResult(OnUpsert(accounts.Count));
    }

    public Func<ScoreHistoryQuery, ScoreHistory?> OnHistory { get; set; } = _ => null;

    public Func<ScoreChangeQuery, ScoreChange?> OnChange { get; set; } = _ => null;

    public ValueTask<ScoreHistory?> GetScoreHistoryAsync(
        ScoreHistoryQuery query,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnHistory(query));

    /// <summary>Null for what <see cref="OnSegment"/> tells, at each instant.</summary>
    public Func<EvaluationQuery, IProgress<double>?, ModelEvaluation>? OnEvaluation { get; set; }

    /// <summary>Judges in its own time.</summary>
    public Func<
        EvaluationQuery,
        IProgress<double>?,
        CancellationToken,
        Task<ModelEvaluation>
    >? EvaluateAsync { get; set; }

    public async ValueTask<ModelEvaluation> EvaluateModelAsync(
        EvaluationQuery query,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    ) =>
        EvaluateAsync is { } evaluate
            ? await evaluate(query, progress, cancellationToken)
            : OnEvaluation?.Invoke(query, progress) ?? new([], [], null, []);

    public Func<ProposalQuery, WeightProposal> OnProposal { get; set; } =
        query => new() { Taught = [], Evaluation = new([], [], null, []) };

    public ValueTask<WeightProposal> ProposeWeightsAsync(ProposalQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(OnProposal(query));

    public Func<SegmentHistoryQuery, IReadOnlyList<SegmentStatistics>>? OnSegmentHistory { get; set; }

    public ValueTask<IReadOnlyList<SegmentStatistics>> GetSegmentHistoryAsync(
        SegmentHistoryQuery query,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnSegmentHistory?.Invoke(query) ?? [.. query.Times.Select(_ => OnSegment(query.Query))]);

    public Func<SegmentChangeQuery, SegmentMovers> OnMovers { get; set; } =
        _ => new("engagement", 1, new SegmentChangeTally(), [], []);

    public ValueTask<SegmentMovers> ListMoversAsync(SegmentChangeQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(OnMovers(query));

    /// <summary>Null for what <see cref="OnAccount"/> tells, at each instant.</summary>
    public Func<AccountHealthHistoryQuery, AccountHealthHistory>? OnHealthHistory { get; set; }

    public ValueTask<AccountHealthHistory> GetAccountHealthHistoryAsync(
        AccountHealthHistoryQuery query,
        CancellationToken cancellationToken
    ) =>
        ValueTask.FromResult(
            OnHealthHistory?.Invoke(query) ?? new("engagement", 4, [.. query.Times.Select(_ => OnAccount(query.Query))])
        );

    /// <summary>Null for no difference between what <see cref="OnAccount"/> tells, at both instants.</summary>
    public Func<AccountHealthChangeQuery, AccountHealthChange>? OnHealthChange { get; set; }

    public ValueTask<AccountHealthChange> ExplainAccountHealthChangeAsync(
        AccountHealthChangeQuery query,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnHealthChange?.Invoke(query) ?? new(OnAccount(query.Query), OnAccount(query.Query), []));

    public Func<SegmentChangeQuery, SegmentChange> OnSegmentChange { get; set; } =
        _ =>
            new(
                new()
                {
                    Name = "engagement",
                    Version = 4,
                    Terms = [],
                    TargetPoints = 100,
                    Bands = [new("all", "", Engagement.Engaged, null, UpperEndIncluded: false)],
                },
                new SegmentChangeTally()
            );

    public ValueTask<SegmentChange> ExplainSegmentChangeAsync(
        SegmentChangeQuery query,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnSegmentChange(query));

    public Func<ScoreProjectionQuery, ScoreProjection?> OnProjection { get; set; } = _ => null;

    public ValueTask<ScoreProjection?> ProjectScoreAsync(
        ScoreProjectionQuery query,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnProjection(query));

    public Func<BandLeaverQuery, BandLeavers> OnLeavers { get; set; } =
        query => new("engagement", 1, query.Band, default, new BandLeaverTally());

    public ValueTask<BandLeavers> ListBandLeaversAsync(BandLeaverQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult(OnLeavers(query));

    public ValueTask<ScoreChange?> ExplainScoreChangeAsync(
        ScoreChangeQuery query,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnChange(query));

    public ValueTask<CustomerDetails?> GetCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        Workspace = workspace;
        return ValueTask.FromResult(OnCustomer(customerId));
    }

    public ValueTask<CustomerDetails> MergeCustomersAsync(
        string workspace,
        string customerId,
        IReadOnlyList<string> mergedIds,
        CancellationToken cancellationToken
    )
    {
        Workspace = workspace;
        return new(OnMerge(customerId, mergedIds));
    }

    public IReadOnlyList<EventCorrection> Corrections { get; private set; } = [];

    public Func<EventCorrection, CorrectionResult> OnCorrection { get; set; } = _ => new(CorrectionOutcome.Corrected);

    public ValueTask<IReadOnlyList<CorrectionResult>> CorrectEventsAsync(
        string workspace,
        IReadOnlyList<EventCorrection> corrections,
        CancellationToken cancellationToken
    )
    {
        (Workspace, Corrections) = (workspace, corrections);
        return new([.. corrections.Select(OnCorrection)]);
    }

    public ValueTask<bool> DeleteCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => OnDeleteCustomer(customerId);

    public ValueTask<bool> DeleteAccountAsync(
        string workspace,
        string accountId,
        bool releaseCustomers,
        CancellationToken cancellationToken
    ) => OnDeleteAccount(accountId, releaseCustomers);

    public ValueTask<ScoreAdjustment> AdjustScoreAsync(
        string workspace,
        string customerId,
        ScoreAdjustment adjustment,
        CancellationToken cancellationToken
    )
    {
        Workspace = workspace;
        return ValueTask.FromResult(OnAdjust(customerId, adjustment));
    }

    public ValueTask RemoveAdjustmentAsync(
        string workspace,
        string customerId,
        string model,
        CancellationToken cancellationToken
    )
    {
        Workspace = workspace;
        OnRemoveAdjustment(customerId, model);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<CustomerAdjustment>> ListAdjustmentsAsync(
        AdjustmentQuery query,
        CancellationToken cancellationToken
    )
    {
        Workspace = query.Workspace;
        return ValueTask.FromResult(OnAdjustments(query));
    }

    public ValueTask<AccountDetails?> GetAccountAsync(
        string workspace,
        string accountId,
        CancellationToken cancellationToken
    )
    {
        Workspace = workspace;
        return ValueTask.FromResult(OnAccountDetails(accountId));
    }

    public ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        ScoreQuery = query;
        return ValueTask.FromResult(OnScores(query));
    }

    public ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    )
    {
        SegmentQuery = query;
        return ValueTask.FromResult(OnSegment(query));
    }

    public ValueTask<IReadOnlyList<SegmentStatistics>> CompareSegmentsAsync(
        IReadOnlyList<SegmentQuery> queries,
        CancellationToken cancellationToken
    )
    {
        SegmentQueries = queries;
        return ValueTask.FromResult<IReadOnlyList<SegmentStatistics>>([.. queries.Select(OnSegment)]);
    }

    public ValueTask<ModelPreview> PreviewModelAsync(PreviewQuery query, CancellationToken cancellationToken)
    {
        PreviewQuery = query;
        return new(OnPreview(query));
    }

    public ValueTask<SegmentContrast> ContrastSegmentsAsync(ContrastQuery query, CancellationToken cancellationToken)
    {
        ContrastQuery = query;
        return new(OnContrast(query));
    }

    public ValueTask<SegmentGroups> GroupSegmentAsync(GroupQuery query, CancellationToken cancellationToken)
    {
        GroupQuery = query;
        return new(OnGroup(query));
    }

    public ValueTask<ListPage<CustomerScore>> ListCustomersAsync(
        CustomerListQuery query,
        int size,
        CancellationToken cancellationToken
    )
    {
        ListQuery = query;
        return new(OnList(null, size));
    }

    public ValueTask<ListPage<CustomerScore>> GetCustomerPageAsync(
        string workspace,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    )
    {
        (Workspace, ListPlace) = (workspace, place);
        return new(OnList(place, size));
    }

    public ValueTask<ListPage<AccountHealth>> ListAccountsAsync(
        AccountListQuery query,
        int size,
        CancellationToken cancellationToken
    )
    {
        AccountListQuery = query;
        return new(OnAccounts(null, size));
    }

    public ValueTask<ListPage<AccountHealth>> GetAccountPageAsync(
        AccountListQuery query,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    )
    {
        (AccountListQuery, ListPlace) = (query, place);
        return new(OnAccounts(place, size));
    }

    public async IAsyncEnumerable<IReadOnlyList<ExportedEvent>> ReadEventsAsync(
        EventExportQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ExportQuery = query;
        foreach (var some in Exported)
        {
            await Task.Yield();
            yield return some;
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<CustomerScore>> ReadCustomersAsync(
        CustomerListQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ListQuery = query;
        foreach (var some in Streamed)
        {
            await Task.Yield();
            yield return some;
        }
    }

    public ValueTask<AccountHealth> GetAccountHealthAsync(AccountHealthQuery query, CancellationToken cancellationToken)
    {
        AccountQuery = query;
        return ValueTask.FromResult(OnAccount(query));
    }

    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IReadOnlyList<ScoringModel>>([.. Models]);

    public ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IReadOnlyList<string>>([.. EventTypes]);

    public ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnPut(model));

    public ValueTask<IReadOnlyList<ScoringModel>> ListModelVersionsAsync(
        string workspace,
        string name,
        CancellationToken cancellationToken
    )
    {
        ScoringModel[] versions =
        [
            .. Models.Concat(FormerModels).Where(model => model.Name == name).OrderByDescending(model => model.Version),
        ];
        return versions.Length > 0
            ? ValueTask.FromResult<IReadOnlyList<ScoringModel>>(versions)
            : throw new ScoringException(ScoringError.ModelNotFound, "There is none.");
    }

    public ValueTask<int> DeleteModelAsync(
        string workspace,
        string name,
        int version,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult(OnDelete(name, version));

    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Names);

    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    )
    {
        Pruning = pruning;
        return ValueTask.FromResult(pruning.Select(Names.Names, Instant.From(DateTimeOffset.UtcNow)));
    }

    public ValueTask CheckHealthAsync(CancellationToken cancellationToken) => OnHealth(cancellationToken);
}

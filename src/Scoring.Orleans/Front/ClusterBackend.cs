using System.Diagnostics;
using Npgsql;
using Scoring.Cluster.Accounts;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Models;
using Scoring.Cluster.Segments;
using Scoring.Cluster.Vocabularies;
using Scoring.Cluster.Workspaces;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Cluster.Front;

/// <summary>The cluster host of the domain as one silo's front sees it: every customer a grain, wherever it is.</summary>
internal sealed class ClusterBackend(
    IGrainFactory grains,
    WorkspaceDirectory workspaces,
    ModelCache models,
    SegmentReader segments,
    CustomerCalls calls,
    PartedCalls parted,
    CallsBySilo bySilo,
    NpgsqlDataSource store,
    ClusterOptions options
) : IScoringBackend
{
    private const int Tries = 8;
    private long _bytesUnderWay;

    private Instant Now => Instant.From(options.TimeProvider.GetUtcNow());

    /// <inheritdoc/>
    public async ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var workspace = workspaces.Get(batch.Workspace).Name;
        var received = Now.Ticks;
        // The caller may dispose of the batch once this has returned, which it may before the writes are done.
        var parts = EventsByCustomer.Of(batch);
        return await WriteAsync(
            batch.Encoded.Length,
            () => bySilo.WriteAsync(parts, parted.Record(workspace, received), part => part.AllHaveIds),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    )
    {
        var name = workspaces.Get(workspace).Name;
        return await WriteAsync(
            customers.Count * 256L,
            () => InTurnsAsync(customers, update => update.CustomerId, parted.UpsertCustomers(name)),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    )
    {
        var name = workspaces.Get(workspace).Name;
        return await WriteAsync(
            accounts.Count * 256L,
            () => InTurnsAsync(accounts, update => update.AccountId, parted.UpsertAccounts(name)),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = workspaces.Get(query.Workspace);
        var readTime = query.ReadTime ?? Now;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var model = await calls
                .ReadAsync(() => models.GetAsync(workspace, query.Model).AsTask())
                .WaitAsync(cancellationToken);
            var reference = new ModelRef(model.Name, model.Version);
            var answers = await bySilo
                .ReadAsync(query.CustomerIds, parted.Score(workspace.Name, reference, readTime.Ticks))
                .WaitAsync(cancellationToken);
            if (Array.Exists(answers, answer => answer.ModelIsGone))
            {
                await calls.ReadAsync(() => models.RefreshAsync(workspace.Name)).WaitAsync(cancellationToken);
                continue;
            }
            if (answers.Max(answer => answer.NewestTicks) is not { } newest)
            {
                return [.. answers.Select(answer => answer.Score)];
            }
            if (query.ReadTime is { } asked)
            {
                var late = query.CustomerIds[Array.FindIndex(answers, answer => answer.NewestTicks == newest)];
                throw Refusals.ReadTimeBefore(new Instant(newest), asked, $"of customer '{late}'");
            }
            readTime = new Instant(newest);
        }
        throw new ScoringException(ScoringError.Unavailable, "What is read keeps changing; try again.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    ) =>
        await calls
            .ReadFiguresAsync(() => segments.ReadAsync(workspaces.Get(query.Workspace), query), read => read.Lag)
            .WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    )
    {
        var account = grains.GetAccount(workspaces.Get(query.Workspace).Name, query.AccountId);
        return await calls
            .ReadFiguresAsync(
                async () => (await account.HealthAsync(query.WindowDays, query.Model, query.ReadTime?.Ticks)).Get(),
                health => health.Lag
            )
            .WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    )
    {
        var name = workspaces.Get(workspace).Name;
        return await calls.ReadAsync(() => models.RefreshAsync(name)).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    )
    {
        var vocabulary = grains.GetGrain<IVocabularyGrain>(workspaces.Get(workspace).Name);
        var words = await calls.ReadAsync(vocabulary.GetAsync).WaitAsync(cancellationToken);
        return [.. words.EventTypes.Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        throw NamesAreKept();

    /// <inheritdoc/>
    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) => throw NamesAreKept();

    /// <inheritdoc/>
    public async ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    )
    {
        var settings = workspaces.Get(workspace);
        Refusals.ThrowIfInvalid(model, settings);
        var askedAt = Stopwatch.GetTimestamp();
        // Not repeated: a change that is there already would be refused as one of an old version.
        var put = grains.GetGrain<IModelsGrain>(settings.Name).PutAsync(ModelJson.Write([model]));
        PutModelAnswer answer;
        try
        {
            answer = await put.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is Orleans.Runtime.OrleansException or TimeoutException)
        {
            throw new ScoringException(
                ScoringError.Unavailable,
                "Whether the model was stored is unknown; list the models to see.",
                e
            )
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
        var stored = answer.Get(model.Name);
        models.TakeOver(settings.Name, answer.Models!, askedAt);
        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask CheckHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = store.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new ScoringException(ScoringError.Unavailable, "PostgreSQL does not answer.", e)
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
    }

    private async Task<WriteResult> WriteAsync(
        long bytes,
        Func<Task<WriteAnswer[]>> write,
        CancellationToken cancellationToken
    )
    {
        if (Interlocked.Add(ref _bytesUnderWay, bytes) > options.MaxBytesUnderWay && _bytesUnderWay > bytes)
        {
            Interlocked.Add(ref _bytesUnderWay, -bytes);
            throw new ScoringException(ScoringError.Overloaded, "As much is being written as may; try again.")
            {
                RetryAfter = TimeSpan.FromMilliseconds(100),
            };
        }
        return Sum(await AllAsync(bytes, write).WaitAsync(cancellationToken));
    }

    private async Task<WriteAnswer[]> AllAsync(long bytes, Func<Task<WriteAnswer[]>> write)
    {
        try
        {
            return await write();
        }
        finally
        {
            Interlocked.Add(ref _bytesUnderWay, -bytes);
        }
    }

    /// <summary>Writes updates; those with the same id one after the other, in their order.</summary>
    private async Task<WriteAnswer[]> InTurnsAsync<T>(
        IEnumerable<T> updates,
        Func<T, string> id,
        PartedCall<Indexed<T>, WriteAnswer> call
    )
    {
        var turns = updates
            .Select((update, index) => new Indexed<T>(update, index))
            .GroupBy(update => id(update.Item), StringComparer.Ordinal)
            .SelectMany(same => same.Index())
            .GroupBy(update => update.Index, update => update.Item);
        var answers = new List<WriteAnswer>();
        foreach (var turn in turns)
        {
            answers.AddRange(await bySilo.WriteAsync([.. turn], call, isRepeatable: _ => true));
        }
        return [.. answers];
    }

    private static WriteResult Sum(WriteAnswer[] answers) =>
        new(
            answers.Sum(answer => answer.Accepted),
            answers.Sum(answer => answer.Duplicates),
            [.. answers.SelectMany(answer => answer.Rejections).OrderBy(rejection => rejection.Index)],
            Durability.OnDisk
        );

    private static ScoringException NamesAreKept() =>
        new(ScoringError.InvalidArgument, "The cluster edition neither lists names nor removes them.");
}

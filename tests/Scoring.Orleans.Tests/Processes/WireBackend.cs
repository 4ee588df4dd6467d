using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Scoring.Client;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>The port as one gets it over the wire: every call goes to the front of another silo.</summary>
/// <remarks>
/// Silos have the clock of the machine. So what a specification leaves to the clock (when an event occurred, what instant is read) is said in
/// the call, by the clock of the specification. An event that has an id and no time is a tick early: it is not the one that names the time.
/// </remarks>
internal sealed class WireBackend(IReadOnlyList<SiloProcess> silos, FakeTimeProvider clock) : IScoringBackend
{
    private readonly RetryPolicy _retries = new();
    private int _turn;

    private ScoringClient Client => silos[Interlocked.Increment(ref _turn) % silos.Count].Client;

    private Instant Now => Instant.From(clock.GetUtcNow());

    public async ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var request = new V1.RecordEventsRequest { Workspace = batch.Workspace };
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            request.Events.Add(ToProto(item.Current));
        }
        // Repeated, an event without an id may count twice.
        var isRepeatable = request.Events.All(item => item.EventId.Length > 0);
        var answer = await CallAsync(
            isRepeatable,
            client => client.Scoring.RecordEventsAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return Result(answer.AcceptedCount, answer.DuplicateCount, answer.Rejections);
    }

    public async ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.UpsertCustomersRequest { Workspace = workspace };
        request.Customers.Add(customers.Select(ToProto));
        var answer = await CallAsync(
            isRepeatable: true,
            client => client.Scoring.UpsertCustomersAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return Result(answer.UpsertedCount, 0, answer.Rejections);
    }

    public async ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.UpsertAccountsRequest { Workspace = workspace };
        request.Accounts.Add(accounts.Select(ToProto));
        var answer = await CallAsync(
            isRepeatable: true,
            client => client.Scoring.UpsertAccountsAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return Result(answer.UpsertedCount, 0, answer.Rejections);
    }

    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.BatchGetScoresRequest { Workspace = query.Workspace, Model = query.Model };
        request.CustomerIds.Add(query.CustomerIds);
        var answer = await ReadAsync(
            query.ReadTime,
            at => request.ReadTime = at,
            client => client.Scoring.BatchGetScoresAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        var known = answer.Scores.DistinctBy(score => score.CustomerId).ToDictionary(score => score.CustomerId);
        Assert.Equal(query.CustomerIds.Count, answer.Scores.Count + answer.NotFoundCustomerIds.Count);
        return
        [
            .. query.CustomerIds.Select(id => known.TryGetValue(id, out var score) ? WireMessages.From(score) : null),
        ];
    }

    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.GetSegmentStatsRequest
        {
            Workspace = query.Workspace,
            Model = query.Model,
            Filter = string.Join(" AND ", query.Filter.Clauses.Select(clause => $"{clause.Key} = \"{clause.Value}\"")),
            Histogram = new V1.HistogramSpec
            {
                LowerBound = query.Histogram.From,
                UpperBound = query.Histogram.To,
                BucketCount = query.Histogram.Buckets,
            },
            TopCount = query.Top,
            BottomCount = query.Bottom,
            IncludeEventTotals = query.EventTotals,
        };
        request.Percentiles.Add(query.Percentiles);
        var answer = await ReadAsync(
            query.ReadTime,
            at => request.ReadTime = at,
            client => client.Scoring.GetSegmentStatsAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return WireMessages.From(answer);
    }

    public async ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.GetAccountHealthRequest
        {
            Workspace = query.Workspace,
            AccountId = query.AccountId,
            Model = query.Model,
            Window = Duration.FromTimeSpan(TimeSpan.FromDays(query.WindowDays)),
        };
        var answer = await ReadAsync(
            query.ReadTime,
            at => request.ReadTime = at,
            client => client.Scoring.GetAccountHealthAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return WireMessages.From(answer);
    }

    public async ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => await ListModelsAsync(workspace, () => Client, cancellationToken);

    /// <summary>Those of the totals of everyone; the wire has no list of them alone.</summary>
    public async ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    )
    {
        var everyone = await SettledAsync(workspace, cancellationToken);
        return [.. everyone.EventTotals.Select(total => total.EventType)];
    }

    public ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    /// <summary>The figures of everyone, once they say themselves that everything from before is in them.</summary>
    public async Task<SegmentStatistics> SettledAsync(string workspace, CancellationToken cancellationToken)
    {
        var before = DateTime.UtcNow;
        var query = new SegmentQuery { Workspace = workspace, EventTotals = true };
        while (true)
        {
            var asked = DateTime.UtcNow;
            var everyone = await GetSegmentStatisticsAsync(query, cancellationToken);
            if (asked - everyone.Lag >= before)
            {
                return everyone;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    public async ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.PutScoringModelRequest { Workspace = workspace, Model = WireMessages.ToProto(model) };
        var answer = await CallAsync(
            isRepeatable: false,
            client => client.Models.PutScoringModelAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        // A front that lists models knows the newest from then on; by itself it may take a second.
        foreach (var silo in silos)
        {
            await ListModelsAsync(workspace, () => silo.Client, cancellationToken);
        }
        return WireMessages.From(answer);
    }

    public async ValueTask CheckHealthAsync(CancellationToken cancellationToken) =>
        await ListModelsAsync("", cancellationToken);

    private async Task<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        Func<ScoringClient> client,
        CancellationToken cancellationToken
    )
    {
        var request = new V1.ListScoringModelsRequest { Workspace = workspace, PageSize = 1_000 };
        var answer = await CallAsync(
            isRepeatable: true,
            client,
            c => c.Models.ListScoringModelsAsync(request, cancellationToken: cancellationToken).ResponseAsync
        );
        return [.. answer.Models.Select(WireMessages.From)];
    }

    private Task<T> CallAsync<T>(bool isRepeatable, Func<ScoringClient, Task<T>> call) =>
        CallAsync(isRepeatable, () => Client, call);

    /// <summary>Calls as the client's documentation says: what may be repeated by its policy, everything else once.</summary>
    private async Task<T> CallAsync<T>(bool isRepeatable, Func<ScoringClient> client, Func<ScoringClient, Task<T>> call)
    {
        try
        {
            return isRepeatable ? await _retries.RunAsync(_ => call(client())) : await call(client());
        }
        catch (RpcException e)
        {
            throw WireMessages.From(e);
        }
    }

    /// <summary>Reads at the instant asked for; without one at that of the clock, unless an event lies ahead of it.</summary>
    private async Task<T> ReadAsync<T>(
        Instant? asked,
        Action<Timestamp?> setReadTime,
        Func<ScoringClient, Task<T>> call
    )
    {
        setReadTime(WireMessages.ToProto(asked ?? Now));
        try
        {
            return await CallAsync(isRepeatable: true, call);
        }
        catch (ScoringException e) when (e.Error == ScoringError.ReadTimeBeforeNewestEvent && asked is null)
        {
            setReadTime(null);
            return await CallAsync(isRepeatable: true, call);
        }
    }

    private static WriteResult Result(int accepted, int duplicates, IEnumerable<V1.Rejection> rejections) =>
        new(accepted, duplicates, [.. rejections.Select(WireMessages.From)], Durability.OnDisk);

    private static V1.Customer ToProto(CustomerUpdate update) =>
        new()
        {
            CustomerId = update.CustomerId,
            AccountId = update.AccountId,
            Attributes = { update.Attributes.ToDictionary() },
        };

    private static V1.Account ToProto(AccountUpdate update)
    {
        var account = new V1.Account
        {
            AccountId = update.AccountId,
            Attributes = { update.Attributes.ToDictionary() },
        };
        if (update.Seats is { } seats)
        {
            account.SeatCount = seats;
        }
        return account;
    }

    private V1.Event ToProto(in EventRecord item)
    {
        var unsaid = item.EventId.IsEmpty ? Now : Now - TimeSpan.FromTicks(1);
        return new()
        {
            EventId = Encoding.UTF8.GetString(item.EventId),
            CustomerId = Encoding.UTF8.GetString(item.CustomerId),
            AccountId = Encoding.UTF8.GetString(item.AccountId),
            Type = Encoding.UTF8.GetString(item.Type),
            Feature = Encoding.UTF8.GetString(item.Feature),
            Value = item.Value,
            OccurredAt = WireMessages.ToProto(item.OccurredAt ?? unsaid),
        };
    }
}

using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Tests.Fakes;

/// <summary>Divides calls among the hosts of a map, as little of it as these tests need.</summary>
internal sealed class Router(ISiloEngine models, SharedStore store, IPartitionMap map, Func<Task> announce)
    : IScoringBackend
{
    private const int Tries = 500;
    private readonly PartitionHash _hash = new(SharedStore.Workspace, store.Partitions.Length);

    public async ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var payloads = new Dictionary<int, BlobWriter>();
        foreach (var item in batch.Encodings())
        {
            var partition = _hash.Of(item.Customer);
            payloads.TryAdd(partition, new BlobWriter());
            payloads[partition].Bytes(item.Encoded);
        }
        var (accepted, duplicates) = (0, 0);
        await EachAsync(
            payloads.Keys,
            async (host, some) =>
            {
                HostPart[] parts = [.. some.Select(partition => new HostPart(partition, payloads[partition]))];
                var write = new HostWrite(SharedStore.Workspace, CommandKind.RecordEvents, parts);
                var answer = await host.WriteAsync(write, cancellationToken);
                lock (payloads)
                {
                    accepted += answer.Value?.Accepted ?? 0;
                    duplicates += answer.Value?.Duplicates ?? 0;
                }
                return answer.Absent;
            },
            cancellationToken
        );
        return new(accepted, duplicates, [], Durability.OnDisk);
    }

    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var scores = new CustomerScore?[query.CustomerIds.Count];
        var version = models.Model(query.Workspace, query.Model).Version;
        await EachAsync(
            query.CustomerIds.Select(id => _hash.Of(id)).Distinct(),
            async (host, some) =>
            {
                int[] places =
                [
                    .. Enumerable.Range(0, scores.Length).Where(i => some.Contains(_hash.Of(query.CustomerIds[i]))),
                ];
                var asked = query with { CustomerIds = [.. places.Select(i => query.CustomerIds[i])] };
                var answer = await host.ScoreAsync(asked, version, cancellationToken);
                for (var i = 0; answer.Value is not null && i < places.Length; i++)
                {
                    scores[places[i]] ??= answer.Value[i];
                }
                return answer.Absent;
            },
            cancellationToken
        );
        return scores;
    }

    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    )
    {
        var model = models.Model(query.Workspace, query.Model);
        var found = new List<SegmentTally>();
        await EachAsync(
            Enumerable.Range(0, store.Partitions.Length),
            async (host, some) =>
            {
                var question = new SegmentQuestion(
                    query,
                    model.Version,
                    SharedStore.Now,
                    SharedStore.Now,
                    [.. some.Order()]
                );
                var answer = await host.TallyAsync(question, cancellationToken);
                lock (found)
                {
                    found.AddRange(answer.Value ?? []);
                }
                return answer.Absent;
            },
            cancellationToken
        );
        return SegmentTally.Summarize(found, query, model, SharedStore.Now);
    }

    public async ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    )
    {
        var model = models.Model(query.Workspace, query.Model);
        var found = new List<AccountTally>();
        await EachAsync(
            Enumerable.Range(0, store.Partitions.Length),
            async (host, some) =>
            {
                var question = new AccountQuestion(
                    query,
                    model.Version,
                    SharedStore.Now,
                    SharedStore.Now,
                    [.. some.Order()]
                );
                var answer = await host.TallyAsync(question, cancellationToken);
                lock (found)
                {
                    found.AddRange(answer.Value?.Tallies ?? []);
                }
                return answer.Absent;
            },
            cancellationToken
        );
        return found.All(tally => tally.Customers == 0)
            ? throw new ScoringException(ScoringError.AccountNotFound, $"The account '{query.AccountId}' is unknown.")
            {
                Field = "account_id",
                Subject = query.AccountId,
            }
            : AccountTally.Summarize(found, null, query, model, models.Workspace(query.Workspace), SharedStore.Now);
    }

    public async ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => [.. (await ListNamesAsync(workspace, cancellationToken)).Names.Select(use => use.Name.Name)];

    public async ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await EachAsync(
            Enumerable.Range(0, store.Partitions.Length),
            async (host, some) =>
            {
                var answer = await host.ListNamesAsync(workspace, [.. some.Order()], cancellationToken);
                lock (names)
                {
                    names.UnionWith(answer.Value?.Names.Select(use => use.Name.Name) ?? []);
                }
                return answer.Absent;
            },
            cancellationToken
        );
        return new([.. names.Select(name => new NameUse(new(NameKind.EventType, name), null, null, []))], []);
    }

    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(
        string workspace,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public async ValueTask<ScoringModel> PutModelAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    )
    {
        var stored = store.Put(model);
        await announce();
        return stored;
    }

    public ValueTask<PrunedNames> PruneNamesAsync(
        string workspace,
        NamePruning pruning,
        CancellationToken cancellationToken
    ) =>
        new(
            new PrunedNames(
                [new NameUse(new KnownName(NameKind.EventType, pruning.Patterns[0]), 3, 4, [])],
                [new NameUse(new KnownName(NameKind.Feature, "kept"), null, null, ["model m"])]
            )
        );

    public ValueTask CheckHealthAsync(CancellationToken cancellationToken) => default;

    private async Task EachAsync(
        IEnumerable<int> wanted,
        Func<IPartitionHost, HashSet<int>, Task<IReadOnlyList<int>>> ask,
        CancellationToken cancellationToken
    )
    {
        HashSet<int> left = [.. wanted];
        for (var tries = 0; left.Count > 0; tries++)
        {
            Assert.True(tries < Tries, "Partitions are nowhere.");
            var absent = await Task.WhenAll(left.GroupBy(map.HostOf).Select(group => ask(group.Key, [.. group])));
            left = [.. absent.SelectMany(some => some)];
            if (left.Count > 0)
            {
                await map.RefreshAsync([.. left], cancellationToken);
            }
        }
    }
}

/// <summary>Events one by one.</summary>
internal static class EventBatchExtensions
{
    public static IReadOnlyList<(byte[] Customer, byte[] Encoded)> Encodings(this EventBatch batch)
    {
        var all = new List<(byte[] Customer, byte[] Encoded)>();
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            all.Add((item.CurrentCustomerId.ToArray(), item.CurrentEncoded.ToArray()));
        }
        return all;
    }
}

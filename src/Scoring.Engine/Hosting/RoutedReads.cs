using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Names;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Puts questions to the hosts that have the partitions concerned; whatever depends on a model is answered by one version of it.</summary>
internal sealed class RoutedReads(PartitionHost local, IPartitionMap map, PartitionRouterOptions options)
{
    private const int OptimisticTries = 3;
    private const int ModelTries = 8;
    private readonly int[] _all = [.. Enumerable.Range(0, local.Partitions)];

    /// <summary>As <see cref="IScoringBackend.GetScoresAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var ids = query.CustomerIds;
        var (answers, _) = await ByOneModelAsync(
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

    /// <summary>As <see cref="IScoringBackend.GetSegmentStatisticsAsync"/>.</summary>
    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        for (var fewScores = true; ; fewScores = false)
        {
            var few = fewScores;
            var (answers, model, readTime) = await TallyAsync(
                workspace,
                query.Model,
                query.ReadTime,
                "of the segment",
                (host, partitions, model, at, ahead) =>
                    host.TallyAsync(
                        new SegmentQuestion(query, model.Version, at, ahead, partitions, few),
                        cancellationToken
                    ),
                tallies => tallies.Select(tally => tally.NewestEvent),
                cancellationToken
            );
            var statistics = SegmentTally.Summarize(
                [.. answers.SelectMany(tallies => tallies)],
                query,
                model,
                readTime
            );
            if (statistics.Customers + statistics.AheadCustomers == 0)
            {
                return statistics with { FilterHints = await HintsAsync(query, model, readTime, cancellationToken) };
            }
            // Hardly ever are those of some host so unlike the others' that its scores around the percentile do not hold it.
            if (!fewScores || statistics.Percentiles.Count == query.Percentiles.Count || statistics.Customers == 0)
            {
                return statistics;
            }
        }
    }

    /// <summary>As <see cref="IScoringBackend.GetAccountHealthAsync"/>.</summary>
    public async ValueTask<AccountHealth> GetAccountHealthAsync(
        AccountHealthQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var (answers, model, readTime) = await TallyAsync(
            workspace,
            query.Model,
            query.ReadTime,
            $"of account '{query.AccountId}'",
            (host, partitions, model, at, ahead) =>
                host.TallyAsync(new AccountQuestion(query, model.Version, at, ahead, partitions), cancellationToken),
            answer => answer.Tallies.Select(tally => tally.NewestEvent),
            cancellationToken
        );
        var account = answers.Select(answer => answer.Account).FirstOrDefault(found => found is not null);
        AccountTally[] tallies = [.. answers.SelectMany(answer => answer.Tallies)];
        if (account is null && Array.TrueForAll(tallies, tally => tally.Customers + tally.AheadCustomers == 0))
        {
            throw Refusals.AccountNotFound(query.AccountId);
        }
        return AccountTally.Summarize(tallies, account, query, model, workspace.Settings, readTime);
    }

    /// <summary>As <see cref="IScoringBackend.ListEventTypesAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<string>> ListEventTypesAsync(
        string workspace,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await NamesAsync(workspace, cancellationToken))
                .SelectMany(answer => answer.Names)
                .Where(use => use.Name.Kind == NameKind.EventType)
                .Select(use => use.Name.Name)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>As <see cref="IScoringBackend.ListNamesAsync"/>.</summary>
    public async ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken)
    {
        var target = local.Workspaces.Get(workspace);
        var names = new NamesByUse();
        foreach (var answer in await NamesAsync(workspace, cancellationToken))
        {
            foreach (var use in answer.Names)
            {
                names.Add(use);
            }
            foreach (var room in answer.Rooms)
            {
                names.Add(room);
            }
        }
        return names.ToList(new UsedNames(target.Settings, local.Models.List(target.Number)));
    }

    /// <summary>By partition, the names that have room always.</summary>
    public async Task<IEnumerable<IReadOnlyList<KnownName>>> ReservedNamesAsync(string workspace) =>
        (await NamesAsync(workspace, CancellationToken.None))
            .SelectMany(answer => answer.Reserved)
            .OfType<IReadOnlyList<KnownName>>();

    /// <summary>
    /// Tallies every partition at one instant: the one asked for, or now, or the newest event read where that lies ahead of now. What lies further
    /// ahead than the tolerated skew, and after the instant asked for, is left out: a clock that ran ahead must not spoil the figures of all.
    /// </summary>
    private async ValueTask<(List<T> Answers, ScoringModel Model, Instant ReadTime)> TallyAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        Instant? asked,
        string ofWhat,
        Func<IPartitionHost, IReadOnlyList<int>, ScoringModel, Instant, Instant, ValueTask<HostAnswer<T>>> ask,
        Func<T, IEnumerable<Instant>> newestOf,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var now = local.Clock.Now;
        var readTime = asked ?? now;
        var aheadFrom = Instant.Max(readTime, now + local.MaxFutureSkew);
        for (var attempt = 1; ; attempt++)
        {
            var (answers, model) = await EachAsync(
                workspace,
                modelName,
                (host, partitions, model) => ask(host, partitions, model, readTime, aheadFrom),
                cancellationToken
            );
            var newest = answers.SelectMany(newestOf).DefaultIfEmpty(Instant.MinValue).Max();
            if (newest <= readTime)
            {
                return (answers, model, readTime);
            }
            if (asked is { } instant)
            {
                throw Refusals.ReadTimeBefore(newest, instant, ofWhat);
            }
            // When events ahead of the clock keep coming in between, as of the last instant that any may lie at.
            readTime = attempt < OptimisticTries ? newest : aheadFrom;
        }
    }

    private async ValueTask<IReadOnlyList<FilterHint>> HintsAsync(
        SegmentQuery query,
        ScoringModel model,
        Instant readTime,
        CancellationToken cancellationToken
    )
    {
        var (answers, _) = await EachAsync(
            local.Workspaces.Get(query.Workspace),
            model.Name,
            (host, partitions, current) =>
                host.FindHintsAsync(
                    new SegmentQuestion(query, current.Version, readTime, readTime, partitions),
                    cancellationToken
                ),
            cancellationToken
        );
        return FilterHints.Merge(answers);
    }

    private async ValueTask<IEnumerable<HostNames>> NamesAsync(string workspace, CancellationToken cancellationToken)
    {
        _ = local.Workspaces.Get(workspace);
        var answers = await TryAskAsync(
            _all,
            partition => partition,
            (host, partitions) => host.ListNamesAsync(workspace, partitions, cancellationToken),
            new RouterWait(map, options),
            cancellationToken
        );
        // It depends on no model.
        return answers!.Select(answer => answer.Answer);
    }

    /// <summary>Asks all partitions, as <see cref="ByOneModelAsync"/> says.</summary>
    private async ValueTask<(List<T> Answers, ScoringModel Model)> EachAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        Func<IPartitionHost, IReadOnlyList<int>, ScoringModel, ValueTask<HostAnswer<T>>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var (answers, model) = await ByOneModelAsync(
            workspace,
            modelName,
            _all,
            partition => partition,
            ask,
            cancellationToken
        );
        return (answers.ConvertAll(answer => answer.Answer), model);
    }

    /// <summary>Asks until everything is answered, all of it by the same version of a model.</summary>
    private async ValueTask<(List<(int[] Items, T Answer)> Answers, ScoringModel Model)> ByOneModelAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        int[] items,
        Func<int, int> partitionOf,
        Func<IPartitionHost, int[], ScoringModel, ValueTask<HostAnswer<T>>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var waiting = new RouterWait(map, options);
        for (var tries = 1; ; tries++)
        {
            var model = local.Models.Get(workspace.Number, workspace.Settings, modelName);
            var answers = await TryAskAsync(
                items,
                partitionOf,
                (host, some) => ask(host, some, model),
                waiting,
                cancellationToken
            );
            if (answers is not null)
            {
                return (answers, model);
            }
            if (tries == ModelTries)
            {
                throw new ScoringException(
                    ScoringError.Unavailable,
                    "The model is being replaced on every server; try again."
                )
                {
                    RetryAfter = TimeSpan.FromMilliseconds(100),
                };
            }
            await local.RefreshModelsAsync();
        }
    }

    /// <summary>Asks until everything is answered; null once a host answers by another version of the model.</summary>
    private async ValueTask<List<(int[] Items, T Answer)>?> TryAskAsync<T>(
        int[] items,
        Func<int, int> partitionOf,
        Func<IPartitionHost, int[], ValueTask<HostAnswer<T>>> ask,
        RouterWait waiting,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var answered = new List<(int[], T)>();
        for (var left = items; left.Length > 0; )
        {
            var asked = left.GroupBy(item => map.HostOf(partitionOf(item)))
                .Select(some => (Host: some.Key, Items: some.ToArray()))
                .ToList();
            HostAnswer<T>[] answers = asked is [var only]
                ? [await ask(only.Host, only.Items)]
                : await Task.WhenAll(asked.Select(some => ask(some.Host, some.Items).AsTask()));
            if (Array.Exists(answers, answer => answer.HasOtherModel))
            {
                return null;
            }
            answered.AddRange(
                asked
                    .Zip(answers)
                    .Where(pair => pair.Second.Value is not null)
                    .Select(pair => (pair.First.Items, pair.Second.Value!))
            );
            int[] absent = [.. answers.SelectMany(answer => answer.Absent).Distinct()];
            left = absent.Length == 0 ? [] : [.. left.Where(item => absent.Contains(partitionOf(item)))];
            if (left.Length > 0)
            {
                await waiting.ForAsync(absent, cancellationToken);
            }
        }
        return answered;
    }
}

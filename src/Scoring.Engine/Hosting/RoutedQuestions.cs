using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Time;
using Scoring.Engine.Names;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Puts questions to the hosts that have the partitions concerned; whatever depends on a model is answered by one version of it.</summary>
internal sealed class RoutedQuestions(PartitionHost local, IPartitionMap map)
{
    private const int OptimisticTries = 3;
    private const int ModelTries = 8;

    /// <summary>All partitions.</summary>
    public int[] All { get; } = [.. Enumerable.Range(0, local.Partitions)];

    /// <summary>
    /// Tallies every partition, or some, at one instant: the one asked for, or now, or the newest event read where that lies ahead of now. What lies further
    /// ahead than the tolerated skew, and after the instant asked for, is left out: a clock that ran ahead must not spoil the figures of all.
    /// </summary>
    public async ValueTask<(List<T> Answers, ScoringModel Model, Instant ReadTime)> TallyAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        Instant? asked,
        string ofWhat,
        Func<IPartitionHost, IReadOnlyList<int>, ScoringModel, Instant, Instant, ValueTask<HostAnswer<T>>> ask,
        Func<T, IEnumerable<Instant>> newestOf,
        CancellationToken cancellationToken,
        int[]? partitions = null
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
                (host, some, model) => ask(host, some, model, readTime, aheadFrom),
                cancellationToken,
                partitions
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

    /// <summary>Asks all hosts for the names of a workspace, which depend on no model.</summary>
    public async ValueTask<IReadOnlyList<HostNames>> NamesAsync(string workspace, CancellationToken cancellationToken)
    {
        _ = local.Workspaces.Get(workspace);
        var answers = await TryAskAsync(
            All,
            partition => partition,
            (host, partitions) => host.ListNamesAsync(workspace, partitions, cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        return answers!.ConvertAll(answer => answer.Answer);
    }

    /// <summary>All that is known of a customer; null when nothing is, or it was merged into another one.</summary>
    public async ValueTask<CustomerDetails?> CustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        var answers = await TryAskAsync(
            [local.Workspaces.Get(workspace).Hash.Of(customerId)],
            partition => partition,
            (host, _) => host.DescribeCustomerAsync(workspace, customerId, cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        return answers!.SelectMany(answer => answer.Answer).FirstOrDefault();
    }

    /// <summary>All that the archive has of a customer; null when nothing is known of it, or it was merged into another one.</summary>
    public async ValueTask<CustomerPast?> PastAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        var answers = await TryAskAsync(
            [local.Workspaces.Get(workspace).Hash.Of(customerId)],
            partition => partition,
            (host, _) => host.ReadPastAsync(workspace, customerId, cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        return answers!.SelectMany(answer => answer.Answer).FirstOrDefault();
    }

    /// <summary>Into which customers some were merged, or are being merged, in their order; null for those that were not.</summary>
    public async ValueTask<MergedCustomer?[]> MergedAsync(
        EngineWorkspace workspace,
        IReadOnlyList<string> customerIds,
        CancellationToken cancellationToken
    )
    {
        var answers = await TryAskAsync(
            [.. Enumerable.Range(0, customerIds.Count)],
            i => workspace.Hash.Of(customerIds[i]),
            (host, some) =>
                host.FindMergedAsync(workspace.Settings.Name, [.. some.Select(i => customerIds[i])], cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        var merged = new MergedCustomer?[customerIds.Count];
        // Those of partitions that were absent are null, and come in a later answer.
        foreach (var (some, answer) in answers!)
        {
            for (var i = 0; i < some.Length; i++)
            {
                merged[some[i]] = answer[i];
            }
        }
        return merged;
    }

    /// <summary>As <see cref="IScoringBackend.GetAccountAsync"/>.</summary>
    public async ValueTask<AccountDetails?> AccountAsync(
        string workspace,
        string accountId,
        CancellationToken cancellationToken
    )
    {
        _ = local.Workspaces.Get(workspace);
        var answers = await TryAskAsync(
            All,
            partition => partition,
            (host, partitions) => host.DescribeAccountAsync(workspace, accountId, partitions, cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        var account = AccountDetails.Merge(answers!.ConvertAll(answer => answer.Answer));
        return account.IsKnown ? account : null;
    }

    /// <summary>As <see cref="IScoringBackend.ListAdjustmentsAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<CustomerAdjustment>> AdjustmentsAsync(
        AdjustmentQuery query,
        CancellationToken cancellationToken
    )
    {
        _ = local.Workspaces.Get(query.Workspace);
        var now = local.Clock.Now;
        var answers = await TryAskAsync(
            All,
            partition => partition,
            (host, partitions) => host.FindAdjustmentsAsync(new(query, now, partitions), cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        return CustomerAdjustment.First(answers!.SelectMany(answer => answer.Answer), query.Count);
    }

    /// <summary>A filter in which accounts are named that meet what it asks of them, wherever they and their customers lie; it must fit the workspace.</summary>
    public async ValueTask<Filter> WithAccountsAsync(
        string workspace,
        Filter filter,
        CancellationToken cancellationToken
    )
    {
        FilterRules.ThrowIfUnfit(filter, local.Workspaces.Get(workspace).Settings);
        Condition[] wanted =
        [
            .. filter.Condition.Tests().OfType<Condition.OfAccount>().Select(test => test.Test).Distinct(),
        ];
        if (wanted.Length == 0)
        {
            return filter;
        }
        var answers = await TryAskAsync(
            All,
            partition => partition,
            (host, partitions) => host.FindAccountsAsync(new(workspace, wanted, partitions), cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        var found = wanted
            .Select((test, i) => (test, Ids: answers!.SelectMany(answer => answer.Answer[i]).ToArray()))
            .ToDictionary(pair => pair.test, pair => pair.Ids);
        return new Filter(
            filter.Condition.Replace(part =>
                part is Condition.OfAccount account
                    ? new Condition.TextTest(TextField.AccountId, "", TextOperator.Equals, found[account.Test])
                    : part
            )
        );
    }

    /// <summary>The accounts that met what a filter asks of them at some instants of the past, test by test in its order; null when it asks nothing of them.</summary>
    public async ValueTask<IReadOnlyList<PastAccountMatch>?> PastAccountsAsync(
        string workspace,
        Filter filter,
        IReadOnlyList<Instant> times,
        Instant? knownAt,
        CancellationToken cancellationToken
    )
    {
        Condition[] wanted = [.. filter.Condition.Tests().OfType<Condition.OfAccount>().Select(test => test.Test)];
        if (wanted.Length == 0)
        {
            return null;
        }
        var answers = await TryAskAsync(
            All,
            partition => partition,
            (host, partitions) =>
                host.FindPastAccountsAsync(new(workspace, wanted, times, knownAt, partitions), cancellationToken),
            new RouterWait(local, map),
            cancellationToken
        );
        return [.. answers!.SelectMany(answer => answer.Answer)];
    }

    /// <summary>Asks all partitions, or some, as <see cref="ByOneModelAsync"/> says.</summary>
    public async ValueTask<(List<T> Answers, ScoringModel Model)> EachAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        Func<IPartitionHost, IReadOnlyList<int>, ScoringModel, ValueTask<HostAnswer<T>>> ask,
        CancellationToken cancellationToken,
        int[]? partitions = null
    )
        where T : class
    {
        var (answers, model) = await ByOneModelAsync(
            workspace,
            modelName,
            partitions ?? All,
            partition => partition,
            ask,
            cancellationToken
        );
        return (answers.ConvertAll(answer => answer.Answer), model);
    }

    /// <summary>Asks until everything is answered, all of it by the same version of a model.</summary>
    public async ValueTask<(List<(int[] Items, T Answer)> Answers, ScoringModel Model)> ByOneModelAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        int[] items,
        Func<int, int> partitionOf,
        Func<IPartitionHost, int[], ScoringModel, ValueTask<HostAnswer<T>>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var waiting = new RouterWait(local, map);
        for (var tries = 1; ; tries++)
        {
            var model = local.Models.Get(workspace.Number, workspace.Settings, ModelReference.Parse(modelName));
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
                throw StoreErrors.TryAgain("The model is being replaced on every server; try again.", 100);
            }
            await local.RefreshAsync();
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

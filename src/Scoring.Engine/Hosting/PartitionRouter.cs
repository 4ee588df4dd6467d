using System.Runtime.CompilerServices;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Names;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Puts questions and writes to the hosts that have the partitions concerned, one call for each host, and makes one answer of theirs.</summary>
/// <remarks>
/// What a host did not do because a partition is not there is put to whoever has it by then, for as long as <see cref="PartitionRouterOptions.MaxWait"/>
/// allows. A write is atomic in each partition, not over several.
/// </remarks>
public sealed class PartitionRouter
{
    private const int OptimisticTries = 3;
    private const int ModelTries = 8;
    private readonly PartitionHost _local;
    private readonly IPartitionMap _map;
    private readonly TimeSpan _maxWait;
    private readonly TimeProvider _time;
    private readonly int[] _all;

    /// <summary>A router.</summary>
    /// <param name="local">The host of this process, whose workspaces, models and clock it uses.</param>
    /// <param name="map">Which host has each partition.</param>
    /// <param name="options">How it goes about it.</param>
    public PartitionRouter(PartitionHost local, IPartitionMap map, PartitionRouterOptions options)
    {
        (_local, _map, _maxWait, _time) = (local, map, options.MaxWait, options.TimeProvider);
        _all = [.. Enumerable.Range(0, local.Partitions)];
    }

    /// <summary>As <see cref="IScoringBackend.RecordAsync"/>.</summary>
    public ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var workspace = _local.Workspaces.Get(batch.Workspace);
        cancellationToken.ThrowIfCancellationRequested();
        var parts = BatchSplitter.Split(batch, workspace, _all.Length);
        return WriteAsync(workspace, CommandKind.RecordEvents, parts, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.UpsertCustomersAsync"/>.</summary>
    public ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    )
    {
        var target = _local.Workspaces.Get(workspace);
        cancellationToken.ThrowIfCancellationRequested();
        var parts = BatchSplitter.Split(customers, target, _all.Length);
        return WriteAsync(target, CommandKind.UpsertCustomers, parts, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.UpsertAccountsAsync"/>.</summary>
    public ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    )
    {
        var target = _local.Workspaces.Get(workspace);
        cancellationToken.ThrowIfCancellationRequested();
        var parts = BatchSplitter.Split(accounts, target, _all.Length);
        return WriteAsync(target, CommandKind.UpsertAccounts, parts, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.GetScoresAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(
        ScoreQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = _local.Workspaces.Get(query.Workspace);
        var scores = new CustomerScore?[query.CustomerIds.Count];
        int[] left = [.. Enumerable.Range(0, scores.Length)];
        var waiting = new RouterWait(_map, _maxWait, _time);
        for (var tries = 0; left.Length > 0; )
        {
            var model = Model(workspace, query.Model);
            var asked = left.GroupBy(i => _map.HostOf(workspace.Hash.Of(query.CustomerIds[i])))
                .Select(group => (Host: group.Key, Items: group.ToArray()))
                .ToList();
            var answers = await AskAsync(
                asked,
                a =>
                    a.Host.ScoreAsync(
                        a.Items.Length == scores.Length
                            ? query
                            : query with
                            {
                                CustomerIds = [.. a.Items.Select(i => query.CustomerIds[i])],
                            },
                        model.Version,
                        cancellationToken
                    )
            );
            for (var i = 0; i < answers.Length; i++)
            {
                for (var j = 0; j < (answers[i].Value?.Count ?? 0); j++)
                {
                    scores[asked[i].Items[j]] = answers[i].Value![j];
                }
            }
            var absent = Absent(answers);
            left = HaveOtherModel(answers)
                ? left
                : [.. left.Where(i => absent.Contains(workspace.Hash.Of(query.CustomerIds[i])))];
            await SettleAsync(answers, absent, waiting, ref tries, cancellationToken);
        }
        return scores;
    }

    /// <summary>As <see cref="IScoringBackend.GetSegmentStatisticsAsync"/>.</summary>
    public async ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(
        SegmentQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = _local.Workspaces.Get(query.Workspace);
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
        var workspace = _local.Workspaces.Get(query.Workspace);
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

    /// <summary>As <see cref="IScoringBackend.ListModelsAsync"/>.</summary>
    public IReadOnlyList<ScoringModel> ListModels(string workspace) =>
        _local.Models.List(_local.Workspaces.Get(workspace).Number);

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
        var target = _local.Workspaces.Get(workspace);
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
        return names.ToList(new UsedNames(target.Settings, _local.Models.List(target.Number)));
    }

    /// <summary>By partition, the names that have room always.</summary>
    internal async Task<IEnumerable<IReadOnlyList<KnownName>>> ReservedNamesAsync(string workspace) =>
        (await NamesAsync(workspace, CancellationToken.None))
            .SelectMany(answer => answer.Reserved)
            .OfType<IReadOnlyList<KnownName>>();

    /// <summary>Has a command about names applied in every partition.</summary>
    internal async Task WriteNamesAsync(
        EngineWorkspace workspace,
        CommandKind kind,
        IReadOnlyCollection<KnownName> names
    )
    {
        var parts = _all.Select(partition =>
        {
            var payload = new BlobWriter();
            NamesCodec.Write(payload, names);
            return new HostPart(partition, payload);
        });
        await WriteAsync(workspace, kind, [.. parts], CancellationToken.None);
    }

    private ValueTask<WriteResult> WriteAsync(
        EngineWorkspace workspace,
        CommandKind kind,
        IReadOnlyList<HostPart> parts,
        CancellationToken cancellationToken
    )
    {
        if (parts.Count == 0)
        {
            return new(new WriteResult(0, 0, [], _local.Durability));
        }
        return parts.Count == 1 || AreTogether(parts)
            ? WriteTogetherAsync(new(workspace.Settings.Name, kind, parts), cancellationToken)
            : WriteApartAsync(workspace, kind, parts, new([]), cancellationToken);
    }

    private bool AreTogether(IReadOnlyList<HostPart> parts)
    {
        var host = _map.HostOf(parts[0].Partition);
        for (var i = 1; i < parts.Count; i++)
        {
            if (_map.HostOf(parts[i].Partition) != host)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Writes what one host has; the way that most writes go, and all where there is one host.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> WriteTogetherAsync(HostWrite write, CancellationToken cancellationToken)
    {
        var answer = await _map.HostOf(write.Parts[0].Partition).WriteAsync(write, cancellationToken);
        if (answer.Absent.Count == 0)
        {
            return answer.Value!;
        }
        HostPart[] left = [.. write.Parts.Where(part => answer.Absent.Contains(part.Partition))];
        var written = new List<WriteResult>();
        if (answer.Value is not null)
        {
            written.Add(answer.Value);
        }
        var waiting = new RouterWait(_map, _maxWait, _time);
        await WaitAsync(waiting, answer.Absent, left, cancellationToken);
        return await WriteApartAsync(
            _local.Workspaces.Get(write.Workspace),
            write.Kind,
            left,
            written,
            cancellationToken
        );
    }

    private async ValueTask<WriteResult> WriteApartAsync(
        EngineWorkspace workspace,
        CommandKind kind,
        IReadOnlyList<HostPart> left,
        List<WriteResult> written,
        CancellationToken cancellationToken
    )
    {
        var waiting = new RouterWait(_map, _maxWait, _time);
        while (true)
        {
            var writes = left.GroupBy(part => _map.HostOf(part.Partition))
                .Select(group => (Host: group.Key, Write: new HostWrite(workspace.Settings.Name, kind, [.. group])))
                .ToList();
            var answers = await AskAllAsync(writes, written.Count > 0, cancellationToken);
            written.AddRange(answers.Select(answer => answer.Value).OfType<WriteResult>());
            var absent = Absent(answers);
            if (absent.Count == 0)
            {
                return Merge(written);
            }
            left = [.. left.Where(part => absent.Contains(part.Partition))];
            await WaitAsync(waiting, [.. absent], left, cancellationToken);
        }
    }

    /// <summary>Has several hosts write. When some of them fail and others have written, or may have, it is not known what was taken.</summary>
    private static async Task<HostAnswer<WriteResult>[]> AskAllAsync(
        List<(IPartitionHost Host, HostWrite Write)> writes,
        bool isWritten,
        CancellationToken cancellationToken
    )
    {
        var answers = writes.ConvertAll(w => w.Host.WriteAsync(w.Write, cancellationToken).AsTask());
        try
        {
            return await Task.WhenAll(answers);
        }
        catch (ScoringException e)
            when (e.Error != ScoringError.Unavailable && (isWritten || !answers.TrueForAll(answer => answer.IsFaulted)))
        {
            throw new ScoringException(
                ScoringError.Unavailable,
                $"One of several servers did not take its part, others have: {e.Message} Retry with the same event ids.",
                e
            )
            {
                RetryAfter = e.RetryAfter ?? TimeSpan.FromMilliseconds(100),
            };
        }
    }

    private static async ValueTask WaitAsync(
        RouterWait waiting,
        IReadOnlyList<int> absent,
        IReadOnlyList<HostPart> left,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await waiting.ForAsync(absent, cancellationToken);
        }
        catch
        {
            foreach (var part in left)
            {
                part.Payload.Dispose();
            }
            throw;
        }
    }

    private static WriteResult Merge(List<WriteResult> written) =>
        written is [var only]
            ? only
            : new(
                written.Sum(w => w.Accepted),
                written.Sum(w => w.Duplicates),
                [.. written.SelectMany(w => w.Rejections).OrderBy(r => r.Index)],
                written[0].Durability
            );

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
        var now = _local.Clock.Now;
        var readTime = asked ?? now;
        var aheadFrom = Instant.Max(readTime, now + _local.MaxFutureSkew);
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
            _local.Workspaces.Get(query.Workspace),
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

    private async ValueTask<List<HostNames>> NamesAsync(string workspace, CancellationToken cancellationToken)
    {
        _ = _local.Workspaces.Get(workspace);
        var names = new List<HostNames>();
        var waiting = new RouterWait(_map, _maxWait, _time);
        for (var left = _all; left.Length > 0; )
        {
            var answers = await AskAsync(
                ByHost(left),
                a => a.Host.ListNamesAsync(workspace, a.Items, cancellationToken)
            );
            names.AddRange(answers.Select(answer => answer.Value).OfType<HostNames>());
            left = [.. Absent(answers).Order()];
            if (left.Length > 0)
            {
                await waiting.ForAsync(left, cancellationToken);
            }
        }
        return names;
    }

    /// <summary>Asks until every partition has answered once, all by the same version of a model.</summary>
    private async ValueTask<(List<T> Answers, ScoringModel Model)> EachAsync<T>(
        EngineWorkspace workspace,
        string modelName,
        Func<IPartitionHost, IReadOnlyList<int>, ScoringModel, ValueTask<HostAnswer<T>>> ask,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var waiting = new RouterWait(_map, _maxWait, _time);
        var (answered, model) = (new List<T>(), Model(workspace, modelName));
        var tries = 0;
        for (var left = _all; left.Length > 0; )
        {
            var answers = await AskAsync(ByHost(left), a => ask(a.Host, a.Items, model));
            var absent = Absent(answers);
            if (HaveOtherModel(answers))
            {
                await SettleAsync(answers, absent, waiting, ref tries, cancellationToken);
                (answered, model, left) = ([], Model(workspace, modelName), _all);
                continue;
            }
            answered.AddRange(answers.Select(answer => answer.Value).OfType<T>());
            left = [.. absent.Order()];
            await SettleAsync(answers, absent, waiting, ref tries, cancellationToken);
        }
        return (answered, model);
    }

    private List<(IPartitionHost Host, int[] Items)> ByHost(int[] partitions) =>
        [.. partitions.GroupBy(_map.HostOf).Select(group => (group.Key, group.ToArray()))];

    private ScoringModel Model(EngineWorkspace workspace, string name) =>
        _local.Models.Get(workspace.Number, workspace.Settings, name);

    /// <summary>Sees to what kept hosts from answering, before they are asked again.</summary>
    private ValueTask SettleAsync<T>(
        HostAnswer<T>[] answers,
        HashSet<int> absent,
        RouterWait waiting,
        ref int tries,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (HaveOtherModel(answers))
        {
            return ++tries < ModelTries
                ? new(_local.RefreshModelsAsync())
                : throw new ScoringException(
                    ScoringError.Unavailable,
                    "The model is being replaced on every server; try again."
                )
                {
                    RetryAfter = TimeSpan.FromMilliseconds(100),
                };
        }
        return absent.Count > 0 ? waiting.ForAsync([.. absent], cancellationToken) : default;
    }

    private static async ValueTask<HostAnswer<T>[]> AskAsync<TCall, T>(
        List<TCall> calls,
        Func<TCall, ValueTask<HostAnswer<T>>> ask
    )
        where T : class =>
        calls.Count == 1 ? [await ask(calls[0])] : await Task.WhenAll(calls.Select(call => ask(call).AsTask()));

    private static bool HaveOtherModel<T>(HostAnswer<T>[] answers)
        where T : class => Array.Exists(answers, answer => answer.HasOtherModel);

    private static HashSet<int> Absent<T>(HostAnswer<T>[] answers)
        where T : class => [.. answers.SelectMany(answer => answer.Absent)];
}

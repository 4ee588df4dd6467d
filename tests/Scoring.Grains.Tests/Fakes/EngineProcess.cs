using System.Collections.Concurrent;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Tests.Fakes;

/// <summary>The engine of one silo over a store in the memory of the test.</summary>
internal sealed class EngineProcess(SharedStore store, SiloAddress silo) : ISiloEngine, IPartitionHost
{
    private readonly ConcurrentDictionary<Action<int>, bool> _watchers = new();
    private readonly PartitionHash _hash = new(SharedStore.Workspace, store.Partitions.Length);
    private volatile IReadOnlyList<ScoringModel> _models = [];
    private int _calls;

    public SiloAddress Silo => silo;

    public int Partitions => store.Partitions.Length;

    public IPartitionHost Host => this;

    public TimeSpan LongestLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls that were put to the host.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether nothing of what it would do at its end comes about.</summary>
    public bool IsKilled { get; set; }

    /// <summary>What every call does first.</summary>
    public Action BeforeCall { get; set; } = () => { };

    public EngineRoutes Connect(IPartitionMap map, Func<Task> announce) =>
        new(new Router(this, store, map, announce), _ => Task.CompletedTask);

    public IDisposable WhenLost(Action<int> tell)
    {
        _watchers[tell] = true;
        return new Watch(() => _watchers.TryRemove(tell, out _));
    }

    public void Lose(int partition)
    {
        foreach (var tell in _watchers.Keys)
        {
            tell(partition);
        }
    }

    public bool IsOpen(int partition) => store.Partitions[partition].Owner == this;

    public async Task OpenAsync(int partition, CancellationToken cancellationToken)
    {
        await store.BeforeOpening(partition).WaitAsync(cancellationToken);
        store.Partitions[partition].Open(this);
    }

    public Task CloseAsync(int partition, CancellationToken cancellationToken)
    {
        if (IsKilled)
        {
            throw new InvalidOperationException("A process that was killed closes nothing.");
        }
        store.Partitions[partition].Close(this);
        return Task.CompletedTask;
    }

    public WorkspaceSettings Workspace(string name) =>
        name is SharedStore.Workspace or ""
            ? store.Settings
            : throw new ScoringException(ScoringError.WorkspaceNotFound, "There is no such workspace.")
            {
                Field = "workspace",
                Subject = name,
            };

    public ScoringModel Model(string workspace, string name)
    {
        var wanted = name.Length == 0 ? Workspace(workspace).DefaultModel : name;
        return _models.FirstOrDefault(model => model.Name == wanted)
            ?? throw new ScoringException(ScoringError.ModelNotFound, "There is no such model.")
            {
                Field = "model",
                Subject = wanted,
            };
    }

    public IReadOnlyList<ScoringModel> Models(string workspace) =>
        [.. _models.OrderBy(model => model.Name, StringComparer.Ordinal)];

    public async Task RefreshAsync()
    {
        await store.BeforeRefresh(this);
        _models = store.Models;
    }

    public ValueTask<HostAnswer<WriteResult>> WriteAsync(HostWrite write, CancellationToken cancellationToken)
    {
        Begin();
        var (accepted, duplicates, any) = (0, 0, false);
        var absent = new SortedSet<int>();
        foreach (var part in write.Parts)
        {
            var payload = part.Payload.Written.ToArray();
            var isThere = store
                .Partitions[part.Partition]
                .TryUse(
                    this,
                    partition =>
                    {
                        Assert.Equal(CommandKind.RecordEvents, write.Kind);
                        var (more, again) = partition.Record(payload);
                        (accepted, duplicates) = (accepted + more, duplicates + again);
                    }
                );
            if (isThere)
            {
                any = true;
                part.Payload.Dispose();
            }
            else
            {
                absent.Add(part.Partition);
            }
        }
        var result = any ? new WriteResult(accepted, duplicates, [], Durability.OnDisk) : null;
        return new(new HostAnswer<WriteResult>(result, [.. absent]));
    }

    public ValueTask<HostAnswer<IReadOnlyList<CustomerScore?>>> ScoreAsync(
        ScoreQuery query,
        int modelVersion,
        CancellationToken cancellationToken
    )
    {
        Begin();
        var model = Model(query.Workspace, query.Model);
        if (model.Version != modelVersion)
        {
            return new(new HostAnswer<IReadOnlyList<CustomerScore?>>(null, [], HasOtherModel: true));
        }
        if (query.ReadTime < SharedStore.Now)
        {
            throw new ScoringException(ScoringError.ReadTimeBeforeNewestEvent, "read_time is early.")
            {
                Field = "read_time",
            };
        }
        var scores = new CustomerScore?[query.CustomerIds.Count];
        var absent = new SortedSet<int>();
        for (var i = 0; i < scores.Length; i++)
        {
            var (place, id) = (i, query.CustomerIds[i]);
            var number = _hash.Of(id);
            if (!store.Partitions[number].TryUse(this, p => scores[place] = Score(p, id, model, query)))
            {
                absent.Add(number);
            }
        }
        return new(new HostAnswer<IReadOnlyList<CustomerScore?>>(scores, [.. absent]));
    }

    public ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        Begin();
        var model = Model(question.Query.Workspace, question.Query.Model);
        var tallies = new List<SegmentTally>();
        var absent = Use(
            question.Partitions,
            partition =>
                tallies.Add(
                    partition.Population.Tally(question.Query, model, question.ReadTime, aheadFrom: question.AheadFrom)
                )
        );
        return new(
            model.Version == question.ModelVersion
                ? new HostAnswer<IReadOnlyList<SegmentTally>>(tallies.Count > 0 ? tallies : null, absent)
                : new(null, [], HasOtherModel: true)
        );
    }

    public ValueTask<HostAnswer<AccountTallies>> TallyAsync(
        AccountQuestion question,
        CancellationToken cancellationToken
    )
    {
        Begin();
        var (query, model) = (question.Query, Model(question.Query.Workspace, question.Query.Model));
        var tallies = new List<AccountTally>();
        AccountRecord? account = null;
        var absent = Use(
            question.Partitions,
            partition =>
            {
                tallies.Add(
                    partition.Population.TallyAccount(
                        query.AccountId,
                        model,
                        query.WindowDays,
                        question.ReadTime,
                        question.AheadFrom
                    )
                );
                account ??= partition.Account(query.AccountId);
            }
        );
        return new(new HostAnswer<AccountTallies>(tallies.Count > 0 ? new(tallies, account) : null, absent));
    }

    public ValueTask<HostAnswer<IReadOnlyList<FilterHint>>> FindHintsAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        Begin();
        IReadOnlyList<FilterHint> hints = [new(0, "plam", "pro", false, ["plan"], ["pro", "free"])];
        return new(new HostAnswer<IReadOnlyList<FilterHint>>(hints, Use(question.Partitions, _ => { })));
    }

    public ValueTask<HostAnswer<HostNames>> ListNamesAsync(
        string workspace,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    )
    {
        Begin();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var reserved = new IReadOnlyList<KnownName>?[partitions.Count];
        for (var i = 0; i < reserved.Length; i++)
        {
            var place = i;
            store
                .Partitions[partitions[i]]
                .TryUse(
                    this,
                    partition =>
                    {
                        names.UnionWith(
                            partition
                                .Population.Names.Where(use => use.Name.Kind == NameKind.EventType)
                                .Select(use => use.Name.Name)
                        );
                        reserved[place] = [new KnownName(NameKind.EventType, "login")];
                    }
                );
        }
        var known = names.Select(name => new NameUse(new KnownName(NameKind.EventType, name), 7, null, []));
        var answer = new HostNames([.. known], [new NameRoom(NameKind.EventType, names.Count, 1_000)], reserved);
        return new(new HostAnswer<HostNames>(answer, Use(partitions, _ => { })));
    }

    private static CustomerScore? Score(SharedPartition partition, string id, ScoringModel model, ScoreQuery query) =>
        partition.Population.Find(id) is var row and >= 0
            ? partition.Population.Score(row, model, query.ReadTime ?? SharedStore.Now)
            : null;

    private int[] Use(IReadOnlyList<int> partitions, Action<SharedPartition> use) =>
        [.. partitions.Where(number => !store.Partitions[number].TryUse(this, use))];

    private void Begin()
    {
        Interlocked.Increment(ref _calls);
        BeforeCall();
    }

    private sealed class Watch(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

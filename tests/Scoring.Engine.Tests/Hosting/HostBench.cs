using Microsoft.Extensions.Time.Testing;
using Scoring.Core;
using Scoring.Core.Scores;
using Scoring.Core.Workspaces;
using Scoring.Engine.Hosting;

namespace Scoring.Engine.Tests.Hosting;

/// <summary>A store in memory and the hosts on it that a test starts, each of which opens what it is told to.</summary>
internal sealed class HostBench : IAsyncDisposable
{
    public const int Partitions = 3;
    private readonly List<Seat> _seats = [];

    public HostBench()
    {
        Store = new SharedStore(Clock);
        Options = new EngineOptions
        {
            DataDirectory = "none",
            Partitions = Partitions,
            TimeProvider = Clock,
            CheckpointInterval = TimeSpan.FromDays(30),
        };
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public SharedStore Store { get; }

    /// <summary>How hosts run that are started from now on.</summary>
    public EngineOptions Options { get; set; }

    /// <summary>Starts a host that has no partition open.</summary>
    public Seat Start()
    {
        var seat = new Seat(this, Store.Connect(), Options);
        _seats.Add(seat);
        return seat;
    }

    /// <summary>Starts a host that has all partitions, with a model that counts.</summary>
    public async Task<Seat> StartWithAllAsync()
    {
        var seat = Start();
        for (var partition = 0; partition < Partitions; partition++)
        {
            await seat.Host.OpenPartitionAsync(partition, BackendHost.Cancellation);
        }
        await seat.Backend.StartAsync([new ModelSource("", Samples.Model(), "1")]);
        return seat;
    }

    /// <summary>Lets time pass until something is done.</summary>
    public Task PassTimeUntil(Task done) => Until.DoneAsync(done, () => Clock.Advance(TimeSpan.FromMilliseconds(100)));

    /// <summary>Opens a partition elsewhere while its owner is cut off, which then comes back and thinks that it has it still.</summary>
    public static async Task Snatch(int partition, Seat from, Seat to)
    {
        from.Connection.IsCut = true;
        await to.Host.OpenPartitionAsync(partition, BackendHost.Cancellation);
        from.Connection.IsCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var seat in _seats)
        {
            await seat.DisposeAsync();
        }
    }

    /// <summary>A host, and a backend that asks this host for every partition that it is not told to ask another for.</summary>
    internal sealed class Seat : BackendHost, IPartitionMap
    {
        private readonly HostBench _bench;
        private readonly IPartitionHost[] _homes;
        private readonly List<int> _lost = [];

        public Seat(HostBench bench, SharedStore.Connection connection, EngineOptions options)
        {
            (_bench, Connection) = (bench, connection);
            Host = PartitionHost.Open(options, connection, out _);
            Host.Lost = partition =>
            {
                lock (_lost)
                {
                    _lost.Add(partition);
                }
            };
            _homes = [.. Enumerable.Repeat(Host, Partitions)];
            Backend = new RoutedBackend(Host, this, () => Announce?.Invoke() ?? Task.CompletedTask);
        }

        public SharedStore.Connection Connection { get; }

        public PartitionHost Host { get; }

        public Func<Task>? Announce { get; set; }

        public override RoutedBackend Backend { get; }

        public override string Workspace => WorkspaceSettings.DefaultName;

        public override FakeTimeProvider Clock => _bench.Clock;

        /// <summary>The partitions that were told to be lost.</summary>
        public IReadOnlyList<int> Lost
        {
            get
            {
                lock (_lost)
                {
                    return [.. _lost];
                }
            }
        }

        /// <summary>What happens when hosts do not have a partition; by default the call fails.</summary>
        public Func<IReadOnlyList<int>, ValueTask>? Refreshing { get; set; }

        /// <summary>Asks another host for a partition from now on.</summary>
        public void Ask(IPartitionHost host, params ReadOnlySpan<int> partitions)
        {
            foreach (var partition in partitions)
            {
                Volatile.Write(ref _homes[partition], host);
            }
        }

        public TimeSpan MaxWait => TimeSpan.FromSeconds(10);

        public string Here => "here";

        public IPartitionHost? HostNamed(string name) => name == Here ? Host : null;

        public IPartitionHost HostOf(int partition) => Volatile.Read(ref _homes[partition]);

        public ValueTask RefreshAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken) =>
            Refreshing?.Invoke(absent)
            ?? throw new ScoringException(ScoringError.Unavailable, $"absent: {string.Join(", ", absent)}");

        /// <summary>The ids of so many customers of a partition.</summary>
        public string[] CustomersOf(int partition, int count = 1) =>
            [
                .. Enumerable
                    .Range(0, int.MaxValue)
                    .Select(i => $"c{i}")
                    .Where(id => Host.Workspaces.Get("").Hash.Of(id) == partition)
                    .Take(count),
            ];

        public string CustomerOf(int partition) => CustomersOf(partition)[0];

        /// <summary>The partitions that this host says it does not have, asked for the score of a customer of each.</summary>
        public async Task<IReadOnlyList<int>> AbsentOf(params int[] partitions)
        {
            string[] customers = [.. partitions.Select(CustomerOf)];
            var version = Host.ListModels("")[0].Version;
            var answer = await Host.ScoreAsync(new ScoreQuery("", customers, "", null), version, Cancellation);
            return [.. answer.Absent.Order()];
        }

        public async Task<ScoringException> Refused(params Sample[] events)
        {
            var error = await Assert.ThrowsAsync<ScoringException>(() => Record(events));
            Assert.Equal(ScoringError.Unavailable, error.Error);
            return error;
        }

        public override Task CrashAndRestartAsync() => throw new NotSupportedException();

        public override Task DisturbAsync(Random random) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}

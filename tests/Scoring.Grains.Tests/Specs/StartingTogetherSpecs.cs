using System.Collections.Concurrent;
using Scoring.Core.Recording;
using Scoring.Engine;
using Scoring.Engine.Recovery;
using Scoring.Engine.Tests.Hosting;

namespace Scoring.Grains.Tests.Specs;

/// <summary>All servers of a cluster are started at once, with a store that is slow, and called before anything is open.</summary>
public sealed class StartingTogetherSpecs
{
    private const int Silos = 3;
    private const int OpeningsAtOnce = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_few_partitions_are_read_at_a_time_by_threads_of_their_own_and_all_are_open_in_the_end()
    {
        await using var cluster = new SilosOfSlowStore();
        var starting = cluster.StartAsync();
        await cluster.FullAsync(OpeningsAtOnce);
        // Calls for every partition, none of which is open.
        Sample[] events = [.. Enumerable.Range(0, 300).Select(customer => new Sample($"customer-{customer}"))];
        using var batch = Samples.Batch(events, cluster.Workspace);
        var calls = Enumerable.Range(0, Silos * 4).Select(_ => cluster.RecordAsync(batch)).ToArray();

        // The threads that all calls share are free.
        var hosts = await cluster.HostsAsync().WaitAsync(Patience, BackendHost.Cancellation);

        Assert.Equal(Silos, hosts.Count);
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        cluster.GoOn();
        await starting;
        Assert.All(await Task.WhenAll(calls), result => Assert.Equal(events.Length, result.Accepted));
        Assert.Equal(OpeningsAtOnce, cluster.MostAtOnce);
        Assert.False(cluster.UsedThreadsOfThePool);
    }

    /// <summary>Silos with 64 partitions in memory, which are not read before they are told to.</summary>
    private sealed class SilosOfSlowStore() : EngineSilos(Silos)
    {
        private readonly ConcurrentDictionary<SiloAddress, int> _reading = new();
        private readonly ManualResetEventSlim _mayGoOn = new();
        private readonly SharedStore _store = new(TimeProvider.System);
        private int _most;

        public int MostAtOnce => Volatile.Read(ref _most);

        public bool UsedThreadsOfThePool { get; private set; }

        protected override EngineOptions Options => new() { DataDirectory = "none", Partitions = 64 };

        public Task StartAsync() => DeployAsync();

        /// <summary>
        /// Returns once so many partitions are being read on a silo, and some on all others: one that was active before the others may be reading what is
        /// theirs by now, and they wait for that as for their own.
        /// </summary>
        public Task FullAsync(int openings) =>
            Until.TrueAsync(() => _reading.Count == Silos && _reading.Values.Max() == openings);

        public void GoOn() => _mayGoOn.Set();

        public Task<WriteResult> RecordAsync(EventBatch batch) =>
            Task.Run(() => Backend.RecordAsync(batch, Cancellation).AsTask());

        public async Task<IReadOnlyDictionary<SiloAddress, SiloStatus>> HostsAsync() =>
            await Service<IGrainFactory>(0).GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);

        public override Task CrashAndRestartAsync() => throw new NotSupportedException();

        public override Task DisturbAsync(Random random) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            GoOn();
            await base.DisposeAsync();
            _mayGoOn.Dispose();
        }

        protected override IStore Connect(SiloAddress silo)
        {
            var connection = _store.Connect();
            connection.AfterClaim = _ => Read(silo);
            return connection;
        }

        protected override void Cut(SiloAddress silo) => throw new NotSupportedException();

        private void Read(SiloAddress silo)
        {
            UsedThreadsOfThePool |= Thread.CurrentThread.IsThreadPoolThread;
            var now = _reading.AddOrUpdate(silo, 1, (_, reading) => reading + 1);
            lock (_reading)
            {
                _most = Math.Max(_most, now);
            }
            _mayGoOn.Wait(Patience);
            _reading.AddOrUpdate(silo, 0, (_, reading) => reading - 1);
        }
    }
}

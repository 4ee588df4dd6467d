using System.Collections.Concurrent;
using Orleans.Serialization;
using Scoring.Core.Scores;
using Scoring.Engine.Hosting;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Partitions;

/// <summary>Which silo has each partition, as far as is known here.</summary>
/// <remarks>
/// The first guess is a partition's home. Where that turns out wrong its grain is asked, once at a time for each partition and after growing waits while
/// the answer does not help; and silos tell each other what they opened. What is remembered of a silo is forgotten when it is not active any more.
/// </remarks>
internal sealed class PartitionMap(
    IGrainFactory grains,
    ClusterView cluster,
    PartitionHashes hashes,
    HostedEngine engine,
    HostRelayClient relays,
    Serializer<CustomerScore> scores,
    GrainOptions options
) : IPartitionMap, IPartitionLocations
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    // A search that was so long ago has nothing to do with the next one.
    private static readonly TimeSpan Forget = TimeSpan.FromSeconds(2);

    // Whoever waits looks again then, whether the partition was found or not.
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromSeconds(1);

    private readonly SiloAddress?[] _known = new SiloAddress?[engine.Host.Partitions];
    private readonly Search[] _searches =
    [
        .. Enumerable.Range(0, engine.Host.Partitions).Select(partition => new Search(partition)),
    ];
    private readonly ConcurrentDictionary<SiloAddress, RemotePartitionHost> _hosts = new();

    /// <inheritdoc/>
    public TimeSpan MaxWait => options.MoveTimeout;

    /// <inheritdoc/>
    public string Here => cluster.Here.ToParsableString();

    /// <inheritdoc/>
    public IPartitionHost? HostNamed(string name) =>
        cluster.Active.FirstOrDefault(silo => silo.ToParsableString() == name) is { } silo ? HostOn(silo) : null;

    /// <inheritdoc/>
    public SiloAddress LocationOf(int partition) =>
        Volatile.Read(ref _known[partition]) is { } silo && cluster.IsActive(silo) ? silo : cluster.Homes.Of(partition);

    /// <inheritdoc/>
    public IPartitionHost HostOf(int partition) => HostOn(LocationOf(partition));

    /// <inheritdoc/>
    public void Learn(int partition, SiloAddress silo) => Volatile.Write(ref _known[partition], silo);

    /// <inheritdoc/>
    public void Doubt(int partition) => _ = Start(_searches[partition]);

    /// <inheritdoc/>
    public async ValueTask RefreshAsync(IReadOnlyList<int> absent, CancellationToken cancellationToken)
    {
        var found = Task.WhenAll(absent.Select(partition => Start(_searches[partition])));
        try
        {
            await found.WaitAsync(LongestRefresh, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The searches go on, and whoever asks next waits for the same ones.
        }
    }

    /// <summary>Lets go of the hosts of silos that are gone, and of whoever waits for them.</summary>
    public void ForgetGone()
    {
        foreach (var (silo, host) in _hosts)
        {
            if (!cluster.IsActive(silo) && _hosts.TryRemove(silo, out _))
            {
                host.Dispose();
            }
        }
    }

    /// <summary>The host on a silo.</summary>
    private IPartitionHost HostOn(SiloAddress silo) =>
        silo.Equals(cluster.Here)
            ? engine.Host
            : _hosts.GetOrAdd(
                silo,
                there => new RemotePartitionHost(relays.Of(there), engine, hashes, scores, options)
            );

    private Task Start(Search search)
    {
        lock (search)
        {
            if (search.Running.IsCompleted)
            {
                search.Running = Task.Run(() => SearchAsync(search));
            }
            return search.Running;
        }
    }

    private async Task SearchAsync(Search search)
    {
        if (TimeProvider.System.GetElapsedTime(search.EndedAt) > Forget)
        {
            search.Tries = 0;
        }
        if (search.Tries > 0)
        {
            await Task.Delay(WaitBefore(search.Tries));
        }
        search.Tries++;
        try
        {
            Learn(search.Partition, await grains.GetGrain<IPartitionGrain>(search.Partition).WhereAsync());
        }
        catch (Exception)
        {
            // Nobody has it yet; why, the keeper at its home logs. Its home is the best guess again.
            Volatile.Write(ref _known[search.Partition], null);
        }
        search.EndedAt = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Twice as long each time, and not the same for all who wait.</summary>
    private static TimeSpan WaitBefore(int tries)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(tries, 10) - 1);
        return (wait < LongestWait ? wait : LongestWait) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private sealed class Search(int partition)
    {
        public int Partition => partition;

        public Task Running { get; set; } = Task.CompletedTask;

        public int Tries { get; set; }

        public long EndedAt { get; set; }
    }
}

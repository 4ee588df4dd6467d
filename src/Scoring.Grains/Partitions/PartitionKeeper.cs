using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Partitions;

/// <summary>Sees to it that the partitions whose home is this silo are open, and that those which are open here are at home.</summary>
/// <remarks>
/// <para>
/// It looks at the start, whenever the membership changes, and from time to time. What is missing it asks for, which opens it; what is at home elsewhere it
/// releases and asks for, a few at a time and once the cluster has been the same for a while, so that the others go on; and at once what is lost.
/// </para>
/// <para>
/// Before the silo leaves, all its partitions are moved to those that stay, one after the other, while it still answers for the rest. So nobody has to wait for
/// its lease.
/// </para>
/// </remarks>
internal sealed partial class PartitionKeeper(
    IGrainFactory grains,
    IClusterMembershipService membership,
    ClusterView cluster,
    PartitionMap map,
    HostRelayClient relays,
    HostedEngine engine,
    GrainOptions options,
    ILogger<PartitionKeeper> log
) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    // How long a silo that stops takes to hand its partitions over, at the most.
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(30);

    private const int OpeningsAtOnce = 8;

    // When servers joined or this one leaves: the other partitions go on meanwhile.
    private const int MovesAtOnce = 2;

    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(1);

    // What a silo was told is lost with the connection: it is told again.
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<int> _opened = Channel.CreateUnbounded<int>();
    private Task[] _running = [];
    private long _changedAt;
    private long _toldAllAt = TimeProvider.System.GetTimestamp();

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        // One further than active: it stops before anything else does, while calls still come and go.
        observer.Subscribe(nameof(PartitionKeeper), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);

    /// <summary>Returns once partitions may be opened here: this silo answers by the models that there were when it became active, or by newer ones.</summary>
    public Task WhenStartedAsync(CancellationToken cancellationToken) => _started.Task.WaitAsync(cancellationToken);

    /// <summary>Told that a partition was opened here.</summary>
    public void Opened(int partition)
    {
        map.Learn(partition, cluster.Here);
        _opened.Writer.TryWrite(partition);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // A model that was put before this silo was active was not announced to it.
        await engine.Host.RefreshAsync().WaitAsync(cancellationToken);
        _started.TrySetResult();
        engine.Host.Lost = OnLost;
        _running =
        [
            Task.Run(WatchAsync, CancellationToken.None),
            Task.Run(KeepAsync, CancellationToken.None),
            Task.Run(TellAsync, CancellationToken.None),
        ];
        Wake();
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running)
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LeaveTimeout);
        await LeaveAsync(limit.Token);
        engine.Host.Lost = null;
    }

    // The thread that met it must not be held up.
    private void OnLost(int partition) => _ = Task.Run(() => MoveAsync(partition));

    private void Wake() => _wakes.Writer.TryWrite(true);

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(_stop.Token))
            {
                Volatile.Write(ref _changedAt, TimeProvider.System.GetTimestamp());
                map.ForgetGone();
                Wake();
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await OpenMissingAsync();
                await MoveHomeAsync();
                TellAgain();
                await WaitAsync();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
            catch (Exception e)
            {
                CheckFailed(e);
                await Task.Delay(options.CheckInterval, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Until something changes, or it is time to look again.</summary>
    private async Task WaitAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        either.CancelAfter(options.CheckInterval);
        try
        {
            await _wakes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested) { }
    }

    private async Task OpenMissingAsync()
    {
        var homes = cluster.Homes;
        if (!cluster.IsActive(cluster.Here))
        {
            return;
        }
        var missing = Partitions.Where(p => homes.Of(p).Equals(cluster.Here) && !engine.Host.IsOpen(p));
        await ForEachAsync(missing, OpeningsAtOnce, FindAsync, _stop.Token);
    }

    private async Task MoveHomeAsync()
    {
        if (TimeProvider.System.GetElapsedTime(Volatile.Read(ref _changedAt)) < options.RebalanceDelay)
        {
            return;
        }
        var homes = cluster.Homes;
        var away = Partitions.Where(p => !homes.Of(p).Equals(cluster.Here) && engine.Host.IsOpen(p)).ToList();
        await ForEachAsync(
            away,
            MovesAtOnce,
            // What is to go where may have changed since.
            partition => homes == cluster.Homes ? MoveAsync(partition) : Task.CompletedTask,
            _stop.Token
        );
    }

    private IEnumerable<int> Partitions => Enumerable.Range(0, engine.Host.Partitions);

    /// <summary>Asks where a partition is, which opens it if it is nowhere.</summary>
    private async Task FindAsync(int partition)
    {
        try
        {
            map.Learn(partition, await grains.GetGrain<IPartitionGrain>(partition).WhereAsync());
        }
        catch (Exception e)
        {
            // Who could not open it has logged that with all of the error.
            NotFound(partition, e.Message);
        }
    }

    /// <summary>Closes a partition here and has it opened at its home.</summary>
    private async Task MoveAsync(int partition)
    {
        try
        {
            await grains.GetGrain<IPartitionGrain>(partition).ReleaseAsync(cluster.Here);
        }
        catch (Exception e)
        {
            NotReleased(partition, e);
            return;
        }
        await FindAsync(partition);
        Moved(partition, map.LocationOf(partition));
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        cluster.Leave(cluster.Here);
        var others = cluster.Active.Where(silo => !silo.Equals(cluster.Here));
        await Task.WhenAll(others.Select(silo => TellOfLeavingAsync(silo)));
        var open = Partitions.Where(engine.Host.IsOpen).ToList();
        try
        {
            if (cluster.Staying.Count > 0)
            {
                Leaving(open.Count, cluster.Staying.Count);
                await ForEachAsync(open, MovesAtOnce, MoveAsync, cancellationToken);
            }
            await ForEachAsync(Partitions.Where(engine.Host.IsOpen), OpeningsAtOnce, CloseAsync, cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            NotAllReleased(e);
        }

        Task CloseAsync(int partition) => engine.Host.ClosePartitionAsync(partition, cancellationToken);
    }

    private async Task TellOfLeavingAsync(SiloAddress silo)
    {
        try
        {
            await relays.Of(silo).LeavesAsync(cluster.Here).WaitAsync(TellTimeout);
        }
        catch (Exception e)
        {
            // It places a partition here for a moment longer, and is refused.
            NotTold(silo, e);
        }
    }

    /// <summary>Tells the others what was opened here, as much as there is at a time.</summary>
    private async Task TellAsync()
    {
        try
        {
            while (await _opened.Reader.WaitToReadAsync(_stop.Token))
            {
                var partitions = new List<int>();
                while (_opened.Reader.TryRead(out var partition))
                {
                    partitions.Add(partition);
                }
                foreach (var silo in cluster.Active.Where(silo => !silo.Equals(cluster.Here)))
                {
                    Tell(silo, [.. partitions]);
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private void Tell(SiloAddress silo, int[] partitions)
    {
        try
        {
            // Who does not hear of it asks.
            relays.Of(silo).OpenedAsync(cluster.Here, partitions).Ignore();
        }
        catch (Exception e)
        {
            NotTold(silo, e);
        }
    }

    private void TellAgain()
    {
        if (TimeProvider.System.GetElapsedTime(_toldAllAt) < TellAgainAfter)
        {
            return;
        }
        _toldAllAt = TimeProvider.System.GetTimestamp();
        foreach (var partition in Partitions.Where(engine.Host.IsOpen))
        {
            _opened.Writer.TryWrite(partition);
        }
    }

    private static Task ForEachAsync(
        IEnumerable<int> partitions,
        int atOnce,
        Func<int, Task> act,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            partitions,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (partition, cancelled) => await act(partition).WaitAsync(cancelled)
        );
}

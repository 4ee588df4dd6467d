using Scoring.Core;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;
using Scoring.Engine.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Opens and closes the partitions of a host, each by one at a time, and lets go of those that somebody else has taken over.</summary>
/// <param name="options">The engine's options.</param>
/// <param name="ownership">Which partitions are this process's.</param>
/// <param name="store">The store.</param>
/// <param name="loader">Reads partitions.</param>
/// <param name="lineUp">Brings them into line with the settings.</param>
/// <param name="partitions">Those that are open.</param>
/// <param name="queue">The writes that wait.</param>
/// <param name="commit">Appends them.</param>
/// <param name="checkpointer">Is told what of the log was read.</param>
/// <param name="storeLoop">Has the thread that writes to the store.</param>
/// <param name="clock">The time of receipt.</param>
/// <param name="log">Where to tell the operator.</param>
internal sealed class PartitionHandOver(
    EngineOptions options,
    IPartitionOwnership ownership,
    OpenedStore store,
    PartitionLoader loader,
    PartitionLineUp lineUp,
    OpenPartitions partitions,
    WriteQueue queue,
    GroupCommit commit,
    Checkpointer checkpointer,
    StoreLoop storeLoop,
    ReceiptClock clock,
    EngineLog log
) : IDisposable
{
    // What is read and replayed takes memory and a processor; opening many at once must not keep calls and leases waiting.
    private const int ThreadsAtOnce = 8;

    // A partition is opened or closed by one at a time.
    private readonly SemaphoreSlim[] _changing =
    [
        .. Enumerable.Range(0, partitions.Count).Select(_ => new SemaphoreSlim(1, 1)),
    ];
    private readonly SemaphoreSlim _threads = new(ThreadsAtOnce, ThreadsAtOnce);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Is told when somebody else has taken a partition over, so that it is not open here any more.</summary>
    public Action<int>? Lost { get; set; }

    /// <summary>As <see cref="PartitionHost.OpenPartitionAsync"/>.</summary>
    public async Task OpenAsync(int partition, CancellationToken cancellationToken)
    {
        if (partitions.Find(partition) is not null && ownership.Holds(partition))
        {
            return;
        }
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        try
        {
            await ChangeAsync(partition, () => TakeOverAsync(partition, ends.Token), ends.Token);
        }
        catch (StoreFailure e)
        {
            throw StoreErrors.Of(e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw StoreErrors.Stopping();
        }
    }

    /// <summary>As <see cref="PartitionHost.ClosePartitionAsync"/>.</summary>
    public async Task CloseAsync(int partition, CancellationToken cancellationToken)
    {
        if (!ownership.IsShared)
        {
            return;
        }
        try
        {
            // What has begun comes to its end, whether the caller waits or not.
            await ChangeAsync(partition, () => GiveUpAsync(partition), _ending.Token).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw StoreErrors.Stopping();
        }
    }

    /// <summary>Lets go of a partition that somebody else has taken over.</summary>
    public void Lose(int partition)
    {
        if (!ownership.IsShared)
        {
            throw new InvalidOperationException($"Partition {partition} was written by another process.");
        }
        queue.Close(partition);
        if (partitions.Remove(partition))
        {
            log.PartitionLost(partition);
            Lost?.Invoke(partition);
        }
    }

    /// <summary>Opens and closes nothing more; what is being opened or closed comes to its end first.</summary>
    public void End()
    {
        _ending.Cancel();
        Array.ForEach(_changing, changing => changing.Wait());
    }

    /// <summary>Gives up all that is open, of which everything is written.</summary>
    public void Dispose()
    {
        foreach (var partition in partitions.All.ToList())
        {
            partitions.Remove(partition.Index);
            Release(partition.Index);
        }
    }

    /// <summary>Takes writes for a partition that was read.</summary>
    public void Open(LoadedPartition loaded)
    {
        checkpointer.Journalled(loaded.Bytes);
        commit.Open(loaded.Partition);
    }

    private async Task ChangeAsync(int partition, Func<Task> change, CancellationToken cancellationToken)
    {
        await _changing[partition].WaitAsync(cancellationToken);
        try
        {
            await change();
        }
        finally
        {
            _changing[partition].Release();
        }
    }

    private async Task TakeOverAsync(int index, CancellationToken cancellationToken)
    {
        if (partitions.Find(index) is not null)
        {
            if (ownership.Holds(index))
            {
                return;
            }
            // Somebody else has claimed it, which no write has met yet.
            Lose(index);
        }
        // It may have been lost with writes on their way.
        await OnThreadAsync(() => queue.WaitUntilIdle(index, cancellationToken), cancellationToken);
        try
        {
            var loaded = await ClaimAsync(index, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            clock.NotBefore(loaded.Partition.LastReceipt);
            Open(loaded);
        }
        catch
        {
            // The claim stays: whoever had it before may answer still, and nobody may come in before that ends.
            partitions.Remove(index);
            throw;
        }
    }

    /// <summary>Makes a partition this host's, and gives it once nobody else answers for it any more.</summary>
    private async Task<LoadedPartition> ClaimAsync(int index, CancellationToken cancellationToken)
    {
        var progress = new RecoveryProgress();
        var (claim, claimed, loaded) = await OnThreadAsync(
            () =>
            {
                var claim = ownership.Claim(index);
                // Not before: what is left of the lease is left from here on at the most.
                var claimed = options.TimeProvider.GetTimestamp();
                return (claim, claimed, loader.Load(index, store.Contents.ReadState(index), claim.Epoch, progress));
            },
            cancellationToken
        );
        if (ownership.IsShared)
        {
            await storeLoop.RunAsync(() =>
            {
                store.Contents.RefreshSettings();
                store.Checkpoints.RemoveLeftovers(index, number => store.Contents.IsNamed(index, number));
            });
        }
        lineUp.RefuseUnfit(loaded);
        if (ownership.IsShared)
        {
            await AppendTakeOverAsync(loaded.Partition, cancellationToken);
        }
        // Not before: what others appended until then they have applied by the settings before.
        loaded = await storeLoop.RunAsync(() => lineUp.Run(loaded, progress));
        // Whoever had it before may answer until its lease has ended.
        var left = claim.Wait - options.TimeProvider.GetElapsedTime(claimed);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, options.TimeProvider, cancellationToken);
        }
        return loaded;
    }

    /// <summary>Takes the next place of the log, so that whoever had the partition before appends nothing more.</summary>
    private async Task AppendTakeOverAsync(Partition partition, CancellationToken cancellationToken)
    {
        while (true)
        {
            await OnThreadAsync(() => PartitionRecovery.CatchUp(partition, store.Log), cancellationToken);
            ThrowUnlessHeld(partition.Index);
            var call = new WriteCall(options.Durability, clock.Now) { IsTakeOver = true };
            call.Add(
                new WritePart(call, partition.Index, CommandKind.TakeOver, Workspace: 0, new BlobWriter(capacity: 0))
            );
            commit.Take(partition);
            queue.Enqueue(call);
            try
            {
                await call.Answer.AsTask().WaitAsync(cancellationToken);
                return;
            }
            catch (ScoringException) when (!queue.IsRefusing)
            {
                // Somebody was quicker; what was appended is read and the next place is tried.
            }
        }
    }

    private void ThrowUnlessHeld(int partition)
    {
        if (!ownership.Holds(partition))
        {
            throw new ScoringException(
                ScoringError.Unavailable,
                $"Another server has claimed partition {partition} since, or this one's lease has ended."
            );
        }
    }

    private async Task GiveUpAsync(int index)
    {
        if (partitions.Find(index) is { } partition)
        {
            // While it takes writes still: those that come meanwhile are few, and the next owner replays them.
            await CheckpointAsync(partition);
        }
        queue.Close(index);
        if (partitions.Find(index) is null)
        {
            return;
        }
        await OnThreadAsync(
            () =>
            {
                queue.WaitUntilIdle(index, CancellationToken.None);
                partitions.WaitUntilIdle(index);
                partitions.Remove(index);
                Release(index);
            },
            CancellationToken.None
        );
    }

    private async Task CheckpointAsync(Partition partition)
    {
        try
        {
            await storeLoop.CompleteAsync(partition);
        }
        catch (ScoringException e)
        {
            // The log says the same.
            log.CheckpointPostponed(e);
        }
    }

    private Task<bool> OnThreadAsync(Action action, CancellationToken cancellationToken) =>
        OnThreadAsync(
            () =>
            {
                action();
                return true;
            },
            cancellationToken
        );

    /// <summary>Does what waits for the store on a thread of its own, some at a time: those of the pool have calls to answer, and leases to renew.</summary>
    private async Task<T> OnThreadAsync<T>(Func<T> action, CancellationToken cancellationToken)
    {
        await _threads.WaitAsync(cancellationToken);
        try
        {
            return await Task.Factory.StartNew(
                action,
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            );
        }
        finally
        {
            _threads.Release();
        }
    }

    private void Release(int index)
    {
        try
        {
            ownership.Release(index);
        }
        catch (StoreFailure e)
        {
            log.NotReleased(index, e);
        }
    }
}

using System.Runtime.InteropServices;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Partitions;

/// <summary>The partitions that this process has open, and the threads that apply what is posted to them. They come and go; readable from any thread.</summary>
/// <param name="count">Partitions of the store.</param>
internal sealed class OpenPartitions(int count)
{
    private readonly ApplyPool _pool = new(Environment.ProcessorCount);
    private readonly ApplyQueue?[] _queues = new ApplyQueue?[count];
    private readonly Partition?[] _open = new Partition?[count];

    /// <summary>Partitions of the store.</summary>
    public int Count => count;

    /// <summary>Those that are open, by rising number.</summary>
    public IEnumerable<Partition> All => Enumerable.Range(0, count).Select(Find).OfType<Partition>();

    /// <summary>A partition; null when it is not open.</summary>
    public Partition? Find(int partition) => Volatile.Read(ref _open[partition]);

    /// <summary>A partition that is open, or being taken over; null for others.</summary>
    public Partition? FindTaken(int partition) => Volatile.Read(ref _queues[partition])?.Partition;

    /// <summary>Has entries of a partition applied from now on. It is being taken over, and nobody is answered from it.</summary>
    public void Take(ApplyQueue queue) => Volatile.Write(ref _queues[queue.Partition.Index], queue);

    /// <summary>Opens a partition.</summary>
    public void Open(ApplyQueue queue)
    {
        Take(queue);
        Volatile.Write(ref _open[queue.Partition.Index], queue.Partition);
    }

    /// <summary>Nobody finds the partition any more; who has found it may be at it still.</summary>
    /// <returns>Whether it was open.</returns>
    public bool Remove(int partition)
    {
        var wasOpen = Interlocked.Exchange(ref _open[partition], null) is not null;
        Volatile.Write(ref _queues[partition], null);
        return wasOpen;
    }

    /// <summary>Has an entry applied, by the caller, who is the one that posts, if that takes no longer than to wake a thread for it.</summary>
    /// <param name="entry">The entry, which is taken over unless its partition was removed.</param>
    /// <param name="isShort">Whether it has few events.</param>
    /// <param name="ready">Gets the partition's queue if somebody must be found to run it.</param>
    /// <returns>Whether the partition is there still.</returns>
    public bool TryApply(JournalEntry entry, bool isShort, List<ApplyQueue> ready)
    {
        if (Volatile.Read(ref _queues[entry.Partition]) is not { } queue)
        {
            return false;
        }
        if (!(isShort && queue.TryApplyHere(entry)) && queue.Post(entry))
        {
            ready.Add(queue);
        }
        return true;
    }

    /// <summary>Finds threads that run queues.</summary>
    public void Run(List<ApplyQueue> ready)
    {
        _pool.Add(CollectionsMarshal.AsSpan(ready));
        ready.Clear();
    }

    /// <summary>Waits until everything that was posted of a partition has been applied.</summary>
    public void WaitUntilIdle(int partition) => Volatile.Read(ref _queues[partition])?.WaitUntilIdle();

    /// <summary>Waits until everything that was posted has been applied, and ends the threads.</summary>
    public void End()
    {
        for (var partition = 0; partition < count; partition++)
        {
            WaitUntilIdle(partition);
        }
        _pool.End();
    }
}

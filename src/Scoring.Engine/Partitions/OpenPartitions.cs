using System.Runtime.InteropServices;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Partitions;

/// <summary>The partitions that this process has open. They come and go; readable from any thread.</summary>
/// <param name="count">Partitions of the store.</param>
/// <param name="pool">Applies what is posted.</param>
internal sealed class OpenPartitions(int count, ApplyPool pool)
{
    private readonly ApplyQueue?[] _queues = new ApplyQueue?[count];

    /// <summary>Partitions of the store.</summary>
    public int Count => count;

    /// <summary>Those that are open, by rising number.</summary>
    public IEnumerable<Partition> All => Enumerable.Range(0, count).Select(Find).OfType<Partition>();

    /// <summary>A partition; null when it is not open.</summary>
    public Partition? Find(int partition) => Volatile.Read(ref _queues[partition])?.Partition;

    public void Add(ApplyQueue queue) => Volatile.Write(ref _queues[queue.Partition.Index], queue);

    /// <summary>Nobody finds the partition any more; who has found it may be at it still.</summary>
    public void Remove(int partition) => Volatile.Write(ref _queues[partition], null);

    /// <summary>Has an entry applied, by the caller, who is the one that posts, if that takes no longer than to wake a thread for it.</summary>
    /// <param name="entry">The entry, of a partition that is open.</param>
    /// <param name="isShort">Whether it has few events.</param>
    /// <param name="ready">Gets the partition's queue if somebody must be found to run it.</param>
    public void Apply(JournalEntry entry, bool isShort, List<ApplyQueue> ready)
    {
        var queue = Volatile.Read(ref _queues[entry.Partition])!;
        if (!(isShort && queue.TryApplyHere(entry)) && queue.Post(entry))
        {
            ready.Add(queue);
        }
    }

    /// <summary>Finds threads that run queues.</summary>
    public void Run(List<ApplyQueue> ready)
    {
        pool.Add(CollectionsMarshal.AsSpan(ready));
        ready.Clear();
    }

    /// <summary>Waits until everything that was posted of a partition has been applied.</summary>
    public void WaitUntilIdle(int partition) => Volatile.Read(ref _queues[partition])?.WaitUntilIdle();
}

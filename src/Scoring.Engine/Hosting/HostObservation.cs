using Scoring.Engine.Checkpoints;
using Scoring.Engine.Journal;
using Scoring.Engine.Names;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Hosting;

/// <summary>What a host reports of itself whenever it is asked.</summary>
internal static class HostObservation
{
    public static void Observe(
        EngineMetrics metrics,
        PartitionHost host,
        WriteQueue queue,
        Checkpointer checkpointer,
        IPartitionLog log,
        OpenPartitions partitions,
        NameWatch nameWatch
    )
    {
        metrics.Observe("scoring.engine.queue.size", "By", "Writes that wait or are being applied.", () => queue.Bytes);
        metrics.Observe(
            "scoring.engine.journal.size",
            "By",
            "Journal that no checkpoint contains yet.",
            () => checkpointer.JournalBytes
        );
        metrics.Observe(
            "scoring.engine.journal.files",
            "By",
            "Files of the journal, used or kept to be used again.",
            () => log.FileBytes
        );
        metrics.Observe(
            "scoring.engine.customers",
            "{customer}",
            "Customers of all workspaces.",
            () => Sum(partitions, p => p.Shares.Sum(s => (long)s.Population.Count))
        );
        metrics.Observe(
            "scoring.engine.duplicate_window.ids",
            "{id}",
            "Event ids that are remembered.",
            () => Sum(partitions, p => p.Window.Count)
        );
        metrics.Observe(
            "scoring.engine.duplicate_window.age",
            "s",
            "Age of the oldest id that is remembered, in the partition where that is youngest.",
            () => WindowAge(host, partitions)
        );
        metrics.Observe(
            "scoring.engine.names.used",
            "{name}",
            "Names that no model or setting uses, by workspace and kind, in the partition that has most.",
            () => nameWatch.Used
        );
        metrics.Observe("scoring.engine.names.limit", "{name}", "Most such names there may be.", () => nameWatch.Limit);
        metrics.Observe(
            "scoring.engine.clock.offset",
            "s",
            "How far the system's clock lies ahead of the time of receipt, which does not follow it; 0 while it does.",
            () => host.Clock.Unfollowed?.Offset.TotalSeconds ?? 0
        );
        metrics.Count(
            "scoring.engine.clock.jumps",
            "{jump}",
            "How often the system's clock jumped further than MaxFutureSkew.",
            () => host.Clock.Jumps
        );
    }

    private static long Sum(OpenPartitions partitions, Func<Partition, long> figure)
    {
        var sum = 0L;
        foreach (var partition in partitions.All)
        {
            lock (partition.Gate)
            {
                sum += figure(partition);
            }
        }
        return sum;
    }

    private static double WindowAge(PartitionHost host, OpenPartitions partitions)
    {
        var now = host.Clock.Now;
        var age = double.PositiveInfinity;
        foreach (var partition in partitions.All)
        {
            lock (partition.Gate)
            {
                if (partition.Window.OldestReceived is { } oldest)
                {
                    age = Math.Min(age, (now - oldest).TotalSeconds);
                }
            }
        }
        return double.IsFinite(age) ? Math.Max(0, age) : 0;
    }
}

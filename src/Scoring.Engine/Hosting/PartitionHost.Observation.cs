using Scoring.Engine.Partitions;

namespace Scoring.Engine.Hosting;

/// <content>What it reports of itself whenever it is asked.</content>
public sealed partial class PartitionHost
{
    private void Observe()
    {
        _metrics.Observe(
            "scoring.engine.queue.size",
            "By",
            "Writes that wait or are being applied.",
            () => _queue.Bytes
        );
        _metrics.Observe(
            "scoring.engine.journal.size",
            "By",
            "Journal that no checkpoint contains yet.",
            () => _checkpointer.JournalBytes
        );
        _metrics.Observe(
            "scoring.engine.journal.files",
            "By",
            "Files of the journal, used or kept to be used again.",
            () => _opened.Log.FileBytes
        );
        _metrics.Observe(
            "scoring.engine.customers",
            "{customer}",
            "Customers of all workspaces.",
            () => Sum(p => p.Shares.Sum(s => (long)s.Population.Count))
        );
        _metrics.Observe(
            "scoring.engine.duplicate_window.ids",
            "{id}",
            "Event ids that are remembered.",
            () => Sum(p => p.Window.Count)
        );
        _metrics.Observe(
            "scoring.engine.duplicate_window.age",
            "s",
            "Age of the oldest id that is remembered, in the partition where that is youngest.",
            () => WindowAge()
        );
        _metrics.Observe(
            "scoring.engine.names.used",
            "{name}",
            "Names that no model or setting uses, by workspace and kind, in the partition that has most.",
            () => _nameWatch.Used
        );
        _metrics.Observe(
            "scoring.engine.names.limit",
            "{name}",
            "Most such names there may be.",
            () => _nameWatch.Limit
        );
        _metrics.Observe(
            "scoring.engine.clock.offset",
            "s",
            "How far the system's clock lies ahead of the time of receipt, which does not follow it; 0 while it does.",
            () => Clock.Unfollowed?.Offset.TotalSeconds ?? 0
        );
        _metrics.Count(
            "scoring.engine.clock.jumps",
            "{jump}",
            "How often the system's clock jumped further than MaxFutureSkew.",
            () => Clock.Jumps
        );
    }

    private long Sum(Func<Partition, long> figure)
    {
        var sum = 0L;
        foreach (var partition in _partitions.All)
        {
            lock (partition.Gate)
            {
                sum += figure(partition);
            }
        }
        return sum;
    }

    private double WindowAge()
    {
        var now = Clock.Now;
        var age = double.PositiveInfinity;
        foreach (var partition in _partitions.All)
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

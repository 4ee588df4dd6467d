using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Hosting;

/// <content>What it reports of itself whenever it is asked.</content>
public sealed partial class PartitionHost
{
    private void Observe()
    {
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.queue.size",
            () => _queue.Bytes,
            "By",
            "Writes that wait or are being applied."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.journal.size",
            () => _checkpointer.JournalBytes,
            "By",
            "Journal that no checkpoint contains yet."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.journal.files",
            () => _opened.Log.FileBytes,
            "By",
            "Files of the journal, used or kept to be used again."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.archive.size",
            () => Archives.Sum(archive => archive.Contents.Files.Sum(file => file.Bytes)),
            "By",
            "Files of the archive."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.archive.events",
            () => Archives.Sum(archive => archive.Contents.Files.Sum(file => file.Events)),
            "{event}",
            "Events in the files of the archive."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.archive.age",
            () => AgeOf(Archives.SelectMany(archive => archive.Contents.Files).Select(file => file.FirstReceipt)),
            "s",
            "Age of what was received first of all that the archive has."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.archive.erasure.age",
            () => AgeOf(Archives.SelectMany(archive => archive.Voids).Select(removed => removed.ReceivedAt)),
            "s",
            "Age of the oldest removal of which files of the archive may hold something still; 0 for none."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.customers",
            () => Sum(p => p.Shares.Sum(s => (long)s.Population.Count)),
            "{customer}",
            "Customers of all workspaces."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.duplicate_window.ids",
            () => Sum(p => p.Window.Count),
            "{id}",
            "Event ids that are remembered."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.duplicate_window.age",
            () => WindowAge(),
            "s",
            "Age of the oldest id that is remembered, in the partition where that is youngest."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.names.used",
            () => _nameWatch.Used,
            "{name}",
            "Names that no model or setting uses, by workspace and kind, in the partition that has most."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.names.limit",
            () => _nameWatch.Limit,
            "{name}",
            "Most such names there may be."
        );
        _metrics.Meter.CreateObservableGauge(
            "scoring.engine.clock.offset",
            () => Clock.Unfollowed?.Offset.TotalSeconds ?? 0,
            "s",
            "How far the system's clock lies ahead of the time of receipt, which does not follow it; 0 while it does."
        );
        _metrics.Meter.CreateObservableCounter(
            "scoring.engine.clock.jumps",
            () => Clock.Jumps,
            "{jump}",
            "How often the system's clock jumped further than MaxFutureSkew."
        );
    }

    private IEnumerable<ShareArchive> Archives =>
        _partitions.All.SelectMany(partition => partition.Shares).Select(share => share.Archive).OfType<ShareArchive>();

    private double AgeOf(IEnumerable<Instant> instants)
    {
        var oldest = instants.Where(instant => instant != Instant.MinValue).ToList();
        return oldest.Count == 0 ? 0 : Math.Max(0, (Clock.Now - oldest.Min()).TotalSeconds);
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

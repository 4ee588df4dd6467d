using System.Diagnostics.Metrics;

namespace Scoring.Engine;

/// <summary>What an engine reports, under the meter <c>Scoring.Engine</c>.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
        [
            0.0005,
            0.001,
            0.0025,
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10,
            30,
            60,
        ],
    };

    private static readonly InstrumentAdvice<long> Bytes = new()
    {
        HistogramBucketBoundaries = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304],
    };

    private readonly Histogram<double> _commit;
    private readonly Histogram<long> _commitBytes;
    private readonly Histogram<double> _checkpoint;

    // Read when somebody asks: telling a listener of every write would cost more than counting.
    private long _accepted;
    private long _duplicates;
    private long _rejected;

    public EngineMetrics()
    {
        Meter.CreateObservableCounter(
            "scoring.engine.events.accepted",
            () => Volatile.Read(ref _accepted),
            "{event}",
            "Events counted."
        );
        Meter.CreateObservableCounter(
            "scoring.engine.events.duplicate",
            () => Volatile.Read(ref _duplicates),
            "{event}",
            "Events counted before."
        );
        Meter.CreateObservableCounter(
            "scoring.engine.events.rejected",
            () => Volatile.Read(ref _rejected),
            "{event}",
            "Events not counted."
        );
        _commit = Meter.CreateHistogram<double>(
            "scoring.engine.commit.duration",
            "s",
            "Time of one group commit.",
            tags: null,
            Seconds
        );
        _commitBytes = Meter.CreateHistogram<long>(
            "scoring.engine.commit.size",
            "By",
            "Journal bytes of one group commit.",
            tags: null,
            Bytes
        );
        _checkpoint = Meter.CreateHistogram<double>(
            "scoring.engine.checkpoint.duration",
            "s",
            "Time of one checkpoint.",
            tags: null,
            Seconds
        );
    }

    public Meter Meter { get; } = new("Scoring.Engine");

    public void Recorded(int accepted, int duplicates, int rejected)
    {
        Interlocked.Add(ref _accepted, accepted);
        if (duplicates > 0)
        {
            Interlocked.Add(ref _duplicates, duplicates);
        }
        if (rejected > 0)
        {
            Interlocked.Add(ref _rejected, rejected);
        }
    }

    public void Committed(TimeSpan duration, long bytes)
    {
        _commit.Record(duration.TotalSeconds);
        _commitBytes.Record(bytes);
    }

    public void Checkpointed(TimeSpan duration) => _checkpoint.Record(duration.TotalSeconds);

    public void Dispose() => Meter.Dispose();
}

using System.Diagnostics.Metrics;

namespace Scoring.Engine;

/// <summary>What an engine reports, under the meter <see cref="EngineMeter.Name"/>.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private readonly Meter _meter = new(EngineMeter.Name);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _rejected;
    private readonly Histogram<double> _commit;
    private readonly Histogram<long> _commitBytes;
    private readonly Histogram<double> _checkpoint;

    public EngineMetrics()
    {
        _accepted = _meter.CreateCounter<long>("scoring.engine.events.accepted", "{event}", "Events counted.");
        _duplicates = _meter.CreateCounter<long>(
            "scoring.engine.events.duplicate",
            "{event}",
            "Events counted before."
        );
        _rejected = _meter.CreateCounter<long>("scoring.engine.events.rejected", "{event}", "Events not counted.");
        _commit = _meter.CreateHistogram<double>("scoring.engine.commit.duration", "s", "Time of one group commit.");
        _commitBytes = _meter.CreateHistogram<long>(
            "scoring.engine.commit.size",
            "By",
            "Journal bytes of one group commit."
        );
        _checkpoint = _meter.CreateHistogram<double>(
            "scoring.engine.checkpoint.duration",
            "s",
            "Time of one checkpoint."
        );
    }

    public Meter Meter => _meter;

    public void Recorded(int accepted, int duplicates, int rejected)
    {
        _accepted.Add(accepted);
        _duplicates.Add(duplicates);
        _rejected.Add(rejected);
    }

    public void Committed(TimeSpan duration, long bytes)
    {
        _commit.Record(duration.TotalSeconds);
        _commitBytes.Record(bytes);
    }

    public void Checkpointed(TimeSpan duration) => _checkpoint.Record(duration.TotalSeconds);

    public void Observe(string name, string unit, string description, Func<long> value) =>
        _meter.CreateObservableGauge(name, value, unit, description);

    public void Observe(string name, string unit, string description, Func<double> value) =>
        _meter.CreateObservableGauge(name, value, unit, description);

    public void Dispose() => _meter.Dispose();
}

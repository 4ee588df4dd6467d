using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Scoring.Rpc.Tests.Telemetry;

/// <summary>Listens to a meter and keeps what was measured.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ConcurrentQueue<(Instrument Instrument, double Value, Dictionary<string, object?> Tags)> _all =
        new();
    private readonly MeterListener _listener = new();

    public Measurements(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => _all.Enqueue((instrument, value, new(tags.ToArray())))
        );
        _listener.Start();
    }

    public IReadOnlyList<(Instrument Instrument, double Value, Dictionary<string, object?> Tags)> All => [.. _all];

    public void Dispose() => _listener.Dispose();
}

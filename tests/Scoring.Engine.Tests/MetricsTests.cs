using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Scoring.Engine.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task What_is_recorded_waits_and_is_remembered_is_reported()
    {
        var figures = new ConcurrentDictionary<string, double>();
        await using var harness = new EngineHarness();
        await harness.Open();
        using var listener = Listen(figures, harness.Engine.Host.Meter);

        await harness.Record(
            new Sample("a", "1"),
            new Sample("a", "1"),
            new Sample("a", "1", Value: 2),
            new Sample("b", "2")
        );
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        harness.Clock.Advance(TimeSpan.FromSeconds(90));
        listener.RecordObservableInstruments();

        Assert.Equal(2, figures["scoring.engine.events.accepted"]);
        Assert.Equal(1, figures["scoring.engine.events.duplicate"]);
        Assert.Equal(1, figures["scoring.engine.events.rejected"]);
        Assert.Equal(2, figures["scoring.engine.customers"]);
        Assert.Equal(2, figures["scoring.engine.duplicate_window.ids"]);
        Assert.Equal(90, figures["scoring.engine.duplicate_window.age"]);
        Assert.Equal(0, figures["scoring.engine.queue.size"]);
        Assert.Equal(0, figures["scoring.engine.journal.size"]);
        Assert.True(figures["scoring.engine.commit.size"] > 0);
        Assert.True(figures.ContainsKey("scoring.engine.commit.duration"));
        Assert.True(figures.ContainsKey("scoring.engine.checkpoint.duration"));
    }

    private static MeterListener Listen(ConcurrentDictionary<string, double> figures, Meter meter)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter == meter)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => Note(i, value));
        listener.SetMeasurementEventCallback<double>((i, value, _, _) => Note(i, value));
        listener.Start();
        return listener;

        void Note(Instrument instrument, double value) =>
            figures.AddOrUpdate(instrument.Name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
